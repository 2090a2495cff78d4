using System.Globalization;

namespace GaitProp.Figures;

/// <summary>
/// Why targets are normalised: how far they lie from the activations in each layer, how much of that each arithmetic keeps, and what
/// becomes of the update.
/// </summary>
internal static class TargetFigure
{
    /// <summary>Draws up the figure of a table.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="caption">What was measured on what.</param>
    /// <param name="table">The measurements.</param>
    public static Figure Of(string name, string title, string caption, TargetTable table)
    {
        var layers = Enumerable.Range(0, table.Layers.Count).Select(l => (double)l).ToArray();
        var axis = new Axis("layer", [.. layers.Select(l => (l + 1).ToString(CultureInfo.InvariantCulture))]);
        return new Figure(
            name,
            title,
            caption,
            [
                new Panel("A", "What goes up, and what comes down", new Axis(""), new Axis(""), [], PanelKind.Drawing)
                {
                    Drawing = SchemeDrawing.Draw(),
                    IsWide = true,
                },
                new Panel(
                    "B",
                    "Distance of targets from activations",
                    axis,
                    new Axis("RMS(t − a) / RMS(a)") { IsLogarithmic = true },
                    [
                        .. table.Columns.Select(c =>
                            Series(c.Rule, RuleCatalog.Title(c.Rule), c.Distances.Select((d, l) => (double?)(d / table.Activations[l])))
                        ),
                    ],
                    PanelKind.Points
                ),
                new Panel(
                    "C",
                    "Error of t − a as computed",
                    axis,
                    new Axis("relative error of t − a") { IsLogarithmic = true },
                    [.. table.Columns.SelectMany(c => c.Precision.Select(p => Series(c.Rule, Label(c, p), p.Errors)))],
                    PanelKind.Points
                ),
                new Panel(
                    "D",
                    "Update angle",
                    axis,
                    new Axis("angle to BP (degrees)"),
                    [
                        .. table.Columns.SelectMany(c =>
                            c.Precision.Select(p => new Series(c.Rule, Label(c, p), layers, [.. p.Angles.Select(a => a ?? double.NaN)]))
                        ),
                    ],
                    PanelKind.HeatMap
                ),
            ]
        );

        // What is exactly zero has no place on the axis and leaves a gap.
        Series Series(string rule, string label, IEnumerable<double?> values) =>
            new(rule, label, layers, [.. values.Select(v => v is > 0 and var value ? value : double.NaN)]);
    }

    private static string Label(TargetColumn column, TargetPrecision way) =>
        $"{RuleCatalog.Title(column.Rule)}, {way.Form.ToString().ToLowerInvariant()} {way.Type.ToString().ToLowerInvariant()}";
}
