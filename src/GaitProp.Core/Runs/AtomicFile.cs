using System.Runtime.InteropServices;

namespace GaitProp.Runs;

/// <summary>Writes files whole or not at all: to a temporary name beside the file, flushed to the disk, then renamed.</summary>
internal static partial class AtomicFile
{
    /// <summary>Writes a file, replacing an earlier one only once the new one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="GaitPropException">It cannot be written; an earlier file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var bytes = content.ToArray();
        Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Writes a file, replacing an earlier one only once the new one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="GaitPropException">It cannot be written; an earlier file is untouched.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            if (e is IOException or UnauthorizedAccessException)
            {
                throw Failed(path, e);
            }

            throw;
        }
    }

    /// <summary>Makes a rename last through a power cut; where a system has no such thing, nothing happens.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenFolder(folder, 0);
        if (descriptor >= 0)
        {
            _ = Flush(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    /// <summary>The error of a file that cannot be written.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="cause">What the system said.</param>
    public static GaitPropException Failed(string path, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);

        // ENOSPC, EDQUOT and ERROR_DISK_FULL.
        var full = (cause.HResult & 0xffff) is 28 or 122 or 112 || cause.Message.Contains("No space left", StringComparison.Ordinal);
        return new GaitPropException(full
            ? $"cannot write {path}: the disk is full; free some space or choose another folder."
            : $"cannot write {path}: {Cause(cause.Message, path)}; choose a folder that can be written to.", cause);
    }

    /// <summary>The system's message without the path it repeats.</summary>
    private static string Cause(string message, string path) =>
        message.Contains("denied", StringComparison.OrdinalIgnoreCase) ? "permission denied"
        : message.Contains("Read-only", StringComparison.OrdinalIgnoreCase) ? "the file system is read-only"
        : message.Replace($" : '{path}'", "", StringComparison.Ordinal).TrimEnd('.');
}
