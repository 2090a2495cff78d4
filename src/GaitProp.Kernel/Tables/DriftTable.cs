using GaitProp.Figures;
using GaitProp.Studies;

namespace GaitProp.Kernel.Tables;

/// <summary>How angles and orthogonality defects grow over steps: two columns for each curve.</summary>
internal static class DriftTable
{
    /// <summary>Draws up the table.</summary>
    /// <param name="curves">The curves and what they are called; all of the same steps.</param>
    public static Table Of(IReadOnlyList<(string Label, DriftCurve Curve)> curves)
    {
        return new Table(
            [
                new("step", Quantity.Count),
                .. curves.SelectMany(c => (Column[])[new($"{c.Label}: angle", Quantity.Angle), new(Defect(c.Label), Quantity.Error)]),
            ],
            [
                .. curves[0]
                    .Curve.Steps.Select(
                        (step, i) =>
                            new Row([step, .. curves.SelectMany(c => (object?[])[c.Curve.Angles[i] ?? double.NaN, c.Curve.Defects[i]])])
                    ),
            ]
        )
        {
            Notes = ["Degrees to BP, mean over all layers but the output; defect: root mean square, mean over the square layers."],
        };

        // Where a table is narrow, the two columns of a curve may stand in different parts of it.
        string Defect(string label) => curves.Count == 1 ? "defect" : $"{label}: defect";
    }
}
