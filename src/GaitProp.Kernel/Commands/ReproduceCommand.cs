using System.CommandLine;
using System.Diagnostics;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Terminal;
using GaitProp.Training;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary><c>reproduce FIG</c>: runs what a figure needs, then draws it and prints its numbers.</summary>
internal static class ReproduceCommand
{
    /// <summary>All figures, in the paper's order.</summary>
    private static readonly string[] Figures = [.. MeasuredFigures.Names, .. FigurePlan.Figures];

    private const string DefaultPreset = "quick";

    private static readonly string[] FigurePresets = ["smoke", DefaultPreset, "paper", "fast", "authors"];

    public static Command Build(CommandContext context)
    {
        var figure = new Argument<string>("FIG")
        {
            Description = $"The figure: {string.Join(", ", Figures)}. Those before fig4 train nothing.",
            CustomParser = result => Words.One(result, "figure", Figures),
        };
        figure.CompletionSources.Add([.. Figures]);
        var preset = SharedOptions.Preset(
            "smoke: under a minute, a part of the images; quick: a few minutes on two cores, for fig6 half an hour with 4,000 photos; paper: the published 200 epochs in float64; fast: those in preset fast; "
                + $"authors: paper with the choices of the authors' code (fig4, fig5). Default: {DefaultPreset}.",
            FigurePresets
        );
        var data = SharedOptions.Data();
        var runs = SharedOptions.Runs();
        var output = SharedOptions.Folder("--out", "Folder of the figure's files.", "figures");
        var rules = SharedOptions.Rules(null, variants: true);
        var epochs = SharedOptions.Number("--epochs", "Passes over the training images. Default: the preset's.", least: 1);
        var seed = SharedOptions.Number(
            "--seed",
            "Fixes weights, feedback, and the order and random changes of the images. Default: 1.",
            least: 0
        );
        var device = SharedOptions.Device();
        var metric = SharedOptions.Metric();
        var picture = SharedOptions.Word(
            "--image",
            "For fig2: a picture of your own, PNG or JPEG. Default: one that the program draws.",
            "FILE"
        );
        var command = new Command("reproduce", "Run what a figure of the paper needs, then draw it.")
        {
            figure,
            preset,
            data,
            runs,
            output,
            rules,
            epochs,
            seed,
            device,
            metric,
            picture,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.FromResult(
                    Checked(parsed) && MeasuredFigures.Names.Contains(parsed.GetValue(figure)!)
                        ? Measured(context, parsed)
                        : Run(
                            context,
                            new Request(
                                parsed.GetValue(figure)!,
                                parsed.GetValue(preset) ?? DefaultPreset,
                                parsed.GetValue(data),
                                parsed.GetValue(runs)!,
                                parsed.GetValue(output)!,
                                parsed.GetValue(rules) is { Length: > 0 } chosen ? chosen : null,
                                parsed.GetValue(epochs),
                                parsed.GetValue(seed) ?? 1,
                                ComputeDevice.Of(parsed.GetValue(device)),
                                parsed.GetValue(metric)
                            ),
                            cancellation
                        )
                )
        );
        return command;

        bool Checked(ParseResult parsed) =>
            parsed.GetValue(figure) == "fig2" || parsed.GetResult(picture) is null
                ? true
                : throw new GaitPropException("--image has a meaning for fig2 only: the other figures show data sets.");

        int Measured(CommandContext context, ParseResult parsed)
        {
            var name = parsed.GetValue(figure)!;
            SharedOptions.Refuse(parsed, $"has no meaning for {name}: it trains nothing.", preset, rules, epochs, runs, metric);
            SharedOptions.Refuse(
                parsed,
                $"has no meaning for {name}: {(name == "fig2" ? "it shows one picture, --image takes yours." : "it measures nothing.")}",
                name switch
                {
                    "fig2" => [data],
                    "fig3" => [data, seed, device],
                    _ => (Option[])[],
                }
            );
            var folder = parsed.GetValue(output)!;
            FigureFiles.EnsureWritable(folder);
            var drawn = MeasuredFigures.Make(
                context,
                name,
                parsed.GetValue(data),
                parsed.GetValue(picture),
                parsed.GetValue(seed) ?? 1,
                ComputeDevice.Of(parsed.GetValue(device))
            );
            var files = FigureFiles.Write(drawn, folder);
            context.Result(drawn, () => { });
            foreach (var file in files)
            {
                context.Whole(context.Place(file));
            }

            return CommandLine.Success;
        }
    }

