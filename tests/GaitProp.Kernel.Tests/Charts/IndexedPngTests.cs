using GaitProp.Kernel.Charts;
using GaitProp.Notebook.Outputs;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class IndexedPngTests
{
    [Fact]
    public void Few_colours_are_kept_exactly_with_their_transparency()
    {
        SKColor[] colors = [new(255, 255, 255), new(0, 0, 0), new(200, 10, 30, 128), new(1, 2, 3, 0)];
        using var drawn = Drawn(7, 5, (x, y) => colors[(x + y) % 4]);

        using var read = SKBitmap.Decode(IndexedPng.Encode(drawn, 1));

        Assert.Equal((7, 5), (read.Width, read.Height));
        for (var y = 0; y < 5; y++)
        {
            for (var x = 0; x < 7; x++)
            {
                var (expected, actual) = (colors[(x + y) % 4], read.GetPixel(x, y));
                Assert.Equal(expected.Alpha, actual.Alpha);
                if (expected.Alpha == 255)
                {
                    Assert.Equal(expected, actual);
                }
            }
        }
    }

    [Fact]
    public void Many_colours_become_near_ones()
    {
        using var drawn = Drawn(64, 64, (x, y) => new SKColor((byte)(4 * x), (byte)(4 * y), 100));

        using var read = SKBitmap.Decode(IndexedPng.Encode(drawn, 1));

        for (var i = 0; i < 64 * 64; i++)
        {
            var (e, a) = (drawn.GetPixel(i % 64, i / 64), read.GetPixel(i % 64, i / 64));
            Assert.True(Math.Abs(e.Red - a.Red) + Math.Abs(e.Green - a.Green) + Math.Abs(e.Blue - a.Blue) <= 24, $"{e} became {a}");
        }
    }

    [Fact]
    public void Flat_colours_stay_apart_beside_thousands_of_others()
    {
        // A page, its grid lines and a line of a chart, and a picture beside them.
        SKColor[] flat = [SKColors.White, new(0xe6, 0xe6, 0xe6), new(0x1f, 0x77, 0xb4), new(0x40, 0x40, 0x40)];
        using var drawn = Drawn(
            400,
            200,
            (x, y) =>
                x < 64 && y < 64 ? new SKColor((byte)(4 * x), (byte)(4 * y), 100)
                : x % 40 == 0 ? flat[1]
                : y % 50 == 1 ? flat[2]
                : y % 50 == 2 ? flat[3]
                : flat[0]
        );

        using var read = SKBitmap.Decode(IndexedPng.Encode(drawn, 1));

        for (var i = 0; i < 400 * 200; i++)
        {
            var (x, y) = (i % 400, i / 400);
            if (x >= 64 || y >= 64)
            {
                var (e, a) = (drawn.GetPixel(x, y), read.GetPixel(x, y));
                Assert.True(
                    Math.Abs(e.Red - a.Red) <= 1 && Math.Abs(e.Green - a.Green) <= 1 && Math.Abs(e.Blue - a.Blue) <= 1 && a.Alpha == 255,
                    $"{e} became {a}"
                );
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public void It_says_how_large_it_wants_to_be_shown(int colors)
    {
        using var drawn = Drawn(
            90,
            45,
            (x, y) => new SKColor(255, (byte)(((90 * y) + x) % colors % 256), (byte)(((90 * y) + x) % colors / 256), (byte)(255 - (x % 60)))
        );
        var png = IndexedPng.Encode(drawn, 1.5);

        Assert.Equal((60, 30), PngSize.Shown(png));
        Assert.Equal((60, 30), PngSize.Shown(png.AsSpan(0, Math.Min(png.Length, PngSize.Head))));
        Assert.Null(PngSize.Shown(png.AsSpan(0, 40)));
        Assert.Null(PngSize.Shown([1, 2, 3]));
    }

    [Fact]
    public void A_figure_is_smaller_than_in_true_colour()
    {
        var figure = SampleFigures.Shallow(steps: 300);

        Assert.True(StaticFigure.Light(figure, StaticTheme.Paper).Length < StaticFigure.Png(figure).Length / 2);
    }

    private static SKBitmap Drawn(int width, int height, Func<int, int, SKColor> color)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, color(x, y));
            }
        }

        return bitmap;
    }
}
