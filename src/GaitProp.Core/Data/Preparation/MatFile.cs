using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GaitProp.Data.Preparation;

/// <summary>
/// Reads what the development kit of ImageNet needs of a MATLAB file, version 5 (little-endian, compressed or not): structures, text and
/// numbers. A structure array becomes a list of fields by name, text a string, numbers an array of doubles; anything else is null.
/// </summary>
internal static class MatFile
{
    private const int HeaderLength = 128;
    private const int Int8 = 1,
        UInt8 = 2,
        Int16 = 3,
        UInt16 = 4,
        Int32 = 5,
        UInt32 = 6,
        Single = 7,
        Double = 9,
        Int64 = 12,
        UInt64 = 13,
        Matrix = 14,
        Compressed = 15,
        Utf8 = 16,
        Utf16 = 17;

    /// <summary>Structures in structures; the development kit has two levels.</summary>
    private const int MostLevels = 8;

    /// <summary>Fields of a structure.</summary>
    private const int MostFields = 1000;

    /// <summary>Bytes that a compressed variable may have; the development kit's have one hundredth.</summary>
    private const long MostUnpacked = 1L << 26;

    private const int StructureClass = 2,
        TextClass = 4,
        FirstNumberClass = 6,
        LastNumberClass = 15;

    /// <summary>The variables of a file, by name.</summary>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="InvalidDataException">It is no such file, or not a whole one.</exception>
    public static IReadOnlyDictionary<string, object?> Read(byte[] file)
    {
        if (file.Length < HeaderLength || file[126] != (byte)'I' || file[127] != (byte)'M')
        {
            throw new InvalidDataException("no MATLAB 5 file of little-endian numbers");
        }

        var variables = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var rest = (ReadOnlyMemory<byte>)file.AsMemory(HeaderLength); rest.Length >= 8; )
        {
            var (type, content) = Next(ref rest);
            if (type == Compressed)
            {
                using var packed = new LimitedStream(
                    new ZLibStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress),
                    MostUnpacked
                );
                using var plain = new MemoryStream();
                Unpack(packed, plain);
                ReadOnlyMemory<byte> inner = plain.ToArray();
                (type, content) = Next(ref inner);
            }

            if (type == Matrix)
            {
                var (name, value) = Variable(content, 0);
                variables[name] = value;
            }
        }

        return variables;
    }

    private static void Unpack(Stream packed, Stream plain)
    {
        try
        {
            packed.CopyTo(plain);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"a compressed variable is not whole: {OneLine.Of(e)}", e);
        }
    }

    private static (string Name, object? Value) Variable(ReadOnlyMemory<byte> matrix, int level)
    {
        if (level > MostLevels)
        {
            throw new InvalidDataException($"structures in structures, more than {MostLevels} levels deep");
        }

        if (matrix.IsEmpty)
        {
            return ("", Array.Empty<double>());
        }

        var flags = Next(ref matrix).Content;
        if (flags.IsEmpty)
        {
            throw new InvalidDataException("a variable without a class");
        }

        var kind = flags.Span[0];
        var count = Numbers(Next(ref matrix)).Aggregate(1.0, (product, side) => product * side);
        var name = Encoding.ASCII.GetString(Next(ref matrix).Content.Span);
        return (
            name,
            kind switch
            {
                StructureClass => Structures(matrix, count, level),
                TextClass => Text(Next(ref matrix)),
                >= FirstNumberClass and <= LastNumberClass => Numbers(Next(ref matrix)),
                _ => null,
            }
        );
    }

    private static List<IReadOnlyDictionary<string, object?>> Structures(ReadOnlyMemory<byte> rest, double count, int level)
    {
        var widths = Numbers(Next(ref rest));
        var packed = Next(ref rest).Content;
        if (widths is not [>= 1 and <= 64 and var length] || packed.Length / (int)length > MostFields)
        {
            throw new InvalidDataException("a structure whose fields have no names");
        }

        var width = (int)length;
        var names = new List<string>();
        for (; packed.Length >= width; packed = packed[width..])
        {
            names.Add(Encoding.ASCII.GetString(packed.Span[..width]).TrimEnd('\0'));
        }

        // Each field of each takes a tag of eight bytes at the least.
        if (!(count >= 0 && count * Math.Max(names.Count, 1) <= rest.Length / 8.0))
        {
            throw new InvalidDataException("more structures than the file has bytes for");
        }

        var structures = new List<IReadOnlyDictionary<string, object?>>();
        for (var i = 0; i < count; i++)
        {
            var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var name in names)
            {
                fields[name] = Variable(Next(ref rest).Content, level + 1).Value;
            }

            structures.Add(fields);
        }

        return structures;
    }

    private static string Text(Element element) =>
        element.Type switch
        {
            UInt16 or Utf16 => Encoding.Unicode.GetString(element.Content.Span),
            Int8 or UInt8 or Utf8 => Encoding.UTF8.GetString(element.Content.Span),
            _ => throw new InvalidDataException($"text of a type {element.Type} that is not known"),
        };

    private static double[] Numbers(Element element)
    {
        var (type, content) = element;
        var width = type switch
        {
            Int8 or UInt8 => 1,
            Int16 or UInt16 => 2,
            Int32 or UInt32 or Single => 4,
            Double or Int64 or UInt64 => 8,
            _ => throw new InvalidDataException($"numbers of a type {type} that is not known"),
        };
        var numbers = new double[content.Length / width];
        for (var i = 0; i < numbers.Length; i++)
        {
            var bytes = content.Span[(i * width)..];
            numbers[i] = type switch
            {
                Int8 => (sbyte)bytes[0],
                UInt8 => bytes[0],
                Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
                UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
                UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                Single => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                Double => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            };
        }

        return numbers;
    }

    /// <summary>
    /// The next element; what is left begins behind it. Up to four bytes may lie in the tag itself; others are padded to eight, unless
    /// compressed.
    /// </summary>
    private static Element Next(ref ReadOnlyMemory<byte> rest)
    {
        if (rest.Length < 8)
        {
            throw new InvalidDataException("the MATLAB file ends early");
        }

        var tag = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
        var (small, type) = (tag >> 16, (int)(tag & 0xffff));
        var (start, length) = small != 0 ? (4, small) : (8, BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]));
        if (length > rest.Length - start)
        {
            throw new InvalidDataException("the MATLAB file ends early");
        }

        var content = rest.Slice(start, (int)length);
        var end =
            small != 0 ? 8
            : type == Compressed ? start + length
            : start + ((length + 7) / 8 * 8);
        rest = rest[(int)Math.Min(end, rest.Length)..];
        return new Element(type, content);
    }

    private readonly record struct Element(int Type, ReadOnlyMemory<byte> Content);
}
