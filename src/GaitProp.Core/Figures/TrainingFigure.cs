using System.Globalization;
using GaitProp.Figures;

namespace GaitProp;

/// <summary>
/// The four panels in which the paper shows a network's training (figures 4, 5 and 6): A the update angle of each layer, B the mean angle
/// of all layers but the output over steps, C and D the accuracy on training and test images. Runs without angles, such as BP alone, have
/// the latter two. Long runs have a fifth panel of ours, how far each rule is ahead of BP (<see cref="LeadPanel"/>).
/// </summary>
internal static class TrainingFigure
{
    /// <summary>Draws up the figure of some runs of one experiment.</summary>
    /// <param name="name">The figure's name: <c>fig4</c>.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="runs">The runs, one a rule, in the order of the legend.</param>
    /// <param name="overSeeds">Whether runs that differ in their seed alone are drawn as one, mean and standard deviation.</param>
    /// <param name="metric">The accuracy of panels C and D; by default top-5 where there are more than ten classes, as in the paper, else
    /// top-1.</param>
    /// <exception cref="GaitPropException">Top-5 is asked for where it says nothing, or no run has recorded it.</exception>
    internal static Figure Of(
        string name,
        string title,
        IReadOnlyList<RunRecord> runs,
        bool overSeeds = false,
        AccuracyMetric? metric = null
    )
    {
        var accuracy = ShownAccuracy.Of(runs, metric);
        var groups = overSeeds ? RunGroup.OverSeeds(runs) : RunGroup.Each(runs);
        var measured = groups.Where(g => g.Runs.Any(r => r.Steps.Any(s => s.Angles.Count > 0))).ToArray();

        // What was recorded lies behind what one has made oneself.
        var mixed = groups.Select(g => g.IsRecorded).Distinct().Count() > 1;
        IReadOnlyList<RunLayer> layers = runs.Count == 0 ? [] : runs.MaxBy(r => r.Description.Layers.Count)!.Description.Layers;
        Series[] byLayer = [.. measured.Select(AnglesByLayer)];
        Series[] overSteps =
        [
            .. measured.Select(g =>
                AngleMedians.AreMany(g.Runs) ? Medians(g) : Curve(g, r => r.Steps.Select(s => ((double)s.Step, s.MeanAngle ?? double.NaN)))
            ),
        ];
        Panel[] angles =
            measured.Length == 0
                ? []
                :
                [
                    new Panel(
                        "A",
                        "Update angle by layer",
                        new Axis(
                            "layer (median; bars hold two thirds of the steps)",
                            [.. layers.Select((_, l) => (l + 1).ToString(CultureInfo.InvariantCulture))]
                        ),
                        Axis.OfAngles("angle to BP (degrees)").DownTo(byLayer),
                        byLayer,
                        PanelKind.Points
                    ),
                    new Panel(
                        "B",
                        "Update angle of hidden layers",
                        new Axis("step"),
                        Axis.OfAngles("mean angle to BP (degrees)").DownTo(overSteps),
                        overSteps,
                        PanelKind.Lines
                    ),
                ];
        Panel[] panels =
        [
            .. angles,
            new Panel(
                "",
                $"Training accuracy, {accuracy.Name}",
                new Axis("epoch"),
                FromChance(),
                [.. groups.Select(g => Curve(g, r => r.Epochs.Select(e => ((double)e.Epoch, accuracy.Train(e)))))],
                PanelKind.Lines
            ),
            new Panel(
                "",
                $"Test accuracy, {accuracy.Name}",
                new Axis("epoch"),
                FromChance(),
                [.. groups.Select(g => Curve(g, r => r.Epochs.Select(e => ((double)e.Epoch, accuracy.Test(e)))))],
                PanelKind.Lines
            ),
            .. LeadPanel.Of(groups, accuracy, IsPale) is { } lead ? (Panel[])[lead] : [],
        ];
        return new Figure(
            name,
            title,
            TrainingCaption.Of(groups, accuracy),
            [.. panels.Select((panel, i) => panel.With(((char)('A' + i)).ToString()))]
        );

        bool IsPale(RunGroup group) => mixed && group.IsRecorded;

        Axis FromChance() => new(Text($"{accuracy.Name} accuracy (%)")) { From = accuracy.Chance };

        Series AnglesByLayer(RunGroup group)
        {
            var layers = group.Runs[0].Description.Layers.Select((_, l) => Spread.TwoThirds(AnglesOf(group.Runs, l))).ToArray();
            return new Series(group.Rule, group.Title, [.. layers.Select((_, l) => (double)l)], [.. layers.Select(l => l.Median)])
            {
                Low = [.. layers.Select(l => l.Low)],
                High = [.. layers.Select(l => l.High)],
                Pale = IsPale(group),
            };
        }

        Series Medians(RunGroup group)
        {
            var parts = AngleMedians.Of(group.Runs);
            return new Series(group.Rule, group.Title, [.. parts.Select(p => p.Step)], [.. parts.Select(p => p.Median)])
            {
                Low = [.. parts.Select(p => p.Low)],
                High = [.. parts.Select(p => p.High)],
                Pale = IsPale(group),
            };
        }

        Series Curve(RunGroup group, Func<RunRecord, IEnumerable<(double X, double Y)>> points)
        {
            var first = points(group.Runs[0]).ToArray();
            if (group.Runs.Count == 1)
            {
                return new Series(group.Rule, group.Title, [.. first.Select(p => p.X)], [.. first.Select(p => p.Y)])
                {
                    Pale = IsPale(group),
                };
            }

            // Where all seeds have a value.
            var all = group.Runs.Select(r => points(r).DistinctBy(p => p.X).ToDictionary(p => p.X, p => p.Y)).ToArray();
            var shared = first.Select(p => p.X).Where(x => all.All(run => run.ContainsKey(x))).ToArray();
            var values = shared.Select(x => Spread.MeanAndDeviation([.. all.Select(run => run[x])], isSample: true)).ToArray();
            return new Series(group.Rule, group.Title, shared, [.. values.Select(v => v.Mean)], [.. values.Select(v => v.Deviation)])
            {
                Pale = IsPale(group),
            };
        }
    }

