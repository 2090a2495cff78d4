using System.Xml.Linq;
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
        var band = Pixels(image, SKRectI.Create(900, 250, 650, 350))
            .Count(pixel => Math.Abs(pixel.Red - 217) <= 1 && Math.Abs(pixel.Green - 234) <= 1 && Math.Abs(pixel.Blue - 243) <= 1);
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
        var texts = string.Join(
            '\n',
            svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)
        );

        Assert.Equal("svg", svg.Root!.Name.LocalName);
        foreach (
            var text in new[]
            {
                "Figure 4: shallow network on CIFAR-10",
                "normalised GAIT-prop",
                "Mean angle per step",
                "update angle to BP (degrees)",
            }
        )
        {
            Assert.Contains(text, texts, StringComparison.Ordinal);
        }

        Assert.All(
            svg.Descendants().Attributes("font-family"),
            family => Assert.Equal("Inter, Helvetica, Arial, sans-serif", family.Value)
        );
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

    [Fact]
    public void A_heat_map_shows_each_cell_in_the_colour_of_its_value_and_undefined_ones_in_grey()
    {
        var figure = SampleFigures.Angles();
        var counts = CountsOf(figure);
        foreach (var value in figure.Panels[0].Series.SelectMany(row => row.Y))
        {
            var share = (double)counts[HeatScale.Angles.ColorOf(value)] / counts.Values.Sum();
            Assert.True(share > 0.015, $"{value}: {share:P1} of the image");
        }

        // Edges of letters have some pixels of any grey.
        Assert.True(counts.GetValueOrDefault(HeatScale.Undefined) < 500);
        Assert.True(CountsOf(SampleFigures.ManyAngles(3, 51, undefined: true))[HeatScale.Undefined] > 10_000);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 2)]
    [InlineData(3, 51)]
    [InlineData(4, 4)]
    [InlineData(8, 60)]
    public void A_heat_map_alone_is_as_high_as_its_rows(int rules, int layers)
    {
        var (width, height) = StaticFigure.Size(SampleFigures.ManyAngles(rules, layers));
        Assert.Equal(1600, width);
        Assert.InRange(height, 300 + 52 * rules, 500 + 92 * rules);
    }

    [Fact]
    public void Numbers_stand_in_the_cells_of_few_columns_and_not_of_many()
    {
        Assert.Contains("12.3", Texts(SampleFigures.Angles()));
        Assert.Contains("2.5e−7", Texts(SampleFigures.Angles()));
        var many = SampleFigures.ManyAngles(3, 51);
        var texts = Texts(many);
        Assert.DoesNotContain(CellNumber.Text(many.Panels[0].Series[0].Y[0], 3), texts);
        Assert.DoesNotContain(CellNumber.Text(many.Panels[0].Series[0].Y[0], 2), texts);
        Assert.DoesNotContain("hidden 2", texts);
        Assert.Contains("output", texts);
    }

    [Fact]
    public void A_heat_map_names_its_rows_and_its_scale_and_what_grey_means_only_where_it_is()
    {
        var texts = Texts(SampleFigures.ManyAngles(3, 4, undefined: true));
        foreach (
            var text in new[]
            {
                "normalised GAIT,",
                "displacement float32",
                "hidden 1",
                "≤ 0.001",
                "≥ 90",
                "update angle to BP (degrees), log scale",
                "undefined",
            }
        )
        {
            Assert.Contains(text, texts);
        }

        Assert.DoesNotContain("undefined", Texts(SampleFigures.ManyAngles(3, 4)));
    }

    [Fact]
    public void A_heat_map_without_rows_says_so()
    {
        var figure = SampleFigures.Angles();
        Assert.Contains(StaticFigure.EmptyPanelNote, Texts(figure with { Panels = [figure.Panels[0].With("A", [])] }));
    }

    [Fact]
    public void A_heat_map_beside_other_panels_does_not_change_their_legend()
    {
        var texts = Texts(SampleFigures.Mixed());
        Assert.Single(texts, text => text == "FA");
        using var image = Decode(SampleFigures.Mixed());
        Assert.Equal(StaticFigure.Size(SampleFigures.Mixed()), (image.Width, image.Height));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_points_in_one_place_each_is_seen(bool reversed)
    {
        using var image = Decode(SampleFigures.InOnePlace(reversed));

        // Below the legend.
        var panel = SKRectI.Create(0, 190, image.Width, image.Height - 190);
        Assert.All(["fa", "ngait"], rule => Assert.InRange(Count(image, panel, RulePalette.StyleOf(rule).Color), 20, 400));
    }

    /// <summary>A cap would say that it ends there.</summary>
    [Fact]
    public void A_bar_that_ends_below_the_axis_goes_to_the_edge_of_the_frame_without_a_cap()
    {
        var (whole, capped) = LowEnd(0.02);
        var (cut, bare) = LowEnd(-5);

        Assert.True(cut > whole + 20, $"the bar ends at {cut}, above the axis at {whole}");
        Assert.InRange(capped, 8, 20);
        Assert.InRange(bare, 1, 4);

        // Where the bar ends below, and how wide it is there.
        static (int Place, int Width) LowEnd(double low)
        {
            using var image = Decode(SampleFigures.OneBar(low, 10));
            var (pixels, color) = (image.Pixels, SKColor.Parse(RulePalette.StyleOf("ngait").Color));
            var rows = Enumerable
                .Range(190, image.Height - 190)
                .Select(y => (Place: y, Width: pixels.Skip(y * image.Width).Take(image.Width).Count(pixel => pixel == color)))
                .Where(row => row.Width > 0)
                .ToArray();
            return (rows[^1].Place, rows.Where(row => row.Place > rows[^1].Place - 8).Max(row => row.Width));
        }
    }

    private static Dictionary<string, int> CountsOf(Figure figure)
    {
        using var image = Decode(figure);
        return image.Pixels.CountBy(pixel => pixel).ToDictionary(count => Hex(count.Key), count => count.Value);
    }

    private static List<string> Texts(Figure figure) =>
        [
            .. XDocument
                .Parse(StaticFigure.Svg(figure))
                .Descendants()
                .Where(element => element.Name.LocalName == "text")
                .Select(element => element.Value.Trim()),
        ];

    private static SKBitmap Decode(Figure figure)
    {
        var image = SKBitmap.Decode(StaticFigure.Png(figure));
        Assert.NotNull(image);
        return image;
    }

    private static HashSet<string> Colours(SKBitmap image, SKRectI region) => [.. Pixels(image, region).Select(Hex)];

    private static int Count(SKBitmap image, SKRectI region, string colour) => Pixels(image, region).Count(pixel => Hex(pixel) == colour);

    private static IEnumerable<SKColor> Pixels(SKBitmap image, SKRectI region) =>
        from y in Enumerable.Range(region.Top, region.Height)
        from x in Enumerable.Range(region.Left, region.Width)
        select image.GetPixel(x, y);

    private static string Hex(SKColor colour) => $"#{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";
}
