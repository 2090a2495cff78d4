using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class SeriesPointsTests
{
    [Theory]
    [InlineData(25, 25)]
    [InlineData(26, 8)]
    [InlineData(201, 8)]
    public void A_line_along_the_whole_panel_has_all_its_markers_if_they_are_few_and_eight_if_not(int points, int markers)
    {
        Assert.Equal(markers, SeriesPoints.Marked([Line(points), Line(points)], 0).Count);
    }

    [Theory]
    [InlineData(21, 1)]
    [InlineData(51, 2)]
    [InlineData(101, 4)]
    public void A_shorter_line_has_its_share_of_the_markers_of_a_whole_one(int points, int markers)
    {
        Assert.Equal(markers, SeriesPoints.Marked([Line(201), Line(points)], 1).Count);
        Assert.Equal(8, SeriesPoints.Marked([Line(201), Line(points)], 0).Count);
    }

    [Fact]
    public void A_line_too_short_for_two_markers_has_one_at_its_end()
    {
        Assert.Equal([1], SeriesPoints.Marked([Line(201), Line(2)], 1));
        Assert.Equal([20], SeriesPoints.Marked([Line(201), Line(21)], 1));
        Assert.Equal([0], SeriesPoints.Marked([Line(201), Line(1)], 1));
        Assert.Empty(SeriesPoints.Marked([Line(201), Line(0)], 1));
    }

    [Fact]
    public void Lines_of_one_length_have_their_markers_at_different_places()
    {
        Series[] lines = [Line(201), Line(201), Line(201)];
        var places = Enumerable.Range(0, 3).SelectMany(i => SeriesPoints.Marked(lines, i)).ToArray();
        Assert.Equal(24, places.Distinct().Count());
    }

    [Fact]
    public void Markers_are_chosen_among_what_is_defined()
    {
        var half = new Series(
            "bp",
            "BP",
            [.. Enumerable.Range(0, 201).Select(i => (double)i)],
            [.. Enumerable.Range(0, 201).Select(i => i < 100 ? double.NaN : 1)]
        );
        var marked = SeriesPoints.Marked([half], 0);

        Assert.Equal(8, marked.Count);
        Assert.All(marked, place => Assert.InRange(place, 100, 200));
        Assert.Equal(4, SeriesPoints.Marked([Line(201), half], 1).Count);
        Assert.Equal([0, 2], SeriesPoints.Marked([new Series("bp", "BP", [0, 1, 2], [1, double.NaN, 1])], 0).Order());
    }

    [Fact]
    public void A_bar_goes_as_far_as_the_series_says_and_else_by_the_deviation_to_either_side()
    {
        Assert.Equal([(1.5, 2.5), (4.0, 4.0)], Bars(new("bp", "BP", [0, 1], [2, 4], [0.5, double.NaN])));
        Assert.Equal(
            [(1.75, 8.0), (4.0, 9.0)],
            Bars(new("bp", "BP", [0, 1], [2, 4], [0.5, 0.5]) { Low = [1.75, double.NaN], High = [8, 9] })
        );
        Assert.Equal([(2.0, 2.0), (4.0, 4.0)], Bars(new("bp", "BP", [0, 1], [2, 4])));
    }

    private static IEnumerable<(double Low, double High)> Bars(Series series) => SeriesPoints.Finite(series).Select(p => (p.Low, p.High));

    private static Series Line(int points) =>
        new("bp", "BP", [.. Enumerable.Range(0, points).Select(i => (double)i)], [.. Enumerable.Repeat(1.0, points)]);
}
