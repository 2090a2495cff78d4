using System.Globalization;

namespace GaitProp.Figures;

/// <summary>Update angles on one batch as a heat map: a row a rule, a column a layer.</summary>
internal static class AngleFigure
{
    /// <summary>Draws up the figure of a table.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="caption">What was measured on what.</param>
    /// <param name="table">The angles.</param>
    public static Figure Of(string name, string title, string caption, AngleTable table)
    {
        var layers = Enumerable.Range(0, table.Layers.Count).ToArray();
        return new Figure(
            name,
            title,
            caption,
            [
                new Panel(
                    "A",
                    "Update angle by layer",
                    new Axis("layer", [.. layers.Select(l => (l + 1).ToString(CultureInfo.InvariantCulture))]),
                    new Axis("angle to BP (degrees)"),
                    [
                        .. table.Columns.Select(c => new Series(
                            c.Rule,
                            c.Label,
                            [.. layers.Select(l => (double)l)],
                            [.. c.Angles.Select(a => a ?? double.NaN)]
                        )),
                    ],
                    PanelKind.HeatMap
                ),
            ]
        );
    }
}
