using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>Runs, a row each, as their folders tell of them.</summary>
internal static class RunListTable
{
    /// <summary>Draws up the table.</summary>
    /// <param name="runs">The runs.</param>
    public static Table Of(IReadOnlyList<RunSummary> runs)
    {
        // The rule's additions are in run.json, which a summary does not keep.
        var rules = runs.AsParallel().AsOrdered().Select(RuleOf).ToArray();
        return new(
            [
                new("run", Quantity.Words),
                new("rule", Quantity.Words),
                new("preset", Quantity.Words),
                new("status", Quantity.Words),
                new("epochs", Quantity.Count),
                new("test", Quantity.Share),
                new("angle", Quantity.Angle),
            ],
            [
                .. runs.Select(
                    (r, i) =>
                        new Row(
                            r.QualifiedName,
                            rules[i],
                            r.Preset,
                            r.State.ToString().ToLowerInvariant(),
                            r.Epochs is { } epochs ? Text($"{r.EpochsDone} of {epochs}") : null,
                            r.TestAccuracy,
                            r.MeanAngle
                        )
                ),
            ]
        )
        {
            Problems = [.. runs.Where(r => r.Problem is not null).Select(r => $"{r.QualifiedName}: {r.Problem}")],
        };
    }

    /// <summary>
    /// The rule with what the run's preset does not say of it, as the run's own title has it: <c>BP, retraction</c>. The rule's name where
    /// <c>run.json</c> does not tell.
    /// </summary>
    private static string? RuleOf(RunSummary run)
    {
        try
        {
            // Experiment, preset and seed stand in other columns.
            return RunTitles.OfRule(RunRecord.ReadDescription(run.Folder).Experiment);
        }
        catch (Exception e) when (e is GaitPropException or InvalidOperationException or FormatException)
        {
            return run.Rule;
        }
    }
}
