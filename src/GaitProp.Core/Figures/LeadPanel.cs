namespace GaitProp.Figures;

/// <summary>
/// How far each rule is ahead of backpropagation of its own seed, in points of test accuracy over the epochs: over many epochs the curves
/// of accuracy lie on each other, and what is asked of them, whether a rule is on a par, is a distance.
/// </summary>
internal static class LeadPanel
{
    /// <summary>The epochs from which the panel says more than the curves.</summary>
    internal const int Least = 50;

    /// <summary>The panel; <see langword="null"/> if no rule has such a run beside one of plain BP.</summary>
    /// <param name="groups">What the figure shows.</param>
    /// <param name="accuracy">The accuracy that it shows.</param>
    /// <param name="isPale">What was known before.</param>
    internal static Panel? Of(IReadOnlyList<RunGroup> groups, ShownAccuracy accuracy, Func<RunGroup, bool> isPale)
    {
        var standards = groups.Where(IsStandard).ToArray();
        var bySeed = standards
            .SelectMany(g => g.Runs)
            .GroupBy(r => r.Seed)
            .ToDictionary(seed => seed.Key, seed => seed.Select(Means).MaxBy(m => m.Length)!);
        Series[] leads = [.. groups.Where(g => !IsStandard(g)).Select(Lead).OfType<Series>()];
        if (leads.Length == 0)
        {
            return null;
        }

        var bp = standards.MaxBy(g => g.Runs.Max(r => Means(r).Length))!;
        double[] ends = [RunningMean.Window, bySeed.Values.Max(m => m.Length) + RunningMean.Window - 1];
        return new(
            "",
            "Test accuracy ahead of BP",
            new Axis(Text($"epoch (means of {RunningMean.Window}; BP of the same seed)")),
            new Axis(Text($"points of {accuracy.Name}")),
            [new Series(bp.Rule, bp.Title, ends, [0, 0]) { Pale = isPale(bp) }, .. leads],
            PanelKind.Lines
        )
        {
            IsWide = true,
        };

        static bool IsStandard(RunGroup group) => group.Rule == "bp" && PlainRun.Is(group.Runs[0]);

        Series? Lead(RunGroup group)
        {
            double[][] leads =
            [
                .. group
                    .Runs.Where(r => bySeed.ContainsKey(r.Seed))
                    .Select(r => Means(r).Zip(bySeed[r.Seed], (own, other) => own - other).ToArray()),
            ];
            var length = leads.Length == 0 ? 0 : leads.Min(l => l.Length);
            if (length == 0)
            {
                return null;
            }

            var over = Enumerable.Range(0, length).Select(i => leads.Select(l => l[i]).ToArray()).ToArray();
            return new Series(
                group.Rule,
                group.Title,
                [.. over.Select((_, i) => (double)(i + RunningMean.Window))],
                [.. over.Select(o => o.Average())],
                leads.Length == 1 ? null : [.. over.Select(o => Spread.MeanAndDeviation(o, isSample: true).Deviation)]
            )
            {
                Pale = isPale(group),
            };
        }

        // Of a run that measured every epoch, and so many.
        double[] Means(RunRecord run)
        {
            EpochMetrics[] epochs = [.. run.Epochs.Where(e => e.Epoch > 0)];
            return epochs.Length >= Least && epochs.Index().All(e => e.Item.Epoch == e.Index + 1)
                ? RunningMean.Of([.. epochs.Select(accuracy.Test)])
                : [];
        }
    }
}
