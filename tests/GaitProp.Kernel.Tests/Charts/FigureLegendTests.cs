using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class FigureLegendTests
{
    [Fact]
    public void Of_lines_the_shorter_lie_on_the_longer_and_all_on_what_is_pale()
    {
        Series[] series =
        [
            new("ngait", "normalised GAIT", [0, 5, 10], [1, 1, 1]),
            new("fa", "FA", [0, 4, double.NaN], [1, 1, 1]),
            new("bp", "BP", [0, 10], [1, 1]),
            new("gait", "GAIT", [0, 2], [1, 1]) { Pale = true },
        ];
        var (lines, points) = (Panel(PanelKind.Lines, series), Panel(PanelKind.Points, series));

        Assert.Equal([3, 0, 2, 1], new FigureLegend(Figure(lines)).DrawingOrder(lines));
        Assert.Equal([3, 0, 1, 2], new FigureLegend(Figure(points)).DrawingOrder(points));
    }

    [Theory]
    [InlineData("ngait", "normalised GAIT", "Square 8 4")]
    [InlineData("ngait", "normalised GAIT, retraction", "Diamond 2 3")]
    [InlineData("ngait", "normalised GAIT, fast, gains", "TriangleUp 8 3 2 3")]
    [InlineData("ngait", "normalised GAIT, paper", "Circle 11 4")]
    [InlineData("ngait", "normalised GAIT, literal float64", "Circle 11 4")]
    [InlineData("ngait", "normalised GAIT, displacement float32", "TriangleDown")]
    [InlineData("bp", "BP, retraction", "Diamond 2 3")]
    [InlineData("bp", "BP, constrained", "Diamond 2 3")]
    [InlineData("gait", "GAIT, displacement", "TriangleDown")]
    // What has the rule's own marker in the table has the square, which no way has.
    [InlineData("gait", "GAIT, gains", "Square 8 3 2 3")]
    [InlineData("fa", "FA, retraction", "Square 2 3")]
    public void What_a_label_says_of_the_way_of_computing_looks_alike_in_every_figure(string rule, string label, string look)
    {
        string[][] figures =
        [
            [label],
            ["against, x", label, "against, y"],
            [label, "against, x, fast"],
        ];
        foreach (var labels in figures)
        {
            var style = Legend(rule, labels, PanelKind.Lines).Entries.Single(entry => entry.Label == label).Style;

            Assert.Equal(look, $"{style.Marker} {style.Look.Dash}".Trim());
            var plain = RulePalette.StyleOf(rule);
            Assert.Equal((label.Contains("gains", StringComparison.Ordinal) ? plain.Lighter() : plain).Color, style.Color);
        }
    }

    [Fact]
    public void Labels_that_say_the_same_way_still_look_different()
    {
        string[] labels =
        [
            "gains, one",
            "gains, two",
            "retraction, gains",
            "displacement float64",
            "displacement float32",
            "displacement",
            "literal float32",
            "literal float64",
            "paper",
            "plain",
            "a, fast",
        ];
        foreach (var rule in (string[])["bp", "ngait", "gait", "fa", "unknown"])
        {
            var legend = Legend(rule, labels, PanelKind.Lines);

            Assert.Equal(labels, legend.Entries.Select(entry => entry.Label));
            Assert.Equal(labels.Length, legend.Entries.Select(entry => entry.Style.Look).Distinct().Count());
            Assert.Equal(2, legend.Entries.Select(entry => entry.Style.Color).Distinct().Count());
            Assert.Equal(RulePalette.StyleOf(rule).Look, legend.Entries[9].Style.Look);
        }
    }

    /// <summary>Without a line there is no dash.</summary>
    [Fact]
    public void Where_no_line_joins_points_they_differ_in_marker_or_colour()
    {
        string[] labels = ["plain", "gains, one", "gains, two", "retraction", "retraction, gains", "a", "b", "c", "d", "e"];
        var legend = Legend("ngait", labels, PanelKind.Scatter);

        Assert.All(legend.Entries, entry => Assert.Equal(LegendSymbol.Marker, entry.Symbol));
        Assert.Equal(labels.Length, legend.Entries.Select(entry => (entry.Style.Color, entry.Style.Marker)).Distinct().Count());
        Assert.Equal(5, legend.Entries.Count(entry => entry.Style.Color == RulePalette.StyleOf("ngait").Color));
    }

    [Fact]
    public void Heat_maps_do_not_decide_what_stands_for_a_series()
    {
        Series[] series = [new("ngait", "one", [0, 1], [1, 2]), new("ngait", "two", [0, 1], [2, 3])];
        var legend = new FigureLegend(Figure(Panel(PanelKind.Points, series), Panel(PanelKind.HeatMap, series)));

        Assert.Equal(2, legend.Entries.Count);
        Assert.All(legend.Entries, entry => Assert.Equal(LegendSymbol.Marker, entry.Symbol));
    }

    private static FigureLegend Legend(string rule, string[] labels, PanelKind kind) =>
        new(Figure(Panel(kind, [.. labels.Select((label, i) => new Series(rule, label, [0, 1], [i, i]))])));

    private static Panel Panel(PanelKind kind, Series[] series) =>
        new("A", "t", new Axis("x", kind is PanelKind.Points or PanelKind.HeatMap ? ["one", "two"] : null), new Axis("y"), series, kind);

    private static Figure Figure(params Panel[] panels) => new("f", "t", "c", panels);
}
