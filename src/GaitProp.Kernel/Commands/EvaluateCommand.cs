using System.CommandLine;
using GaitProp.Data;
using GaitProp.Data.Preparation;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Storage;
using GaitProp.Training;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>evaluate RUN|FILE</c>: how well the network of a run, or of a file of weights, tells images.</summary>
internal static class EvaluateCommand
{
    public static Command Build(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var weights = WeightsWords.Argument(
            "RUN|FILE",
            "The network: a run (its name, the beginning of it, its folder, or 'last'), a checkpoint, or a file of weights",
            runs
        );
        var data = SharedOptions.Data();
        var part = SharedOptions.Choice(
            "--split",
            "The images: test images, those on which the network was trained, or those that training held out for validation.",
            DataPart.Test
        );
        var all = new Option<bool>("--all")
        {
            Description = "Use all test or training images of the data, even if the run used only the first of them, or held some out.",
        };
        var device = SharedOptions.Device();
        var save = SharedOptions.Save("Save the confusion matrix as a figure or table");
        var command = new Command(
            "evaluate",
            "Measure a trained network: top-1 and top-5 accuracy, loss, accuracy by class, and which classes it takes for which. Examples: 'evaluate last', "
                + "'evaluate small/NAME --data DIR', 'evaluate weights.safetensors --split train --save confusion.png'."
        )
        {
            weights,
            runs,
            data,
            part,
            all,
            device,
            save,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                if (parsed.GetValue(part) == DataPart.Validation)
                {
                    SharedOptions.Refuse(
                        parsed,
                        "says nothing to --split validation, which is all that training held out: leave it out.",
                        all
                    );
                }

                LibTorch.Load();
                FigureFiles.EnsureSavable(parsed.GetValue(save));

                using var saved = WeightsWords.Open(parsed.GetValue(weights)!, parsed.GetValue(runs)!, context.Error.WriteLine);
                var evaluation = Evaluate(
                    context,
                    saved,
                    DataCommand.Prepared(context, (string?)saved.Card.Settings["data"], parsed.GetValue(data), cancellation),
                    parsed.GetValue(part) ?? DataPart.Test,
                    parsed.GetValue(all),
                    ComputeDevice.Of(parsed.GetValue(device)),
                    cancellation
                );
                context.Result(evaluation, () => Write(context, evaluation));
                if (parsed.GetValue(save) is { } file)
                {
                    context.Whole(
                        FigureFiles.Save(
                            ConfusionFigure.Of(
                                "confusion",
                                evaluation,
                                Path.GetExtension(file).Equals(".csv", StringComparison.OrdinalIgnoreCase)
                                    ? int.MaxValue
                                    : ConfusionFigure.MostClasses
                            ),
                            file
                        )
                    );
                }

                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    private static Evaluation Evaluate(
        CommandContext context,
        SavedWeights saved,
        string? named,
        DataPart part,
        bool all,
        torch.Device device,
        CancellationToken cancellation
    )
    {
        var experiment = saved.Card.Experiment(saved.File);
        var (trained, used) = (saved.Card.Data, Images(saved.Card, named));
        var cut = used.Cut(experiment.TrainImages, experiment.TestImages);
        using var network = saved.ToNetwork(cut, device);
        var isOfRun = AreOf(trained, cut);
        if (part == DataPart.Validation && experiment.ValidationImages > 0 && isOfRun == false)
        {
            throw new GaitPropException(
                $"the run held out images of {trained.Name}, and these, of {used.Name}, are others: choose --split test or train."
            );
        }

        // Of other images nothing was held out.
        var images = all ? used : cut;
        var heldOut = all || isOfRun == false ? 0 : experiment.ValidationImages;
        context.Whole(TrainCommand.DataLine(context, used, used.IsEmbedded ? trained.StandsInFor : null));
        if (isOfRun != true)
        {
            context.Out.WriteLine(
                isOfRun is null
                    ? $"Whether these are the run's images, {trained.Name}, is not known: the run kept no checksum of them."
                    : $"These are not the images that the network was trained with, which were {trained.Name}. Their classes are taken in the order of the run's, whose names are not kept."
            );
        }

        var (count, of, word) =
            part == DataPart.Test ? (images.Test.Count, used.Test.Count, "test")
            : part == DataPart.Train ? (images.Train.Count - heldOut, used.Train.Count, "training")
            : (heldOut, heldOut, "validation");
        if (count < of)
        {
            var those = isOfRun == true ? "as in the run" : "as many as in the run";
            context.Out.WriteLine(Text($"The first {count} of {of} {word} images, {those}; --all takes all."));
        }

        var evaluation = context.Busy(
            Text($"Evaluating {count} images"),
            () =>
            {
                using var content = ContentCheck.Begin(images);
                content?.Wait(_ => { }, cancellation);
                return Evaluator.Evaluate(network, images, part, experiment.Loss, heldOut, cancellation);
            }
        );
        return evaluation.Of(RunTitles.Whole(saved.Card.Settings), $"{saved.Card.Progress}; {saved.Kind}");
    }

    /// <summary>
    /// Whether images are those of a run; <see langword="null"/> if that cannot be told: runs of earlier versions have no checksum, and what
    /// they have is how many there were.
    /// </summary>
    private static bool? AreOf(RunData trained, ImageDataset images) =>
        trained.Checksum is { } checksum ? images.Checksum() == checksum
        : images.Train.Count == trained.Train + trained.Validation && images.Test.Count == trained.Test ? null
        : false;

    /// <summary>The images of the run; others if the user names them.</summary>
    private static ImageDataset Images(WeightsCard card, string? named)
    {
        var kind = (string?)card.Settings["data"];
        if (named is null || (!card.Data.Embedded && IsOf(kind, named)))
        {
            return RunImages.Of(card.Data, kind, named);
        }

        return Unprepared(card, kind, named) is { } problem ? throw new GaitPropException(problem) : DataSets.In(named);
    }

    /// <summary>
    /// What to do about photos as they are downloaded, of which a network of other images can take none; <see langword="null"/> where a
    /// folder holds no such.
    /// </summary>
    private static string? Unprepared(WeightsCard card, string? kind, string named)
    {
        if (string.IsNullOrWhiteSpace(named) || named == DataSets.Embedded || DataSets.Held(HomePath.Expand(named)) is not null)
        {
            return null;
        }

        SourceSet photos;
        try
        {
            photos = SourceSet.Open(named, seed: 1);
        }
        catch (GaitPropException)
        {
            return null;
        }

        var there = Text($"{named} holds photos of {photos.Classes.Count} classes as they are downloaded");
        if (card.Data.Classes is { } classes && classes != photos.Classes.Count)
        {
            return Text(
                $"{there}, and the network tells {classes} apart, those of {card.Data.Name}: name a folder of as many classes with --data."
            );
        }

        IReadOnlyList<long>? shape = card.Data is { Width: { } wide, Height: { } high }
            ? [card.Data.Channels ?? 3, high, wide]
            : DataSets.All.FirstOrDefault(s => s.Name == kind)?.Shape;
        return shape is [3, var height, var width] && height == width
            ? Text(
                $"{there}, and the network takes images of {width} x {height} pixels: prepare them with 'gaitprop data prepare imagenet --from {CommandWord.Quoted(named)} --to DIR --size {width}', then name DIR with --data."
            )
            : $"{there}, and the network takes images like those of {card.Data.Name}: name a folder that holds that set with --data.";
    }

    /// <summary>Whether a folder holds the run's set; it may hold others beside.</summary>
    private static bool IsOf(string? kind, string named) =>
        named != DataSets.Embedded
        && DataSets.All.FirstOrDefault(s => s.Name == kind) is FolderDataSet set
        && set.FindIn(HomePath.Expand(named)) is not null;

    private static void Write(CommandContext context, Evaluation evaluation)
    {
        context.Out.WriteLine($"{evaluation.Title}\nWeights: {evaluation.Weights}");
        context.Out.WriteLine();
        context.Out.WriteLine(
            Text(
                $"{evaluation.Images} {evaluation.PartWord} images of {evaluation.Data}: top-1 {100 * evaluation.Top1:F2} %, {(evaluation.TellsTop5 ? Text($"top-5 {100 * evaluation.Top5:F2} %, ") : "")}loss {Quantity.LossWords(evaluation.Loss, "F4")}"
            )
        );
        context.Out.WriteLine();
        context.Show(EvaluationTable.Classes(evaluation));
        if (evaluation.ClassNames.Count <= EvaluationTable.MostCounts)
        {
            context.Show(EvaluationTable.Counts(evaluation) with { Title = "What the images of a class are taken for" });
        }
    }
}
