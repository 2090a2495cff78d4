using System.CommandLine;
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
        var gain = SharedOptions.Choice("--gain", "Gains of the layers above the first: z = g (Q x) + b.", UnitGain.None);
        var show = new Command("show", "Show a network's layers: shapes, parameters, auxiliary units and operations.") { model, rule, auxiliary, gain, depth, size, classes, weights };
        show.SetAction(parsed =>
        {
            var name = parsed.GetValue(model)!;
            var side = parsed.GetValue(size) ?? (name == "imagenet" ? 224 : 32);
            var definition = Architectures.Define(name, [3, side, side], parsed.GetValue(classes) ?? (name == "imagenet" ? 1000 : 10), parsed.GetValue(depth));
            using var learning = RuleCatalog.Create(parsed.GetValue(rule)!);
            var units = learning.NeedsSquareLayers ? parsed.GetValue(auxiliary) ?? AuxiliaryUnits.Explicit : AuxiliaryUnits.None;
            var network = context.Busy($"Building {definition.Name}", () => Network.Build(definition, units, seed: 1, gain: parsed.GetValue(gain) ?? UnitGain.None));
            if (!context.Result(network, () => Show(context, network, definition, parsed.GetValue(weights))))
            {
                network.Dispose();
            }

            return CommandLine.Success;
        });
        return new Command("model", "Networks.") { show };
    }

    private static void Show(CommandContext context, Network network, NetworkDefinition definition, bool weights)
    {
        var layers = network.Layers.Zip(definition.Layers).Index().Select(l => new Row(l.Index + 1, l.Item.First, l.Item.Second.ToString()!)).ToArray();
        var wide = context.Out.Profile.Width >= 110;
        var columns = new List<Column>
        {
            new("", "", r => Text($"{r.Number}"), OnlyWide: true),
            new("layer", "in all", r => r.Plan, Left: true),
            new("input", "", r => string.Join("x", r.Layer.InputShape), Left: true, OnlyWide: true),
            new("passes on", "", r => string.Join("x", r.Layer.OutputShape), Left: true),
            new("units", "", r => Text($"{r.Layer.Units:N0}"), OnlyWide: true),
            new($"auxiliary{(network.Layers.Any(l => l.Auxiliary == AuxiliaryUnits.Implicit) ? " (implicit)" : "")}", "", r => r.Hidden == 0 ? "-" : Text($"{r.Hidden:N0}")),
            new("weight", "", r => r.Layer.Weights.Count == 0 ? "-" : string.Join(", ", r.Layer.Weights.Select(w => string.Join("x", w.shape))), Left: true, OnlyWide: weights),
            new("parameters", Text($"{network.Parameters:N0}"), r => Text($"{r.Layer.Parameters:N0}")),
            new("Mflop", Text($"{network.Layers.Sum(l => l.Flops) / 1e6:N2}"), r => Text($"{r.Layer.Flops / 1e6:N2}")),
        };
        if (network.Layers.Any(l => l.Gain is not null))
        {
            columns.Insert(columns.Count - 2, new("gains", Text($"{network.Layers.Sum(l => l.Gain?.numel() ?? 0):N0}"), r => r.Layer.Gain is { } g ? Text($"{g.numel():N0}") : "-"));
        }

        if (weights)
        {
            columns.Add(new("condition", "", r => Text($"{r.Layer.ConditionNumber():0.00}")));
            columns.Add(new("defect", "", r => Text($"{r.Layer.Defect():0.0e+0}")));
        }

        columns.RemoveAll(c => c.OnlyWide && !wide);
        var table = new Table().Border(wide ? TableBorder.Rounded : TableBorder.Simple).ShowFooters();
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column.Heading) { Footer = new Text(column.Footer), Alignment = column.Left ? Justify.Left : Justify.Right, NoWrap = true, Padding = new Padding(wide ? 1 : 0, 0, 1, 0) });
        }

        foreach (var row in layers)
        {
            table.AddRow([.. columns.Select(c => new Text(c.Cell(row)))]);
        }

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

    /// <summary>A layer with its number and plan.</summary>
    private sealed record Row(int Number, Layer Layer, string Plan)
    {
        /// <summary>Auxiliary units of one sample.</summary>
        public long Hidden => (Layer.Outputs - Layer.Keep) * (Layer.Units / Layer.Outputs);
    }

    /// <summary>A column; some are shown only where the console is wide enough for them.</summary>
    private sealed record Column(string Heading, string Footer, Func<Row, string> Cell, bool Left = false, bool OnlyWide = false);
}
