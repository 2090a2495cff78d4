using System.Security.Cryptography;
using System.Text;
using GaitProp.Storage;
using Microsoft.Win32.SafeHandles;

namespace GaitProp.Loading;

/// <summary>
/// A copy of a library in which some needed symbol versions are weak, kept in a cache folder keyed by the library's hash. The folder is its
/// owner's alone; one that another user could write to is not used. What is loaded is the open file whose bytes were compared, whatever its
/// path leads to meanwhile.
/// </summary>
internal sealed class PatchedLibrary : IDisposable
{
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SafeFileHandle _file;
    private readonly string? _passing;

    private PatchedLibrary(string path, SafeFileHandle file, string? passing) => (Path, _file, _passing) = (path, file, passing);

    /// <summary>The copy's path. Without a cache to keep it in, it is gone when it is loaded.</summary>
    public string Path { get; }

    /// <summary>The path by which the loader gets the very file that was compared, as long as this is not disposed of.</summary>
    public string LoadPath => OperatingSystem.IsLinux() ? Text($"/proc/self/fd/{_file.DangerousGetHandle()}") : Path;

    /// <summary>
    /// Makes the copy unless it is there, whole, already. Many processes may do so at once: each writes its own file and renames it.
    /// </summary>
    /// <param name="library">The library's file; it is only read.</param>
    /// <param name="weakVersions">The symbol versions to make weak.</param>
    /// <param name="cache">The cache folder.</param>
    /// <returns>The copy, open and compared.</returns>
    /// <exception cref="GaitPropException">The copy cannot be made or written.</exception>
    public static PatchedLibrary Ensure(string library, IReadOnlySet<string> weakVersions, string cache)
    {
        try
        {
            var image = File.ReadAllBytes(library);
            var key = Convert.ToHexStringLower(SHA256.HashData([.. image, .. Encoding.ASCII.GetBytes(string.Join(',', weakVersions))]))[
                ..32
            ];
            if (ElfVersionNeeds.MakeWeak(image, weakVersions) == 0)
            {
                throw new InvalidDataException($"it does not say where it needs {string.Join(", ", weakVersions)}");
            }

            var folder = System.IO.Path.Combine(cache, key);
            MakeOwn(cache);
            MakeOwn(folder);

            // Somebody else's cache, such as a home folder that sudo has kept: a folder of this process then, which nothing is left of.
            var passing = IsOwn(cache) && IsOwn(folder) ? null : Directory.CreateTempSubdirectory("gaitprop-").FullName;
            var copy = System.IO.Path.Combine(passing ?? folder, System.IO.Path.GetFileName(library));
            return new PatchedLibrary(
                copy,
                Opened(copy, image) ?? Written(copy, image) ?? throw new IOException($"{copy} is not what was written there"),
                passing
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new GaitPropException(
                $"libtorch cannot be loaded: this system's C++ library is older than {System.IO.Path.GetFileName(library)} wants, and the adapted "
                    + $"copy in {cache} failed ({e.Message}); make that folder writable, or set XDG_CACHE_HOME to one that is.",
                e
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        if (_passing is not null)
        {
            Directory.Delete(_passing, recursive: true);
        }
    }

    private static SafeFileHandle? Written(string copy, byte[] image)
    {
        using (var file = new AtomicFile(copy, mode: OwnFile))
        {
            file.Stream.Write(image);
            file.Commit();
        }

        return Opened(copy, image);
    }

    /// <summary>The file, open, if it holds the image and no other user may write to it.</summary>
    private static SafeFileHandle? Opened(string file, ReadOnlySpan<byte> image)
    {
        SafeFileHandle? handle = null;
        try
        {
            if (!IsOwn(file))
            {
                return null;
            }

            handle = SharedFile.Open(file);
            var bytes = new byte[image.Length];
            if (
                RandomAccess.GetLength(handle) == image.Length
                && SharedFile.Read(handle, bytes, 0) == bytes.Length
                && image.SequenceEqual(bytes)
            )
            {
                return handle;
            }
        }
        catch (FileNotFoundException) { }

        handle?.Dispose();
        return null;
    }

    /// <summary>
    /// Makes a folder for its owner alone. One of ours that is open to others, as an earlier version made it, is closed to them.
    /// </summary>
    private static void MakeOwn(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, OwnFolder);
        if (!IsOwn(folder))
        {
            try
            {
                File.SetUnixFileMode(folder, OwnFolder);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's: it is not used.
            }
        }
    }

    private static bool IsOwn(string path) => FileFacts.Of(path) is not { } facts || facts.IsOwn;
}
