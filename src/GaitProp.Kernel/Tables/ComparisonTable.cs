using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>Runs side by side, a row each: accuracy, angles of the layers, and what a step costs beside BP's among the same runs.</summary>
internal static class ComparisonTable
{
    /// <summary>Layers whose angles have columns; of more, the mean and the worst layer have.</summary>
    private const int MostLayers = 8;

    /// <summary>Steps from which on times are held against each other: the first ones of a process are slower.</summary>
    private const int EnoughSteps = 200;

    /// <summary>Draws up the table of a comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    public static Table Of(RunComparison comparison)
    {
        var table = Of(comparison.Runs, comparison.Metric);
        return table with { Notes = [.. table.Notes, .. comparison.LeftOut.Select(line => $"Left out: {line}")] };
    }

    /// <summary>Draws up the table of some runs.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <param name="metric">The accuracy that was asked for; top-1 if <see langword="null"/>.</param>
    public static Table Of(IReadOnlyList<RunRecord> runs, AccuracyMetric? metric = null)
    {
        // Headings say which accuracy it is where one was asked for, and where figures show top-5 by themselves.
        var top5 = metric == AccuracyMetric.Top5;
        var named =
            metric is null && ShownAccuracy.Of(runs, asked: null).Metric == AccuracyMetric.Top1 ? ""
            : top5 ? " top-5"
            : " top-1";
        var layers = runs.Max(r => r.Description.Layers.Count);
        var areMeasured = runs.Any(LayerAngles.AreOf);
        RunRecord[] timed = [.. runs.Where(r => r.SecondsPerStep is not null && Reference(r, runs) is not null)];
        Quantity angle = Quantity.Angle,
            share = Quantity.Share;

        // What no run has has no column.
        var columns = new (Column Column, Func<RunRecord, object?> Cell, bool IsShown)[]
        {
            (new("rule", Quantity.Words), run => RunTitles.Of(run, runs), true),
            (new($"test{named}", share), run => top5 ? Last(run)?.TestTop5 : Last(run)?.TestAccuracy, true),
            (new($"train{named}", share), run => top5 ? Last(run)?.TrainTop5 : Last(run)?.TrainAccuracy, true),
            (
                new($"validation{named}", share),
                run => top5 ? Last(run)?.ValidationTop5 : Last(run)?.ValidationAccuracy,
                runs.Any(r => Last(r)?.ValidationAccuracy is not null)
            ),
        }
            .Concat(
                layers <= MostLayers
                    ? Enumerable
                        .Range(0, layers)
                        .Select(l =>
                            (
                                new Column(Text($"angle {l + 1}"), angle),
                                (Func<RunRecord, object?>)(run => LayerAngles.Mean(run, l)),
                                areMeasured
                            )
                        )
                    :
                    [
                        (
                            new("mean angle", angle),
                            run => Defined(run, run.Description.OutputLayer) is { Length: > 0 } means ? means.Average() : null,
                            areMeasured
                        ),
                        (new("worst layer", angle), run => Defined(run, layers) is { Length: > 0 } means ? means.Max() : null, areMeasured),
                    ]
            )
            .Concat([
                (new("ms per step", Quantity.Milliseconds), run => run.SecondsPerStep, runs.Any(r => r.SecondsPerStep is not null)),
                (
                    new("× BP", Quantity.Ratio),
                    run => AreEnough(run, Reference(run, runs)) ? run.SecondsPerStep / Reference(run, runs)!.SecondsPerStep : null,
                    timed.Any(r => AreEnough(r, Reference(r, runs)))
                ),
            ])
            .Where(c => c.Item3)
            .ToArray();
        return new Table(
            [.. columns.Select(c => c.Item1)],
            [.. runs.Select(run => new Row([.. columns.Select(c => c.Item2(run))]) { Rule = run.Rule })]
        )
        {
            Notes = timed.All(r => AreEnough(r, Reference(r, runs)))
                ? []
                : [Text($"What a step costs beside BP's is said from {EnoughSteps} steps on.")],
            Problems =
            [
                .. runs.Where(r => r.Description.Error is not null)
                    .Select(r => runs.Count == 1 ? r.Description.Error! : $"{RunTitles.Of(r, runs)}: {r.Description.Error}"),
            ],
        };
    }

    /// <summary>The run of BP whose steps are the same but for the rule: of the same network, precision, batch and machine.</summary>
    private static RunRecord? Reference(RunRecord run, IReadOnlyList<RunRecord> runs)
    {
        return runs.Where(r => r.Rule == "bp" && r.SecondsPerStep is not null && Step(r) == Step(run))
            .MaxBy(r => r.Timings.Sum(t => t.Steps));

        // The inputs of the last layer grow with the images.
        static (string, string?, string, bool, string, long) Step(RunRecord run)
        {
            var (e, layers) = (run.Description.Experiment, run.Description.Layers);
            return (
                $"{e["network"]}",
                (string?)e["precision"],
                $"{e["batchSize"]}",
                (bool?)e["tf32"] is true,
                run.Description.Environment.ToString(),
                layers.Count == 0 ? 0 : layers[0].Inputs * layers[^1].Inputs
            );
        }
    }

    /// <summary>Whether two runs have been timed for so long that their times can be compared.</summary>
    private static bool AreEnough(RunRecord run, RunRecord? reference) =>
        reference is not null && new[] { run, reference }.All(r => r.Timings.Sum(t => t.Steps) >= EnoughSteps);

    private static EpochMetrics? Last(RunRecord run) => run.Epochs.Count == 0 ? null : run.Epochs[^1];

    private static double[] Defined(RunRecord run, int layers) =>
        [.. Enumerable.Range(0, layers).Select(l => TrainingFigure.LayerAngle(run, l)?.Mean).OfType<double>()];
}
