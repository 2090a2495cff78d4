namespace GaitProp.Figures;

/// <summary>
/// How far each rule is ahead of backpropagation of its own seed on the same images in the same batches, in points of test accuracy over
/// the epochs: over many epochs the curves of accuracy lie on each other, and what is asked of them, whether a rule is on a par, is a
/// distance.
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
        var standards = groups.Where(g => IsStandard(g) && g.Runs.Any(r => Means(r).Length > 0)).ToArray();
        var byBatches = standards
            .SelectMany(g => g.Runs)
            .GroupBy(Batches)
            .ToDictionary(runs => runs.Key, runs => runs.Select(Means).MaxBy(m => m.Length)!);
        Series[] leads = [.. groups.Where(g => !IsStandard(g)).Select(Lead).OfType<Series>()];
        if (leads.Length == 0)
        {
            return null;
        }

        var bp = standards.MaxBy(g => g.Runs.Max(r => Means(r).Length))!;
        double[] ends = [RunningMean.Window, byBatches.Values.Max(m => m.Length) + RunningMean.Window - 1];
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
            var beside = group
                .Runs.Select(r => (Own: Means(r), Bp: byBatches.GetValueOrDefault(Batches(r), [])))
                .Where(r => r.Own.Length > 0 && r.Bp.Length > 0)
                .ToArray();
            if (beside.Length == 0)
            {
                return null;
            }

            // A seed whose BP was stopped early would end the line of all.
            var whole = beside.Where(r => r.Bp.Length >= r.Own.Length).ToArray();
            var leads = (whole.Length > 0 ? whole : beside).Select(r => r.Own.Zip(r.Bp, (own, bp) => own - bp).ToArray()).ToArray();
            var length = leads.Min(l => l.Length);
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

        // What a run and its BP have in common: the images of each batch.
        static (int Seed, string? Batch, string? Buffer, string? Data, int Train, string? Changes) Batches(RunRecord run) =>
            (
                run.Seed,
                run.Description.Experiment["batchSize"]?.ToString(),
                run.Description.Experiment["shuffleBuffer"]?.ToString(),
                run.Description.Data.Checksum ?? run.Description.Data.Name,
                run.Description.Data.Train,
                RunChoices.OfImages(run.Description.Experiment)
            );

        // Of a run that measured every epoch, and so many.
        double[] Means(RunRecord run)
        {
            EpochMetrics[] epochs = [.. run.Epochs.Where(e => e.Epoch > 0)];
            return epochs.Length >= Least && run.IsMeasuredEveryEpoch ? RunningMean.Of([.. epochs.Select(accuracy.Test)]) : [];
        }
    }
}
