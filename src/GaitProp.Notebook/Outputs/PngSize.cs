using System.Buffers.Binary;

namespace GaitProp.Notebook.Outputs;

/// <summary>How large a PNG asks to be shown.</summary>
internal static class PngSize
{
    /// <summary>A screen's dots at their usual size.</summary>
    public const double ScreenDotsPerInch = 96;

    /// <summary>An inch.</summary>
    public const double MetresPerInch = 0.0254;

    /// <summary>Width and height in units of the screen that a PNG asks to be shown in; <see langword="null"/> if it does not ask, or is no PNG.</summary>
    /// <param name="png">The file, or its first hundred bytes.</param>
    public static (int Width, int Height)? Shown(ReadOnlySpan<byte> png)
    {
        const int Headers = 8 + 25 + 21;
        if (png.Length < Headers || !png[12..16].SequenceEqual("IHDR"u8) || !png[37..41].SequenceEqual("pHYs"u8) || png[49] != 1)
        {
            return null;
        }

        var scale = BinaryPrimitives.ReadInt32BigEndian(png[41..]) * MetresPerInch / ScreenDotsPerInch;
        return scale <= 0 ? null : ((int)Math.Round(BinaryPrimitives.ReadInt32BigEndian(png[16..]) / scale), (int)Math.Round(BinaryPrimitives.ReadInt32BigEndian(png[20..]) / scale));
    }
}
