using System.Xml.Linq;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class StaticFigureTests
{
    [Fact]
    public void Four_panels_make_an_image_of_1600_by_1200_with_something_in_each_panel()
    {
        using var image = Decode(SampleFigures.Shallow());

        Assert.Equal((1600, 1200), (image.Width, image.Height));
        foreach (var (left, top) in new[] { (0, 150), (800, 150), (0, 620), (800, 620) })
        {
            var colours = Colours(image, SKRectI.Create(left, top, 800, 400));
            Assert.Contains(RulePalette.StyleOf("ngait").Color, colours);
            Assert.Contains(RulePalette.StyleOf("fa").Color, colours);
        }

        // Black is BP: the angle of BP to itself is not in the panels of angles.
        Assert.Contains(RulePalette.StyleOf("bp").Color, Colours(image, SKRectI.Create(200, 700, 500, 150)));
        Assert.Equal(new SKColor(255, 255, 255, 255), image.GetPixel(0, 0));
    }

    [Fact]
    public void One_rule_after_one_epoch_shows_a_point_in_each_panel()
    {
        using var image = Decode(SampleFigures.Tiny());
        foreach (var (left, top) in new[] { (0, 180), (800, 180), (0, 670), (800, 670) })
        {
            var region = SKRectI.Create(left, top, 800, 360);
            Assert.True(Count(image, region, RulePalette.StyleOf("ngait").Color) >= 60, $"no point at {left}, {top}");
        }
    }

    [Fact]
    public void A_pale_band_is_laid_on_once()
    {
        // 15 % of #0072b2 on white.
        using var image = Decode(SampleFigures.Awkward());
        var band = Pixels(image, SKRectI.Create(900, 250, 650, 350)).Count(pixel =>
            Math.Abs(pixel.Red - 217) <= 1 && Math.Abs(pixel.Green - 234) <= 1 && Math.Abs(pixel.Blue - 243) <= 1);
        Assert.True(band > 5000, $"{band} pixels of the band");
    }

    [Fact]
    public void The_size_is_known_beforehand_and_grows_with_panels_and_caption()
    {
        var figure = SampleFigures.Shallow(10);
        var nine = figure with { Panels = [.. Enumerable.Range(0, 9).Select(i => figure.Panels[i % 4])] };
        var wordy = figure with { Caption = string.Concat(Enumerable.Repeat("Many words about the machine and the data. ", 80)) };
        foreach (var each in new[] { figure, nine, wordy, SampleFigures.Awkward(), figure with { Panels = [figure.Panels[1]] } })
        {
            using var image = Decode(each);
            Assert.Equal(StaticFigure.Size(each), (image.Width, image.Height));
        }

        Assert.True(StaticFigure.Size(nine).Width > 1600);
        Assert.True(StaticFigure.Size(wordy).Height > 1200);
    }

    [Fact]
    public void The_svg_is_xml_with_the_texts_in_fonts_that_any_reader_has()
    {
        var svg = XDocument.Parse(StaticFigure.Svg(SampleFigures.Shallow(20)));
        var texts = string.Join('\n', svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));

        Assert.Equal("svg", svg.Root!.Name.LocalName);
        foreach (var text in new[] { "Figure 4: shallow network on CIFAR-10", "normalised GAIT-prop", "Mean angle per step", "update angle to BP (degrees)" })
            Assert.Contains(text, texts, StringComparison.Ordinal);
        Assert.All(
            svg.Descendants().Attributes("font-family"),
            family => Assert.Equal("Inter, Helvetica, Arial, sans-serif", family.Value));
    }

    [Fact]
    public void The_same_figure_gives_the_same_bytes() =>
        Assert.Equal(StaticFigure.Png(SampleFigures.Shallow(30)), StaticFigure.Png(SampleFigures.Shallow(30)));

    [Fact]
    public async Task Figures_may_be_drawn_at_the_same_time()
    {
        var expected = StaticFigure.Png(SampleFigures.Tiny());
        var images = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => StaticFigure.Png(SampleFigures.Tiny()))));
        Assert.All(images, image => Assert.Equal(expected, image));
    }

    private static SKBitmap Decode(Figure figure)
    {
        var image = SKBitmap.Decode(StaticFigure.Png(figure));
        Assert.NotNull(image);
        return image;
    }

    private static HashSet<string> Colours(SKBitmap image, SKRectI region) =>
        [.. Pixels(image, region).Select(Hex)];

    private static int Count(SKBitmap image, SKRectI region, string colour) => Pixels(image, region).Count(pixel => Hex(pixel) == colour);

    private static IEnumerable<SKColor> Pixels(SKBitmap image, SKRectI region) =>
        from y in Enumerable.Range(region.Top, region.Height) from x in Enumerable.Range(region.Left, region.Width) select image.GetPixel(x, y);

    private static string Hex(SKColor colour) => $"#{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";
}
