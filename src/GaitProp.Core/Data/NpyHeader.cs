using System.Globalization;
using System.Text;

namespace GaitProp.Data;

/// <summary>The header of a <c>.npy</c> file, version 1.0, always 128 bytes, so that the number of images can be written last.</summary>
internal static class NpyHeader
{
    /// <summary>Bytes before the first element.</summary>
    public const int Length = 128;

    /// <summary>The header of an array in row-major order.</summary>
    /// <param name="type">The element type, such as <c>|u1</c> or <c>&lt;i8</c>.</param>
    /// <param name="shape">The array's shape.</param>
    public static byte[] Of(string type, params long[] shape)
    {
        var sizes = string.Join(", ", shape.Select(n => n.ToString(CultureInfo.InvariantCulture))) + (shape.Length == 1 ? "," : "");
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sizes}), }}";
        var header = new byte[Length];
        header.AsSpan().Fill((byte)' ');
        ((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, Length - 10, 0]).CopyTo(header);
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>The text of a header for an error, whatever its bytes are.</summary>
    /// <param name="header">The header.</param>
    public static string Shown(byte[] header) => header.Length <= 10 ? "no header" : Encoding.Latin1.GetString(header, 10, header.Length - 10).Trim();
}