    private static int Run(CommandContext context, Request request, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var named =
            request.Data is { } folder && FigurePlan.IsOfPhotos(request.Figure)
                ? DataCommand.Prepared(context, folder, cancellation)
                : request.Data;
        var data = FigurePlan.Images(request.Figure, named);
        var plan = FigurePlan.Of(request.Figure, request.Preset, data, request.Rules, request.Epochs, request.Seed);
        ShownAccuracy.Check(data.ClassNames.Count, request.Metric);
        FigureFiles.EnsureWritable(request.Output);
        FigureFiles.EnsureWritable(request.Runs, "run");
        Announce(context, plan, data, request.Preset);
        AnnounceCut(context, plan, data, request);

        var records = new List<RunRecord>();
        try
        {
            context.ShowTraining(display => records.AddRange(TrainAll(context, plan, data, request, display, cancellation)));
        }
        catch (OperationCanceledException)
        {
            context.WholeError(
                $"Interrupted. What was measured so far is in {Path.GetFullPath(request.Runs)}; the same command again goes on from there."
            );
            throw;
        }

        var comparison = new RunComparison(plan.Figure, plan.Title, records) { Metric = request.Metric };
        var files = FigureFiles.Write(comparison.Figure, request.Output, [.. records.Select(r => r.QualifiedName)]);
        context.Result(comparison, () => ComparisonTable.Of(comparison));

        // In a cell the panels of the runs have their times.
        if (context.Results is null)
        {
            context.Out.WriteLine($"The command took {ProgressText.Duration(watch.Elapsed)} in all.");
        }

        foreach (var file in files)
        {
            context.Whole(context.Place(file));
        }

        return CommandLine.Success;
    }

    /// <summary>
    /// Trains what the figure shows. A figure that was stopped halfway is taken up: runs of it that are done stay, the one that was stopped
    /// goes on. Once it is drawn, the same command trains anew: the runs that it shows are of the figure that is there.
    /// </summary>
    private static IEnumerable<RunRecord> TrainAll(
        CommandContext context,
        FigurePlan plan,
        ImageDataset data,
        Request request,
        ITrainingDisplay display,
        CancellationToken cancellation
    )
    {
        var cells = plan
            .Experiments.Select(e => new GridCell(e, data, plan.StandsInFor, request.Device) { IsOfTheLatest = true })
            .ToArray();
        if (cells.FirstOrDefault(c => c.IsUnderWay(request.Runs)) is { } busy)
        {
            throw AtWork(busy, request);
        }

        // It may also have been stopped between two runs, or after all of them and before it was drawn. The figures of all presets, seeds,
        // data sets and choices of rules have one name: one that shows no run of some cell is not this one.
        var shown = FigureFiles.RunsOf(plan.Figure, request.Output);
        var isDrawn = cells.All(c => c.IsAmong(request.Runs, shown));
        string?[] done = [.. cells.Select(c => c.LastDone(request.Runs))];
        var allDone = done.All(IsNew);
        var continued = done.Any(IsNew) || cells.Any(c => c.WasStopped(request.Runs));
        if (continued)
        {
            context.Out.WriteLine(
                allDone
                    ? "The figure's runs are done, and no figure here is known to show them; drawing it."
                    : "The figure was stopped before its end; going on with it."
            );
        }

        var progress = plan.Rules.Select(display.Add).ToArray();
        foreach (var (cell, last, report) in cells.Zip(done, progress))
        {
            cell.Outdated = IsNew(last) ? null : last;
            yield return Completed(context, cell, request, report, cancellation);
        }

        bool IsNew(string? run) => run is not null && !(isDrawn && shown.Contains(run));
    }

