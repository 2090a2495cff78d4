using System.Security.Cryptography;
using System.Text;

namespace GaitProp.Runtime;

/// <summary>A copy of a library in which some needed symbol versions are weak, kept in a cache folder keyed by the library's hash.</summary>
internal static class PatchedLibrary
{
    /// <summary>Makes the copy unless it is there, whole, already. Many processes may do so at once: each writes its own file and renames it.</summary>
    /// <param name="library">The library's file; it is only read.</param>
    /// <param name="weakVersions">The symbol versions to make weak.</param>
    /// <param name="cache">The cache folder.</param>
    /// <returns>The copy's path.</returns>
    /// <exception cref="GaitPropException">The copy cannot be made or written.</exception>
    public static string Ensure(string library, IReadOnlySet<string> weakVersions, string cache)
    {
        try
        {
            var image = File.ReadAllBytes(library);
            var key = Convert.ToHexStringLower(SHA256.HashData([.. image, .. Encoding.ASCII.GetBytes(string.Join(',', weakVersions))]))[..32];
            if (ElfVersionNeeds.MakeWeak(image, weakVersions) == 0)
            {
                throw new InvalidDataException($"it does not say where it needs {string.Join(", ", weakVersions)}");
            }

            var folder = Path.Combine(cache, key);
            var copy = Path.Combine(folder, Path.GetFileName(library));
            if (!Holds(copy, image))
            {
                Directory.CreateDirectory(folder);
                var temporary = Path.Combine(folder, $".{Path.GetRandomFileName()}");
                try
                {
                    File.WriteAllBytes(temporary, image);
                    File.Move(temporary, copy, overwrite: true);
                }
                finally
                {
                    File.Delete(temporary);
                }
            }

            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new GaitPropException($"libtorch cannot be loaded: this system's C++ library is older than {Path.GetFileName(library)} wants, and the adapted "
                + $"copy in {cache} failed ({e.Message}); make that folder writable, or set XDG_CACHE_HOME to one that is.", e);
        }
    }

    private static bool Holds(string file, ReadOnlySpan<byte> image)
    {
        try
        {
            return new FileInfo(file) is { Exists: true } info && info.Length == image.Length && image.SequenceEqual(File.ReadAllBytes(file));
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
