using System.CommandLine;
using GaitProp.Experiments;
using GaitProp.Kernel.Charts;
using GaitProp.Ranks;
using GaitProp.Runtime;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>train EXPERIMENT</c>: one run.</summary>
internal static class TrainCommand
{
    private const string DefaultRule = "ngait";

    public static Command Build(CommandContext context)
    {
        var options = new TrainingOptions();
        var rule = new Option<string?>("--rule")
        {
            Description =
                $"The learning rule: {string.Join(", ", RuleCatalog.Names)}, with additions after a plus ({string.Join(", ", RuleVariant.Known)}). Default: {DefaultRule}, or else the experiment's first.",
            HelpName = "NAME",
            CustomParser = result => Words.Variant(result, result.Tokens[0].Value),
        };
        rule.CompletionSources.Add([.. RuleCatalog.Names]);
        var seed = SharedOptions.Number(
            "--seed",
            "Fixes weights, feedback, and the order and random changes of the images. Default: the experiment's first.",
            least: 0
        );
        var from = SharedOptions.Word(
            "--from",
            "Begin with the weights of a checkpoint, a file of weights or a run, such as last or runs/NAME/checkpoints/step-392-epoch-2.safetensors. Default: those that the seed draws.",
            "RUN|FILE"
        );
        from.CompletionSources.Add(completion => RunsCommand.Known(completion, options.Runs));
        var command = new Command(
            "train",
            "Train a network: one run, with live progress. An interrupt leaves a checkpoint, and 'runs resume' goes on from it. Such as 'train cifar-shallow --epochs 20 --keep-every 5', "
                + "'train cifar-shallow --rule fa --from last'."
        );
        options.AddTo(command);
        command.Options.Add(rule);
        command.Options.Add(seed);
        command.Options.Add(from);
        command.SetAction(
            (parsed, cancellation) =>
            {
                RankedWork.Do(
                    context,
                    (ranks, own) =>
                    {
                        using var trainer = ranks.Together(() =>
                        {
                            var request = options.Read(parsed);
                            var chosen =
                                parsed.GetValue(rule)
                                ?? (request.Document.Rules.Contains(DefaultRule) ? DefaultRule : request.Document.Rules[0]);
                            return Prepared(
                                own,
                                ranks,
                                request,
                                request.Document.Resolve(chosen, request.Choices with { Seed = parsed.GetValue(seed) }),
                                parsed.GetValue(from)
                            );
                        });
                        if (ranks.IsFirst)
                        {
                            RunReport.Show(
                                own,
                                [trainer.Rule],
                                progress => trainer.Run(parsed.GetValue(options.Runs)!, progress[0], cancellation)
                            );
                        }
                        else
                        {
                            trainer.Follow(cancellation);
                        }
                    }
                );
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    private static Trainer Prepared(CommandContext context, RankGroup ranks, TrainingRequest request, Experiment experiment, string? from)
    {
        var device = RankedWork.Device(request.Execution.Device, ranks);
        Tf32.Check(experiment.Tf32, device);

        // Weights and runs are the first rank's to read and write; the others get what it has.
        using var weights = from is null || !ranks.IsFirst ? null : WeightsWords.Open(from, request.Runs, context.Error.WriteLine);
        if (ranks.IsFirst)
        {
            FigureFiles.EnsureWritable(request.Runs, "run");
        }

        var (data, standsInFor) = DataSets.Of(experiment.Data, request.Data);
        context.Out.WriteLine(
            Text(
                $"{request.Document.TitleOf(experiment)}: {RuleCatalog.Title(experiment.Rule)}, preset {experiment.Preset}, {Count(experiment.Epochs, "epoch")}, seed {experiment.Seed}."
            )
        );
        context.Whole(DataLine(context, data, standsInFor));
        if (!ranks.IsAlone)
        {
            context.Out.WriteLine(
                Text(
                    $"Ranks: {ranks.Count}, each with {(device.type == TorchSharp.DeviceType.CPU ? Count(TorchSharp.torch.get_num_threads(), "thread") : "a device of its own")} and its share of every batch of {experiment.BatchSize}."
                )
            );
        }

        var trainer = new Trainer(experiment, data, standsInFor, device, ranks)
        {
            CheckpointEvery = request.Execution.CheckpointEvery,
            TensorBoard = request.Execution.TensorBoard,
            KeepEvery = request.Execution.KeepEvery,
        };
        if (weights is not null)
        {
            try
            {
                trainer.StartFrom(weights);
            }
            catch
            {
                trainer.Dispose();
                throw;
            }

            context.Whole($"It begins with the weights of {weights.Card.Run}, {weights.Card.Progress}: {context.Place(weights.File)}");
        }

        return trainer;
    }

    /// <summary>What images are used, and what they stand in for.</summary>
    public static string DataLine(CommandContext context, ImageDataset data, string? standsInFor) =>
        standsInFor is { } published
            ? $"Data: the embedded synthetic set stands in for {published}. For {published} itself: {context.Prompt} data fetch cifar10"
        : data.IsEmbedded ? $"Data: {data.Name}"
        : $"Data: {data.Name} in {(Path.IsPathFullyQualified(data.Source) ? context.Place(data.Source) : data.Source)}";
}
