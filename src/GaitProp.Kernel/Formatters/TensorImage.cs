using SkiaSharp;

namespace GaitProp.Kernel.Formatters;

/// <summary>A picture of numbers, a pixel each.</summary>
/// <param name="Png">The file.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Words">What the pixels mean.</param>
internal sealed record TensorImage(byte[] Png, int Width, int Height, string Words)
{
    /// <summary>Bytes that the pixels of one image may take.</summary>
    private const int MostBytes = 40_000;

    private static readonly SKColor Positive = new(0xd2, 0x4b, 0x2f);
    private static readonly SKColor Negative = new(0x2f, 0x7c, 0xd2);
    private static readonly SKColor NotANumber = new(0xf2, 0xc1, 0x14);
    private static readonly SKColor Infinite = new(0xb0, 0x3a, 0xc8);

    /// <summary>A heat map: blue below 0, red above, the stronger the larger, nothing at 0; what is not finite stands out.</summary>
    /// <param name="values">The numbers, row by row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static TensorImage Heat(ReadOnlySpan<double> values, int rows, int columns)
    {
        var largest = 0.0;
        var (nan, infinite, below) = (false, false, false);
        foreach (var value in values)
        {
            largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
            below |= value < 0;
            nan |= double.IsNaN(value);
            infinite |= double.IsInfinity(value);
        }

        using var bitmap = new SKBitmap(new SKImageInfo(columns, rows, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var value = values[(row * columns) + column];
                bitmap.SetPixel(
                    column,
                    row,
                    double.IsNaN(value) ? NotANumber
                        : double.IsInfinity(value) ? Infinite
                        : (value < 0 ? Negative : Positive).WithAlpha(
                            (byte)(largest == 0 ? 0 : Math.Round(255 * Math.Abs(value) / largest))
                        )
                );
            }
        }

        var words = below
            ? $"blue −{Number.Short(largest)} to red {Number.Short(largest)}, clear at 0"
            : $"clear at 0 to red {Number.Short(largest)}";
        return new TensorImage(
            Encode(bitmap),
            columns,
            rows,
            words + (nan ? "; yellow: NaN" : "") + (infinite ? "; violet: infinite" : "")
        );
    }

    /// <summary>Images in rows, in colour or grey, as many as there is room for.</summary>
    /// <param name="sample">The numbers, <c>[count, 1 or 3, height, width]</c>.</param>
    /// <param name="bytes">Whether they are intensities from 0 to 255.</param>
    /// <param name="of">How many images there are in all.</param>
    public static TensorImage Grid(TensorSample sample, bool bytes, long of)
    {
        var (count, channels, height, width) = ((int)sample.Shape[0], (int)sample.Shape[1], (int)sample.Shape[2], (int)sample.Shape[3]);
        var statistics = TensorStatistics.Of(sample.Values);
        var (black, white) =
            bytes ? (0, 255)
            : statistics is { Least: >= 0, Most: <= 1 } ? (0.0, 1.0)
            : (statistics.Least, statistics.Most);
        for (var shown = count; ; shown = Math.Max(1, shown * 3 / 4))
        {
            var columns = Math.Min(shown, Math.Max(1, Math.Min(16, 512 / (width + 1))));
            var rows = (shown + columns - 1) / columns;
            using var bitmap = new SKBitmap(
                new SKImageInfo((columns * (width + 1)) - 1, (rows * (height + 1)) - 1, SKColorType.Rgba8888, SKAlphaType.Unpremul)
            );
            bitmap.Erase(SKColors.Transparent);
            for (var image = 0; image < shown; image++)
            {
                Draw(bitmap, image % columns * (width + 1), image / columns * (height + 1), image);
            }

            var png = Encode(bitmap);
            if (png.Length <= MostBytes || shown == 1)
            {
                var range = bytes || white == 1 && black == 0 ? "" : $"; black {Number.Short(black)}, white {Number.Short(white)}";
                return new TensorImage(
                    png,
                    bitmap.Width,
                    bitmap.Height,
                    $"{(shown < of ? $"the first {shown} of {of} images" : of == 1 ? "one image" : $"{of} images")}{range}{(statistics.Finite < statistics.Count ? "; yellow: not finite" : "")}"
                );
            }
        }

        void Draw(SKBitmap bitmap, int left, int top, int image)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (r, g, b) = (At(0, y, x), At(channels == 3 ? 1 : 0, y, x), At(channels == 3 ? 2 : 0, y, x));
                    bitmap.SetPixel(left + x, top + y, double.IsFinite(r + g + b) ? new SKColor(Shade(r), Shade(g), Shade(b)) : NotANumber);
                }
            }

            double At(int channel, int y, int x) => sample.Values[(((((image * channels) + channel) * height) + y) * width) + x];
            byte Shade(double value) => (byte)Math.Clamp(Math.Round(white > black ? 255 * (value - black) / (white - black) : 128), 0, 255);
        }
    }

    /// <summary>Encodes in true colour.</summary>
    public static byte[] Encode(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
