using System.CommandLine;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Commands;

/// <summary><c>model show NAME</c>: layers, shapes, parameters, auxiliary units and operations.</summary>
internal static class ModelCommand
{
    public static Command Build(CommandContext context)
    {
        var model = SharedOptions.Model();
        var rule = new Option<string>("--rule")
        {
            Description =
                $"Show the network as this rule needs it, with auxiliary units or without: {string.Join(", ", RuleCatalog.Names)}.",
            HelpName = "RULE",
            CustomParser = result => Words.One(result, "rule", RuleCatalog.Names),
            DefaultValueFactory = _ => "ngait",
        };
        rule.CompletionSources.Add([.. RuleCatalog.Names]);
        var auxiliary = SharedOptions.Choice("--auxiliary", "Auxiliary units, for a rule that needs them.", AuxiliaryUnits.Explicit);
        var depth = SharedOptions.Number("--depth", "Hidden layers of the CIFAR-10 networks. Default: the network's own.", least: 1);
        var size = SharedOptions.Number("--size", "Side of the input images in pixels. Default: 32, for imagenet 224.", least: 1);
        var classes = SharedOptions.Number("--classes", "Logits. Default: 10, for imagenet 1000.", least: 1);
        var weights = new Option<bool>("--weights")
        {
            Description = "Draw the weights and report conditioning and orthogonality defect too (slow for imagenet).",
        };
        var gain = SharedOptions.Choice("--gain", "Gains of the layers above the first: z = g (Q x) + b.", UnitGain.None);
        var show = new Command("show", "Show a network's layers: shapes, parameters, auxiliary units and operations.")
        {
            model,
            rule,
            auxiliary,
            gain,
            depth,
            size,
            classes,
            weights,
        };
        show.SetAction(parsed =>
        {
            var name = parsed.GetValue(model)!;
            var side = parsed.GetValue(size) ?? (name == "imagenet" ? 224 : 32);
            var definition = Architectures.Define(
                name,
                [3, side, side],
                parsed.GetValue(classes) ?? (name == "imagenet" ? 1000 : 10),
                parsed.GetValue(depth)
            );
            using var learning = RuleCatalog.Create(parsed.GetValue(rule)!);
            var units = learning.NeedsSquareLayers ? parsed.GetValue(auxiliary) ?? AuxiliaryUnits.Explicit : AuxiliaryUnits.None;
            var network = context.Busy(
                $"Building {definition.Name}",
                () => Network.Build(definition, units, seed: 1, gain: parsed.GetValue(gain) ?? UnitGain.None)
            );
            if (!context.Result(network, () => NetworkTable.Of(network, parsed.GetValue(weights))))
            {
                network.Dispose();
            }

            return CommandLine.Success;
        });
        return new Command("model", "Networks.") { show };
    }
}
