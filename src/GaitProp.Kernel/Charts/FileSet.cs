using GaitProp.Storage;

namespace GaitProp.Kernel.Charts;

/// <summary>Files that appear together or not at all. What is not committed is gone when the set is disposed.</summary>
internal sealed class FileSet : IDisposable
{
    private readonly List<(AtomicFile File, string Target)> _files = [];

    /// <summary>Writes a file to the disk, under a temporary name in the folder of its target.</summary>
    /// <param name="target">The path that it gets by <see cref="Commit"/>.</param>
    /// <param name="content">The bytes.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written.</exception>
    public void Add(string target, byte[] content)
    {
        var file = new AtomicFile(target);
        _files.Add((file, target));
        file.Stream.Write(content);
        file.Complete();
    }

    /// <summary>
    /// Gives all files their names, in place of the files that have them. If one cannot be named, the earlier files are put back; an
    /// earlier file that cannot be put back stays beside its place, as <c>.NAME.….old</c>.
    /// </summary>
    /// <returns>The targets.</returns>
    /// <exception cref="IOException">A target cannot be replaced, for example because it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">A target must not be replaced.</exception>
    public IReadOnlyList<string> Commit()
    {
        var done = new List<(string Target, string? Backup)>();
        try
        {
            foreach (var (file, target) in _files)
            {
                if (Directory.Exists(target))
                {
                    throw new IOException($"'{target}' is a folder");
                }

                done.Add((target, Replace(file, target)));
            }
        }
        catch
        {
            foreach (var (target, backup) in done)
            {
                AtomicFile.Quietly(() => PutBack(target, backup));
            }

            throw;
        }

        foreach (var (_, backup) in done)
        {
            if (backup is not null)
            {
                AtomicFile.Quietly(() => File.Delete(backup));
            }
        }

        return [.. done.Select(file => file.Target)];
    }

    /// <summary>Removes what was written and not committed.</summary>
    public void Dispose()
    {
        foreach (var (file, _) in _files)
        {
            file.Dispose();
        }
    }

    /// <summary>Gives one file its name. If it does not get it, the earlier file has it as before.</summary>
    /// <returns>What the earlier file is called from then on; <see langword="null"/> if there was none.</returns>
    private static string? Replace(AtomicFile file, string target)
    {
        var backup = File.Exists(target) ? Backup(target) : null;
        try
        {
            file.Commit(backup);
            return backup;
        }
        catch when (backup is not null)
        {
            // Some systems rename the earlier file first; on others it has both names until the new file takes its place.
            AtomicFile.Quietly(() =>
            {
                if (File.Exists(target))
                {
                    File.Delete(backup);
                }
                else
                {
                    PutBack(target, backup);
                }
            });
            throw;
        }
    }

    private static void PutBack(string target, string? backup)
    {
        if (backup is null)
        {
            File.Delete(target);
        }
        else
        {
            File.Move(backup, target, overwrite: true);
        }
    }

    private static string Backup(string target) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, Text($".{Path.GetFileName(target)}.{Guid.NewGuid():N}.old"));
}
