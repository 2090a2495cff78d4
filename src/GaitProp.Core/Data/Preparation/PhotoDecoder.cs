using NetVips;

namespace GaitProp.Data.Preparation;

/// <summary>Decodes photos with libvips: any size and colour model, whatever the file is called, to 8-bit RGB of one size.</summary>
/// <param name="size">The side of the result in pixels; the proportions of the photo are not kept.</param>
internal sealed class PhotoDecoder(int size)
{
    static PhotoDecoder()
    {
        // Photos are decoded side by side: each with one thread, and nothing is kept of them.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;

        // Warnings go to standard error otherwise; what matters of them is an error here.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
    }

    /// <summary>The library and its version.</summary>
    public static string Library => $"libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}";

    /// <summary>Decodes a photo.</summary>
    /// <param name="bytes">Its file.</param>
    /// <returns>Intensities, <c>[3, size, size]</c>.</returns>
    /// <exception cref="VipsException">It is no image, or only a part of one.</exception>
    public byte[] Decode(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw new VipsException("the file is empty");
        }

        // As it lies in the file: a turn that the camera noted down is not made, as in the usual readers of ImageNet.
        // Decoded whole: where libvips lets the JPEG decoder shrink, it takes a truncated photo for a whole one.
        using var photo = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
        using var resized = photo.ThumbnailImage(size, height: size, size: Enums.Size.Force, noRotate: true);
        using var opaque = resized.HasAlpha() ? resized.Flatten() : resized.Copy();
        using var colour = opaque.Interpretation == Enums.Interpretation.Srgb && opaque.Bands == 3 ? opaque.Copy() : opaque.Colourspace(Enums.Interpretation.Srgb);
        using var narrow = colour.Cast(Enums.BandFormat.Uchar);
        var mixed = narrow.WriteToMemory<byte>();
        var planes = new byte[mixed.Length];
        var plane = size * size;
        for (var pixel = 0; pixel < plane; pixel++)
        {
            planes[pixel] = mixed[3 * pixel];
            planes[plane + pixel] = mixed[(3 * pixel) + 1];
            planes[(2 * plane) + pixel] = mixed[(3 * pixel) + 2];
        }

        return planes;
    }

    /// <summary>The message of an error in one line.</summary>
    public static string Reason(Exception error)
    {
        // libvips adds a line for each of its layers; the last is the cause.
        var lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return error is VipsException ? lines[^1] : OneLine.Of(error);
    }
}
