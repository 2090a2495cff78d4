using System.Buffers.Binary;

namespace GaitProp.Loading;

/// <summary>Whether a 64-bit little-endian ELF library is as long as its program headers say.</summary>
internal static class ElfLength
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;

    /// <summary>Reads the headers alone.</summary>
    /// <param name="path">The library.</param>
    /// <exception cref="InvalidDataException">It is no such library, or it ends before its last segment does.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void Check(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var header = Read(file, 0, HeaderBytes);
        if (!header.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF library");
        }

        // e_phoff, e_phentsize, e_phnum; p_offset and p_filesz of each program header (System V ABI, chapter 5).
        var (table, size, count) = (
            Offset(header, 0x20),
            BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x36)),
            BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x38))
        );
        if (count == 0 || size < ProgramHeaderBytes)
        {
            throw new InvalidDataException("it has no program headers");
        }

        for (var i = 0; i < count; i++)
        {
            var segment = Read(file, table + (i * (long)size), ProgramHeaderBytes);
            var (from, bytes) = (Offset(segment, 8), Offset(segment, 32));
            if (from > length || bytes > length - from)
            {
                throw new InvalidDataException($"it has {length} bytes, and a part of it ends after byte {(decimal)from + bytes}");
            }
        }
    }

    private static byte[] Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, long at, int bytes)
    {
        var read = new byte[bytes];
        return RandomAccess.Read(file, read, at) == bytes ? read : throw new InvalidDataException("it ends within its headers");
    }

    private static long Offset(byte[] header, int at) =>
        BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(at)) is >= 0 and var value
            ? value
            : throw new InvalidDataException("an offset in its headers is negative");
}
