using System.CommandLine;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Studies;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>drift MODEL</c>: how update angles grow over a few steps, under the task's updates, the regulariser, or both.</summary>
internal static class DriftCommand
{
    private static readonly string[] Known = [.. Enum.GetNames<DriftUpdates>().Select(n => n.ToLowerInvariant())];

    public static Command Build(CommandContext context)
    {
        var model = new Argument<string>("MODEL")
        {
            Description = $"The network: {string.Join(", ", Architectures.Names)}.",
            HelpName = "MODEL",
            CustomParser = result => Words.One(result, "network", Architectures.Names),
        };
        model.CompletionSources.Add([.. Architectures.Names]);
        var updates = new Option<string>("--updates")
        {
            Description = $"The updates that move the weights, separated by commas: {string.Join(", ", Known)}. One curve each.",
            HelpName = "LIST",
            DefaultValueFactory = _ => string.Join(',', Known),
        };
        updates.CompletionSources.Add(Known);
        var lambda = SharedOptions.Word(
            "--lambda",
            "The regulariser's strength. Several, separated by commas or as powers of ten (1e0..1e3), give a curve each. Default: the paper's, 1 for imagenet and 100 for the others.",
            "VALUES"
        );
        var rate = SharedOptions.Real("--lr", "Adam's learning rate. Default: the paper's, 4.9e-5 for imagenet and 1.9e-5 for the others.");
        var steps = SharedOptions.Number("--steps", "Optimiser steps. Default: 40.", least: 1);
        var every = SharedOptions.Number("--every", "Steps between measurements. Default: 4.", least: 1);
        var defect = SharedOptions.Real(
            "--defect",
            "Root mean square orthogonality defect of the square weights at the start. Default: 0, orthogonal."
        );
        var batch = SharedOptions.Number("--batch", "Images per step. Default: 64.", least: 1);
        var depth = SharedOptions.Number("--depth", "Hidden layers of the CIFAR-10 networks. Default: the network's own.", least: 1);
        var seed = SharedOptions.Number("--seed", "Fixes the weights. Default: 1.", least: 0);
        var data = SharedOptions.Data();
        var device = SharedOptions.Device();
        var save = SharedOptions.Save("Save the curves as a figure or table");
        var command = new Command(
            "drift",
            "Measure how normalised GAIT's angles grow while weights move: under its own updates, under the orthogonality regulariser alone, and under both."
        )
        {
            model,
            updates,
            lambda,
            rate,
            steps,
            every,
            defect,
            batch,
            depth,
            seed,
            data,
            device,
            save,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                FigureFiles.EnsureSavable(parsed.GetValue(save));

                if (Listed(parsed.GetValue(updates)!).All(w => w == "task"))
                {
                    SharedOptions.Refuse(parsed, "says nothing to --updates task, which has no regulariser: leave it out.", lambda);
                }

                LibTorch.Load();
                using var scope = torch.NewDisposeScope();
                var images = DataSets.In(parsed.GetValue(data));
                var place = ComputeDevice.Of(parsed.GetValue(device));
                var name = parsed.GetValue(model)!;
                var first = DriftStudy.Of(
                    name,
                    Architectures.Define(
                        name,
                        [images.Train.Channels, images.Train.Height, images.Train.Width],
                        images.ClassNames.Count,
                        parsed.GetValue(depth)
                    )
                );
                var study = first with
                {
                    Optimizer = first.Optimizer with { LearningRate = parsed.GetValue(rate) ?? first.Optimizer.LearningRate },
                    Steps = parsed.GetValue(steps) ?? first.Steps,
                    Every = parsed.GetValue(every) ?? first.Every,
                    Defect = parsed.GetValue(defect) ?? 0,
                    Batch = parsed.GetValue(batch) ?? first.Batch,
                    Seed = parsed.GetValue(seed) ?? 1,
                };
                var (pixels, labels) = FirstImages.Of(
                    images.Train,
                    place,
                    (int)Math.Min((long)study.Steps * study.Batch, images.Train.Count)
                );
                var strengths = parsed.GetValue(lambda) is { } listed ? SweepValues.Numbers("--lambda", listed) : [first.Lambda];
                var curves = Studies(study, parsed.GetValue(updates)!, strengths)
                    .Select(s =>
                        (
                            s.Label,
                            Curve: context.Busy(
                                $"{s.Label}: {Count(study.Steps, "step")}",
                                () => s.Study.Measure(pixels, labels, cancellation: cancellation)
                            )
                        )
                    )
                    .ToArray();
                Show(context, study, images, curves, parsed.GetValue(save), place);
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    /// <summary>A study for each curve; without the regulariser its strength does not matter.</summary>
    private static IEnumerable<(string Label, DriftStudy Study)> Studies(DriftStudy study, string updates, IReadOnlyList<double> lambdas)
    {
        foreach (var word in Listed(updates))
        {
            if (!Known.Contains(word))
            {
                throw new GaitPropException(Suggestion.Unknown("--updates", word, Known));
            }

            var kind = Enum.Parse<DriftUpdates>(word, ignoreCase: true);
            foreach (var lambda in kind == DriftUpdates.Task ? [0] : lambdas)
            {
                yield return (
                    kind switch
                    {
                        DriftUpdates.Task => "task alone",
                        DriftUpdates.Regulariser => Text($"regulariser alone, λ = {lambda}"),
                        _ => Text($"task and regulariser, λ = {lambda}"),
                    },
                    study with
                    {
                        Updates = kind,
                        Lambda = lambda,
                    }
                );
            }
        }
    }

    private static string[] Listed(string updates) => updates.Split(',', StringSplitOptions.TrimEntries);

    private static void Show(
        CommandContext context,
        DriftStudy study,
        ImageDataset data,
        (string Label, DriftCurve Curve)[] curves,
        string? save,
        torch.Device device
    )
    {
        var caption =
            Text(
                $"Network {study.Network.Name}, {study.Network.Layers.Count} layers, implicit auxiliary units, random orthogonal weights of seed {study.Seed}{(study.Defect > 0 ? Text($" with a defect of {study.Defect:R}") : "")}; {Count(study.Steps, "step")} of Adam, "
            )
            + Text(
                $"learning rate {study.Optimizer.LearningRate:0.#####e-0}, on batches of {study.Batch} images, {data.Name}. The task's updates are normalised GAIT's (displacement form, exact inverse); all is computed in float64. "
            )
            + MeasuredFigures.Machine(device);
        var figure = SweepFigure.Of("drift", "Angles while weights move", caption, curves);
        context.Out.WriteLine(caption);
        context.ResultBeside(figure, DriftTable.Of(curves));
        if (save is not null)
        {
            context.Whole(FigureFiles.Save(figure, save));
        }
    }
}
