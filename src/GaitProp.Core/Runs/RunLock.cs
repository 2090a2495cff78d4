using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>The lock of a run, <c>run.lock</c> in its folder: the process that holds it is the only one that writes there.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "run.lock";

    private readonly FileLock _file;

    private RunLock(FileLock file) => _file = file;

    /// <summary>Takes the lock of a run if it is free.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <returns>The lock, or <see langword="null"/> if a process, this one included, holds it.</returns>
    /// <exception cref="GaitPropException">The folder is missing or cannot be written.</exception>
    public static RunLock? TryTake(string folder)
    {
        var file = FileOf(folder);
        if (!Directory.Exists(folder))
        {
            throw new GaitPropException($"{folder} holds no run: there is no such folder.");
        }

        return FileLock.TakeIn(file) is { } taken ? new RunLock(taken) : null;
    }

    /// <summary>Takes the lock of a run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="GaitPropException">A process holds it, which the message names, or the folder is missing or cannot be
    /// written.</exception>
    public static RunLock Take(string folder) =>
        TryTake(folder)
        ?? throw new GaitPropException(
            $"run {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))} is being written by "
                + $"{FileLock.Holder(FileOf(folder))?.ToString() ?? "another process"}; wait for it, or stop it."
        );

    /// <summary>Whether a process, this one included, writes the run. Looking neither takes the lock nor keeps another from it.</summary>
    /// <param name="folder">The run's folder.</param>
    public static bool IsHeld(string folder) => FileLock.IsHeld(FileOf(folder));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string FileOf(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Path.Combine(folder, FileName);
    }
}
