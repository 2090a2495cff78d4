using System.Globalization;
using GaitProp.Figures;
using Microsoft.FSharp.Collections;
using Plotly.NET;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The traces and the layouts of one figure. Sizes are CSS pixels.</summary>
internal sealed class PlotlyDrawing
{
    /// <summary>Fonts that are on the reader's machine: none is loaded.</summary>
    public const string FontFamily = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

    /// <summary>Below this width of the figure panels stand one below another.</summary>
    public const int LeastWide = 720;

    private const int PanelHeight = 270;
    private const int TitleHeight = 34;
    private const int AxisLabelHeight = 28;
    private const int TickMark = 5;
    private const int TickDistance = 30;
    private const int TitleTextHeight = 21;
    private const int TickLineHeight = 16;
    private const int TitleLineHeight = 17;
    private const int ToolHeight = 30;
    private const int LeftMargin = 76;
    private const int LegendRowHeight = 21;
    private const int LegendLineHeight = 19;
    private const int ColorBarHeight = 66;
    private const int ColorBarLength = 300;
    private const int CompactColorBarLength = 225;
    private const int ColorBarTitleWidth = 70;
    private const int CompactColorBarTitleWidth = 40;
    private const int RightMargin = 16;
    private const int MostRightMargin = 48;
    private const int UndefinedKeyHeight = 30;
    private const int RowLabelWidth = 24;
    private const int NarrowRowLabelWidth = 16;
    private const double MostColumnShare = 0.16;
    private const int TotalWidth = 36;

    // Characters in a line of what is written inside a chart, so that the least window of a front end shows them whole.
    private const int CaptionWidth = 72;
    private const int TitleWidth = 40;
    private const int InsideRowWidth = 28;

    // Characters in a line of the legend, so that a phone shows them whole.
    private const int LegendWidth = 38;

    private static readonly string[] UnusedTools = ["select", "lasso"];
    private static readonly string[] Tools = ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"];

    // What is laid out with fixed sizes must fit at these widths: of a phone, and of the least window with panels side by side.
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

    private readonly Figure _figure;
    private readonly StaticTheme _theme;
    private readonly FigureLegend _legend;
    private readonly IReadOnlyList<PanelView> _views;

    public PlotlyDrawing(Figure figure)
    {
        _figure = figure;
        _theme = StaticTheme.Of(figure);
        _legend = new FigureLegend(figure);
        _views = [.. figure.Panels.Select(panel => new PanelView(panel))];
    }

    /// <summary>The grid on a page of some width: heat maps alone stand one below another, for the names of their rows need room.</summary>
    public static PanelGrid WideGrid(Figure figure) =>
        figure.Panels.All(panel => panel.Kind == PanelKind.HeatMap) ? PanelGrid.InOneColumn(figure) : PanelGrid.Of(figure);

