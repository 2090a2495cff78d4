using GaitProp.Storage;

namespace GaitProp.Data.Preparation;

/// <summary>
/// Finds the photos below folders. A folder that it is given may itself be a link to any place. Below it links are followed as long as they
/// stay below the root and close no circle; what is left out, and why, is kept: links that lead out of the root, links that lead nowhere,
/// pipes and devices.
/// </summary>
/// <param name="root">The folder of the set.</param>
internal sealed class PhotoFiles(string root)
{
    private static readonly string[] Endings = [".jpeg", ".jpg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".ppm"];

    /// <summary>Whether a file is called as a photo is.</summary>
    public static bool IsPhoto(string file) => Endings.Contains(Path.GetExtension(file).ToLowerInvariant());

    private readonly string _root = Real(root) ?? Path.GetFullPath(root);
    private readonly SortedDictionary<string, string> _leftOut = new(StringComparer.Ordinal);

    /// <summary>What was met and left out, by its path below the root, with the reason.</summary>
    public IReadOnlyList<UnreadableImage> LeftOut => [.. _leftOut.Select(l => new UnreadableImage(l.Key, l.Value))];

    /// <summary>Photos of a folder and those below it, in ordinal order.</summary>
    /// <param name="folder">The folder.</param>
    public IReadOnlyList<FileInfo> In(string folder) => [.. From(folder).OrderBy(f => f.FullName, StringComparer.Ordinal)];

    /// <summary>Whether there is a photo in a folder or below it.</summary>
    /// <param name="folder">The folder.</param>
    public bool AreIn(string folder) => From(folder).Any();

    /// <summary>The name of a file in errors and manifests: its path below the root, with forward slashes.</summary>
    public string NameOf(string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    private IEnumerable<FileInfo> From(string folder)
    {
        // The folder of a class may itself be a link, also to somewhere else; not to what holds it.
        var (real, info) = (Real(folder) ?? folder, new DirectoryInfo(folder));
        if (info.LinkTarget is not null && IsBelow(Real(Path.GetDirectoryName(Path.GetFullPath(folder))!) ?? _root, real))
        {
            LeaveOut(info, true, "a link that closes a circle, not followed");
            return [];
        }

        return Below(folder, [real]);
    }

    /// <param name="folder">The folder.</param>
    /// <param name="above">The folders that lead to it, as they are without links: one that holds one of them closes a circle.</param>
    private IEnumerable<FileInfo> Below(string folder, IReadOnlyList<string> above)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var photo = IsPhoto(entry.Name);
            var real = entry.LinkTarget is null ? entry.FullName : Real(entry.FullName);
            if (real is null)
            {
                LeaveOut(entry, photo, "a link that leads nowhere");
            }
            else if (entry.LinkTarget is not null && !IsBelow(real, _root))
            {
                LeaveOut(entry, photo || Directory.Exists(real), "a link that leaves the folder of the set, not followed");
            }
            else if (Directory.Exists(real))
            {
                var place = Real(real) ?? real;
                if (above.Any(a => IsBelow(a, place)))
                {
                    LeaveOut(entry, true, "a link that closes a circle, not followed");
                    continue;
                }

                foreach (var below in Below(entry.FullName, [.. above, place]))
                {
                    yield return below;
                }
            }
            else if (FileFacts.Of(real) is { IsRegular: false })
            {
                LeaveOut(entry, photo, "a pipe, a socket or a device");
            }
            else if (photo)
            {
                yield return (FileInfo)entry;
            }
        }
    }

    private void LeaveOut(FileSystemInfo entry, bool matters, string reason)
    {
        if (matters)
        {
            _leftOut[NameOf(entry.FullName)] = reason;
        }
    }

    private static bool IsBelow(string path, string folder) =>
        path == folder
        || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>A path without links; <see langword="null"/> if it leads nowhere, or round.</summary>
    private static string? Real(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            for (var (real, rest, turns) = (Path.GetPathRoot(full)!, new Stack<string>(Parts(full).Reverse()), 0); ; )
            {
                if (!rest.TryPop(out var part))
                {
                    return File.Exists(real) || Directory.Exists(real) ? real : null;
                }

                if (part == "..")
                {
                    real = Path.GetDirectoryName(real) ?? real;
                    continue;
                }

                var next = Path.Combine(real, part);
                if (new FileInfo(next).LinkTarget is not { } target)
                {
                    real = next;
                    continue;
                }

                if (++turns > MostLinks)
                {
                    return null;
                }

                real = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : real;
                foreach (var step in Parts(target).Reverse())
                {
                    rest.Push(step);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        static string[] Parts(string path) =>
            path[(Path.GetPathRoot(path)?.Length ?? 0)..]
                .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
                is var parts
                ? [.. parts.Where(p => p != ".")]
                : [];
    }

    /// <summary>Links that a path may lead through, as on Linux.</summary>
    private const int MostLinks = 40;
}
