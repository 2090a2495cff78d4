using GaitProp.Notebook.Outputs;
using GaitProp.Kernel.Charts;
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
    public void It_says_how_large_it_wants_to_be_shown()
    {
        using var drawn = Drawn(30, 15, (_, _) => SKColors.Red);

        Assert.Equal((20, 10), PngSize.Shown(IndexedPng.Encode(drawn, 1.5)));
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