    /// <summary>The chart with its panels in a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="withTexts">Whether title and caption are part of the chart, because no page around it says them.</param>
    /// <param name="narrow">Whether it is for a phone: less than <see cref="LeastWide"/>.</param>
    public GenericChart Chart(PanelGrid grid, bool withTexts, bool narrow)
    {
        var across = Across(grid, withTexts, narrow);
        var traces = _legend
            .Entries.Select(LegendTrace)
            .Concat(_views.SelectMany((view, index) => PanelTraces(view, index + 1, across.WidthOf(index), withTexts)));
        var chart = GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces));
        chart = GenericChart.setLayout(Layout(grid, across, withTexts, narrow), chart);
        chart = GenericChart.setConfig(Config(), chart);
        var options = new DisplayOptions();
        options = DisplayOptions.setDocumentTitle(_figure.Title).Invoke(options);
        options = DisplayOptions.setPlotlyReference(PlotlyJSReference.Full).Invoke(options);
        return GenericChart.setDisplayOptions(options, chart);
    }

    private string Ink => Hex(_theme.Ink);

    private string Page => Hex(_theme.Page);

    private RuleStyle StyleOf(LegendEntry entry) => _theme.Shown(entry.Style);

    /// <summary>A colour as plotly.js reads it.</summary>
    public static string Hex(SKColor color) =>
        color.Alpha == 255
            ? $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}"
            : string.Create(CultureInfo.InvariantCulture, $"rgba({color.Red},{color.Green},{color.Blue},{color.Alpha / 255.0:0.##})");

    /// <summary>A trace without points: the legend shows line and marker of a rule whatever the panels do, and says it once.</summary>
    private Trace LegendTrace(LegendEntry entry) =>
        NewTrace(
            entry,
            panel: 1,
            new()
            {
                ["showlegend"] = true,
                ["name"] = PlotlyText.Label(entry.Label, LegendWidth),
                ["x"] = new double?[] { null },
                ["y"] = new double?[] { null },
                ["mode"] = entry.Symbol == LegendSymbol.Line ? "lines+markers" : "markers",
                ["line"] = Line(StyleOf(entry)),
                ["marker"] = Marker(StyleOf(entry), entry.Symbol == LegendSymbol.Area ? 14 : 8),
                ["hoverinfo"] = "skip",
            }
        );

    private IEnumerable<Trace> PanelTraces(PanelView view, int number, double width, bool isFixed)
    {
        if (view.Panel.Kind == PanelKind.HeatMap)
        {
            foreach (var trace in new PlotlyHeatMap(view.Panel, number, width, isFixed).Traces())
            {
                yield return trace;
            }

            yield break;
        }

        if (view.Panel.Kind == PanelKind.Drawing)
        {
            yield return NoTrace(number);
            yield break;
        }

        if (view.Panel.Kind == PanelKind.Image)
        {
            yield return ImageTrace(view.Panel.Image!, number);
            yield break;
        }

        foreach (var i in _legend.DrawingOrder(view.Panel))
        {
            var series = view.Panel.Series[i];
            var entry = _legend.EntryOf(series);
            if (view.Panel.Kind == PanelKind.Bars)
            {
                yield return BarTrace(view, number, series, entry, TotalsAbove(view, i), width);
                continue;
            }

            if (view.Panel.Kind == PanelKind.Rows)
            {
                yield return RowTrace(view, number, series, entry);
                continue;
            }

            if (view.Panel.Kind is PanelKind.Points or PanelKind.Scatter)
            {
                yield return PointsTrace(view, number, i, series, entry);
                continue;
            }

            foreach (var band in BandTraces(view, number, series, entry))
            {
                yield return band;
            }

            yield return LineTrace(view, number, i, series, entry);
        }
    }

    private static Trace ImageTrace(Figures.FigureImage image, int number)
    {
        var trace = new Trace("image");
        trace.SetProperty("source", ImageFile.DataUri(image));
        trace.SetProperty("xaxis", AxisId("x", number));
        trace.SetProperty("yaxis", AxisId("y", number));
        trace.SetProperty("hoverinfo", "skip");
        return trace;
    }

    /// <summary>Nothing, on axes that a drawing lies on: without a trace there are none.</summary>
    private static Trace NoTrace(int number)
    {
        var trace = new Trace("scatter");
        trace.SetProperty("x", new double?[] { null });
        trace.SetProperty("y", new double?[] { null });
        trace.SetProperty("xaxis", AxisId("x", number));
        trace.SetProperty("yaxis", AxisId("y", number));
        trace.SetProperty("showlegend", false);
        trace.SetProperty("hoverinfo", "skip");
        return trace;
    }

    private Trace RowTrace(PanelView view, int number, Series series, LegendEntry entry) =>
        NewTrace(
            entry,
            number,
            new()
            {
                ["orientation"] = "h",
                ["x"] = series.Y.Select(Defined).ToArray(),
                ["y"] = series.X.Select(Defined).ToArray(),
                ["width"] = StaticBars.Width,
                ["marker"] = new Dictionary<string, object> { ["color"] = StyleOf(entry).Color },
                ["text"] = series.Y.Select(ShortNumber.Of).ToArray(),
                ["textposition"] = "outside",
                ["constraintext"] = "none",
                ["textfont"] = Font(12),
                ["cliponaxis"] = false,
                ["customdata"] = series.X.Select(x => PlotlyText.Label(Place(view, x))).ToArray(),
                ["hovertemplate"] = "%{customdata}: %{x:,.4~g}<extra>%{fullData.name}</extra>",
            },
            "bar"
        );

    /// <summary>
    /// What stands above the bars of a series: the sum of each column of which its bar is the uppermost one, and nothing above the others.
    /// </summary>
    private string[] TotalsAbove(PanelView view, int number)
    {
        var series = view.Panel.Series[number];
        var covered = _legend
            .DrawingOrder(view.Panel)
            .SkipWhile(i => i != number)
            .Skip(1)
            .SelectMany(i => SeriesPoints.Finite(view.Panel.Series[i]))
            .Select(point => point.X)
            .ToHashSet();
        var sums = view.Totals.ToDictionary(total => total.Position, total => total.Sum);
        return
        [
            .. series.X.Select(
                (x, i) =>
                    double.IsFinite(series.Y[i]) && !covered.Contains(x) && sums.TryGetValue(x, out var sum) ? ShortNumber.Of(sum) : ""
            ),
        ];
    }

    private Trace BarTrace(PanelView view, int number, Series series, LegendEntry entry, string[] totals, double width)
    {
        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(Defined).ToArray(),
            ["y"] = series.Y.Select(Defined).ToArray(),
            ["width"] = StaticBars.Width,
            ["marker"] = new Dictionary<string, object> { ["color"] = StyleOf(entry).Color },
            ["customdata"] = series.X.Select(x => PlotlyText.Label(Place(view, x))).ToArray(),
            ["hovertemplate"] = "%{customdata}: %{y:,.6~g}<extra>%{fullData.name}</extra>",
        };
        if (totals.Any(total => total.Length > 0))
        {
            properties["text"] = totals;

            // Upright where columns are too near to each other for it to lie; never smaller: who cannot read it does not need it.
            properties["textposition"] = "outside";
            properties["constraintext"] = "none";
            properties["textangle"] = width / Math.Max(1, view.Categories?.Count ?? 1) < TotalWidth ? -90 : 0;
            properties["textfont"] = Font(11);
            properties["cliponaxis"] = false;
        }

        return NewTrace(entry, number, properties, "bar");
    }

    private Trace PointsTrace(PanelView view, int number, int index, Series series, LegendEntry entry)
    {
        var offset = view.Offset(index);
        var isScatter = view.Panel.Kind == PanelKind.Scatter;
        var marker = Marker(StyleOf(entry), isScatter ? 11 : 9);
        if (isScatter)
        {
            marker["line"] = new Dictionary<string, object> { ["width"] = 1, ["color"] = Page };
        }

        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(x => Along(view, x, offset)).ToArray(),
            ["y"] = series.Y.Select(y => Shown(view, y)).ToArray(),
            ["mode"] = "markers",
            ["marker"] = marker,
            ["text"] = series.X.Select(x => PlotlyText.Label(Place(view, x))).ToArray(),
            ["customdata"] = series
                .Y.Select((y, i) => series.Deviation?[i] is { } d && double.IsFinite(d) ? $"{Rounded(y)} ± {Rounded(d)}" : Rounded(y))
                .ToArray(),
            ["hovertemplate"] = "%{text}: %{customdata}<extra>%{fullData.name}</extra>",
        };
        if (series.Deviation is { } deviations)
        {
            properties["error_y"] = new Dictionary<string, object>
            {
                ["type"] = "data",
                ["symmetric"] = false,
                ["array"] = Errors(1),
                ["arrayminus"] = Errors(-1),
                ["visible"] = true,
                ["color"] = StyleOf(entry).Color,
                ["thickness"] = 1.6,
                ["width"] = 4,
            };

            // What is below a logarithmic axis ends on it.
            double?[] Errors(int side) =>
                [
                    .. series.Y.Select(
                        (y, i) =>
                            double.IsFinite(deviations[i])
                                ? side * (Shown(view, y + (side * Math.Abs(deviations[i]))) - Shown(view, y))
                                : null
                    ),
                ];
        }

        return NewTrace(entry, number, properties);
    }

    private Trace LineTrace(PanelView view, int number, int index, Series series, LegendEntry entry)
    {
        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(x => Along(view, x)).ToArray(),
            ["y"] = series.Y.Select(y => Shown(view, y)).ToArray(),
            ["mode"] = "lines+markers",
            ["line"] = Line(StyleOf(entry)),
            ["connectgaps"] = false,
            ["hovertemplate"] = $"{PlotlyText.Label(view.Panel.X.Label)} %{{x:.6~g}}: %{{y:.4~g}}<extra>%{{fullData.name}}</extra>",
        };

        if (series.Y.Any(y => double.IsFinite(y) && view.YScale.IsBelow(y)))
        {
            // What is below a logarithmic axis stands on its first tick, and is said as it is.
            properties["customdata"] = series.Y.Select(Rounded).ToArray();
            properties["hovertemplate"] =
                $"{PlotlyText.Label(view.Panel.X.Label)} %{{x:.6~g}}: %{{customdata}}<extra>%{{fullData.name}}</extra>";
        }

        // A point between two gaps has no line to show it.
        var alone = SeriesPoints.Runs(series).Where(run => run.Count == 1).Select(run => run[0].X).ToHashSet();
        var marked = SeriesPoints.Marked(view.Panel.Series, index);
        var marker = Marker(StyleOf(entry), 6);
        if (marked.Count < series.Y.Count)
        {
            // Markers of many sizes have rims, white ones unless something else is said.
            marker["size"] = series.X.Select((x, i) => marked.Contains(i) || alone.Contains(x) ? 7 : 0).ToArray();
            marker["line"] = new Dictionary<string, object> { ["width"] = 1, ["color"] = Page };
        }

        properties["marker"] = marker;
        return NewTrace(entry, number, properties);
    }

    /// <summary>The deviation of a line: a pale band around each of its pieces.</summary>
    private IEnumerable<Trace> BandTraces(PanelView view, int number, Series series, LegendEntry entry)
    {
        if (series.Deviation is null)
        {
            yield break;
        }

        foreach (var run in SeriesPoints.Runs(series).Where(run => run.Count > 1))
        {
            yield return NewTrace(
                entry,
                number,
                new()
                {
                    ["x"] = run.Concat(run.Reverse()).Select(point => Along(view, point.X)).ToArray(),
                    ["y"] = run.Select(point => Shown(view, point.High))
                        .Concat(run.Reverse().Select(point => Shown(view, point.Low)))
                        .ToArray(),
                    ["mode"] = "lines",
                    ["line"] = new Dictionary<string, object> { ["width"] = 0, ["color"] = StyleOf(entry).Color },
                    ["fill"] = "toself",
                    ["fillcolor"] = StyleOf(entry).Color + "26",
                    ["hoverinfo"] = "skip",
                }
            );
        }
    }

    /// <summary>The value where it is drawn; six digits are more than a screen shows, and a third of the bytes.</summary>
    private static double? Shown(PanelView view, double y) =>
        !double.IsFinite(y)
            ? null
            : double.Parse(
                view.YScale.Value(view.YScale.Place(y)).ToString("G6", CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture
            );

    /// <summary>Where a value stands along the horizontal axis, moved aside by so many places.</summary>
    private static double? Along(PanelView view, double x, double offset = 0) =>
        double.IsFinite(x) ? view.XScale.Value(view.XScale.Place(x) + offset) : null;

    private static string Rounded(double y) =>
        double.IsFinite(y) ? y.ToString("G4", CultureInfo.InvariantCulture) : StaticFigure.EmptyPanelNote;

    private static Trace NewTrace(LegendEntry entry, int panel, Dictionary<string, object> properties, string type = "scatter")
    {
        var trace = new Trace(type);
        trace.SetProperty("name", PlotlyText.Label(entry.Label));
        trace.SetProperty("legendgroup", PlotlyText.Label(entry.Key));
        trace.SetProperty("xaxis", AxisId("x", panel));
        trace.SetProperty("yaxis", AxisId("y", panel));
        trace.SetProperty("showlegend", properties.Remove("showlegend"));
        foreach (var (name, value) in properties)
        {
            trace.SetProperty(name, value);
        }

        return trace;
    }

    /// <summary>What goes where from left to right, in the least window.</summary>
    private Horizontal Across(PanelGrid grid, bool withTexts, bool narrow)
    {
        var near = narrow || withTexts;
        var rowLabels = _views
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
        var right = _views.Max(RightRoom);
        var plot =
            (
                narrow ? LeastWidth
                : withTexts ? LeastInside
                : LeastWide
            )
            - left
            - right;
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
            rowLabels,
            [.. _views.Select((view, i) => Across(grid.PlaceOf(i), column, gap, rowLabels[i], plot, narrow, view))]
        );
    }

    private Layout Layout(PanelGrid grid, Horizontal horizontal, bool withTexts, bool narrow)
    {
        var (leftMargin, rightMargin, plotWidth, rowLabels, acrosses) = horizontal;
        var titleLines = withTexts ? TextLines.WrapEvenly(int.MaxValue, _figure.Title, TitleWidth, line => line.Length) : [];
        var captionLines = withTexts ? TextLines.Wrap(_figure.Caption, CaptionWidth, line => line.Length).Count : 0;
        var legendColumns = narrow ? 1 : LegendColumns(plotWidth);
        var legendRows = _legend.Entries.Select(entry => LegendLines(entry).Count).Chunk(legendColumns).ToList();
        var legendHeight = legendRows.Sum(lines => LegendRowHeight + (lines.Max() - 1) * LegendLineHeight);
        var categories = _views
            .Select(
                (view, i) =>
                    view.Panel.Kind == PanelKind.Rows ? null : Categories(view, (float)(plotWidth * (acrosses[i][1] - acrosses[i][0])))
            )
            .ToList();
        var ticks = categories
            .Select(
                (labels, i) =>
                    _views[i].Panel.Kind is PanelKind.Drawing or PanelKind.Image
                        ? 0
                        : (int)(labels?.Height ?? TickLineHeight) + TickMark + 3
            )
            .ToList();
        var compact = narrow || withTexts || grid.Columns > 1;
        var frames = rowLabels
            .Select(
                (labels, i) =>
                    labels?.Height
                    ?? FrameHeight(
                        _views[i].Panel,
                        acrosses[i][1] - acrosses[i][0],
                        plotWidth
                            + (
                                narrow ? NarrowMiddling - LeastWidth
                                : withTexts ? InsideMiddling - LeastInside
                                : Middling - LeastWide
                            ),
                        narrow
                    )
            )
            .ToList();
        var labelled = _views.Select((view, i) => XLabelLines(view.Panel, plotWidth * (acrosses[i][1] - acrosses[i][0]))).ToList();
        var belows = _views
            .Select(
                (view, i) =>
                    ticks[i]
                    + (
                        view.Panel.X.Label.Length == 0 && view.Panel.Kind == PanelKind.Drawing
                            ? 6
                            : AxisLabelHeight + (labelled[i].Count - 1) * TitleLineHeight
                    )
                    + KeyHeight(view, compact)
            )
            .ToList();
        var rows = Enumerable
            .Range(0, grid.Rows)
            .Select(row => Enumerable.Range(0, _views.Count).Where(i => grid.PlaceOf(i).Row == row).ToList())
            .ToList();
        var rowFrames = rows.Select(row => row.Max(i => frames[i])).ToList();
        var axes = rows.Select((row, number) => row.Max(i => frames[i] + belows[i]) - rowFrames[number]).ToList();
        var legendTop = Math.Max(narrow ? 0 : ToolHeight, titleLines.Count == 0 ? 0 : 16 + (TitleTextHeight * titleLines.Count));
        var top = legendTop + legendHeight + 10 + TitleHeight;
        var bottom = axes[^1] + (captionLines == 0 ? 0 : 14 + 17 * captionLines);
        var rowTops = axes.Select((_, row) => axes.Take(row).Zip(rowFrames, (axis, frame) => frame + axis + TitleHeight).Sum()).ToList();
        var plots = rowTops[^1] + rowFrames[^1];
        var height = top + plots + bottom;

        var layout = new Layout();
        layout.SetProperty("autosize", true);
        layout.SetProperty("height", height);
        layout.SetProperty("paper_bgcolor", Page);
        layout.SetProperty("plot_bgcolor", Page);
        layout.SetProperty("font", Font(13));
        layout.SetProperty(
            "margin",
            new Dictionary<string, object>
            {
                ["l"] = leftMargin,
                ["r"] = rightMargin,
                ["t"] = top,
                ["b"] = bottom,
                ["autoexpand"] = false,
            }
        );
        layout.SetProperty("hovermode", "closest");
        layout.SetProperty("barmode", "stack");

        // On a phone a finger on the figure scrolls the page, and the tools would lie on the legend.
        layout.SetProperty("dragmode", narrow ? false : "zoom");
        layout.SetProperty(
            "modebar",
            new Dictionary<string, object>
            {
                ["remove"] = narrow ? Tools : UnusedTools,
                ["bgcolor"] = "rgba(0,0,0,0)",
                ["color"] = Hex(_theme.Muted.WithAlpha(0x80)),
                ["activecolor"] = Ink,
            }
        );

        // Rules that the reader has switched off stay off when the panels are laid out again.
        layout.SetProperty("uirevision", "figure");
        var legend = new Dictionary<string, object>
        {
            ["orientation"] = narrow ? "v" : "h",
            ["traceorder"] = "normal",
            ["xref"] = "container",
            ["yref"] = "container",
            ["x"] = narrow ? 0.02 : 0.5,
            ["xanchor"] = narrow ? "left" : "center",
            ["y"] = 1 - (double)legendTop / height,
            ["yanchor"] = "top",
            ["font"] = Font(withTexts ? 13 : 14),
            ["itemwidth"] = 48,
        };
        if (!narrow && legendRows.Count > 1)
        {
            // Columns of shares of the width, so that there are as many rows in every window as there is room for.
            legend["entrywidthmode"] = "fraction";
            legend["entrywidth"] = 0.97 / legendColumns;
        }

        layout.SetProperty("legend", legend);

        var annotations = new List<object>();
        var images = new List<object>();
        for (var i = 0; i < _views.Count; i++)
        {
            var view = _views[i];
            var row = grid.PlaceOf(i).Row;
            var upper = 1 - (double)rowTops[row] / plots;
            var across = acrosses[i];
            double[] down = [Math.Max(0, upper - (double)frames[i] / plots), upper];
            if (DrawingOf(view.Panel, narrow) is { } drawing)
            {
                layout.SetProperty(AxisName("xaxis", i + 1), ImageAxis(AxisId("y", i + 1), across, [0, drawing.Width], null));
                layout.SetProperty(AxisName("yaxis", i + 1), ImageAxis(AxisId("x", i + 1), down, [drawing.Height, 0], AxisId("x", i + 1)));
                images.Add(DrawnImage(drawing, i + 1));
                annotations.Add(PanelTitle(view.Panel, across, upper, plotWidth, rightMargin));
                if (view.Panel.X.Label.Length > 0)
                {
                    annotations.Add(XLabel(labelled[i], across, down, TickMark + 3));
                }

                continue;
            }

            if (view.Panel.Kind == PanelKind.Rows && rowLabels[i] is { } names)
            {
                var axis = Axis(
                    AxisId("y", i + 1),
                    across,
                    new AxisRange(
                        0,
                        1.14
                            * Math.Max(
                                1e-12,
                                view.Panel.Series.SelectMany(SeriesPoints.Finite).Select(point => point.Y).DefaultIfEmpty(1).Max()
                            )
                    )
                );
                axis["tickangle"] = 0;
                layout.SetProperty(AxisName("xaxis", i + 1), axis);
                layout.SetProperty(AxisName("yaxis", i + 1), RowAxis(AxisId("x", i + 1), down, names));
                annotations.Add(XLabel(labelled[i], across, down, ticks[i]));
                annotations.Add(PanelTitle(view.Panel, across, upper, plotWidth, rightMargin));
                continue;
            }

            if (rowLabels[i] is { } labels)
            {
                layout.SetProperty(AxisName("xaxis", i + 1), XAxis(view, categories[i], AxisId("y", i + 1), across, plotWidth));
                layout.SetProperty(AxisName("yaxis", i + 1), RowAxis(AxisId("x", i + 1), down, labels));
                layout.SetProperty(
                    PlotlyHeatMap.ColorAxisId(i + 1),
                    ColorAxis(view, compact, across, down[0] - (ticks[i] + AxisLabelHeight + 4.0) / plots)
                );
                annotations.Add(XLabel(labelled[i], across, down, ticks[i]));
                annotations.Add(PanelTitle(view.Panel, across, upper, plotWidth, rightMargin));
                annotations.AddRange(UndefinedKey(view, compact, across, down, ticks[i] + AxisLabelHeight + 4));
                if (view.Panel.Series.Count == 0)
                {
                    annotations.Add(EmptyNote(i + 1));
                }

                continue;
            }

            if (view.Panel.Image is { } image)
            {
                layout.SetProperty(AxisName("xaxis", i + 1), ImageAxis(AxisId("y", i + 1), across, [-0.5, image.Width - 0.5], null));
                layout.SetProperty(
                    AxisName("yaxis", i + 1),
                    ImageAxis(AxisId("x", i + 1), down, [image.Height - 0.5, -0.5], AxisId("x", i + 1))
                );
                annotations.Add(XLabel(labelled[i], across, down, TickMark + 3));
                annotations.Add(PanelTitle(view.Panel, across, upper, plotWidth, rightMargin));
                continue;
            }

            layout.SetProperty(AxisName("xaxis", i + 1), XAxis(view, categories[i], AxisId("y", i + 1), across, plotWidth));
            layout.SetProperty(AxisName("yaxis", i + 1), YAxis(view, AxisId("x", i + 1), down));
            annotations.Add(XLabel(labelled[i], across, down, ticks[i]));
            annotations.Add(YLabel(view.Panel.Y.Label, across, down));
            annotations.Add(PanelTitle(view.Panel, across, upper, plotWidth, rightMargin));
            if (view.IsEmpty)
            {
                annotations.Add(EmptyNote(i + 1));
            }
        }

        if (withTexts)
        {
            // A note: plotly.js moves a title of several lines up, out of the page.
            var title = Note($"<b>{string.Join("<br>", titleLines.Select(line => PlotlyText.Label(line)))}</b>", 16);
            title["name"] = "title";
            title["x"] = 0.5;
            title["xanchor"] = "center";
            title["xshift"] = (rightMargin - leftMargin) / 2;
            title["y"] = 1;
            title["yanchor"] = "top";
            title["yshift"] = top - 8;
            annotations.Add(title);
            var caption = Note(PlotlyText.Label(_figure.Caption, CaptionWidth), 12);
            caption["x"] = 0;
            caption["xanchor"] = "left";
            caption["xshift"] = 10 - leftMargin;
            caption["y"] = 0;
            caption["yanchor"] = "top";
            caption["yshift"] = -axes[^1] - 4;
            caption["align"] = "left";
            annotations.Add(caption);
        }

        layout.SetProperty("annotations", annotations);
        if (images.Count > 0)
        {
            layout.SetProperty("images", images);
        }

        return layout;
    }

    private static IReadOnlyList<string> LegendLines(LegendEntry entry) => TextLines.Wrap(entry.Label, LegendWidth, line => line.Length);

    /// <summary>
    /// Entries side by side: all of them where they fit into the least window, else as many as the longest of them leaves room for.
    /// </summary>
    private int LegendColumns(double width)
    {
        if (_legend.Entries.Count == 0)
        {
            return 1;
        }

        // Before any browser has measured them: on the safe side.
        const double character = 7.2,
            symbol = 64;
        var widths = _legend.Entries.Select(entry => symbol + character * LegendLines(entry).Max(line => line.Length)).ToList();
        return widths.Sum() <= width ? widths.Count : Math.Clamp((int)(width / widths.Max()), 1, widths.Count);
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

    private static Drawing? DrawingOf(Panel panel, bool narrow) => narrow ? panel.Drawing?.Narrow : panel.Drawing;

    /// <summary>
    /// The height of a frame: that of a drawing or a picture on a page of middling width, or on a phone; one number for what has axes.
    /// </summary>
    private static int FrameHeight(Panel panel, double share, double plotWidth, bool narrow)
    {
        var width = share * plotWidth;
        return DrawingOf(panel, narrow) is { } drawing
                ? (int)Math.Ceiling(drawing.Height * Math.Min(narrow ? 1.3 : 1, width / drawing.Width))
            : panel.Image is { } image ? (int)Math.Ceiling(Math.Min(PanelHeight, width * image.Height / image.Width))
            : PanelHeight;
    }

    private Dictionary<string, object> DrawnImage(Drawing drawing, int number) =>
        new()
        {
            ["source"] = DrawingCanvas.DataUri(drawing, _theme),
            ["xref"] = AxisId("x", number),
            ["yref"] = AxisId("y", number),
            ["x"] = 0,
            ["y"] = 0,
            ["sizex"] = drawing.Width,
            ["sizey"] = drawing.Height,
            ["xanchor"] = "left",
            ["yanchor"] = "top",
            ["sizing"] = "stretch",
            ["layer"] = "above",
        };

    private static CategoryLabels? Categories(PanelView view, float frame)
    {
        const float character = 6.8f;
        return view.Categories is { } names
            ? CategoryLabels.Fit(names, frame, TickLineHeight, text => character * text.Length, LeftMargin)
            : null;
    }

    private static int KeyHeight(PanelView view, bool compact) =>
        view.Panel.Kind != PanelKind.HeatMap
            ? 0
            : ColorBarHeight
                + (ColorBarTitle(view, compact).Count - 1) * TitleLineHeight
                + (compact && HasUndefined(view) ? UndefinedKeyHeight : 0);

    private static IReadOnlyList<string> ColorBarTitle(PanelView view, bool compact) =>
        TextLines.WrapEvenly(
            2,
            HeatScale.Of(view.Panel).Title(view.Panel.Y.Label),
            compact ? CompactColorBarTitleWidth : ColorBarTitleWidth,
            line => line.Length
        );

    /// <summary>With many columns, the name of the last one stands out over the frame.</summary>
    private static int RightRoom(PanelView view) =>
        view.Panel.Kind == PanelKind.HeatMap && view.Categories is { } names
            ? Math.Clamp((int)(3.4 * names[^1].Length) + 3, RightMargin, MostRightMargin)
            : RightMargin;

    private static bool HasUndefined(PanelView view) => new HeatCells(view.Panel).HasUndefined;

    private Dictionary<string, object> ColorAxis(PanelView view, bool compact, double[] across, double y)
    {
        var length = compact ? CompactColorBarLength : ColorBarLength;
        var axis = PlotlyHeatMap.ColorAxis(
            HeatScale.Of(view.Panel),
            string.Join("<br>", ColorBarTitle(view, compact).Select(line => PlotlyText.Label(line))),
            y,
            length,
            Font,
            Ink
        );
        var bar = (Dictionary<string, object>)axis["colorbar"];

        // On a phone and beside other panels the bar may be wider than the cells: it ends where they do.
        bar["x"] = compact ? across[1] : (across[0] + across[1]) / 2;
        bar["xanchor"] = compact ? "right" : "center";
        return axis;
    }

    /// <summary>What a grey cell with a cross means: beside the colour bar, or under it where there is no room.</summary>
    private IEnumerable<Dictionary<string, object>> UndefinedKey(PanelView view, bool compact, double[] across, double[] down, int below)
    {
        if (!HasUndefined(view))
        {
            yield break;
        }

        var title = TitleLineHeight * (ColorBarTitle(view, compact).Count - 1);
        var (right, lower) = compact
            ? (-CompactColorBarLength / 2 - 35, below + title + ColorBarHeight + 8)
            : (ColorBarLength / 2 + 54, below + title + 27);
        foreach (var (text, shift) in new[] { ("×", 0), (HeatScale.UndefinedNote, 16) })
        {
            var note = Note(text, 12);
            note["x"] = compact ? across[1] : (across[0] + across[1]) / 2;
            note["xanchor"] = shift == 0 ? "center" : "left";
            note["xshift"] = right + shift;
            note["y"] = down[0];
            note["yanchor"] = "middle";
            note["yshift"] = -lower;
            if (shift == 0)
            {
                note["font"] = new Dictionary<string, object>
                {
                    ["family"] = FontFamily,
                    ["size"] = 12,
                    ["color"] = HeatScale.UndefinedMark,
                };
                note["bgcolor"] = HeatScale.Undefined;
                note["bordercolor"] = Ink;
                note["borderpad"] = 2;
                note["width"] = 16;
            }

            yield return note;
        }
    }

    private Dictionary<string, object> RowAxis(string anchor, double[] down, HeatMapRows rows)
    {
        var axis = Axis(anchor, down, new AxisRange(Math.Max(1, rows.Lines.Count) - 0.5, -0.5));
        axis["showgrid"] = false;
        axis["tickcolor"] = "rgba(0,0,0,0)";
        axis["tickmode"] = "array";
        axis["tickvals"] = Enumerable.Range(0, rows.Lines.Count).ToArray();
        axis["ticktext"] = rows.Lines.Select(lines => string.Join("<br>", lines.Select(line => PlotlyText.Label(line)))).ToArray();
        axis["fixedrange"] = true;
        return axis;
    }

    /// <summary>An axis of a picture: no ticks, and both axes of one scale.</summary>
    private static Dictionary<string, object> ImageAxis(string anchor, double[] domain, double[] range, string? scaledLike)
    {
        var axis = new Dictionary<string, object>
        {
            ["anchor"] = anchor,
            ["domain"] = domain,
            ["range"] = range,
            ["showticklabels"] = false,
            ["ticks"] = "",
            ["showgrid"] = false,
            ["zeroline"] = false,
            ["constrain"] = "domain",
            ["constraintoward"] = scaledLike is null ? "left" : "top",
        };
        if (scaledLike is not null)
        {
            axis["scaleanchor"] = scaledLike;
        }

        return axis;
    }

    private Dictionary<string, object> XAxis(PanelView view, CategoryLabels? categories, string anchor, double[] domain, double plotWidth)
    {
        var axis = Axis(anchor, domain, view.X);
        if (categories is not null)
        {
            axis["showgrid"] = false;
            axis["ticklabeloverflow"] = "allow";
            axis["tickmode"] = "array";
            axis["tickvals"] = categories.Places.ToArray();
            axis["ticktext"] = categories
                .Lines.Select(lines => string.Join("<br>", lines.Select(line => PlotlyText.Label(line))))
                .ToArray();
            axis["tickangle"] = -categories.Rotation;
        }
        else
        {
            var most = Math.Clamp((int)(plotWidth * (domain[1] - domain[0]) / TickDistance), 4, 7);
            axis["tickangle"] = 0;
            axis["nticks"] = most;
            if (view.XScale.IsLogarithmic)
            {
                AddTicks(axis, view.XTicks(most));
            }
            else if (view.WholeNumbers && view.X.Max - view.X.Min <= 4)
            {
                // There is no epoch one and a half.
                axis["dtick"] = 1;
                axis["tick0"] = 0;
            }
        }

        return axis;
    }

    private Dictionary<string, object> YAxis(PanelView view, string anchor, double[] domain)
    {
        var axis = Axis(anchor, domain, view.Y);
        if (view.YScale.IsLogarithmic)
        {
            AddTicks(axis, view.YTicks(7));
        }

        return axis;
    }

    /// <summary>Makes an axis logarithmic.</summary>
    private static void AddTicks(Dictionary<string, object> axis, IReadOnlyList<(double Position, string Label)> ticks)
    {
        axis["type"] = "log";
        axis["tickmode"] = "array";
        axis["tickvals"] = ticks
            .Select(tick =>
                double.Parse(Math.Pow(10, tick.Position).ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            )
            .ToArray();
        axis["ticktext"] = ticks.Select(tick => tick.Label).ToArray();
    }

    private Dictionary<string, object> Axis(string anchor, double[] domain, AxisRange range) =>
        new()
        {
            ["anchor"] = anchor,
            ["domain"] = domain,
            ["range"] = new[] { range.Min, range.Max },
            ["tickfont"] = Font(12),
            ["nticks"] = 7,
            ["ticks"] = "outside",
            ["ticklen"] = TickMark,
            ["tickcolor"] = Ink,
            ["showline"] = true,
            ["mirror"] = true,
            ["linecolor"] = Ink,
            ["linewidth"] = 1,
            ["gridcolor"] = Hex(_theme.Grid),
            ["zeroline"] = false,
        };

    // Labels of axes are annotations: plotly.js moves an axis title about with the ticks, into the next panel if need be.
    private static IReadOnlyList<string> XLabelLines(Panel panel, double width)
    {
        const double character = 7;
        return TextLines.WrapEvenly(
            2,
            panel.Kind == PanelKind.Rows ? panel.Y.Label : panel.X.Label,
            (float)Math.Max(16, (width + 30) / character),
            line => line.Length
        );
    }

    private Dictionary<string, object> XLabel(IReadOnlyList<string> lines, double[] across, double[] down, int ticks)
    {
        var note = Note(string.Join("<br>", lines.Select(line => PlotlyText.Label(line))), 13);
        note["x"] = (across[0] + across[1]) / 2;
        note["xanchor"] = "center";
        note["y"] = down[0];
        note["yanchor"] = "top";
        note["yshift"] = -ticks;
        return note;
    }

    private Dictionary<string, object> YLabel(string label, double[] across, double[] down)
    {
        var note = Note(PlotlyText.Label(label, 38, lines: 2), 13);
        note["textangle"] = -90;
        note["x"] = across[0];
        note["xanchor"] = "right";
        note["xshift"] = -40;
        note["y"] = (down[0] + down[1]) / 2;
        note["yanchor"] = "middle";
        return note;
    }

    private Dictionary<string, object> PanelTitle(Panel panel, double[] across, double upper, double plotWidth, int rightMargin)
    {
        // Before any browser has measured it; where it may be too long it is set in smaller letters, then on two lines of them.
        var room = Math.Min(plotWidth + rightMargin - (across[0] * plotWidth), (across[1] + 0.06 - across[0]) * plotWidth);
        var size = (panel.Title.Length + 3) * 7.8 <= room ? 15 : 13;
        var lines =
            (panel.Title.Length + 3) * 6.9 <= room
                ? [panel.Title]
                : TextLines.WrapEvenly(2, panel.Title, (float)Math.Max(12, (room / 6.0) - 3), line => line.Length);
        var note = Note(
            $"<b>{PlotlyText.Label(panel.Letter)}</b>  {string.Join("<br>", lines.Select(line => PlotlyText.Label(line)))}",
            lines.Count > 1 ? 12 : size
        );
        note["align"] = "left";
        note["x"] = across[0];
        note["xanchor"] = "left";
        note["y"] = upper;
        note["yanchor"] = "bottom";
        note["yshift"] = 3;
        return note;
    }

    private Dictionary<string, object> EmptyNote(int number)
    {
        var note = Note(StaticFigure.EmptyPanelNote, 13);
        note["xref"] = $"{AxisId("x", number)} domain";
        note["yref"] = $"{AxisId("y", number)} domain";
        note["x"] = 0.5;
        note["y"] = 0.5;
        note["bgcolor"] = Page;
        return note;
    }

    private Dictionary<string, object> Note(string text, int size) =>
        new()
        {
            ["text"] = text,
            ["showarrow"] = false,
            ["xref"] = "paper",
            ["yref"] = "paper",
            ["borderpad"] = 0,
            ["font"] = Font(size),
        };

    private Config Config()
    {
        var config = new Config();
        config.SetProperty("displaylogo", false);
        config.SetProperty("responsive", false);
        config.SetProperty("showTips", false);
        config.SetProperty(
            "toImageButtonOptions",
            new Dictionary<string, object>
            {
                ["format"] = "png",
                ["filename"] = _figure.Name,
                ["scale"] = 2,
            }
        );
        return config;
    }

    private static string Place(PanelView view, double x) =>
        view.Categories is { } categories && x >= 0 && x < categories.Count && x == Math.Floor(x)
            ? categories[(int)x]
            : x.ToString("G6", CultureInfo.InvariantCulture);

    private static Dictionary<string, object> Line(RuleStyle style) =>
        new()
        {
            ["color"] = style.Color,
            ["width"] = style.Thin ? 1.2 : 2,
            ["dash"] =
                style.Dash.Count == 0
                    ? "solid"
                    : string.Join(',', style.Dash.Select(length => $"{length.ToString(CultureInfo.InvariantCulture)}px")),
        };

    private static Dictionary<string, object> Marker(RuleStyle style, int size) =>
        new()
        {
            ["color"] = style.Color,
            ["size"] = style.Marker is RuleMarker.TriangleUp or RuleMarker.TriangleDown ? size + 2 : size,
            ["opacity"] = 1,
            ["symbol"] = style.Marker switch
            {
                RuleMarker.Square => "square",
                RuleMarker.Diamond => "diamond",
                RuleMarker.TriangleUp => "triangle-up",
                RuleMarker.TriangleDown => "triangle-down",
                _ => "circle",
            },
        };

    private Dictionary<string, object> Font(int size) =>
        new()
        {
            ["family"] = FontFamily,
            ["size"] = size,
            ["color"] = Ink,
        };

    // JSON has no NaN; null is a gap.
    private static double? Defined(double value) => double.IsFinite(value) ? value : null;

    public static string AxisId(string letter, int number) => number == 1 ? letter : letter + number.ToString(CultureInfo.InvariantCulture);

    public static string AxisName(string name, int number) => number == 1 ? name : name + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Margins, and where each panel goes, in the least window.</summary>
    private sealed record Horizontal(
        int Left,
        int Right,
        float Plot,
        IReadOnlyList<HeatMapRows?> RowLabels,
        IReadOnlyList<double[]> Domains
    )
    {
        /// <summary>The width of a panel's frame there.</summary>
        public double WidthOf(int panel) => Plot * (Domains[panel][1] - Domains[panel][0]);
    }
}
