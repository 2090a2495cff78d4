using System.Globalization;
using System.Text;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using GaitProp.Kernel.Charts;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>
/// What a step costs, against the angle and the accuracy that it buys: the ways train side by side from the same weights on the same
/// images, a step each in turns.
/// </summary>
internal static class TradeOffArea
{
    private static readonly string[] Chosen =
    [
        "BP",
        "BP, retraction",
        "BP, gains",
        "FA",
        "normalised GAIT, fast",
        "normalised GAIT, fast, gains",
        "fast, folded(16)",
        "fast, within(0.0014): a transpose where that is near enough",
        "fast, refined(1): a correction at every step",
        "fast, penalty",
        "fast, no constraint",
        "fast, pinv",
    ];

    /// <summary>Of these the picture shows all but those that lie beside others: a rule has no more than five kinds of points.</summary>
    private static readonly string[] NotDrawn =
    [
        "BP, gains",
        "fast, folded(16)",
        "fast, refined(1): a correction at every step",
        "fast, pinv",
    ];

    /// <summary>
    /// The section <c>trade-off/NETWORK</c>, of the deep network; as many steps as the budget allows, of at most ten epochs.
    /// </summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        Subject
            .All(settings.Smoke)
            .Where(s => s.Name == (settings.Smoke ? "cifar-shallow" : "cifar-deep"))
            .Select(subject => new Section(
                $"trade-off/{subject.Name}",
                (budget, progress) => Measure(subject, settings, budget, progress)
            ));

    private static string Measure(Subject subject, BenchmarkSettings settings, TimeSpan budget, Action<string> progress)
    {
        var batch = settings.Smoke ? 4 : 256;
        var data = subject.Images(settings, 4 * batch);
        var ways = Chosen.Select(name => Way.All.Single(w => w.Name == name)).Where(w => w.IsWanted(settings)).ToArray();
        var states = ways.Select(w => new LearningState(w.Experiment(subject, batch), data, CPU)).ToArray();
        var probes = ways.Select(_ => new AngleProbe(data.Train, batch)).ToArray();
        try
        {
            var (seconds, angles) = (ways.Select(_ => new List<double>()).ToArray(), ways.Select(_ => new List<double[]>()).ToArray());
            var most = settings.Smoke ? 2 : 10 * states[0].StepsPerEpoch;
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var step = 0;
            for (; step < most && (step < 2 || clock.Elapsed < budget); step++)
            {
                progress(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"step {step + 1}, {clock.Elapsed.TotalSeconds:0} of {budget.TotalSeconds:0} s"
                    )
                );
                for (var turn = 0; turn < ways.Length; turn++)
                {
                    var i = (turn + step) % ways.Length;
                    if (step % 11 == 0)
                    {
                        angles[i].Add(probes[i].ToBp(states[i]));
                    }

                    seconds[i].Add(states[i].Step(step, (_, _) => { }).Seconds);
                }
            }

            var rows = ways.Select(
                    (way, i) =>
                    {
                        progress($"accuracy of {way.Name}");
                        var cost = seconds[i].Average() / seconds[0].Average();
                        return new Row(
                            way,
                            cost,
                            angles[i].Average(a => a.Average()),
                            angles[i].Max(a => a.Max()),
                            states[i].Measure(1, step, () => { }, default).TestAccuracy
                        );
                    }
                )
                .ToArray();
            var what = string.Create(CultureInfo.InvariantCulture, $"{data.Name}, {subject.Name}, {step} steps of {batch}, seed 1");
            var text = new StringBuilder(
                Tables.Circumstances($"; {what}; cost is the mean over all steps, whole retractions and corrections as they fell due")
            ).Append("\n| | x BP | angle to BP, mean of layers and steps | worst | test accuracy |\n|---|---:|---:|---:|---:|\n");
            foreach (var row in rows)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {row.Way.Name} | {row.Cost:F2} | {row.Mean:F2}° | {row.Worst:F2}° | {row.Accuracy:P1} |\n"
                );
            }

            if (settings.Pictures is { } folder)
            {
                FigureFiles.Save(Drawn(rows, what), Path.Combine(folder, "speed.png"));
            }

            return text.ToString();
        }
        finally
        {
            Array.ForEach(states, s => s.Dispose());
            Array.ForEach(probes, p => p.Dispose());
        }
    }

    private static Figure Drawn(Row[] rows, string what)
    {
        var drawn = rows.Where(r => !NotDrawn.Contains(r.Way.Name)).ToArray();
        var learning = drawn.Where(r => !Squeezes(r, drawn)).ToArray();
        string[] leftOut =
        [
            .. drawn.Except(learning).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Way.Name} ({100 * r.Accuracy:0.0} %)")),
        ];
        var aside = leftOut.Length == 0 ? "" : $" B is without {string.Join(", ", leftOut)}, beside which the others lie on each other.";
        var here = Tables.Circumstances().TrimEnd();
        return new Figure(
            "speed",
            "What a step of the deep network costs, and buys",
            $"{what}. {here} BP's own angle is the rounding of float32.{aside} The table in benchmarks/report.md has more ways.",
            [
                new Panel(
                    "A",
                    "Cost against angle",
                    Times(),
                    Axis.OfAngles("mean angle to BP (degrees)"),
                    [.. drawn.Select(r => Point(r, r.Mean))],
                    PanelKind.Scatter
                ),
                new Panel(
                    "B",
                    "Cost against accuracy",
                    Times(),
                    new Axis("test accuracy (%)"),
                    [.. learning.Select(r => Point(r, 100 * r.Accuracy))],
                    PanelKind.Scatter
                ),
            ]
        );

        static Axis Times() => new("times BP") { IsLogarithmic = true, To = 5 };

        static Series Point(Row row, double value) => new(row.Way.Rule, row.Way.Name, [row.Cost], [value]);
    }

    /// <summary>Whether FA, which hardly learns, is so far from all others that these could not be told apart beside it.</summary>
    private static bool Squeezes(Row row, Row[] all)
    {
        double[] others = [.. all.Where(r => r.Way.Rule != "fa").Select(r => r.Accuracy)];
        return row.Way.Rule == "fa" && others.Length > 0 && others.Min() - row.Accuracy > 2 * (others.Max() - others.Min());
    }

    private sealed record Row(Way Way, double Cost, double Mean, double Worst, double Accuracy);
}
