using System.Text.Json;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed partial class PlotlyFigureTests
{
    [Fact]
    public void The_page_loads_nothing_and_carries_plotly_js()
    {
        var html = PlotlyFigure.Html(SampleFigures.Shallow(50));

        Assert.Contains("plotly.js v2", html, StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("requirejs", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("require.js", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(LoadingElement(), html);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);

        // Outside of plotly.js, which names projects and licences, no address occurs at all.
        var own = html.Replace(PlotlyScript.Source, string.Empty, StringComparison.Ordinal);
        Assert.DoesNotContain("://", own, StringComparison.Ordinal);
        Assert.True(own.Length < html.Length - 3_000_000);
    }

    [Fact]
    public void The_page_says_title_caption_and_every_rule()
    {
        var figure = SampleFigures.Shallow(50);
        var html = PlotlyFigure.Html(figure);

        Assert.Contains($"<title>{figure.Title}</title>", html, StringComparison.Ordinal);
        Assert.Contains($"<figcaption>{figure.Caption}</figcaption>", html, StringComparison.Ordinal);
        foreach (var (_, label) in SampleFigures.FourRules)
        {
            Assert.Contains($"\"name\":\"{label}\"", html, StringComparison.Ordinal);
        }

        foreach (var panel in figure.Panels)
        {
            Assert.Contains(panel.Title, html, StringComparison.Ordinal);
        }

        Assert.Contains("update angle to BP (degrees)", html, StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\"", html, StringComparison.Ordinal);
        Assert.Contains("<meta charset=\"utf-8\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_in_texts_is_text()
    {
        var html = PlotlyFigure.Html(SampleFigures.Awkward()).Replace(PlotlyScript.Source, string.Empty, StringComparison.Ordinal);

        Assert.Contains("A &lt;b&gt;title&lt;/b&gt; &amp; &quot;quotes&quot;", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; an ampersand", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "<script>"));
        Assert.Equal(2, Regex.Count(html, "</script>"));
    }

    [Fact]
    public void Each_rule_is_in_the_legend_once_and_has_one_colour_in_all_panels()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Shallow(50)));
        var traces = json.RootElement.GetProperty("data").EnumerateArray().ToList();

        Assert.Equal(
            ["BP", "GAIT-prop", "normalised GAIT-prop", "FA"],
            traces.Where(trace => trace.GetProperty("showlegend").GetBoolean()).Select(trace => trace.GetProperty("name").GetString()!)
        );
        foreach (var rule in traces.GroupBy(trace => trace.GetProperty("legendgroup").GetString()!))
        {
            Assert.Single(rule.Select(ColorOf).Distinct());
            Assert.Equal(RulePalette.StyleOf(rule.Key).Color, ColorOf(rule.First()));
            Assert.Single(rule, trace => trace.GetProperty("showlegend").GetBoolean());
        }
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_a_gap_and_the_point_between_two_gaps_is_marked()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Awkward()));
        var line = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Single(trace =>
                trace.GetProperty("name").GetString() == "rule ngait"
                && trace.GetProperty("yaxis").GetString() == "y2"
                && trace.GetProperty("y").GetArrayLength() == 60
            );

        Assert.Equal(JsonValueKind.Null, line.GetProperty("y")[9].ValueKind);
        Assert.Equal(JsonValueKind.Number, line.GetProperty("y")[10].ValueKind);
        Assert.False(line.GetProperty("connectgaps").GetBoolean());
        var sizes = line.GetProperty("marker").GetProperty("size").EnumerateArray().Select(size => size.GetInt32()).ToList();
        Assert.True(sizes[10] > 0);
        Assert.InRange(sizes.Count(size => size > 0), 2, 12);
    }

    /// <summary>It stands on the first tick, which is another number.</summary>
    [Fact]
    public void What_lies_below_a_logarithmic_axis_is_said_as_it_is()
    {
        var panel = new Panel(
            "A",
            "t",
            new Axis("step"),
            new Axis("angle") { IsLogarithmic = true, From = 0.01 },
            [new Series("ngait", "one", [0, 1], [1e-5, 0.5]), new Series("fa", "two", [0, 1], [80, 85])],
            PanelKind.Lines
        );
        using var json = JsonDocument.Parse(PlotlyFigure.Json(new("f", "t", "c", [panel])));
        var traces = json.RootElement.GetProperty("data").EnumerateArray().Where(t => !t.GetProperty("showlegend").GetBoolean()).ToArray();

        Assert.Equal(["1E-05", "0.5"], traces[0].GetProperty("customdata").EnumerateArray().Select(v => v.GetString()!));
        Assert.Contains("%{customdata}", traces[0].GetProperty("hovertemplate").GetString(), StringComparison.Ordinal);
        Assert.Contains("%{y", traces[1].GetProperty("hovertemplate").GetString(), StringComparison.Ordinal);
    }

    /// <summary>plotly.js goes down to 0 on a logarithmic axis as far as the frame does, without a cap.</summary>
    [Theory]
    [InlineData(0.25, 0.75, "1 (0.25 to 4)")]
    [InlineData(0.001, 1.0, "1 (0.001 to 4)")]
    [InlineData(-2.0, 1.0, "1 (-2 to 4)")]
    [InlineData(double.NaN, null, "1")]
    public void A_bar_goes_as_far_to_each_side_as_the_series_says_and_below_the_axis_to_the_frame(double low, double? below, string told)
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.OneBar(low, 4)));
        var trace = json.RootElement.GetProperty("data").EnumerateArray().Single(t => !t.GetProperty("showlegend").GetBoolean());
        var bars = trace.GetProperty("error_y");
        var minus = bars.GetProperty("arrayminus")[0];

        Assert.False(bars.GetProperty("symmetric").GetBoolean());
        Assert.Equal(3, bars.GetProperty("array")[0].GetDouble(), 9);
        Assert.Equal(below, minus.ValueKind == JsonValueKind.Null ? (double?)null : minus.GetDouble());
        Assert.Equal(told, trace.GetProperty("customdata")[0].GetString());
    }

    [Fact]
    public void A_single_point_has_a_marker()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Tiny()));
        var drawn = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(trace => !trace.GetProperty("showlegend").GetBoolean())
            .ToList();
        Assert.Equal(4, drawn.Count);
        Assert.All(drawn, trace => Assert.Contains("markers", trace.GetProperty("mode").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Four_panels_stand_two_by_two_and_do_not_overlap()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Shallow(50)));
        var layout = json.RootElement.GetProperty("layout");
        var frames = new[] { "", "2", "3", "4" }.Select(n => (X: Domain(layout, "xaxis" + n), Y: Domain(layout, "yaxis" + n))).ToList();

        Assert.True(frames[0].X.End < frames[1].X.Start && frames[2].X.End < frames[3].X.Start);
        Assert.True(frames[0].Y.Start > frames[2].Y.End && frames[1].Y.Start > frames[3].Y.End);
        Assert.Equal(frames[0].X, frames[2].X);
        Assert.Equal(frames[0].Y, frames[1].Y);
    }

    [Fact]
    public void A_caption_has_room_below_the_chart_and_an_empty_one_none()
    {
        Assert.Equal(14 + 17, Height("c") - Height(""));

        static double Height(string caption)
        {
            using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Tiny() with { Caption = caption }));
            return json.RootElement.GetProperty("layout").GetProperty("height").GetDouble();
        }
    }

    [Fact]
    public void The_colour_bar_of_a_heat_map_stands_below_all_lines_of_its_label()
    {
        Assert.Equal(17, Below(string.Join(' ', Enumerable.Repeat("layer", 16))) - Below("layer"), 0.01);

        // How far the title of the bar stands below the cells, in pixels.
        static double Below(string label)
        {
            var cells = new Panel(
                "A",
                "t",
                new Axis(label, ["one", "two"]),
                new Axis("angle"),
                [new Series("bp", "BP", [0, 1], [1, 2])],
                PanelKind.HeatMap
            );
            using var json = JsonDocument.Parse(PlotlyFigure.Json(new("f", "t", "c", [cells])));
            var layout = json.RootElement.GetProperty("layout");
            var margin = layout.GetProperty("margin");
            var plots =
                layout.GetProperty("height").GetDouble() - margin.GetProperty("t").GetDouble() - margin.GetProperty("b").GetDouble();
            var bar = layout.GetProperty("coloraxis").GetProperty("colorbar").GetProperty("y").GetDouble();
            return (Domain(layout, "yaxis").Start - bar) * plots;
        }
    }

    [Fact]
    public void A_rule_that_a_panel_shows_twice_has_two_lines_in_the_legend_and_one_colour()
    {
        var figure = new Figure(
            "f",
            "t",
            "c",
            [
                new Panel(
                    "A",
                    "t",
                    new Axis("step"),
                    new Axis("y"),
                    [new Series("ngait", "absolute", [0, 1], [0, 1]), new Series("ngait", "relative", [0, 1], [1, 2])],
                    PanelKind.Lines
                ),
            ]
        );
        using var json = JsonDocument.Parse(PlotlyFigure.Json(figure));
        var legend = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(trace => trace.GetProperty("showlegend").GetBoolean())
            .ToList();

        Assert.Equal(["absolute", "relative"], legend.Select(trace => trace.GetProperty("name").GetString()!));
        Assert.Equal(ColorOf(legend[0]), ColorOf(legend[1]));
        Assert.NotEqual(
            legend[0].GetProperty("line").GetProperty("dash").GetString(),
            legend[1].GetProperty("line").GetProperty("dash").GetString()
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_points_in_one_place_the_smaller_lies_on_the_larger_and_the_legend_has_no_lines(bool reversed)
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.InOnePlace(reversed)));
        var traces = json.RootElement.GetProperty("data").EnumerateArray().ToLookup(trace => trace.GetProperty("showlegend").GetBoolean());

        Assert.Equal(["square", "diamond"], traces[false].Select(trace => trace.GetProperty("marker").GetProperty("symbol").GetString()!));
        Assert.All(
            traces[false],
            trace => Assert.Equal(1, trace.GetProperty("marker").GetProperty("line").GetProperty("width").GetInt32())
        );
        Assert.All(traces[true], trace => Assert.Equal("markers", trace.GetProperty("mode").GetString()));
    }

    [Fact]
    public void A_heat_map_has_a_cell_for_each_value_the_first_row_on_top_and_no_legend()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Angles()));
        var traces = json.RootElement.GetProperty("data").EnumerateArray().ToList();
        var cells = Assert.Single(traces, trace => trace.GetProperty("type").GetString() == "heatmap");
        var layout = json.RootElement.GetProperty("layout");
        var range = layout.GetProperty("yaxis").GetProperty("range");

        Assert.All(traces, trace => Assert.False(trace.GetProperty("showlegend").GetBoolean()));
        Assert.True(range[0].GetDouble() > range[1].GetDouble());
        Assert.Equal(
            ["normalised<br>GAIT-prop", "GAIT-prop", "DFA", "FA"],
            layout.GetProperty("yaxis").GetProperty("ticktext").EnumerateArray().Select(text => text.GetString()!)
        );
        Assert.Equal(HeatScale.Angles.Position(12.3456), cells.GetProperty("z")[1][0].GetDouble(), 12);
        Assert.Equal("12.346", cells.GetProperty("customdata")[1][0].GetString());
        Assert.Equal(
            HeatScale.Angles.Ticks.Select(tick => tick.Label),
            layout
                .GetProperty("coloraxis")
                .GetProperty("colorbar")
                .GetProperty("ticktext")
                .EnumerateArray()
                .Select(text => text.GetString()!)
        );
    }

    [Fact]
    public void An_undefined_cell_has_a_cross_no_number_and_an_explanation()
    {
        var figure = SampleFigures.ManyAngles(3, 4, undefined: true);
        var undefined = figure.Panels[0].Series.SelectMany(series => series.Y).Count(double.IsNaN);
        using var json = JsonDocument.Parse(PlotlyFigure.Json(figure));
        var traces = json.RootElement.GetProperty("data").EnumerateArray().ToList();
        var crosses = Assert.Single(traces, trace => trace.TryGetProperty("mode", out var mode) && mode.GetString() == "markers");

        Assert.True(undefined > 0);
        Assert.Equal(undefined, crosses.GetProperty("x").GetArrayLength());
        Assert.All(
            traces.Where(trace => trace.TryGetProperty("mode", out var mode) && mode.GetString() == "text"),
            numbers => Assert.Equal(12 - undefined, numbers.GetProperty("text").GetArrayLength())
        );
        Assert.Contains("\"undefined\"", PlotlyFigure.Json(figure), StringComparison.Ordinal);
        Assert.DoesNotContain("\"undefined\"", PlotlyFigure.Json(SampleFigures.Angles()), StringComparison.Ordinal);
    }

    [Fact]
    public void At_any_width_of_a_cell_at_most_one_trace_shows_its_numbers_and_they_fit()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.ManyAngles(3, 12)));
        var numbers = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(trace => trace.TryGetProperty("mode", out var mode) && mode.GetString() == "text")
            .Select(trace =>
                (
                    Least: trace.GetProperty("meta").GetProperty("least").GetDouble(),
                    Below: trace.GetProperty("meta").GetProperty("below").GetDouble(),
                    Longest: trace.GetProperty("text").EnumerateArray().Max(text => text.GetString()!.Length)
                )
            )
            .ToList();

        Assert.NotEmpty(numbers);
        Assert.All(numbers, trace => Assert.True(trace.Least >= 6.5 * trace.Longest && trace.Least < trace.Below));
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(pair.Second.Below <= pair.First.Least));
    }

    [Fact]
    public void A_heat_map_beside_other_panels_keeps_the_legend_to_them()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(SampleFigures.Mixed()));
        Assert.Equal(
            ["BP", "GAIT-prop", "normalised GAIT-prop", "FA"],
            json.RootElement.GetProperty("data")
                .EnumerateArray()
                .Where(trace => trace.GetProperty("showlegend").GetBoolean())
                .Select(trace => trace.GetProperty("name").GetString()!)
        );
        Assert.True(json.RootElement.GetProperty("layout").TryGetProperty("coloraxis2", out _));
    }

    [Fact]
    public void Rows_of_a_heat_map_are_text_not_markup_and_may_be_none()
    {
        var figure = SampleFigures.Angles();
        var row = new Series("x", "<b>bold</b>", [0], [1]);
        Assert.DoesNotContain(
            "<b>bold",
            PlotlyFigure.Json(figure with { Panels = [figure.Panels[0].With("A", [row])] }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            StaticFigure.EmptyPanelNote,
            PlotlyFigure.Json(figure with { Panels = [figure.Panels[0].With("A", [])] }),
            StringComparison.Ordinal
        );
    }

    private static string ColorOf(JsonElement trace) =>
        (trace.TryGetProperty("line", out var line) ? line : trace.GetProperty("marker")).GetProperty("color").GetString()!;

    private static (double Start, double End) Domain(JsonElement layout, string axis)
    {
        var domain = layout.GetProperty(axis).GetProperty("domain");
        return (domain[0].GetDouble(), domain[1].GetDouble());
    }

    // Elements of the page itself that would load something; plotly.js makes such strings for images of its own.
    [GeneratedRegex("""<(script[^>]*\ssrc|link\s|iframe\s|img\s[^>]*src="?http)""", RegexOptions.IgnoreCase)]
    private static partial Regex LoadingElement();
}
