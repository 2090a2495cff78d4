using System.Buffers.Binary;
using System.IO.Compression;
using GaitProp.Notebook.Outputs;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>Charts as PNG of at most 256 colours, about half as large as in true colour: notebooks are full of them.</summary>
internal static class IndexedPng
{
    private const int MostColors = 256;

    /// <summary>Encodes a drawing.</summary>
    /// <param name="bitmap">The pixels, RGBA with 8 bits each, alpha not multiplied in.</param>
    /// <param name="pixelsPerUnit">Pixels for one of a screen at its usual size; front ends learn from it how large to show the image.</param>
    public static byte[] Encode(SKBitmap bitmap, double pixelsPerUnit)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        var pixels = bitmap.GetPixelSpan();
        var (palette, indices) = Reduce(pixels);
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n\x1a\n"u8]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, bitmap.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), bitmap.Height);
        (header[8], header[9]) = (8, 3);
        Chunk(file, "IHDR"u8, header);
        var density = new byte[9];
        var perMetre = (int)Math.Round(PngSize.ScreenDotsPerInch * pixelsPerUnit / PngSize.MetresPerInch);
        BinaryPrimitives.WriteInt32BigEndian(density, perMetre);
        BinaryPrimitives.WriteInt32BigEndian(density.AsSpan(4), perMetre);
        density[8] = 1;
        Chunk(file, "pHYs"u8, density);
        Chunk(file, "PLTE"u8, [.. palette.SelectMany(c => new[] { c.Red, c.Green, c.Blue })]);
        if (palette.Any(c => c.Alpha < 255))
        {
            Chunk(file, "tRNS"u8, [.. palette.Select(c => c.Alpha)]);
        }

        using var data = new MemoryStream();
        using (var deflate = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < bitmap.Height; y++)
            {
                deflate.WriteByte(0);
                deflate.Write(indices, y * bitmap.Width, bitmap.Width);
            }
        }

        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Colours that are alike become one, their mean, as coarsely as it takes for 256 to be enough.</summary>
    private static (SKColor[] Palette, byte[] Indices) Reduce(ReadOnlySpan<byte> rgba)
    {
        for (var bits = 8; ; bits--)
        {
            var bins = new Dictionary<int, int>();
            var sums = new List<(long Red, long Green, long Blue, long Alpha, long Count)>();
            var indices = new byte[rgba.Length / 4];
            var drop = 8 - bits;
            var last = (Color: -1, Bin: 0);
            for (var i = 0; i < indices.Length && bins.Count <= MostColors; i++)
            {
                var (r, g, b, a) = (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2], rgba[(4 * i) + 3]);
                if (a == 0)
                {
                    (r, g, b) = (0, 0, 0);
                }

                var key = (r >> drop) | (g >> drop << 8) | (b >> drop << 16) | (a >> drop << 24);
                if (key != last.Color || sums.Count == 0)
                {
                    if (!bins.TryGetValue(key, out var bin))
                    {
                        bins[key] = bin = sums.Count;
                        sums.Add(default);
                    }

                    last = (key, bin);
                }

                var s = sums[last.Bin];
                sums[last.Bin] = (s.Red + r, s.Green + g, s.Blue + b, s.Alpha + a, s.Count + 1);
                indices[i] = (byte)last.Bin;
            }

            if (bins.Count <= MostColors)
            {
                return ([.. sums.Select(s => new SKColor(Mean(s.Red, s.Count), Mean(s.Green, s.Count), Mean(s.Blue, s.Count), Mean(s.Alpha, s.Count)))], indices);
            }
        }

        static byte Mean(long sum, long count) => (byte)((sum + (count / 2)) / count);
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Check(Check(uint.MaxValue, type), content));
        file.Write(number);
    }

    /// <summary>Goes on with a cyclic redundancy check (ISO 3309, as PNG wants it).</summary>
    private static uint Check(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320u);
            }
        }

        return crc;
    }
}
