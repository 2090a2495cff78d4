using System.Buffers.Binary;

namespace GaitProp.Notebook.Outputs;

/// <summary>How large a PNG asks to be shown.</summary>
internal static class PngSize
{
    /// <summary>A screen's dots at their usual size.</summary>
    public const double ScreenDotsPerInch = 96;

    /// <summary>An inch.</summary>
    public const double MetresPerInch = 0.0254;

    /// <summary>
    /// The first bytes of a file in which its resolution stands, a palette of 256 colours with their transparency before it.
    /// </summary>
    public const int Head = 2000;

    private const int Signature = 8;

    /// <summary>Bytes of a chunk beside its content: length and type before it, check behind it.</summary>
    private const int Frame = 12;

    /// <summary>
    /// Width and height in units of the screen that a PNG asks to be shown in; <see langword="null"/> if it does not ask, or is no PNG.
    /// </summary>
    /// <param name="png">The file, or its first <see cref="Head"/> bytes.</param>
    public static (int Width, int Height)? Shown(ReadOnlySpan<byte> png)
    {
        var (width, height) = (0, 0);
        for (var at = Signature; png.Length - at >= Frame; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png[at..]);
            var type = png[(at + 4)..(at + 8)];
            if (length < 0 || length > png.Length - at - Frame || type.SequenceEqual("IDAT"u8))
            {
                break;
            }

            var content = png.Slice(at + 8, length);
            if (type.SequenceEqual("IHDR"u8) && length >= 8)
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
            }
            else if (type.SequenceEqual("pHYs"u8) && length >= 9 && content[8] == 1)
            {
                var scale = BinaryPrimitives.ReadInt32BigEndian(content) * MetresPerInch / ScreenDotsPerInch;
                return scale <= 0 || width <= 0 ? null : ((int)Math.Round(width / scale), (int)Math.Round(height / scale));
            }

            at += Frame + length;
        }

        return null;
    }
}
