using NetVips;

namespace GaitProp.Data.Preparation;

/// <summary>
/// Decodes photos with libvips: JPEG, PNG, WebP, TIFF and GIF of any size and colour model, whatever the file is called, to 8-bit RGB of
/// one size. A photo that would take too much memory or time is refused as one that cannot be read.
/// </summary>
/// <param name="size">The side of the result in pixels; the proportions of the photo are not kept.</param>
internal sealed class PhotoDecoder(int size)
{
    /// <summary>The formats that are read, in words.</summary>
    public const string Formats = "JPEG, PNG, WebP, TIFF and GIF";

    /// <summary>The pixels that a photo may have, unless the user says otherwise: some of the largest cameras have as many.</summary>
    public const long DefaultMostPixels = 150_000_000;

    /// <summary>
    /// libvips' own names of what reads those formats; every other reader of it, above all those of SVG, PDF and its own format, stays
    /// shut.
    /// </summary>
    private static readonly string[] Readers =
    [
        "VipsForeignLoadJpeg",
        "VipsForeignLoadPng",
        "VipsForeignLoadWebp",
        "VipsForeignLoadTiff",
        "VipsForeignLoadNsgif",
    ];

    static PhotoDecoder()
    {
        Operation.Block("VipsForeignLoad", true);
        foreach (var reader in Readers)
        {
            Operation.Block(reader, false);
        }

        // Photos are decoded side by side: each with one thread, and nothing is kept of them.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;

        // Warnings go to standard error otherwise; what matters of them is an error here.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
    }

    /// <summary>Bytes that the file of a photo may have.</summary>
    public static long MostBytes => 1L << 30;

    /// <summary>The pixels that a photo may have.</summary>
    public long MostPixels { get; init; } = DefaultMostPixels;

    /// <summary>The longest that the decoding of a photo may take.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The library and its version.</summary>
    public static string Library => $"libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}";

    /// <summary>Decodes a photo.</summary>
    /// <param name="bytes">Its file.</param>
    /// <returns>Intensities, <c>[3, size, size]</c>.</returns>
    /// <exception cref="VipsException">It is no image of those formats, only a part of one, or too large.</exception>
    public byte[] Decode(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw new VipsException("the file is empty");
        }

        // As it lies in the file: a turn that the camera noted down is not made, as in the usual readers of ImageNet.
        // Decoded whole: where libvips lets the JPEG decoder shrink, it takes a truncated photo for a whole one.
        using var photo = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);

        // Only the header has been read yet.
        if ((long)photo.Width * photo.Height > MostPixels)
        {
            throw new VipsException(Text($"it has {photo.Width:N0} x {photo.Height:N0} pixels, more than {MostPixels:N0}"));
        }

        var isLate = false;
        using var limit = new Timer(_ => Stop(), null, MostTime, Timeout.InfiniteTimeSpan);
        try
        {
            return Planes(photo);
        }
        catch (VipsException) when (Volatile.Read(ref isLate))
        {
            throw new VipsException(Text($"its decoding takes longer than {MostTime.TotalSeconds:0} seconds"));
        }

        void Stop()
        {
            Volatile.Write(ref isLate, true);
            try
            {
                photo.SetKill(true);
            }
            catch (ObjectDisposedException)
            {
                // It was done at the same moment.
            }
        }
    }

    /// <summary>The message of an error in one line.</summary>
    public static string Reason(Exception error)
    {
        // libvips adds a line for each of its layers; the last is the cause.
        var lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return error is VipsException ? lines[^1] : OneLine.Of(error);
    }

    private byte[] Planes(Image photo)
    {
        using var resized = photo.ThumbnailImage(size, height: size, size: Enums.Size.Force, noRotate: true);
        using var opaque = resized.HasAlpha() ? resized.Flatten() : resized.Copy();
        using var colour =
            opaque.Interpretation == Enums.Interpretation.Srgb && opaque.Bands == 3
                ? opaque.Copy()
                : opaque.Colourspace(Enums.Interpretation.Srgb);
        using var narrow = colour.Cast(Enums.BandFormat.Uchar);
        var mixed = narrow.WriteToMemory<byte>();
        var plane = size * size;
        if (mixed.Length != 3 * plane)
        {
            throw new VipsException(Text($"it has {narrow.Bands} colours, which cannot be made red, green and blue"));
        }

        var planes = new byte[mixed.Length];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            planes[pixel] = mixed[3 * pixel];
            planes[plane + pixel] = mixed[(3 * pixel) + 1];
            planes[(2 * plane) + pixel] = mixed[(3 * pixel) + 2];
        }

        return planes;
    }
}
