using System.Globalization;
using Plotly.NET;

namespace GaitProp.Kernel.Charts;

/// <summary>The traces of an interactive figure. Sizes are CSS pixels.</summary>
/// <param name="theme">Its colours.</param>
/// <param name="legend">Its legend.</param>
internal sealed class PlotlyTraces(StaticTheme theme, FigureLegend legend)
{
    private const int TotalWidth = 36;

    private readonly PlotlyStyle _style = new(theme);

    /// <summary>A trace without points: the legend shows line and marker of a rule whatever the panels do, and says it once.</summary>
    /// <param name="entry">The rule.</param>
    public Trace OfEntry(LegendEntry entry) =>
        NewTrace(
            entry,
            panel: 1,
            new()
            {
                ["showlegend"] = true,
                ["name"] = PlotlyText.Label(entry.Label, PlotlyLayout.LegendWidth),
                ["x"] = new double?[] { null },
                ["y"] = new double?[] { null },
                ["mode"] = entry.Symbol == LegendSymbol.Line ? "lines+markers" : "markers",
                ["line"] = Line(StyleOf(entry)),
                ["marker"] =
                    entry.Symbol == LegendSymbol.Area
                        ? Marker(StyleOf(entry) with { Marker = RuleMarker.Square }, 14)
                        : Marker(StyleOf(entry), 8),
                ["hoverinfo"] = "skip",
            }
        );

    /// <summary>The traces of a panel.</summary>
    /// <param name="view">The panel.</param>
    /// <param name="number">Its number, counted from 1.</param>
    /// <param name="width">The width of its frame in the least window.</param>
    /// <param name="isFixed">Whether no script of a page chooses the numbers of its cells.</param>
    public IEnumerable<Trace> OfPanel(PanelView view, int number, double width, bool isFixed)
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

        foreach (var i in legend.DrawingOrder(view.Panel))
        {
            var series = view.Panel.Series[i];
            var entry = legend.EntryOf(series);
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

    private RuleStyle StyleOf(LegendEntry entry) => theme.Shown(entry.Style);

    private static Trace ImageTrace(Figures.FigureImage image, int number)
    {
        var trace = new Trace("image");
        trace.SetProperty("source", ImageFile.DataUri(image));
        trace.SetProperty("xaxis", PlotlyAxes.Name("x", number));
        trace.SetProperty("yaxis", PlotlyAxes.Name("y", number));
        trace.SetProperty("hoverinfo", "skip");
        return trace;
    }

    /// <summary>Nothing, on axes that a drawing lies on: without a trace there are none.</summary>
    private static Trace NoTrace(int number)
    {
        var trace = new Trace("scatter");
        trace.SetProperty("x", new double?[] { null });
        trace.SetProperty("y", new double?[] { null });
        trace.SetProperty("xaxis", PlotlyAxes.Name("x", number));
        trace.SetProperty("yaxis", PlotlyAxes.Name("y", number));
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
                ["textfont"] = _style.Font(12),
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
        var covered = legend
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
            properties["textfont"] = _style.Font(11);
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
            marker["line"] = new Dictionary<string, object> { ["width"] = 1, ["color"] = _style.Page };
        }

        var properties = new Dictionary<string, object>
        {
            ["x"] = series.X.Select(x => Along(view, x, offset)).ToArray(),
            ["y"] = series.Y.Select(y => Shown(view, y)).ToArray(),
            ["mode"] = "markers",
            ["marker"] = marker,
            ["text"] = series.X.Select(x => PlotlyText.Label(Place(view, x))).ToArray(),
            ["customdata"] = series.Y.Select((_, i) => WithBar(series, i)).ToArray(),
            ["hovertemplate"] = "%{text}: %{customdata}<extra>%{fullData.name}</extra>",
        };
        if (SeriesPoints.HasBars(series))
        {
            properties["error_y"] = new Dictionary<string, object>
            {
                ["type"] = "data",
                ["symmetric"] = false,
                ["array"] = series.Y.Select((_, i) => Above(i)).ToArray(),
                ["arrayminus"] = series.Y.Select((_, i) => Below(i)).ToArray(),
                ["visible"] = true,
                ["color"] = StyleOf(entry).Color,
                ["thickness"] = 1.6,
                ["width"] = 4,
            };
        }

        return NewTrace(entry, number, properties);

        double? Above(int i) => Shown(view, SeriesPoints.Ends(series, i).High) - Shown(view, series.Y[i]);

        // On a logarithmic axis plotly.js draws a bar that goes down to 0 to the edge of the frame, without a cap there.
        double? Below(int i)
        {
            var (y, low) = (series.Y[i], SeriesPoints.Ends(series, i).Low);
            return double.IsFinite(low) && view.YScale.IsBelow(low) && !view.YScale.IsBelow(y)
                ? Shown(view, y)
                : Shown(view, y) - Shown(view, low);
        }
    }

    /// <summary>A value, and how far it deviates or from where to where its bar goes.</summary>
    private static string WithBar(Series series, int i)
    {
        var (y, (low, high)) = (Rounded(series.Y[i]), SeriesPoints.Ends(series, i));
        return !double.IsFinite(low) || !double.IsFinite(high) ? y
            : series.Low is null ? $"{y} ± {Rounded(Math.Abs(series.Deviation![i]))}"
            : $"{y} ({Rounded(low)} to {Rounded(high)})";
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
        if (marked.Count < SeriesPoints.Finite(series).Count())
        {
            // Markers of many sizes have rims, white ones unless something else is said.
            marker["size"] = series.X.Select((x, i) => marked.Contains(i) || alone.Contains(x) ? 7 : 0).ToArray();
            marker["line"] = new Dictionary<string, object> { ["width"] = 1, ["color"] = _style.Page };
        }

        properties["marker"] = marker;
        return NewTrace(entry, number, properties);
    }

    /// <summary>The deviation of a line: a pale band around each of its pieces.</summary>
    private IEnumerable<Trace> BandTraces(PanelView view, int number, Series series, LegendEntry entry)
    {
        if (!SeriesPoints.HasBars(series))
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
        double.IsFinite(y) ? SignificantDigits.Round(view.YScale.Value(view.YScale.Place(y)), 6) : null;

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
        trace.SetProperty("xaxis", PlotlyAxes.Name("x", panel));
        trace.SetProperty("yaxis", PlotlyAxes.Name("y", panel));
        trace.SetProperty("showlegend", properties.Remove("showlegend"));
        foreach (var (name, value) in properties)
        {
            trace.SetProperty(name, value);
        }

        return trace;
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

    // JSON has no NaN; null is a gap.
    private static double? Defined(double value) => double.IsFinite(value) ? value : null;
}
