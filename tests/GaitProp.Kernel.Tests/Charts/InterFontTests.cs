using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class InterFontTests
{
    // All of printable ASCII, and what captions, titles and numbers of figures use beyond it.
    private static readonly string Used = string.Concat(Enumerable.Range(32, 95).Select(c => (char)c)) + "×·–—°±ληγμε−…’“”é²";

    [Fact]
    public void Every_character_of_a_figure_has_a_glyph_in_both_weights()
    {
        foreach (var typeface in new[] { InterFont.Regular, InterFont.SemiBold })
        {
            foreach (var rune in Used.EnumerateRunes())
            {
                Assert.True(
                    typeface.ContainsGlyph(rune.Value),
                    $"U+{rune.Value:X4} '{rune}' has no glyph in {typeface.FamilyName} {typeface.FontWeight}."
                );
            }
        }
    }

    [Fact]
    public void The_two_weights_are_Inter_regular_and_semibold()
    {
        Assert.StartsWith("Inter", InterFont.Regular.FamilyName, StringComparison.Ordinal);
        Assert.Equal(400, InterFont.Regular.FontWeight);
        Assert.Equal(600, InterFont.SemiBold.FontWeight);
    }

    [Fact]
    public void Texts_of_the_drawing_itself_use_only_characters_that_have_a_glyph()
    {
        var ticks = new[]
        {
            new AxisRange(-1, 1),
            new AxisRange(0, 6e4),
            new AxisRange(0, 3e7),
            new AxisRange(-1e-9, 1e-9),
            new AxisRange(0, 1e15),
        }
            .SelectMany(range => AxisTicks.Of(range, 7, wholeNumbers: false))
            .Select(tick => tick.Label);
        foreach (
            var rune in string.Concat(
                    ticks.Append(StaticFigure.EmptyPanelNote).Concat(HeatScale.Angles.Ticks.Select(tick => tick.Label)).Append("2.5e−7")
                )
                .EnumerateRunes()
        )
        {
            Assert.True(InterFont.Regular.ContainsGlyph(rune.Value), $"'{rune}' has no glyph.");
        }
    }
}
