using System.Buffers.Binary;
using System.Text;

namespace GaitProp.Loading;

/// <summary>
/// The symbol versions that a 64-bit little-endian ELF library needs (section <c>.gnu.version_r</c>), and how to make one of them weak.
/// </summary>
/// <remarks>
/// TorchSharp's bridge asks for <c>GLIBCXX_3.4.32</c>, the version of GCC 13's C++ library, only through
/// <c>std::ios_base_library_init</c>, a marker that nothing calls. The dynamic linker refuses the whole library for it. With
/// <c>VER_FLG_WEAK</c> in <c>vna_flags</c> the missing version becomes a remark and the library loads. See the <c>Elfxx_Verneed</c> and
/// <c>Elfxx_Vernaux</c> structures of the System V ABI's symbol versioning.
/// </remarks>
internal static class ElfVersionNeeds
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    /// <summary>Marks the needs for <paramref name="versions"/> weak, in place.</summary>
    /// <param name="image">The library's bytes.</param>
    /// <param name="versions">Version names, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many needs were marked.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a 64-bit little-endian ELF library.</exception>
    public static int MakeWeak(Span<byte> image, IReadOnlySet<string> versions)
    {
        try
        {
            return Mark(image, versions);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("a truncated or damaged ELF library", e);
        }
    }

    private static int Mark(Span<byte> image, IReadOnlySet<string> versions)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF library");
        }

        var sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]));
        var size = U16(image, 0x3a);
        var count = U16(image, 0x3c);
        var marked = 0;
        for (var i = 0; i < count; i++)
        {
            var section = sections + (i * size);
            if (U32(image, section + 4) != SectionTypeVersionNeeds)
            {
                continue;
            }

            var strings = Offset(image, sections + ((int)U32(image, section + 40) * size));
            var need = Offset(image, section);
            for (uint n = U32(image, section + 44), step = 0; n > 0; n--, need += (int)step)
            {
                var entry = need + (int)U32(image, need + 8);
                for (int entries = U16(image, need + 2); entries > 0; entries--)
                {
                    if (versions.Contains(Name(image, strings + (int)U32(image, entry + 8))))
                    {
                        BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(U16(image, entry + 4) | WeakFlag));
                        marked++;
                    }

                    entry += (int)U32(image, entry + 12);
                }

                step = U32(image, need + 12);
            }
        }

        return marked;
    }

    private static int Offset(ReadOnlySpan<byte> image, int section) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[(section + 24)..]));

    private static ushort U16(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image[at..]);

    private static uint U32(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt32LittleEndian(image[at..]);

    private static string Name(ReadOnlySpan<byte> image, int at)
    {
        var text = image[at..];
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }
}
