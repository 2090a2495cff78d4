using System.Globalization;
using GaitProp.Figures;
using Microsoft.FSharp.Collections;
using Plotly.NET;
using Figure = GaitProp.Figures.Figure;

namespace GaitProp.Kernel.Charts;

/// <summary>The traces and the layouts of one figure. Sizes are CSS pixels.</summary>
internal sealed class PlotlyDrawing
{
    /// <summary>Fonts that are on the reader's machine: none is loaded.</summary>
    public const string FontFamily = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

    /// <summary>Below this width of the figure panels stand one below another.</summary>
    public const int LeastWide = 720;

    public const string Ink = "#1a1a1a";
    private const string GridInk = "#e6e6e6";
    private const int PanelHeight = 270;
    private const int TitleHeight = 34;
    private const int AxisLabelHeight = 28;
    private const int TickMark = 5;
    private const int TickLineHeight = 16;
    private const int TitleLineHeight = 17;
    private const int ToolHeight = 30;
    private const int LeftMargin = 76;
    private const int LegendRowHeight = 24;
    private const int NarrowLegendRowHeight = 21;
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
    private const int CaptionWidth = 105;
    private const int TitleWidth = 60;

    private static readonly string[] _unusedTools = ["select", "lasso"];
    private static readonly string[] _tools =
        ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"];

    // What is laid out with fixed sizes must fit at these widths: of a phone, and of the least window with panels side by side.
    private const float LeastWidth = 340;
    private const float ColumnGap = 0.12f;

    private readonly Figure _figure;
    private readonly FigureLegend _legend;
    private readonly IReadOnlyList<PanelView> _views;

    public PlotlyDrawing(Figure figure)
    {
        _figure = figure;
        _legend = new FigureLegend(figure);
        _views = [.. figure.Panels.Select(panel => new PanelView(panel))];
    }

    /// <summary>The grid on a page of some width: heat maps alone stand one below another, for the names of their rows need room.</summary>
    public static PanelGrid WideGrid(Figure figure) => figure.Panels.All(panel => panel.Kind == PanelKind.HeatMap)
        ? PanelGrid.WithColumns(figure.Panels.Count, 1)
        : PanelGrid.Of(figure);

