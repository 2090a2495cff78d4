using GaitProp.Figures;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>Pictures in files: what a user names, and what pages show.</summary>
internal static class ImageFile
{
    /// <summary>Reads a picture of any format that Skia knows (PNG, JPEG, WebP, GIF, BMP).</summary>
    /// <param name="file">The file.</param>
    /// <param name="side">The longest side that it may have; a larger one is made smaller.</param>
    /// <exception cref="GaitPropException">The file is missing or no picture.</exception>
    public static FigureImage Read(string file, int side)
    {
        if (!File.Exists(file))
        {
            throw new GaitPropException($"there is no picture {file}: check the path.");
        }

        using var codec = SKCodec.Create(file) ?? throw Unreadable(file);
        using var stored = SKBitmap.Decode(codec) ?? throw Unreadable(file);
        var scale = Math.Min(1, (double)side / Math.Max(stored.Width, stored.Height));
        var info = new SKImageInfo(
            Math.Max(1, (int)Math.Round(scale * stored.Width)),
            Math.Max(1, (int)Math.Round(scale * stored.Height)),
            SKColorType.Rgba8888,
            stored.AlphaType
        );
        using var small =
            stored.Resize(info, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear))
            ?? throw new GaitPropException($"{file} cannot be made {info.Width} x {info.Height} pixels small.");
        var isAsShown = small.Info.IsOpaque && codec.EncodedOrigin == SKEncodedOrigin.TopLeft;
        using var upright = isAsShown ? null : Upright(small, codec.EncodedOrigin);
        var bitmap = upright ?? small;
        var pixels = new byte[3 * bitmap.Width * bitmap.Height];
        for (var row = 0; row < bitmap.Height; row++)
        {
            for (var column = 0; column < bitmap.Width; column++)
            {
                var color = bitmap.GetPixel(column, row);
                var at = 3 * ((row * bitmap.Width) + column);
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (color.Red, color.Green, color.Blue);
            }
        }

        return new FigureImage(bitmap.Width, bitmap.Height, pixels);
    }

    private static GaitPropException Unreadable(string file) => new($"{file} is no picture that can be read: give a PNG or JPEG file.");

    /// <summary>The picture on white, turned as the camera says that it was held.</summary>
    private static SKBitmap Upright(SKBitmap stored, SKEncodedOrigin origin)
    {
        var (width, height) = (stored.Width, stored.Height);
        var matrix = origin switch
        {
            SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
            SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
            SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
            _ => SKMatrix.Identity,
        };

        // Where columns become rows.
        var size = matrix.ScaleX == 0 ? new SKSizeI(height, width) : new SKSizeI(width, height);
        var upright = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(upright);
        canvas.Clear(SKColors.White);
        canvas.Concat(in matrix);
        using var image = SKImage.FromBitmap(stored);
        canvas.DrawImage(image, SKRect.Create(width, height), new SKSamplingOptions(SKFilterMode.Nearest));
        return upright;
    }

    /// <summary>The picture for Skia.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="side">Pixels of the side of each of its pixels: what is drawn large as vectors must not be smoothed by the
    /// reader.</param>
    public static SKBitmap Bitmap(FigureImage image, int side = 1)
    {
        var bitmap = new SKBitmap(new SKImageInfo(side * image.Width, side * image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = image.Pixels.Span;
        for (var row = 0; row < bitmap.Height; row++)
        {
            for (var column = 0; column < bitmap.Width; column++)
            {
                var at = 3 * ((row / side * image.Width) + (column / side));
                bitmap.SetPixel(column, row, new SKColor(pixels[at], pixels[at + 1], pixels[at + 2]));
            }
        }

        return bitmap;
    }

    /// <summary>The picture as an address that holds all of it.</summary>
    /// <param name="image">The picture.</param>
    public static string DataUri(FigureImage image)
    {
        using var bitmap = Bitmap(image);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return $"data:image/png;base64,{Convert.ToBase64String(data.AsSpan())}";
    }
}