    /// <summary>A run of the figure, taken up or trained; never beside another process that is at work on it.</summary>
    private static RunRecord Completed(
        CommandContext context,
        GridCell cell,
        Request request,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        var isSaid = false;
        CellResult result;
        while ((result = cell.Complete(request.Runs, progress, context.Error.WriteLine, cancellation)).IsUnsure)
        {
            if (!isSaid)
            {
                context.Error.WriteLine(
                    $"{Named(cell)}: a process on another machine was at work on it; whether it still is will be known within a minute."
                );
                isSaid = true;
            }

            cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
            cancellation.ThrowIfCancellationRequested();
        }

        return result.Run ?? throw AtWork(cell, request);
    }

    private static GaitPropException AtWork(GridCell cell, Request request) =>
        new(
            $"another process is at work on {Named(cell)}, in {Path.GetFullPath(request.Runs)}: wait for it, or name another folder with --runs."
        );

    private static string Named(GridCell cell) => Text($"{cell.Experiment.Name}, {cell.Experiment.Rule} seed {cell.Experiment.Seed}");

    private static void Announce(CommandContext context, FigurePlan plan, ImageDataset data, string preset)
    {
        var first = plan.Experiments[0];
        context.Out.WriteLine(
            Text(
                $"{plan.Title}; preset {preset}, {Count(first.Epochs, "epoch")}, seed {first.Seed}, rules {string.Join(", ", plan.Rules)}."
            )
        );
        context.Whole(TrainCommand.DataLine(context, data, plan.StandsInFor));
    }

    /// <summary>Says which images the figure leaves out, and the command that leaves none out.</summary>
    private static void AnnounceCut(CommandContext context, FigurePlan plan, ImageDataset data, Request request)
    {
        var first = plan.Experiments[0];
        (int? Limit, int There, string Part)[] parts =
        [
            (first.TrainImages, data.Train.Count, "training"),
            (first.TestImages, data.Test.Count, "test"),
        ];
        var images = FigurePlan.IsOfPhotos(plan.Figure) ? "photos" : "images";
        string[] cut =
        [
            .. parts.Where(p => p.Limit < p.There).Select(p => Text($"the first {p.Limit:N0} of {p.There:N0} {p.Part} {images}")),
        ];
        if (cut.Length == 0)
        {
            return;
        }

        string[] words =
        [
            "compare",
            first.Name,
            "--preset",
            request.Preset,
            "--set",
            "trainImages=null",
            "--set",
            "testImages=null",
            "--data",
            data.IsEmbedded ? DataSets.Embedded : context.Place(data.Source),
            .. request.Rules is null ? (string[])[] : ["--rules", string.Join(',', request.Rules)],
            .. request.Epochs is null ? (string[])[] : ["--epochs", Text($"{request.Epochs}")],
            .. request.Seed == 1 ? (string[])[] : ["--seeds", Text($"{request.Seed}")],
            .. request.Runs == "runs" ? (string[])[] : ["--runs", request.Runs],
            "--save",
            $"{plan.Figure}.png",
        ];
        context.Out.WriteLine($"Preset {request.Preset} takes {string.Join(" and ", cut)}. With all of them:");
        context.Whole($"{context.Prompt} {string.Join(' ', words.Select(CommandWord.Quoted))}");
    }

    private sealed record Request(
        string Figure,
        string Preset,
        string? Data,
        string Runs,
        string Output,
        IReadOnlyList<string>? Rules,
        int? Epochs,
        int Seed,
        torch.Device Device,
        AccuracyMetric? Metric
    );
}
