using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>Files that appear together or not at all. What is not committed is gone when the set is disposed.</summary>
internal sealed class FileSet : IDisposable
{
    private readonly List<(string Temporary, string Target)> _files = [];

    /// <summary>Writes a file to the disk, under a temporary name in the folder of its target.</summary>
    /// <param name="target">The path that it gets by <see cref="Commit"/>.</param>
    /// <param name="content">The bytes.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written.</exception>
    public void Add(string target, byte[] content)
    {
        var temporary = TemporaryName(target, "tmp");
        _files.Add((temporary, target));
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Gives all files their names, in place of the files that have them. If one cannot be named, the earlier files are put back.</summary>
    /// <returns>The targets.</returns>
    /// <exception cref="IOException">A target cannot be replaced, for example because it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">A target must not be replaced.</exception>
    public IReadOnlyList<string> Commit()
    {
        var done = new List<(string Target, string? Backup)>();
        try
        {
            foreach (var (temporary, target) in _files)
            {
                if (Directory.Exists(target))
                    throw new IOException($"'{target}' is a folder");

                if (!File.Exists(target))
                {
                    File.Move(temporary, target);
                    done.Add((target, null));
                    continue;
                }

                // Noted first: a replacement that fails may have made the backup already.
                var backup = TemporaryName(target, "old");
                done.Add((target, backup));
                File.Replace(temporary, target, backup);
            }
        }
        catch
        {
            foreach (var (target, backup) in done)
                Quietly(() => PutBack(target, backup));
            throw;
        }
        finally
        {
            foreach (var (_, backup) in done)
            {
                if (backup is not null)
                    Quietly(() => File.Delete(backup));
            }
        }

        return [.. done.Select(file => file.Target)];
    }

    /// <summary>Removes what was written and not committed.</summary>
    public void Dispose()
    {
        foreach (var (temporary, _) in _files)
            Quietly(() => File.Delete(temporary));
    }

    private static void PutBack(string target, string? backup)
    {
        if (backup is null)
            File.Delete(target);
        else if (File.Exists(backup))
            File.Move(backup, target, overwrite: true);
    }

    // What cleaning up meets must not hide the failure that made it necessary.
    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string TemporaryName(string target, string extension) => Path.Combine(
        Path.GetDirectoryName(target)!,
        string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.{extension}"));
}