    /// <summary>The chart with its panels in a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="withTexts">Whether title and caption are part of the chart, because no page around it says them.</param>
    /// <param name="narrow">Whether it is for a phone: less than <see cref="LeastWide"/>.</param>
    public GenericChart Chart(PanelGrid grid, bool withTexts, bool narrow)
    {
        var traces = _legend.Entries.Select(LegendTrace).Concat(_views.SelectMany((view, index) => PanelTraces(view, index + 1)));
        var chart = GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces));
        chart = GenericChart.setLayout(Layout(grid, withTexts, narrow), chart);
        chart = GenericChart.setConfig(Config(), chart);
        var options = new DisplayOptions();
        options = DisplayOptions.setDocumentTitle(_figure.Title).Invoke(options);
        options = DisplayOptions.setPlotlyReference(PlotlyJSReference.Full).Invoke(options);
        return GenericChart.setDisplayOptions(options, chart);
    }

    /// <summary>A trace without points: the legend shows line and marker of a rule whatever the panels do, and says it once.</summary>
    private static Trace LegendTrace(LegendEntry entry) => NewTrace(entry, panel: 1, new()
    {
        ["showlegend"] = true,
        ["x"] = new double?[] { null },
        ["y"] = new double?[] { null },
        ["mode"] = entry.Filled ? "markers" : "lines+markers",
        ["line"] = Line(entry.Style),
        ["marker"] = Marker(entry.Style, entry.Filled ? 14 : 8),
        ["hoverinfo"] = "skip",
    });

    private IEnumerable<Trace> PanelTraces(PanelView view, int number)
    {
        if (view.Panel.Kind == PanelKind.HeatMap)
        {
            foreach (var trace in new PlotlyHeatMap(view.Panel, number).Traces())
                yield return trace;
            yield break;
        }

        if (view.Panel.Kind == PanelKind.Image)
        {
            yield return ImageTrace(view.Panel.Image!, number);
            yield break;
        }

        // What is pale lies behind.
        foreach (var i in Enumerable.Range(0, view.Panel.Series.Count).OrderBy(i => !view.Panel.Series[i].Pale))
        {
            var series = view.Panel.Series[i];
            var entry = _legend.EntryOf(series);
            if (view.Panel.Kind == PanelKind.Bars)
            {
                yield return BarTrace(view, number, series, entry, isLast: i == view.Panel.Series.Count - 1);
                continue;
            }

            if (view.Panel.Kind == PanelKind.Points)
            {
                yield return PointsTrace(view, number, i, series, entry);
                continue;
            }

            foreach (var band in BandTraces(number, series, entry))
                yield return band;
            yield return LineTrace(view, number, series, entry);
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

    private static Trace BarTrace(PanelView view, int number, Series series, LegendEntry entry, bool isLast)
    {
        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(Defined).ToArray(),
            ["y"] = series.Y.Select(Defined).ToArray(),
            ["width"] = StaticBars.Width,
            ["marker"] = new Dictionary<string, object> { ["color"] = entry.Style.Color },
            ["customdata"] = series.X.Select(x => PlotlyText.Label(Place(view, x))).ToArray(),
            ["hovertemplate"] = "%{customdata}: %{y:,.6~g}<extra>%{fullData.name}</extra>",
        };
        if (isLast)
        {
            // Above the column stands its sum.
            properties["text"] = series.X.Select(x => ShortNumber.Of(view.Totals.First(total => total.Position == x).Sum)).ToArray();
            properties["textposition"] = "outside";
            properties["textangle"] = 0;
            properties["textfont"] = Font(11);
            properties["cliponaxis"] = false;
        }

        return NewTrace(entry, number, properties, "bar");
    }

    private static Trace PointsTrace(PanelView view, int number, int index, Series series, LegendEntry entry)
    {
        var offset = view.Offset(index);
        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(x => Defined(x + offset)).ToArray(),
            ["y"] = series.Y.Select(Defined).ToArray(),
            ["mode"] = "markers",
            ["marker"] = Marker(entry.Style, 9),
            ["text"] = series.X.Select(x => PlotlyText.Label(Place(view, x))).ToArray(),
            ["hovertemplate"] = series.Deviation is null
                ? "%{text}: %{y:.4~g}<extra>%{fullData.name}</extra>"
                : "%{text}: %{y:.4~g} ± %{error_y.array:.2~g}<extra>%{fullData.name}</extra>",
        };
        if (series.Deviation is { } deviation)
        {
            properties["error_y"] = new Dictionary<string, object>
            {
                ["type"] = "data",
                ["array"] = deviation.Select(Defined).ToArray(),
                ["visible"] = true,
                ["color"] = entry.Style.Color,
                ["thickness"] = 1.6,
                ["width"] = 4,
            };
        }

        return NewTrace(entry, number, properties);
    }

    private static Trace LineTrace(PanelView view, int number, Series series, LegendEntry entry)
    {
        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(Defined).ToArray(),
            ["y"] = series.Y.Select(Defined).ToArray(),
            ["mode"] = "lines",
            ["line"] = Line(entry.Style),
            ["connectgaps"] = false,
            ["hovertemplate"] = $"{PlotlyText.Label(view.Panel.X.Label)} %{{x:.6~g}}: %{{y:.4~g}}<extra>%{{fullData.name}}</extra>",
        };
        var alone = SeriesPoints.Runs(series).Where(run => run.Count == 1).Select(run => run[0].X).ToHashSet();
        if (SeriesPoints.HasMarkers(series) || alone.Count > 0)
        {
            // A point between two gaps has no line to show it.
            properties["mode"] = "lines+markers";
            var marker = Marker(entry.Style, 6);
            if (!SeriesPoints.HasMarkers(series))
                marker["size"] = series.X.Select(x => alone.Contains(x) ? 6 : 0).ToArray();
            properties["marker"] = marker;
        }

        return NewTrace(entry, number, properties);
    }

    /// <summary>The deviation of a line: a pale band around each of its pieces.</summary>
    private static IEnumerable<Trace> BandTraces(int number, Series series, LegendEntry entry)
    {
        if (series.Deviation is null)
            yield break;
        foreach (var run in SeriesPoints.Runs(series).Where(run => run.Count > 1))
        {
            yield return NewTrace(entry, number, new()
            {
                ["x"] = run.Select(point => point.X).Concat(run.Reverse().Select(point => point.X)).ToArray(),
                ["y"] = run.Select(point => point.Y + point.Deviation).Concat(run.Reverse().Select(point => point.Y - point.Deviation)).ToArray(),
                ["mode"] = "lines",
                ["line"] = new Dictionary<string, object> { ["width"] = 0, ["color"] = entry.Style.Color },
                ["fill"] = "toself",
                ["fillcolor"] = entry.Style.Color + "26",
                ["hoverinfo"] = "skip",
            });
        }
    }

    private static Trace NewTrace(LegendEntry entry, int panel, Dictionary<string, object> properties, string type = "scatter")
    {
        var trace = new Trace(type);
        trace.SetProperty("name", PlotlyText.Label(entry.Label));
        trace.SetProperty("legendgroup", PlotlyText.Label(entry.Key));
        trace.SetProperty("xaxis", AxisId("x", panel));
        trace.SetProperty("yaxis", AxisId("y", panel));
        trace.SetProperty("showlegend", properties.Remove("showlegend"));
        foreach (var (name, value) in properties)
            trace.SetProperty(name, value);
        return trace;
    }

    private Layout Layout(PanelGrid grid, bool withTexts, bool narrow)
    {
        var titleLines = withTexts ? TextLines.Wrap(_figure.Title, TitleWidth, line => line.Length).Count : 0;
        var captionLines = withTexts ? TextLines.Wrap(_figure.Caption, CaptionWidth, line => line.Length).Count : 0;
        var legendRows = LegendRows(narrow);
        var rowLabels = _views.Select(view => view.Panel.Kind == PanelKind.HeatMap
            ? HeatMapRows.Fit([.. view.Panel.Series.Select(series => series.Label)], narrow ? NarrowRowLabelWidth : RowLabelWidth)
            : null).ToList();
        var leftMargin = Math.Max(LeftMargin, rowLabels.Where((_, i) => grid.PlaceOf(i).Column == 0).Max(labels => labels?.Width ?? 0));
        var rightMargin = _views.Max(RightRoom);
        var plotWidth = (narrow ? LeastWidth : LeastWide) - leftMargin - rightMargin;
        var columnGap = grid.Columns == 1 ? 0 : ColumnGap;
        var columnWidth = (1 - columnGap * (grid.Columns - 1)) / grid.Columns;
        var acrosses = _views.Select((view, i) => Across(grid.PlaceOf(i).Column, columnWidth, columnGap, rowLabels[i], plotWidth, narrow, view)).ToList();
        var categories = _views.Select((view, i) => Categories(view, (float)(plotWidth * (acrosses[i][1] - acrosses[i][0])))).ToList();
        var ticks = categories.Select(labels => (int)(labels?.Height ?? TickLineHeight) + TickMark + 3).ToList();
        var compact = narrow || grid.Columns > 1;
        var frames = rowLabels.Select(labels => labels?.Height ?? PanelHeight).ToList();
        var belows = _views.Select((view, i) => ticks[i] + AxisLabelHeight + KeyHeight(view, compact)).ToList();
        var rows = Enumerable.Range(0, grid.Rows).Select(row => Enumerable.Range(0, _views.Count).Where(i => grid.PlaceOf(i).Row == row).ToList()).ToList();
        var rowFrames = rows.Select(row => row.Max(i => frames[i])).ToList();
        var axes = rows.Select((row, number) => row.Max(i => frames[i] + belows[i]) - rowFrames[number]).ToList();
        var legendTop = Math.Max(narrow ? 0 : ToolHeight, titleLines == 0 ? 0 : 14 + 24 * titleLines);
        var top = legendTop + legendRows * (narrow ? NarrowLegendRowHeight : LegendRowHeight) + 10 + TitleHeight;
        var bottom = axes[^1] + (captionLines == 0 ? 0 : 14 + 17 * captionLines);
        var rowTops = axes.Select((_, row) => axes.Take(row).Zip(rowFrames, (axis, frame) => frame + axis + TitleHeight).Sum()).ToList();
        var plots = rowTops[^1] + rowFrames[^1];
        var height = top + plots + bottom;

        var layout = new Layout();
        layout.SetProperty("autosize", true);
        layout.SetProperty("height", height);
        layout.SetProperty("paper_bgcolor", "#ffffff");
        layout.SetProperty("plot_bgcolor", "#ffffff");
        layout.SetProperty("font", Font(13));
        layout.SetProperty("margin", new Dictionary<string, object> { ["l"] = leftMargin, ["r"] = rightMargin, ["t"] = top, ["b"] = bottom, ["autoexpand"] = false });
        layout.SetProperty("hovermode", "closest");
        layout.SetProperty("barmode", "stack");

        // On a phone a finger on the figure scrolls the page, and the tools would lie on the legend.
        layout.SetProperty("dragmode", narrow ? false : "zoom");
        layout.SetProperty("modebar", new Dictionary<string, object>
        {
            ["remove"] = narrow ? _tools : _unusedTools,
            ["bgcolor"] = "rgba(255,255,255,0)",
        });

        // Rules that the reader has switched off stay off when the panels are laid out again.
        layout.SetProperty("uirevision", "figure");
        layout.SetProperty("legend", new Dictionary<string, object>
        {
            ["orientation"] = narrow ? "v" : "h",
            ["traceorder"] = "normal",
            ["xref"] = "container",
            ["yref"] = "container",
            ["x"] = narrow ? 0.02 : 0.5,
            ["xanchor"] = narrow ? "left" : "center",
            ["y"] = 1 - (double)legendTop / height,
            ["yanchor"] = "top",
            ["font"] = Font(14),
            ["itemwidth"] = 48,
        });

        var annotations = new List<object>();
        for (var i = 0; i < _views.Count; i++)
        {
            var view = _views[i];
            var row = grid.PlaceOf(i).Row;
            var upper = 1 - (double)rowTops[row] / plots;
            var across = acrosses[i];
            double[] down = [Math.Max(0, upper - (double)frames[i] / plots), upper];
            if (rowLabels[i] is { } labels)
            {
                layout.SetProperty(AxisName("xaxis", i + 1), XAxis(view, categories[i], AxisId("y", i + 1), across));
                layout.SetProperty(AxisName("yaxis", i + 1), RowAxis(AxisId("x", i + 1), down, labels));
                layout.SetProperty(PlotlyHeatMap.ColorAxisId(i + 1), ColorAxis(view, compact, across, down[0] - (ticks[i] + AxisLabelHeight + 4.0) / plots));
                annotations.Add(XLabel(view.Panel.X.Label, across, down, ticks[i]));
                annotations.Add(PanelTitle(view.Panel, across[0], upper));
                annotations.AddRange(UndefinedKey(view, compact, across, down, ticks[i] + AxisLabelHeight + 4));
                if (view.Panel.Series.Count == 0)
                    annotations.Add(EmptyNote(i + 1));
                continue;
            }

            if (view.Panel.Image is { } image)
            {
                layout.SetProperty(AxisName("xaxis", i + 1), ImageAxis(AxisId("y", i + 1), across, [-0.5, image.Width - 0.5], null));
                layout.SetProperty(AxisName("yaxis", i + 1), ImageAxis(AxisId("x", i + 1), down, [image.Height - 0.5, -0.5], AxisId("x", i + 1)));
                annotations.Add(XLabel(view.Panel.X.Label, across, down, TickMark + 3));
                annotations.Add(PanelTitle(view.Panel, across[0], upper));
                continue;
            }

            layout.SetProperty(AxisName("xaxis", i + 1), XAxis(view, categories[i], AxisId("y", i + 1), across));
            layout.SetProperty(AxisName("yaxis", i + 1), Axis(AxisId("x", i + 1), down, view.Y));
            annotations.Add(XLabel(view.Panel.X.Label, across, down, ticks[i]));
            annotations.Add(YLabel(view.Panel.Y.Label, across, down));
            annotations.Add(PanelTitle(view.Panel, across[0], upper));
            if (view.IsEmpty)
                annotations.Add(EmptyNote(i + 1));
        }

        if (withTexts)
        {
            layout.SetProperty("title", new Dictionary<string, object>
            {
                ["text"] = $"<b>{PlotlyText.Label(_figure.Title, TitleWidth)}</b>",
                ["x"] = 0.5,
                ["xanchor"] = "center",
                ["y"] = 1 - 10.0 / height,
                ["yref"] = "container",
                ["yanchor"] = "top",
                ["font"] = Font(18),
            });
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
        return layout;
    }

    private int LegendRows(bool narrow)
    {
        if (narrow || _legend.Entries.Count == 0)
            return _legend.Entries.Count;

        // Before any browser has measured them: on the safe side, so that a row more is kept free rather than written over.
        const double character = 8.2, symbol = 66, width = LeastWide - 20;
        var widths = _legend.Entries.Select(entry => symbol + character * entry.Label.Length).DefaultIfEmpty(0).ToList();
        return widths.Sum() <= width ? 1 : (int)Math.Ceiling(widths.Count / Math.Max(1, Math.Floor(width / widths.Max())));
    }

    /// <summary>
    /// From where to where a panel goes, as shares of the width. A heat map that is not at the left leaves room for the names of its rows, and one
    /// of few columns does not draw them out over a wide page.
    /// </summary>
    private static double[] Across(int column, double columnWidth, double columnGap, HeatMapRows? rows, float plotWidth, bool narrow, PanelView view)
    {
        var left = column * (columnWidth + columnGap);
        var right = Math.Min(1, left + columnWidth);
        if (rows is null)
            return [left, right];

        if (column > 0)
            left += Math.Max(0, rows.Width - columnGap * plotWidth) / plotWidth;
        var spare = narrow ? 0 : Math.Max(0, right - left - MostColumnShare * (view.Categories?.Count ?? 1));
        return [left + spare / 2, right - spare / 2];
    }

    private static CategoryLabels? Categories(PanelView view, float frame)
    {
        const float character = 6.8f;
        return view.Categories is { } names ? CategoryLabels.Fit(names, frame, TickLineHeight, text => character * text.Length) : null;
    }

    private static int KeyHeight(PanelView view, bool compact) =>
        view.Panel.Kind != PanelKind.HeatMap ? 0 : ColorBarHeight
            + (ColorBarTitle(view, compact).Count - 1) * TitleLineHeight + (compact && HasUndefined(view) ? UndefinedKeyHeight : 0);

    private static IReadOnlyList<string> ColorBarTitle(PanelView view, bool compact) =>
        TextLines.WrapEvenly(2, HeatScale.Of(view.Panel).Title(view.Panel.Y.Label), compact ? CompactColorBarTitleWidth : ColorBarTitleWidth, line => line.Length);

    /// <summary>With many columns, the name of the last one stands out over the frame.</summary>
    private static int RightRoom(PanelView view) => view.Panel.Kind == PanelKind.HeatMap && view.Categories is { } names
        ? Math.Clamp((int)(3.4 * names[^1].Length) + 3, RightMargin, MostRightMargin)
        : RightMargin;

    private static bool HasUndefined(PanelView view) => new HeatCells(view.Panel).HasUndefined;

    private static Dictionary<string, object> ColorAxis(PanelView view, bool compact, double[] across, double y)
    {
        var length = compact ? CompactColorBarLength : ColorBarLength;
        var axis = PlotlyHeatMap.ColorAxis(HeatScale.Of(view.Panel), string.Join("<br>", ColorBarTitle(view, compact).Select(line => PlotlyText.Label(line))), y, length, Font);
        var bar = (Dictionary<string, object>)axis["colorbar"];

        // On a phone and beside other panels the bar may be wider than the cells: it ends where they do.
        bar["x"] = compact ? across[1] : (across[0] + across[1]) / 2;
        bar["xanchor"] = compact ? "right" : "center";
        return axis;
    }

    /// <summary>What a grey cell with a cross means: beside the colour bar, or under it where there is no room.</summary>
    private static IEnumerable<Dictionary<string, object>> UndefinedKey(PanelView view, bool compact, double[] across, double[] down, int below)
    {
        if (!HasUndefined(view))
            yield break;
        var title = TitleLineHeight * (ColorBarTitle(view, compact).Count - 1);
        var (right, lower) = compact ? (-CompactColorBarLength / 2 - 35, below + title + ColorBarHeight + 8) : (ColorBarLength / 2 + 54, below + title + 27);
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
                note["bgcolor"] = HeatScale.Undefined;
                note["bordercolor"] = Ink;
                note["borderpad"] = 2;
                note["width"] = 16;
            }

            yield return note;
        }
    }

    private static Dictionary<string, object> RowAxis(string anchor, double[] down, HeatMapRows rows)
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
            ["anchor"] = anchor, ["domain"] = domain, ["range"] = range, ["showticklabels"] = false, ["ticks"] = "", ["showgrid"] = false, ["zeroline"] = false,
            ["constrain"] = "domain", ["constraintoward"] = scaledLike is null ? "left" : "top",
        };
        if (scaledLike is not null)
            axis["scaleanchor"] = scaledLike;
        return axis;
    }

    private static Dictionary<string, object> XAxis(PanelView view, CategoryLabels? categories, string anchor, double[] domain)
    {
        var axis = Axis(anchor, domain, view.X);
        if (categories is not null)
        {
            axis["showgrid"] = false;
            axis["ticklabeloverflow"] = "allow";
            axis["tickmode"] = "array";
            axis["tickvals"] = categories.Places.ToArray();
            axis["ticktext"] = categories.Lines.Select(lines => string.Join("<br>", lines.Select(line => PlotlyText.Label(line)))).ToArray();
            axis["tickangle"] = -categories.Rotation;
        }
        else
        {
            axis["tickangle"] = 0;
            if (view.WholeNumbers && view.X.Max - view.X.Min <= 6)
            {
                // There is no epoch one and a half.
                axis["dtick"] = 1;
                axis["tick0"] = 0;
            }
        }

        return axis;
    }

    private static Dictionary<string, object> Axis(string anchor, double[] domain, AxisRange range) => new()
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
        ["gridcolor"] = GridInk,
        ["zeroline"] = false,
    };

    // Labels of axes are annotations: plotly.js moves an axis title about with the ticks, into the next panel if need be.
    private static Dictionary<string, object> XLabel(string label, double[] across, double[] down, int ticks)
    {
        var note = Note(PlotlyText.Label(label), 13);
        note["x"] = (across[0] + across[1]) / 2;
        note["xanchor"] = "center";
        note["y"] = down[0];
        note["yanchor"] = "top";
        note["yshift"] = -ticks;
        return note;
    }

    private static Dictionary<string, object> YLabel(string label, double[] across, double[] down)
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

    private static Dictionary<string, object> PanelTitle(Panel panel, double left, double upper)
    {
        var note = Note($"<b>{PlotlyText.Label(panel.Letter)}</b>  {PlotlyText.Label(panel.Title)}", 15);
        note["x"] = left;
        note["xanchor"] = "left";
        note["y"] = upper;
        note["yanchor"] = "bottom";
        note["yshift"] = 3;
        return note;
    }

    private static Dictionary<string, object> EmptyNote(int number)
    {
        var note = Note(StaticFigure.EmptyPanelNote, 13);
        note["xref"] = $"{AxisId("x", number)} domain";
        note["yref"] = $"{AxisId("y", number)} domain";
        note["x"] = 0.5;
        note["y"] = 0.5;
        note["bgcolor"] = "#ffffff";
        return note;
    }

    private static Dictionary<string, object> Note(string text, int size) => new()
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
        config.SetProperty("toImageButtonOptions", new Dictionary<string, object> { ["format"] = "png", ["filename"] = _figure.Name, ["scale"] = 2 });
        return config;
    }

    private static string Place(PanelView view, double x) =>
        view.Categories is { } categories && x >= 0 && x < categories.Count && x == Math.Floor(x)
            ? categories[(int)x]
            : x.ToString("G6", CultureInfo.InvariantCulture);

    private static Dictionary<string, object> Line(RuleStyle style) => new()
    {
        ["color"] = style.Color,
        ["width"] = style.Thin ? 1.2 : 2,
        ["dash"] = style.Dash.Count == 0 ? "solid" : string.Join(',', style.Dash.Select(length => $"{length.ToString(CultureInfo.InvariantCulture)}px")),
    };

    private static Dictionary<string, object> Marker(RuleStyle style, int size) => new()
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

    private static Dictionary<string, object> Font(int size) => new() { ["family"] = FontFamily, ["size"] = size, ["color"] = Ink };

    // JSON has no NaN; null is a gap.
    private static double? Defined(double value) => double.IsFinite(value) ? value : null;

    public static string AxisId(string letter, int number) => number == 1 ? letter : letter + number.ToString(CultureInfo.InvariantCulture);

    public static string AxisName(string name, int number) => number == 1 ? name : name + number.ToString(CultureInfo.InvariantCulture);
}
