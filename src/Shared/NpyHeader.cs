using System.Globalization;
using System.Text;

namespace GaitProp;

/// <summary>The header of a <c>.npy</c> file, version 1.0: what NumPy puts before the numbers of an array in row-major order.</summary>
internal static class NpyHeader
{
    /// <summary>NumPy's files begin at multiples of so many bytes.</summary>
    private const int Alignment = 64;

    /// <summary>What every file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The header of an array.</summary>
    /// <param name="type">The element type, such as <c>|u1</c> or <c>&lt;i8</c>.</param>
    /// <param name="shape">The array's shape.</param>
    /// <param name="least">Bytes that it has at least.</param>
    public static byte[] Of(string type, IReadOnlyList<long> shape, int least = Alignment)
    {
        var sizes = string.Join(", ", shape.Select(n => n.ToString(CultureInfo.InvariantCulture))) + (shape.Count == 1 ? "," : "");
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sizes}), }}";
        var begins = Magic.Length + 4;
        var header = new byte[(Math.Max(begins + text.Length + 1, least) + Alignment - 1) / Alignment * Alignment];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        (header[6], header[7], header[8], header[9]) = (1, 0, (byte)(header.Length - begins), (byte)((header.Length - begins) >> 8));
        Encoding.ASCII.GetBytes(text, header.AsSpan(begins));
        header[^1] = (byte)'\n';
        return header;
    }
}
