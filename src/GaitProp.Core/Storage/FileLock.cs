using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GaitProp.Storage;

/// <summary>
/// A file that one process holds at a time. The system takes the lock back when the process ends, however it ends, so a dead process holds
/// nothing; the programs that the holder starts do not inherit it. The file stays behind, empty. On a file system without locks every take
/// succeeds.
/// </summary>
internal sealed partial class FileLock : IDisposable
{
    /// <summary>A look at a lock holds it, shared, for microseconds: a take that fails is tried again for this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock if it is free. Its folder is made if it is missing.</summary>
    /// <param name="file">The file, at any path; made if it is missing.</param>
    /// <returns>The lock, or <see langword="null"/> if a process, this one included, holds it.</returns>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public static FileLock? TryTake(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(file, e);
        }

        return TakeIn(file);
    }

    /// <summary>Whether a process, this one included, holds the lock. Looking neither takes it nor keeps another from it.</summary>
    /// <param name="file">The file; a lock whose file is missing is free.</param>
    public static bool IsHeld(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return false;
            }

            // Windows asks whether writing is shared, Unix whether there is an exclusive lock.
            File.OpenHandle(file, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite)
                .Dispose();
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be looked at may be in use.
            return true;
        }
    }

    /// <summary>
    /// The process that holds the lock, as it wrote itself down; <see langword="null"/> if none does, or it has not done so yet.
    /// </summary>
    /// <param name="file">The file.</param>
    public static LockHolder? Holder(string file)
    {
        if (!IsHeld(file))
        {
            return null;
        }

        try
        {
            using var handle = OpenUnlocked(file);
            var content = new byte[1024];
            return JsonSerializer.Deserialize<LockHolder>(
                content.AsSpan(0, RandomAccess.Read(handle, content, 0)),
                JsonSerializerOptions.Web
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        if (_stream.CanWrite)
        {
            _stream.SetLength(0);
        }

        _stream.Dispose();
    }

    /// <summary>As <see cref="TryTake"/>, where the folder has to be there.</summary>
    internal static FileLock? TakeIn(string file)
    {
        for (var deadline = DateTime.UtcNow + Patience; ; )
        {
            try
            {
                // Windows lets others read who holds it; Unix has no such half-lock, and readers go past it.
                var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
                var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0);
                if (File.Exists(file))
                {
                    Write(stream, LockHolder.Here());
                    return new FileLock(stream);
                }

                // It was deleted between its opening and its locking: this is a lock on nothing.
                stream.Dispose();
            }
            catch (IOException e) when (IsShared(e))
            {
                if (DateTime.UtcNow > deadline)
                {
                    return null;
                }

                Thread.Sleep(5);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw AtomicFile.Failed(file, e);
            }
        }
    }

    private static void Write(FileStream stream, LockHolder holder)
    {
        try
        {
            stream.SetLength(0);
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(holder, JsonSerializerOptions.Web));
            stream.WriteByte((byte)'\n');
        }
        catch (IOException)
        {
            // A full disk: the lock holds without a name on it.
        }
    }

    /// <summary>EAGAIN of Linux, EAGAIN of macOS, ERROR_SHARING_VIOLATION.</summary>
    private static bool IsShared(IOException e) =>
        (e.HResult & 0xffff)
        == (
            OperatingSystem.IsWindows() ? 32
            : OperatingSystem.IsMacOS() ? 35
            : 11
        );

    /// <summary>Opens a file without the lock that .NET puts on every file it opens on Unix.</summary>
    private static SafeFileHandle OpenUnlocked(string file)
    {
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }

        var descriptor = OpenReadOnly(file, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new FileNotFoundException(null, file);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenReadOnly(string path, int flags);
}