    /// <summary>Mean and standard deviation of a layer's update angles over the steps where they are defined, degrees.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <returns><see langword="null"/> if no angle is defined.</returns>
    internal static (double Mean, double Deviation)? LayerAngle(RunRecord run, int layer) => LayerAngle([run], layer);

    /// <summary>
    /// Mean and largest distance of a layer's updates from the same rule's with the exact inverse, degrees, and the share of steps in which
    /// a bare transpose stood in for the inverse; <see langword="null"/> what was not measured.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    internal static (double? Mean, double? Largest, double? Transposes) LayerExactness(RunRecord run, int layer)
    {
        var distances = run.Steps.Where(s => s.Distances.Count > layer).Select(s => s.Distances[layer]).ToArray();
        var transposes = run.Steps.Where(s => s.Transposes.Count > layer).Select(s => (double?)s.Transposes[layer]);
        return (distances.Average(), distances.Max(), transposes.Average());
    }

    internal static (double Mean, double Deviation)? LayerAngle(IReadOnlyList<RunRecord> runs, int layer)
    {
        var angles = AnglesOf(runs, layer);
        return angles.Length == 0 ? null : Spread.MeanAndDeviation(angles);
    }

    /// <summary>A layer's update angles at the steps where they are defined, degrees.</summary>
    private static double[] AnglesOf(IReadOnlyList<RunRecord> runs, int layer) =>
        [.. runs.SelectMany(r => r.Steps).Where(s => s.Angles.Count > layer).Select(s => s.Angles[layer]).OfType<double>()];
}
