using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class StaticLineTests
{
    /// <summary>Else a gap would swallow a peak.</summary>
    [Fact]
    public void A_dashed_line_goes_on_pale_in_its_gaps()
    {
        var style = RulePalette.StyleOf("ngait");
        var line = Drawn(style);
        var (dash, gap) = (line[5], line[12]);

        // Eight pixels and four, from the first on.
        Assert.Equal(SKColor.Parse(style.Color), dash);
        Assert.Equal(dash, line[17]);
        Assert.Equal(gap, line[24]);

        // A quarter of the colour on white.
        Assert.InRange(gap.Red, 186, 196);
        Assert.InRange(gap.Green, 214, 224);
        Assert.InRange(gap.Blue, 231, 241);
    }

    [Fact]
    public void An_unbroken_line_has_its_colour_all_along() =>
        Assert.All(Drawn(RulePalette.StyleOf("bp"))[3..97], color => Assert.Equal(SKColors.Black, color));

    /// <summary>The pixels along a level line that begins at the third of them and ends at the last but two.</summary>
    private static SKColor[] Drawn(RuleStyle style)
    {
        using var image = new SKBitmap(100, 11);
        image.Erase(SKColors.White);
        using var canvas = new SKCanvas(image);
        StaticLine.Draw(canvas, [new SKPoint(2, 5.5f), new SKPoint(98, 5.5f)], style);
        canvas.Flush();
        return [.. Enumerable.Range(0, 100).Select(x => image.GetPixel(x, 5))];
    }
}
