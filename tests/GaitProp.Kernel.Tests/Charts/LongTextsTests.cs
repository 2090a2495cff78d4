using System.Text.Json;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

/// <summary>Texts that are wider than their place: broken into lines, or cut with an ellipsis, and never by the page.</summary>
public sealed class LongTextsTests
{
    private const string Words = "a text of many more words than there is room for, of which none may be cut and none may lie on another";

    [Fact]
    public void A_long_label_of_the_legend_has_several_lines()
    {
        var figure = Curves("Short", "step", ["short", $"{Words}, and {Words}", Words]);
        var json = PlotlyFigure.Json(figure);
        using var read = JsonDocument.Parse(json);
        var names = read
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(trace => trace.GetProperty("showlegend").GetBoolean())
            .SelectMany(trace => trace.GetProperty("name").GetString()!.Split("<br>"));

        Assert.Empty(SvgTexts.Flaws(StaticFigure.Svg(figure)));
        Assert.Empty(PlotlyTexts.Flaws(json, 500));
        Assert.All(names, line => Assert.InRange(line.Length, 1, 38));
    }

    [Fact]
    public void A_long_title_of_a_panel_and_a_long_name_of_an_axis_have_two_lines()
    {
        var svg = StaticFigure.Svg(Curves(Words, Words, ["short"]));
        var texts = SvgTexts.Of(svg).Texts;

        Assert.Empty(SvgTexts.Flaws(svg));
        Assert.DoesNotContain(texts, text => text.Text == Words);
        Assert.Equal(4, texts.Count(text => text.Text.StartsWith("a text of many", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(PanelKind.HeatMap)]
    [InlineData(PanelKind.Rows)]
    [InlineData(PanelKind.Image)]
    [InlineData(PanelKind.Drawing)]
    public void So_have_those_of_cells_rows_pictures_and_drawings(PanelKind kind)
    {
        string[]? names = kind is PanelKind.HeatMap or PanelKind.Rows ? ["a", "b", "c"] : null;
        var panel = new Panel(
            "A",
            Words,
            new Axis(kind == PanelKind.Rows ? "way" : Words, names),
            new Axis(kind == PanelKind.Rows ? Words : "y"),
            names is null ? [] : [new Series("bp", "BP", [0, 1, 2], [1, 2, 3])],
            kind
        )
        {
            Image = kind == PanelKind.Image ? new FigureImage(2, 2, new byte[12]) : null,
            Drawing = kind == PanelKind.Drawing ? new Drawing(120, 60, []) : null,
        };
        var svg = StaticFigure.Svg(new("f", "Long texts", "caption", [panel, panel.With("B")]));
        var texts = SvgTexts.Of(svg).Texts;

        Assert.Empty(SvgTexts.Flaws(svg));
        Assert.DoesNotContain(texts, text => text.Text == Words);
        Assert.Equal(4, texts.Count(text => text.Text.StartsWith("a text of many", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(20)]
    public void Long_names_of_categories_leave_room_for_the_panel(int count)
    {
        var panel = new Panel(
            "A",
            "t",
            new Axis("class", [.. Enumerable.Range(0, count).Select(i => $"{i} {Words}")]),
            new Axis("y"),
            [new Series("bp", "BP", [0, 1], [1, 2])],
            PanelKind.Points
        );
        var figure = new Figure("f", "t", "c", [.. Enumerable.Range(0, 8).Select(i => panel.With($"{i}"))]);

        Assert.DoesNotContain(SvgTexts.Flaws(StaticFigure.Svg(figure)), flaw => flaw.EndsWith(" is cut", StringComparison.Ordinal));
        Assert.True(StaticFigure.Size(figure).Height > 1500);
    }

    [Theory]
    [InlineData(1e-250, 1e-250)]
    [InlineData(5e-324, 1)]
    [InlineData(1e-3, double.MaxValue)]
    public void Values_at_the_end_of_all_numbers_are_drawn(double low, double high)
    {
        var axis = new Axis("value") { IsLogarithmic = true };
        var figure = new Figure(
            "f",
            "t",
            "c",
            [new Panel("A", "t", new Axis("step"), axis, [new Series("bp", "BP", [0, 1], [low, high])], PanelKind.Lines)]
        );

        Assert.Empty(SvgTexts.Flaws(StaticFigure.Svg(figure)));
        Assert.DoesNotContain("Infinity", PlotlyFigure.Json(figure), StringComparison.Ordinal);
    }

    private static Figure Curves(string title, string step, string[] labels) =>
        new(
            "f",
            "Long texts",
            "caption",
            [
                .. new[] { "A", "B" }.Select(letter => new Panel(
                    letter,
                    title,
                    new Axis(step),
                    new Axis("value"),
                    [.. labels.Select((label, i) => new Series($"rule{i}", label, [0, 1, 2], [i, i + 1, i + 2]))],
                    PanelKind.Lines
                )),
            ]
        );
}
