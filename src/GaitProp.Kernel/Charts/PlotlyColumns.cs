namespace GaitProp.Kernel.Charts;

/// <summary>
/// What goes where from left to right in an interactive figure, in the least window: what is laid out with fixed sizes must fit there.
/// Lengths are CSS pixels.
/// </summary>
/// <param name="Left">The left margin.</param>
/// <param name="Right">The right margin.</param>
/// <param name="Plot">The width between them.</param>
/// <param name="MiddlingPlot">The same on a page of middling width.</param>
/// <param name="RowLabels">For each panel the names before its rows, if it has rows.</param>
/// <param name="Domains">For each panel from where to where it goes, as shares of the width between the margins.</param>
internal sealed record PlotlyColumns(
    int Left,
    int Right,
    float Plot,
    float MiddlingPlot,
    IReadOnlyList<HeatMapRows?> RowLabels,
    IReadOnlyList<double[]> Domains
)
{
    /// <summary>Below this width of the figure panels stand one below another.</summary>
    public const int LeastWide = 720;

    /// <summary>The least left margin.</summary>
    public const int LeftMargin = 76;

    private const int RightMargin = 16;
    private const int MostRightMargin = 48;
    private const double MostColumnShare = 0.16;

    // Characters in a line of the name of a row.
    private const int RowLabelWidth = 24;
    private const int NarrowRowLabelWidth = 16;
    private const int InsideRowWidth = 28;

    // The least width of a phone.
    private const float LeastWidth = 340;

    // A chart with its texts inside is drawn by a front end, which lays it out once: for the narrowest of their pages.
    private const float LeastInside = 480;
    private const float ColumnGap = 0.12f;

    // Axis labels of two lines, and of one, between panels of the narrowest page.
    private const float InsideGap = 0.2f;
    private const float InsideGapOfThree = 0.15f;

    // Pages of middling width, for which drawings have the height that they are drawn in.
    private const int Middling = 900;
    private const int InsideMiddling = 700;
    private const int NarrowMiddling = 440;

    /// <summary>The width of a panel's frame in the least window.</summary>
    /// <param name="panel">The panel, counted from 0.</param>
    public double WidthOf(int panel) => Plot * (Domains[panel][1] - Domains[panel][0]);

    /// <summary>Lays out the panels of a figure.</summary>
    /// <param name="views">The panels.</param>
    /// <param name="grid">Where they stand.</param>
    /// <param name="withTexts">Whether title and caption are part of the chart.</param>
    /// <param name="narrow">Whether it is for a phone.</param>
    public static PlotlyColumns Of(IReadOnlyList<PanelView> views, PanelGrid grid, bool withTexts, bool narrow)
    {
        var near = narrow || withTexts;
        var rowLabels = views
            .Select(view =>
                view.Panel.Kind switch
                {
                    PanelKind.HeatMap => HeatMapRows.Fit(
                        [.. view.Panel.Series.Select(series => series.Label)],
                        near ? NarrowRowLabelWidth : RowLabelWidth
                    ),
                    PanelKind.Rows => HeatMapRows.Fit(
                        view.Categories ?? [],
                        narrow ? NarrowRowLabelWidth
                            : withTexts ? InsideRowWidth
                            : 2 * RowLabelWidth
                    ),
                    _ => null,
                }
            )
            .ToList();
        var left = Math.Max(LeftMargin, rowLabels.Where((_, i) => grid.PlaceOf(i).Column == 0).Max(labels => labels?.Width ?? 0));
        var right = views.Max(RightRoom);
        var (least, middling) =
            narrow ? (LeastWidth, NarrowMiddling)
            : withTexts ? (LeastInside, InsideMiddling)
            : (LeastWide, Middling);
        var plot = least - left - right;
        var gap =
            grid.Columns == 1 ? 0
            : !withTexts ? ColumnGap
            : grid.Columns == 2 ? InsideGap
            : InsideGapOfThree;
        var column = (1 - (gap * (grid.Columns - 1))) / grid.Columns;
        return new(
            left,
            right,
            plot,
            plot + (middling - least),
            rowLabels,
            [.. views.Select((view, i) => Across(grid.PlaceOf(i), column, gap, rowLabels[i], plot, narrow, view))]
        );
    }

    /// <summary>
    /// From where to where a panel goes, as shares of the width. A heat map that is not at the left leaves room for the names of its rows,
    /// and one of few columns does not draw them out over a wide page.
    /// </summary>
    private static double[] Across(
        PanelPlace place,
        double columnWidth,
        double columnGap,
        HeatMapRows? rows,
        float plotWidth,
        bool narrow,
        PanelView view
    )
    {
        var left = place.Column * (columnWidth + columnGap);
        var right = Math.Min(1, left + columnWidth + ((place.Span - 1) * (columnWidth + columnGap)));
        if (rows is null || view.Panel.Kind == PanelKind.Rows)
        {
            return [left, right];
        }

        if (place.Column > 0)
        {
            left += Math.Max(0, rows.Width - columnGap * plotWidth) / plotWidth;
        }

        var spare = narrow ? 0 : Math.Max(0, right - left - MostColumnShare * (view.Categories?.Count ?? 1));
        return [left + spare / 2, right - spare / 2];
    }

    /// <summary>With many columns, the name of the last one stands out over the frame.</summary>
    private static int RightRoom(PanelView view) =>
        view.Panel.Kind == PanelKind.HeatMap && view.Categories is { } names
            ? Math.Clamp((int)(3.4 * names[^1].Length) + 3, RightMargin, MostRightMargin)
            : RightMargin;
}
