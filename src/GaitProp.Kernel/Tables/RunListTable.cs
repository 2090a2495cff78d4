using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>Runs, a row each, as their folders tell of them.</summary>
internal static class RunListTable
{
    /// <summary>Draws up the table.</summary>
    /// <param name="runs">The runs.</param>
    public static Table Of(IReadOnlyList<RunSummary> runs) =>
        new(
            [
                new("run", Quantity.Words),
                new("preset", Quantity.Words),
                new("status", Quantity.Words),
                new("epoch", Quantity.Count),
                new("of", Quantity.Count),
                new("test", Quantity.Share),
                new("angle", Quantity.Angle),
            ],
            [
                .. runs.Select(r => new Row(
                    r.QualifiedName,
                    r.Preset,
                    r.State.ToString().ToLowerInvariant(),
                    r.Epochs is null ? null : r.EpochsDone,
                    r.Epochs,
                    r.TestAccuracy,
                    r.MeanAngle
                )),
            ]
        )
        {
            Problems = [.. runs.Where(r => r.Problem is not null).Select(r => $"{r.QualifiedName}: {r.Problem}")],
        };
}
