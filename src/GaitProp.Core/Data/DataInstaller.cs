using System.Security.Cryptography;
using GaitProp.Storage;

namespace GaitProp.Data;

/// <summary>
/// Puts a published set into a folder, by download or from files that are there, and checks it. All work is done in a folder of the set's
/// name and <c>.partial</c> inside that folder, and the whole set is renamed into place at the end: whatever ends the process, the
/// destination holds no set, the one from before, or the whole one.
/// </summary>
internal sealed class DataInstaller
{
    private const string WorkSuffix = ".partial";
    private const long SpaceToSpare = 16_000_000;

    private readonly FolderDataSet _set;
    private readonly DataRelease _release;
    private readonly string _destination;
    private readonly string _target;
    private readonly string _place;
    private readonly string _work;
    private readonly string _unpacked;
    private readonly string _replaced;

    /// <summary>Prepares an installation; touches nothing.</summary>
    /// <param name="set">The set.</param>
    /// <param name="destination">The folder that gets the set's folder, or a folder of that name; it is created where it does not
    /// exist.</param>
    /// <exception cref="GaitPropException">The kit does not know what is published of the set.</exception>
    public DataInstaller(FolderDataSet set, string destination)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(destination);
        _set = set;
        _release =
            set.Release
            ?? throw new GaitPropException($"{set.Title} cannot be fetched: put its files into a folder, and name that with --data.");
        _destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(HomePath.Expand(destination)));
        _target = Path.GetFileName(_destination) == set.FolderName ? _destination : Path.Combine(_destination, set.FolderName);
        _place = Path.GetDirectoryName(_target)!;
        _work = _target + WorkSuffix;
        _unpacked = Path.Combine(_work, "unpacked");
        _replaced = Path.Combine(_work, "replaced");
    }

    /// <summary>
    /// A mirror that has the same files: the address of the archive, or, of a set of single files, of the folder that they lie in; the
    /// official addresses if <see langword="null"/>.
    /// </summary>
    public Uri? Address { get; init; }

    /// <summary>Gets every step forward, on any thread, many times a second.</summary>
    public Action<InstallProgress>? Progress { get; init; }

    /// <summary>Bytes that are free in a folder, or null where that cannot be told.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = DiskSpace.FreeIn;

    /// <summary>How long a connection may be silent.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before another attempt, by how many in a row brought nothing.</summary>
    internal Func<int, TimeSpan> Pause { get; init; } = ResumableDownload.GrowingPause;

    /// <summary>Downloads the set, from where an earlier run stopped, and unpacks it. A whole set is left alone.</summary>
    /// <param name="cancellationToken">Stops; what came in stays, so that the next run goes on from there.</param>
    /// <exception cref="GaitPropException">No network, wrong content, no space, no right to write.</exception>
    public Task<InstalledData> DownloadAsync(CancellationToken cancellationToken = default) =>
        InstallAsync(_release.Downloads.Sum(d => Math.Max(0, d.Length - BytesThere(Part(d)))), FillByDownloadAsync, cancellationToken);

    /// <summary>Installs from what is on this machine. A whole set that is there already is left alone.</summary>
    /// <param name="from">
    /// The archive of the set (.tar.gz, also a re-packed one, or .tar), or a folder that holds its files or the set's folder.
    /// </param>
    /// <param name="cancellationToken">Stops; nothing stays behind.</param>
    /// <exception cref="GaitPropException">Missing, damaged, or another edition; no space; no right to write.</exception>
    public Task<InstalledData> ImportAsync(string from, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(from);
        from = HomePath.Expand(from);
        if (!Path.Exists(from))
        {
            throw new GaitPropException(
                $"{from} does not exist: give {(_release.IsArchive ? $"the archive {_release.Downloads[0].Name} or " : "")}the folder of its files."
            );
        }

        return InstallAsync(0, Fill, cancellationToken);

        Task Fill(CancellationToken stop)
        {
            var unpacker = NewUnpacker();
            if (Directory.Exists(from))
            {
                unpacker.TakeFolder(from, stop);
            }
            else
            {
                unpacker.TakeArchive(from, stop);
            }

            return Task.CompletedTask;
        }
    }

    private async Task<InstalledData> InstallAsync(long downloads, Func<CancellationToken, Task> fill, CancellationToken cancellationToken)
    {
        // Hashing and unpacking keep a thread busy for seconds; it should not be the caller's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (WholeSet(cancellationToken) is { } there)
        {
            TryDelete(_work);
            return there;
        }

        CheckTarget();
        var done = false;
        var placeIsNew = !Directory.Exists(_place);
        try
        {
            using var locked = Lock();
            try
            {
                Clean();
                CheckSpace(downloads);
                Directory.CreateDirectory(_unpacked);
                await fill(cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                MoveIntoPlace();
                done = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GaitPropException(
                    $"{_work} cannot be written ({OneLine.Of(e)}): "
                        + "check its permissions and the space, or choose another folder with --to.",
                    e
                );
            }
            finally
            {
                TryDelete(_unpacked);
            }
        }
        finally
        {
            TryDelete(_work, onlyIfEmpty: !done);
            if (placeIsNew)
            {
                TryDelete(_place, onlyIfEmpty: true);
            }
        }

        return new InstalledData(_target, Found: null);
    }

    private async Task FillByDownloadAsync(CancellationToken cancellationToken)
    {
        var (before, total) = (0L, _release.Downloads.Sum(d => d.Length));
        foreach (var file in _release.Downloads)
        {
            var start = before;
            await DownloadAsync(
                    file,
                    progress => Progress?.Invoke(progress with { BytesDone = start + progress.BytesDone, BytesTotal = total }),
                    cancellationToken
                )
                .ConfigureAwait(false);
            before += file.Length;
        }

        if (_release.IsArchive)
        {
            NewUnpacker().TakeArchive(Part(_release.Downloads[0]), cancellationToken);
        }
        else
        {
            NewUnpacker().TakeFiles(name => Part(_release.Downloads.Single(d => d.Name == name)), cancellationToken);
        }
    }

    private async Task DownloadAsync(DataDownload file, Action<InstallProgress> progress, CancellationToken cancellationToken)
    {
        var address =
            Address is null ? file.Address
            : _release.IsArchive ? Address
            : new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/{file.Name}");
        var download = new ResumableDownload(address, Part(file), file.Length)
        {
            Progress = progress,
            Patience = Patience,
            Pause = Pause,
            WayOut = $"get {file.Address} by other means and give the {(_release.IsArchive ? "file" : "folder")} with --from",
        };

        for (var again = true; ; again = false)
        {
            var resumed = await download.RunAsync(cancellationToken).ConfigureAwait(false);
            var sum = Sum(file, progress, cancellationToken);
            if (sum == file.Md5)
            {
                return;
            }

            download.Discard();

            // The beginning may come from another time or server than the rest.
            if (resumed && again)
            {
                progress(
                    new(InstallStep.Waiting, 0, file.Length, Note: $"the parts of {file.Name} do not fit together; downloading it anew")
                );
                continue;
            }

            throw new GaitPropException(
                $"{address} arrived with the md5 sum {sum}, not {file.Md5}: it is not the official file, "
                    + $"or the connection alters it; run again, or {download.WayOut}."
            );
        }
    }

    private string Part(DataDownload file) => Path.Combine(_work, file.Name + ".part");

    private DataUnpacker NewUnpacker() => new(_set, _release, _unpacked, _set.Fetch(_target)!, Progress);

    /// <summary>The set that is there, if it is right and whole.</summary>
    /// <exception cref="GaitPropException">What is there can be read but has fewer images, and would be replaced.</exception>
    private InstalledData? WholeSet(CancellationToken cancellationToken)
    {
        if (_set.FindIn(_destination) is not { } found)
        {
            return null;
        }

        Progress?.Invoke(new(InstallStep.Looking, 0, _release.Length));
        DataVerdict verdict;
        try
        {
            verdict = _set.Verify(found, cancellationToken);
        }
        catch (GaitPropException)
        {
            return null;
        }

        if (!verdict.IsWhole && found == _target)
        {
            throw new GaitPropException(
                $"{found} holds only a part of {_set.Title} ({verdict.Words}): move it away, or choose another folder with --to."
            );
        }

        return verdict.IsWhole ? new InstalledData(found, verdict) : null;
    }

    /// <summary>Makes sure before the work that the target can be replaced, and that nothing of the user's is lost with it.</summary>
    private void CheckTarget()
    {
        foreach (var path in new[] { _place, _target })
        {
            if (File.Exists(path))
            {
                throw new GaitPropException($"{path} is a file, not a folder: choose another folder with --to.");
            }
        }

        if (!Directory.Exists(_target))
        {
            return;
        }

        var known = _release.Files.Select(file => file.Name).Append(_release.NamesFile).Concat(_release.Unread);
        if (Directory.EnumerateFileSystemEntries(_target).Select(Path.GetFileName).Except(known).FirstOrDefault() is { } foreign)
        {
            throw new GaitPropException(
                $"{_target} holds no whole {_set.Title} and would be replaced, "
                    + $"but '{foreign}' in it is not part of the set: move that away, or choose another folder with --to."
            );
        }
    }

    private FileStream Lock()
    {
        try
        {
            Directory.CreateDirectory(_work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{_place} cannot be written ({OneLine.Of(e)}): choose another folder with --to.", e);
        }

        var file = Path.Combine(_work, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException(
                IsInUse(e)
                    ? $"{_work} is in use by another installation: wait until that one ends, or choose another folder with --to."
                    : $"{_work} cannot be written ({OneLine.Of(e)}): choose another folder with --to.",
                e
            );
        }
    }

    // EWOULDBLOCK of Linux and of macOS, and ERROR_SHARING_VIOLATION of Windows.
    private static bool IsInUse(Exception e) => (e.HResult & 0xffff) is 11 or 35 or 32;

    /// <summary>Removes what a killed run left, but for what it had downloaded.</summary>
    private void Clean()
    {
        foreach (var folder in new[] { _unpacked, _replaced })
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private void CheckSpace(long downloads)
    {
        var needed = downloads + _release.Length + SpaceToSpare;
        if (FreeSpace(_work) is { } free && free < needed)
        {
            throw new GaitPropException(
                $"{_place} has {ByteCount.Megabytes(free)} of free space, and {_set.Title} needs "
                    + $"{ByteCount.Megabytes(needed)} there while it is installed: free some, or choose another folder with --to."
            );
        }
    }

    private void MoveIntoPlace()
    {
        var replaces = Directory.Exists(_target);
        if (replaces)
        {
            Directory.Move(_target, _replaced);
        }

        try
        {
            Directory.Move(_unpacked, _target);
        }
        catch when (replaces)
        {
            Directory.Move(_replaced, _target);
            throw;
        }
    }

    private static long BytesThere(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    private string Sum(DataDownload file, Action<InstallProgress> progress, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(Part(file), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[1 << 20];
        for (int count; (count = stream.Read(buffer)) > 0; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            md5.AppendData(buffer, 0, count);
            progress(new(InstallStep.Verifying, stream.Position, file.Length));
        }

        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    // The set is in place by then, or the error that matters is on its way; what stays is removed by the next run.
    private static void TryDelete(string folder, bool onlyIfEmpty = false)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: !onlyIfEmpty);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
