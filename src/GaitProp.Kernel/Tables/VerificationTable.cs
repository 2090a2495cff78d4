using GaitProp.Figures;
using GaitProp.Verification;

namespace GaitProp.Kernel.Tables;

/// <summary>The worst error of each rule and way of computing in one case of reference vectors.</summary>
internal static class VerificationTable
{
    private static readonly Quantity Angle = Quantity.Error with { Unit = "°" };

    /// <summary>Draws up the table.</summary>
    /// <param name="results">The results of one case.</param>
    public static Table Of(IGrouping<string, VerificationResult> results)
    {
        return new Table(
            [
                new("rule", Quantity.Words),
                new("computed in", Quantity.Words),
                new("worst", Quantity.Error),
                new("bound", Quantity.Error),
                new("measure", Quantity.Words),
                new("layer", Quantity.Count),
                new("angle", Angle),
                new("", Quantity.Words),
            ],
            [
                .. results.Select(r => new Row(
                    r.Rule,
                    r.Way,
                    r.Worst,
                    r.Bound,
                    r.Measure,
                    r.Layer,
                    r.Angle ?? double.NaN,
                    r.Passed ? new Mark("ok", Tone.Good) : new Mark("FAILED", Tone.Bad)
                )),
            ]
        )
        {
            Title = results.Key,
            Keys = 2,
        };
    }
}
