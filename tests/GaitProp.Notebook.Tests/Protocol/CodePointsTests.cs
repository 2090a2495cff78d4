using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Tests.Protocol;

public sealed class CodePointsTests
{
    [Theory]
    [InlineData("abc", 2, 2)]
    [InlineData("𝛾 = 1", 1, 2)]
    [InlineData("a👍🏽b", 3, 5)]
    [InlineData("a👍🏽b", 4, 6)]
    [InlineData("é", 1, 1)]
    [InlineData("", 0, 0)]
    public void A_place_is_the_same_in_code_points_and_in_units(string text, int points, int units)
    {
        Assert.Equal(units, CodePoints.ToIndex(text, points));
        Assert.Equal(points, CodePoints.Before(text, units));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(null)]
    public void A_place_behind_the_text_is_its_end(int? points) => Assert.Equal(4, CodePoints.ToIndex("a𝛾b", points));

    [Fact]
    public void A_place_before_the_text_is_its_beginning() => Assert.Equal(0, CodePoints.ToIndex("abc", -3));

    [Fact]
    public void Half_a_letter_counts_as_one() => Assert.Equal(2, CodePoints.ToIndex("\ud835x", 2));
}
