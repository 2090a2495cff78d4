using GaitProp.Notebook.Outputs;
using NetVips;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// Charts as PNG of at most 256 colours, about half as large as in true colour: notebooks are full of them. libvips chooses the colours.
/// </summary>
internal static class IndexedPng
{
    // libvips would keep the last drawings, in case somebody asks for the same again.
    static IndexedPng() => Cache.Max = 0;

    /// <summary>Encodes a drawing.</summary>
    /// <param name="bitmap">The pixels, RGBA with 8 bits each, alpha not multiplied in.</param>
    /// <param name="pixelsPerUnit">Pixels for one of a screen at its usual size; front ends learn from it how large to show the
    /// image.</param>
    public static byte[] Encode(SKBitmap bitmap, double pixelsPerUnit)
    {
        var perMillimetre = PngSize.ScreenDotsPerInch * pixelsPerUnit / PngSize.MetresPerInch / 1000;
        using var pixels = Image.NewFromMemoryCopy(
            bitmap.GetPixels(),
            (ulong)bitmap.ByteCount,
            bitmap.Width,
            bitmap.Height,
            bands: 4,
            Enums.BandFormat.Uchar
        );
        using var image = pixels.Copy(interpretation: Enums.Interpretation.Srgb, xres: perMillimetre, yres: perMillimetre);

        // Without dither, which would put dots of other colours into flat ones.
        return image.PngsaveBuffer(palette: true, q: 100, dither: 0, compression: 9, keep: Enums.ForeignKeep.None);
    }
}
