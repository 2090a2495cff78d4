using System.Security.Cryptography;

namespace GaitProp.Data;

/// <summary>
/// Puts CIFAR-10 into a folder, by download or from files that are there, and checks it. All work is done in
/// <c>cifar-10-batches-bin.partial</c> inside that folder, and the whole set is renamed into place at the end: whatever ends the process,
/// the destination holds no set, the one from before, or the whole one.
/// </summary>
public sealed class Cifar10Installer
{
    private const string WorkSuffix = ".partial";
    private const long SpaceToSpare = 16_000_000;

    private readonly string _destination;
    private readonly string _target;
    private readonly string _place;
    private readonly string _work;
    private readonly string _archive;
    private readonly string _unpacked;
    private readonly string _replaced;

    /// <summary>Prepares an installation; touches nothing.</summary>
    /// <param name="destination">
    /// The folder that gets <c>cifar-10-batches-bin</c>, or a folder of that name; it is created where it does not exist.
    /// </param>
    public Cifar10Installer(string destination)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(destination);
        _destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(HomePath.Expand(destination)));
        _target = Path.GetFileName(_destination) == Cifar10.FolderName ? _destination : Path.Combine(_destination, Cifar10.FolderName);
        _place = Path.GetDirectoryName(_target)!;
        _work = _target + WorkSuffix;
        _archive = Path.Combine(_work, "cifar-10-binary.tar.gz.part");
        _unpacked = Path.Combine(_work, "unpacked");
        _replaced = Path.Combine(_work, "replaced");
    }

    /// <summary>Where the authors publish the archive, <c>cifar-10-binary.tar.gz</c> of 170,052,171 bytes.</summary>
    public static Uri OfficialAddress => Cifar10Release.Official.Address;

    /// <summary>The md5 sum of the official archive.</summary>
    public static string ArchiveMd5 => Cifar10Release.Official.Md5;

    /// <summary>Where to download the archive; the official address, unless set to a mirror that has the same file.</summary>
    public Uri Address { get; init; } = OfficialAddress;

    /// <summary>Gets every step forward, on any thread, many times a second.</summary>
    public Action<InstallProgress>? Progress { get; init; }

    /// <summary>What to install.</summary>
    internal Cifar10Release Release { get; init; } = Cifar10Release.Official;

    /// <summary>Bytes that are free in a folder, or null where that cannot be told.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = FreeSpaceIn;

    /// <summary>How long a connection may be silent.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before another attempt, by how many in a row brought nothing.</summary>
    internal Func<int, TimeSpan> Pause { get; init; } = ResumableDownload.GrowingPause;

    /// <summary>Downloads the archive, from where an earlier run stopped, and unpacks it. A whole set is left alone.</summary>
    /// <param name="cancellationToken">Stops; what came in stays, so that the next run goes on from there.</param>
    /// <exception cref="GaitPropException">No network, wrong content, no space, no right to write.</exception>
    public Task<InstalledData> DownloadAsync(CancellationToken cancellationToken = default) =>
        InstallAsync(Math.Max(0, Release.Length - ArchiveBytesThere()), FillByDownloadAsync, cancellationToken);

    /// <summary>Installs from what is on this machine. A whole set that is there already is left alone.</summary>
    /// <param name="from">
    /// The archive of the binary version (.tar.gz, also a re-packed one, or .tar), or a folder that holds its files or
    /// <c>cifar-10-batches-bin</c>.
    /// </param>
    /// <param name="cancellationToken">Stops; nothing stays behind.</param>
    /// <exception cref="GaitPropException">Missing, damaged, or another edition; no space; no right to write.</exception>
    public Task<InstalledData> ImportAsync(string from, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(from);
        from = HomePath.Expand(from);
        if (!Path.Exists(from))
            throw new GaitPropException($"{from} does not exist: give the archive cifar-10-binary.tar.gz or the folder of its files.");
        return InstallAsync(0, Fill, cancellationToken);

        Task Fill(CancellationToken stop)
        {
            var unpacker = NewUnpacker();
            if (Directory.Exists(from)) unpacker.TakeFolder(from, stop);
            else unpacker.TakeArchive(from, stop);
            return Task.CompletedTask;
        }
    }

    private async Task<InstalledData> InstallAsync(
        long archiveBytes,
        Func<CancellationToken, Task> fill,
        CancellationToken cancellationToken)
    {
        // Hashing and unpacking keep a thread busy for seconds; it should not be the caller's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (WholeSet(cancellationToken) is { } there)
        {
            TryDelete(_work);
            return new InstalledData(there, WasThere: true);
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
                CheckSpace(archiveBytes);
                Directory.CreateDirectory(_unpacked);
                await fill(cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                MoveIntoPlace();
                done = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GaitPropException($"{_work} cannot be written ({OneLine.Of(e)}): "
                    + "check its permissions and the space, or choose another folder with --to.", e);
            }
            finally
            {
                TryDelete(_unpacked);
            }
        }
        finally
        {
            TryDelete(_work, onlyIfEmpty: !done);
            if (placeIsNew) TryDelete(_place, onlyIfEmpty: true);
        }

        return new InstalledData(_target, WasThere: false);
    }

    private async Task FillByDownloadAsync(CancellationToken cancellationToken)
    {
        var download = new ResumableDownload(Address, _archive, Release.Length)
        {
            Progress = Progress,
            Patience = Patience,
            Pause = Pause,
            WayOut = $"get {Release.Address} by other means and give the file with --from",
        };

        for (var again = true; ; again = false)
        {
            var resumed = await download.RunAsync(cancellationToken).ConfigureAwait(false);
            var sum = ArchiveSum(cancellationToken);
            if (sum == Release.Md5) break;
            download.Discard();

            // The beginning may come from another time or server than the rest.
            if (resumed && again)
            {
                Progress?.Invoke(new(InstallStep.Waiting, 0, Release.Length, Note:
                    "the parts of the archive do not fit together; downloading it anew"));
                continue;
            }

            throw new GaitPropException($"{Address} arrived with the md5 sum {sum}, not {Release.Md5}: it is not the official archive, "
                + $"or the connection alters it; run again, or {download.WayOut}.");
        }

        NewUnpacker().TakeArchive(_archive, cancellationToken);
    }

    private Cifar10Unpacker NewUnpacker() => new(Release.Layout, _unpacked, Cifar10.CureFor(_target), Progress);

    private string? WholeSet(CancellationToken cancellationToken)
    {
        if (Cifar10.FindIn(_destination) is not { } found) return null;
        Progress?.Invoke(new(InstallStep.Looking, 0, Release.Layout.FileLength * Release.Layout.Files.Count));
        try
        {
            Cifar10.Verify(found, Release.Layout, cancellationToken);
            return found;
        }
        catch (GaitPropException)
        {
            return null;
        }
    }

    /// <summary>Makes sure before the work that the target can be replaced, and that nothing of the user's is lost with it.</summary>
    private void CheckTarget()
    {
        foreach (var path in new[] { _place, _target })
        {
            if (File.Exists(path)) throw new GaitPropException($"{path} is a file, not a folder: choose another folder with --to.");
        }

        if (!Directory.Exists(_target)) return;
        var known = Release.Layout.Files.Select(file => file.Name).Append(Cifar10.ClassNamesFile).Append("readme.html");
        if (Directory.EnumerateFileSystemEntries(_target).Select(Path.GetFileName).Except(known).FirstOrDefault() is { } foreign)
        {
            throw new GaitPropException($"{_target} holds no whole {Cifar10.Name} and would be replaced, "
                + $"but '{foreign}' in it is not part of the set: move that away, or choose another folder with --to.");
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
                e);
        }
    }

    // EWOULDBLOCK of Linux and of macOS, and ERROR_SHARING_VIOLATION of Windows.
    private static bool IsInUse(Exception e) => (e.HResult & 0xffff) is 11 or 35 or 32;

    /// <summary>Removes what a killed run left, but for the partial archive.</summary>
    private void Clean()
    {
        foreach (var folder in new[] { _unpacked, _replaced })
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private void CheckSpace(long archiveBytes)
    {
        var needed = archiveBytes + (Release.Layout.FileLength * Release.Layout.Files.Count) + SpaceToSpare;
        if (FreeSpace(_work) is { } free && free < needed)
        {
            throw new GaitPropException($"{_place} has {ByteCount.Megabytes(free)} of free space, and {Cifar10.Name} needs "
                + $"{ByteCount.Megabytes(needed)} there while it is installed: free some, or choose another folder with --to.");
        }
    }

    private void MoveIntoPlace()
    {
        var replaces = Directory.Exists(_target);
        if (replaces) Directory.Move(_target, _replaced);
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

    private long ArchiveBytesThere() => new FileInfo(_archive) is { Exists: true } info ? info.Length : 0;

    private string ArchiveSum(CancellationToken cancellationToken)
    {
        using var stream = new FileStream(_archive, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[1 << 20];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            md5.AppendData(buffer, 0, count);
            Progress?.Invoke(new(InstallStep.Verifying, stream.Position, Release.Length));
        }

        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    // The set is in place by then, or the error that matters is on its way; what stays is removed by the next run.
    private static void TryDelete(string folder, bool onlyIfEmpty = false)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: !onlyIfEmpty);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static long? FreeSpaceIn(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
