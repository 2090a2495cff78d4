using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace GaitProp.Notebook.Jupyter;

/// <summary>Arrays as NumPy's <c>.npy</c> files: every bit of every number, in the order of C.</summary>
internal static partial class NpyFile
{
    private static readonly Dictionary<Type, string> Words = new()
    {
        [typeof(bool)] = "|b1",
        [typeof(sbyte)] = "|i1",
        [typeof(byte)] = "|u1",
        [typeof(short)] = "<i2",
        [typeof(ushort)] = "<u2",
        [typeof(int)] = "<i4",
        [typeof(uint)] = "<u4",
        [typeof(long)] = "<i8",
        [typeof(ulong)] = "<u8",
        [typeof(Half)] = "<f2",
        [typeof(float)] = "<f4",
        [typeof(double)] = "<f8",
        [typeof(Complex)] = "<c16",
    };

    /// <summary>Whether arrays of a type can be written.</summary>
    /// <param name="array">The array.</param>
    public static bool Takes(Array array) => Words.ContainsKey(array.GetType().GetElementType()!);

    /// <summary>Writes an array.</summary>
    /// <param name="file">The file.</param>
    /// <param name="array">The array, of numbers or truth values.</param>
    public static void Write(string file, Array array)
    {
        using var stream = File.Create(file);
        stream.Write(
            NpyHeader.Of(Words[array.GetType().GetElementType()!], [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)])
        );
        stream.Write(Bytes(array));
    }

    /// <summary>Reads an array.</summary>
    /// <param name="file">The file.</param>
    /// <returns>An array of its shape; of no axis the number itself.</returns>
    /// <exception cref="FormatException">It holds what .NET has no array for.</exception>
    public static object Read(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> head = stackalloc byte[8];
        stream.ReadExactly(head);
        if (!head[..6].SequenceEqual(NpyHeader.Magic))
        {
            throw new FormatException("it is no .npy file");
        }

        var size = new byte[head[6] == 1 ? 2 : 4];
        stream.ReadExactly(size);
        var text = new byte[
            size.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadInt32LittleEndian(size)
        ];
        stream.ReadExactly(text);
        var header = Encoding.UTF8.GetString(text);
        var word = Description().Match(header).Groups[1].Value;
        if (!header.Contains("'fortran_order': False", StringComparison.Ordinal))
        {
            throw new FormatException("it is not in the order of C");
        }

        int[] shape =
        [
            .. Shape()
                .Match(header)
                .Groups[1]
                .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(n => int.Parse(n, CultureInfo.InvariantCulture)),
        ];
        var array = word switch
        {
            "<c8" => Doubled(Filled(stream, typeof(float), [.. shape, 2]), shape),
            ['<', 'U', .. var length] => Texts(stream, int.Parse(length, CultureInfo.InvariantCulture), shape),
            _ => Filled(
                stream,
                Words.FirstOrDefault(w => w.Value == word).Key ?? throw new FormatException($"its type {word} has no counterpart in .NET"),
                shape
            ),
        };
        return shape.Length == 0 ? array.GetValue(0)! : array;
    }

    /// <summary>An array of a shape; of no axis one with one element.</summary>
    private static Array Made(Type type, int[] shape) => Array.CreateInstance(type, shape.Length == 0 ? [1] : shape);

    private static Array Filled(FileStream stream, Type type, int[] shape)
    {
        var array = Made(type, shape);
        stream.ReadExactly(Bytes(array));
        return array;
    }

    private static Array Doubled(Array pairs, int[] shape)
    {
        var array = Made(typeof(Complex), shape);
        var from = MemoryMarshal.Cast<byte, float>(Bytes(pairs));
        var to = MemoryMarshal.Cast<byte, Complex>(Bytes(array));
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = new Complex(from[2 * i], from[(2 * i) + 1]);
        }

        return array;
    }

    private static Array Texts(FileStream stream, int length, int[] shape)
    {
        var array = Made(typeof(string), shape);
        var place = new int[array.Rank];
        var letters = new byte[4 * length];
        for (var i = 0; i < array.Length; i++)
        {
            stream.ReadExactly(letters);
            array.SetValue(Encoding.UTF32.GetString(letters).TrimEnd('\0'), place);
            for (var axis = array.Rank - 1; axis >= 0 && ++place[axis] == array.GetLength(axis); axis--)
            {
                place[axis] = 0;
            }
        }

        return array;
    }

    /// <summary>The memory of an array.</summary>
    private static Span<byte> Bytes(Array array) =>
        array.Length == 0 ? [] : MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), array.Length * SizeOf(array));

    private static int SizeOf(Array array) =>
        array switch
        {
            _ when array.GetType().GetElementType() == typeof(bool) => 1,
            _ when array.GetType().GetElementType() == typeof(Complex) => Unsafe.SizeOf<Complex>(),
            _ when array.GetType().GetElementType() == typeof(Half) => 2,
            _ => Buffer.ByteLength(array) / array.Length,
        };

    [GeneratedRegex("'descr': '([^']*)'")]
    private static partial Regex Description();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Shape();
}
