using System.CommandLine;
using System.Globalization;
using GaitProp.Layers;
using GaitProp.Networks;
using GaitProp.Rules;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>model show NAME</c>: layers, shapes, parameters, auxiliary units and operations, as a table and a diagram.</summary>
internal static class ModelCommand
{
    public static Command Build(CommandContext context)
    {
        var model = SharedOptions.Model();
        var rule = new Option<string>("--rule")
        {
            Description = $"Show the network as this rule needs it, with auxiliary units or without: {string.Join(", ", RuleCatalog.Names)}.",
            HelpName = "RULE",
            CustomParser = result => Words.One(result, "rule", RuleCatalog.Names),
            DefaultValueFactory = _ => "ngait",
        };
        rule.CompletionSources.Add([.. RuleCatalog.Names]);
        var auxiliary = SharedOptions.Choice("--auxiliary", "Auxiliary units, for a rule that needs them.", AuxiliaryUnits.Explicit);
        var depth = SharedOptions.Number("--depth", "Hidden layers of the CIFAR-10 networks. Default: the network's own.", least: 1);
        var size = SharedOptions.Number("--size", "Side of the input images in pixels. Default: 32, for imagenet 224.", least: 1);
        var classes = SharedOptions.Number("--classes", "Logits. Default: 10, for imagenet 1000.", least: 1);
        var weights = new Option<bool>("--weights") { Description = "Draw the weights and report conditioning and orthogonality defect too (slow for imagenet)." };
        var show = new Command("show", "Show a network's layers: shapes, parameters, auxiliary units and operations.") { model, rule, auxiliary, depth, size, classes, weights };
        show.SetAction(parsed =>
        {
            var name = parsed.GetValue(model)!;
            var side = parsed.GetValue(size) ?? (name == "imagenet" ? 224 : 32);
            var definition = Architectures.Define(name, [3, side, side], parsed.GetValue(classes) ?? (name == "imagenet" ? 1000 : 10), parsed.GetValue(depth));
            using var learning = RuleCatalog.Create(parsed.GetValue(rule)!);
            var units = learning.NeedsSquareLayers ? parsed.GetValue(auxiliary) ?? AuxiliaryUnits.Explicit : AuxiliaryUnits.None;
            using var network = context.Busy($"Building {definition.Name}", () => Network.Build(definition, units, seed: 1));
            Show(context, network, definition, parsed.GetValue(weights));
            return CommandLine.Success;
        });
        return new Command("model", "Networks.") { show };
    }

    private static void Show(CommandContext context, Network network, NetworkDefinition definition, bool weights)
    {
        var table = new Table().Border(TableBorder.Rounded).ShowFooters();
        string[] headings = ["", "layer", "input", "passes on", "units", "auxiliary", "weight", "parameters", "Mflop", .. weights ? ["condition", "defect"] : Array.Empty<string>()];
        foreach (var (index, heading) in headings.Index())
        {
            var column = new TableColumn(heading).NoWrap();
            table.AddColumn(index is 1 or 2 or 3 or 6 ? column : column.RightAligned());
        }

        foreach (var (index, (layer, plan)) in network.Layers.Zip(definition.Layers).Index())
        {
            var hidden = layer.Outputs - layer.Keep;
            var perPosition = layer.Units / layer.Outputs;
            var cells = new List<string>
            {
                Text($"{index + 1}"),
                plan.ToString()!,
                string.Join("x", layer.InputShape),
                string.Join("x", layer.OutputShape),
                Text($"{layer.Units:N0}"),
                hidden == 0 ? "-" : Text($"{hidden * perPosition:N0} {(layer.Auxiliary == AuxiliaryUnits.Implicit ? "implicit" : "explicit")}"),
                string.Join("x", layer.Weight.shape),
                Text($"{layer.Parameters:N0}"),
                Text($"{layer.Flops / 1e6:N2}"),
            };
            if (weights)
            {
                cells.Add(Text($"{layer.ConditionNumber():0.00}"));
                cells.Add(Text($"{layer.Defect():0.0e+0}"));
            }

            table.AddRow([.. cells.Select(c => new Text(c))]);
        }

        table.Columns[1].Footer = new Text("in all");
        table.Columns[7].Footer = new Text(Text($"{network.Parameters:N0}"));
        table.Columns[8].Footer = new Text(Text($"{network.Layers.Sum(l => l.Flops) / 1e6:N2}"));
        context.Out.Write(table);
        context.Out.WriteLine("Mflop: one image's forward pass, two operations a weight and position.");
        context.Out.WriteLine();
        Draw(context, network);
    }

    /// <summary>A bar a layer, as long as the logarithm of its units: kept ones solid, explicit auxiliary ones light, implicit ones outlined.</summary>
    private static void Draw(CommandContext context, Network network)
    {
        const int Width = 48;
        var largest = network.Layers.Max(l => Math.Max(l.Units, l.InputShape.Aggregate(1L, (a, b) => a * b)));
        var input = network.Layers[0].InputShape;
        Bar("input", string.Join("x", input), input.Aggregate(1L, (a, b) => a * b), 0, ' ');
        foreach (var layer in network.Layers)
        {
            var perPosition = layer.Units / layer.Outputs;
            var square = layer.IsSquare ? "square" : "";
            Bar(layer.Name, $"{string.Join("x", layer.OutputShape)} {square}", layer.Keep * perPosition, (layer.Outputs - layer.Keep) * perPosition, layer.Auxiliary == AuxiliaryUnits.Implicit ? '░' : '▒');
        }

        context.Out.WriteLine(network.Layers.Any(l => l.Auxiliary == AuxiliaryUnits.Implicit) ? "█ kept units  ░ implicit auxiliary units, never computed  (length: units, square-root scale)"
            : network.Layers.Any(l => l.Auxiliary == AuxiliaryUnits.Explicit) ? "█ kept units  ▒ auxiliary units  (length: units, square-root scale)"
            : "█ units  (length: units, square-root scale)");

        void Bar(string name, string note, long kept, long auxiliary, char light)
        {
            var whole = Math.Max(1, (int)Math.Round(Width * Math.Sqrt((double)(kept + auxiliary) / largest)));
            var solid = Math.Max(1, (int)Math.Round(whole * ((double)kept / (kept + auxiliary))));
            context.Out.WriteLine($"{name,-8} {new string('█', solid)}{new string(light, whole - solid)} {note.TrimEnd()}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
