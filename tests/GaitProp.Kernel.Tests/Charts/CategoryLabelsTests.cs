using CsCheck;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class CategoryLabelsTests
{
    private static readonly Func<string, float> Measure = text => 7 * text.Length;

    [Fact]
    public void Names_stand_on_one_line_then_on_several_then_aslant_then_upright_then_some_are_left_out()
    {
        string[] names = [.. Enumerable.Range(1, 9).Select(i => $"hidden {i}")];
        Assert.All(Fit(names, 900).Lines, lines => Assert.Single(lines));
        Assert.All(Fit(names, 500).Lines, lines => Assert.Equal(2, lines.Count));
        Assert.NotEqual(0, Fit(names, 300).Rotation);
        Assert.Equal(9, Fit(names, 300).Places.Count);
        Assert.Equal((90, 9), (Fit(names, 120).Rotation, Fit(names, 120).Places.Count));
        Assert.Equal(0, Fit(names, 110).Rotation);
        Assert.Equal([0, 8], Fit(names, 110).Places);
    }

    [Fact]
    public void Of_fifty_layers_each_fifth_or_tenth_is_named_and_the_last()
    {
        string[] names = [.. Enumerable.Range(1, 50).Select(i => $"hidden {i}"), "output"];
        Assert.Equal([0, 10, 20, 30, 40, 50], Fit(names, 600).Places);
        Assert.Equal("output", Fit(names, 600).Lines[^1][0]);
    }

    [Fact]
    public void Many_classes_stand_upright_before_any_is_left_out_and_numbers_do_not()
    {
        string[] classes = [.. Enumerable.Range(1, 31).Select(i => $"class {i}")];
        string[] numbers = [.. Enumerable.Range(1, 31).Select(i => $"{i}")];

        Assert.Equal((90, 31), (Fit(classes, 620).Rotation, Fit(classes, 620).Places.Count));
        Assert.Equal((7 * 8) + 16, Fit(classes, 620).Height);
        Assert.True(Fit(classes, 300).Places.Count < 31);
        Assert.Equal(0, Fit(numbers, 410).Rotation);
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(9, 300)]
    [InlineData(31, 620)]
    [InlineData(200, 620)]
    public void A_name_that_is_too_long_ends_in_an_ellipsis(int count, float width)
    {
        var labels = Fit([.. Enumerable.Repeat(new string('x', 100), count)], width);

        Assert.All(labels.Lines, lines => Assert.EndsWith("…", Assert.Single(lines), StringComparison.Ordinal));
        Assert.All(labels.Lines, lines => Assert.InRange(Measure(lines[0]), 70, 140));
        Assert.InRange(labels.Height, 16, 160);
    }

    [Fact]
    public void Names_that_are_left_never_touch_and_the_first_is_among_them() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 20], Gen.Float[100, 1200])
            .Sample(
                (count, length, width) =>
                {
                    var labels = Fit([.. Enumerable.Repeat(new string('x', length), count)], width);
                    var distance = width / count;
                    Assert.Equal(0, labels.Places[0]);
                    Assert.Equal(labels.Places.Count, labels.Lines.Count);
                    if (labels.Rotation == 0 && labels.Places.Count > 1)
                    {
                        Assert.All(
                            labels.Places.Zip(labels.Places.Skip(1)),
                            pair => Assert.True((pair.Second - pair.First) * distance >= 7 * length)
                        );
                    }
                }
            );

    private static CategoryLabels Fit(IReadOnlyList<string> names, float width) => CategoryLabels.Fit(names, width, 16, Measure);
}
