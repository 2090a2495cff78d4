using System.CommandLine;
using GaitProp.Experiments;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Commands;

/// <summary><c>model show EXPERIMENT</c>: layers, shapes, parameters, auxiliary units and operations.</summary>
internal static class ModelCommand
{
    /// <summary>Channels, height and width of photos, and their classes, as published: the set itself does not say them.</summary>
    private static readonly (IReadOnlyList<long> Shape, int Classes) Photos = ([3, 224, 224], 1000);

    /// <summary>Fields of an experiment that say something of its network; the others change nothing here.</summary>
    private static readonly string[] Shown = ["network", "data", "preset", "auxiliary", "gain", "activation"];

    public static Command Build(CommandContext context)
    {
        var model = SharedOptions.NetworkOf();
        var set = TrainingOptions.Set();
        var rule = new Option<string>("--rule")
        {
            Description =
                $"Show the network as this rule needs it, with auxiliary units or without: {string.Join(", ", RuleCatalog.Names)}.",
            HelpName = "RULE",
            CustomParser = result => Words.One(result, "rule", RuleCatalog.Names),
            DefaultValueFactory = _ => "ngait",
        };
        rule.CompletionSources.Add([.. RuleCatalog.Names]);
        var auxiliary = SharedOptions.OptionalChoice<AuxiliaryUnits>(
            "--auxiliary",
            "Auxiliary units, for a rule that needs them. Default: explicit, unless the experiment says otherwise."
        );
        var depth = SharedOptions.Number("--depth", "Hidden layers of the CIFAR-10 networks. Default: the network's own.", least: 1);
        var size = SharedOptions.Number("--size", "Side of the input images in pixels. Default: the data's, for photos 224.", least: 1);
        var classes = SharedOptions.Number("--classes", "Logits. Default: the data's classes, for photos 1000.", least: 1);
        var weights = new Option<bool>("--weights")
        {
            Description = "Draw the weights and report conditioning and orthogonality defect too (slow for imagenet).",
        };
        var gain = SharedOptions.OptionalChoice<UnitGain>(
            "--gain",
            "Gains of the layers above the first: z = g (Q x) + b. Default: the experiment's."
        );
        var show = new Command(
            "show",
            "Show a network's layers: shapes, parameters, auxiliary units and operations. Such as 'model show imagenet', "
                + "'model show cifar-shallow --set network=\"conv 5x5/2 16, maxpool 2, dense 10\"'."
        )
        {
            model,
            set,
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
            var settings = parsed.GetValue(set) ?? [];
            foreach (var setting in settings)
            {
                CheckMeaning(setting);
            }

            var chosen = parsed.GetValue(rule)!;
            var experiment = ExperimentDocument
                .Open(parsed.GetValue(model)!)
                .Resolve(chosen, new ExperimentChoices { Set = settings, Otherwise = AngleExperiment.Plain });
            var data = DataSets.Find(experiment.Data);
            var shape = data.Shape ?? Photos.Shape;
            if (parsed.GetValue(size) is { } side)
            {
                shape = [shape[0], side, side];
            }

            var logits = parsed.GetValue(classes) ?? data.ClassNames?.Count ?? Photos.Classes;
            var definition = AngleExperiment.Plan(experiment, shape, logits, parsed.GetValue(depth));
            var units = RuleNeeds.SquareLayers(chosen) ? parsed.GetValue(auxiliary) ?? experiment.Auxiliary : AuxiliaryUnits.None;
            var gains = parsed.GetValue(gain) ?? experiment.Gain;
            var network = context.Busy(
                $"Building {definition.Name}",
                () => Network.Build(definition, units, seed: 1, gain: gains, hidden: experiment.Activation.Function())
            );
            if (parsed.GetValue(weights))
            {
                // A network that is drawn says nothing of its weights.
                context.ResultBeside(network, NetworkTable.Of(network, weights: true));
            }
            else
            {
                context.Result(network, () => NetworkTable.Of(network));
            }

            if (context.Results is null)
            {
                network.Dispose();
            }

            return CommandLine.Success;
        });
        return new Command("model", "Networks.") { show };
    }

    private static void CheckMeaning(string setting)
    {
        var field = setting.Split('=')[0].Trim().Split('.')[0];
        if (ExperimentFile.Fields(FilePart.Setting).Contains(field) && !Shown.Contains(field))
        {
            throw new GaitPropException($"--set {setting}: {field} changes nothing of what 'model show' shows: leave it out.");
        }
    }
}
