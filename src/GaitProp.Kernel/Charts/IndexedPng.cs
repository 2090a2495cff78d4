using System.Buffers.Binary;
using System.IO.Compression;
using GaitProp.Notebook.Outputs;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>Charts as PNG of at most 256 colours, about half as large as in true colour: notebooks are full of them.</summary>
internal static class IndexedPng
{
    private const int MostColors = 256;

    /// <summary>Flat colours that are kept at most; the rest is for shades.</summary>
    private const int MostFlat = 96;

    /// <summary>A colour of one pixel in so many is flat.</summary>
    private const int LeastFlat = 4000;

    /// <summary>And one of fewer pixels never is, however small the picture.</summary>
    private const int LeastPixels = 16;

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

    /// <summary>
    /// Flat colours stay what they are: page, grid, axes and the middle of lines, however near to each other. Of the others, shades of edges and of photographs, those that are
    /// alike become one, their mean, as coarsely as it takes for 256 to be enough.
    /// </summary>
    private static (SKColor[] Palette, byte[] Indices) Reduce(ReadOnlySpan<byte> rgba)
    {
        var colors = Colors(rgba);
        var counts = new Dictionary<uint, int>();
        foreach (var color in colors)
        {
            counts[color] = counts.GetValueOrDefault(color) + 1;
        }

        var flat = counts.Where(c => counts.Count <= MostColors || c.Value >= Math.Max(LeastPixels, colors.Length / LeastFlat)).OrderByDescending(c => c.Value).ThenBy(c => c.Key)
            .Take(counts.Count <= MostColors ? MostColors : MostFlat).Select(c => c.Key).ToArray();
        var places = flat.Index().ToDictionary(c => c.Item, c => c.Index);
        for (var drop = 0; ; drop++)
        {
            var bins = new Dictionary<uint, int>();
            foreach (var color in counts.Keys.Where(color => !places.ContainsKey(color)))
            {
                bins.TryAdd(Coarse(color, drop), flat.Length + bins.Count);
                if (flat.Length + bins.Count > MostColors)
                {
                    break;
                }
            }

            if (flat.Length + bins.Count <= MostColors)
            {
                return Indexed(color => places.TryGetValue(color, out var place) ? place : bins[Coarse(color, drop)], flat.Length + bins.Count);
            }
        }

        // The mean of the pixels of each place.
        (SKColor[] Palette, byte[] Indices) Indexed(Func<uint, int> place, int count)
        {
            var sums = new (long Red, long Green, long Blue, long Alpha, long Count)[count];
            var placed = counts.ToDictionary(c => c.Key, c => place(c.Key));
            foreach (var (color, number) in counts)
            {
                ref var sum = ref sums[placed[color]];
                sum = (sum.Red + (number * (long)(color & 255)), sum.Green + (number * (long)((color >> 8) & 255)), sum.Blue + (number * (long)((color >> 16) & 255)), sum.Alpha + (number * (long)(color >> 24)), sum.Count + number);
            }

            return ([.. sums.Select(s => new SKColor(Mean(s.Red, s.Count), Mean(s.Green, s.Count), Mean(s.Blue, s.Count), Mean(s.Alpha, s.Count)))], [.. colors.Select(color => (byte)placed[color])]);
        }

        static byte Mean(long sum, long count) => (byte)((sum + (count / 2)) / count);
    }

    /// <summary>Each pixel as a number, red lowest; what cannot be seen has no colour.</summary>
    private static uint[] Colors(ReadOnlySpan<byte> rgba)
    {
        var colors = new uint[rgba.Length / 4];
        for (var i = 0; i < colors.Length; i++)
        {
            var color = BinaryPrimitives.ReadUInt32LittleEndian(rgba[(4 * i)..]);
            colors[i] = color >> 24 == 0 ? 0 : color;
        }

        return colors;
    }

    /// <summary>A colour without the lowest bits of its channels.</summary>
    private static uint Coarse(uint color, int drop) => (color >> drop) & (0x01010101u * (0xffu >> drop));

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
