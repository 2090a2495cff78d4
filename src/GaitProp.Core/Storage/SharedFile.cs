using Microsoft.Win32.SafeHandles;

namespace GaitProp.Storage;

/// <summary>Reads files while another process may be writing them: what they hold at this moment.</summary>
internal static class SharedFile
{
    /// <summary>Opens a file for reading, and lets others write, rename and delete it.</summary>
    /// <param name="file">The file.</param>
    public static SafeFileHandle Open(string file) =>
        File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>All bytes of a file.</summary>
    /// <param name="file">The file.</param>
    public static byte[] ReadAll(string file)
    {
        using var handle = Open(file);
        var content = new byte[RandomAccess.GetLength(handle)];
        return Read(handle, content, 0) is var filled && filled == content.Length ? content : content[..filled];
    }

    /// <summary>Fills a buffer as far as the file goes.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="offset">Where to begin in the file.</param>
    /// <returns>How many bytes there were.</returns>
    public static int Read(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && RandomAccess.Read(handle, buffer[filled..], offset + filled) is > 0 and var count)
        {
            filled += count;
        }

        return filled;
    }
}
