using System.Runtime.InteropServices;

namespace GaitProp.Storage;

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name beside its own, flushed to the disk, then renamed. What is
/// not committed is gone when it is disposed of. A link stays one, to the new file; who may read and write the earlier file may so the new
/// one.
/// </summary>
internal sealed partial class AtomicFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly string _path;
    private readonly string _temporary;
    private readonly UnixFileMode? _earlierMode;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The path that it gets by <see cref="Commit"/>.</param>
    /// <param name="temporary">The path that it has until then, in the same folder, where nobody else writes it; one that nobody else has
    /// if <see langword="null"/>.</param>
    /// <param name="mode">Who may read and write it, where a system knows that; as usual if <see langword="null"/>.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public AtomicFile(string path, string? temporary = null, UnixFileMode? mode = null)
    {
        _path = Path.GetFullPath(path);
        if (temporary is null)
        {
            _path = FileFacts.Behind(_path).FullName;
        }

        _temporary = temporary ?? Path.Combine(Folder, $".{Path.GetFileName(_path)}.{Path.GetRandomFileName()}");
        var options = new FileStreamOptions
        {
            Mode = temporary is null ? FileMode.CreateNew : FileMode.Create,
            Access = FileAccess.ReadWrite,
            BufferSize = BufferBytes,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
            _earlierMode = mode is null && File.Exists(_path) ? File.GetUnixFileMode(_path) : null;
        }

        Stream = new FileStream(_temporary, options);
    }

    /// <summary>Its content.</summary>
    public FileStream Stream { get; }

    private string Folder => Path.GetDirectoryName(_path)!;

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
        try
        {
            using var file = new AtomicFile(path);
            write(file.Stream);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    /// <summary>Brings what was written to the disk. Nothing can be written after that.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Complete()
    {
        if (Stream.CanWrite)
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
        }
    }

    /// <summary>Gives the file its name, in place of the file that has it.</summary>
    /// <param name="backup">What that file is called from then on; it is gone if <see langword="null"/>.</param>
    /// <exception cref="IOException">The disk is full, or what has the name cannot be replaced, for example because it is a
    /// folder.</exception>
    /// <exception cref="UnauthorizedAccessException">What has the name must not be replaced.</exception>
    public void Commit(string? backup = null)
    {
        Complete();
        if (!OperatingSystem.IsWindows() && _earlierMode is { } earlier)
        {
            File.SetUnixFileMode(_temporary, earlier);
        }

        if (backup is null)
        {
            File.Move(_temporary, _path, overwrite: true);
        }
        else
        {
            File.Replace(_temporary, _path, backup);
        }

        FlushFolder(Folder);
    }

    /// <summary>Removes what was not committed. What that meets does not hide the failure that made it necessary.</summary>
    public void Dispose()
    {
        Quietly(Stream.Dispose);
        Quietly(() => File.Delete(_temporary));
    }

    /// <summary>Does what may fail without harm: to clean up.</summary>
    /// <param name="action">Removes or renames files.</param>
    public static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>The error of a file that cannot be written.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="cause">What the system said.</param>
    public static GaitPropException Failed(string path, Exception cause)
    {
        // ENOSPC, EDQUOT and ERROR_DISK_FULL.
        var full = (cause.HResult & 0xffff) is 28 or 122 or 112 || cause.Message.Contains("No space left", StringComparison.Ordinal);
        return new GaitPropException(
            full
                ? $"cannot write {path}: the disk is full; free some space or choose another folder."
                : $"cannot write {path}: {Cause(cause.Message, path)}; choose a folder that can be written to.",
            cause
        );
    }

    /// <summary>The system's message without the path it repeats.</summary>
    private static string Cause(string message, string path) =>
        message.Contains("denied", StringComparison.OrdinalIgnoreCase) ? "permission denied"
        : message.Contains("Read-only", StringComparison.OrdinalIgnoreCase) ? "the file system is read-only"
        : message.Replace($" : '{path}'", "", StringComparison.Ordinal).TrimEnd('.');

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
}
