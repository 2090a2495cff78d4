using System.Globalization;

namespace GaitProp.Storage;

/// <summary>
/// A worker's claim on a cell of a grid, for file systems whose locks end at the machine: <c>IDENTITY.claim-N</c>, made by whoever is first
/// to make the next N, with its heartbeat inside. The highest N holds. A claim whose worker is dead is not taken away but overtaken, so
/// that of two who find it dead only one gets the cell, and a worker that was believed dead sees at its next heartbeat that it has been
/// overtaken.
/// </summary>
internal sealed class CellClaim : IDisposable
{
    private const string Mark = ".claim-";

    /// <summary>EEXIST and ERROR_FILE_EXISTS.</summary>
    private const int AlreadyThere = 17,
        AlreadyThereOnWindows = 80;

    private readonly string _stem;
    private readonly long _number;
    private readonly Timer _timer;
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _writing = new();
    private Heartbeat _beat;
    private bool _ended;

    private CellClaim(string stem, long number, Heartbeat beat, TimeSpan interval)
    {
        (_stem, _number, _beat) = (stem, number, beat);
        _timer = new Timer(_ => Beat(), null, interval, interval);
    }

    /// <summary>Cancelled when another worker has taken the cell, having seen no heartbeat for long.</summary>
    public CancellationToken Lost => _lost.Token;

    private string FileName => NameOf(_stem, _number);

    /// <summary>
    /// Whether the file is another worker's by now: it was overtaken by one that has gone since, and numbers began anew.
    /// </summary>
    private bool IsAnothers => Heartbeat.Read(FileName) is { } there && !there.IsOfTheWorkerOf(_beat);

    /// <summary>The path of a cell's lock and claims, without their endings.</summary>
    /// <param name="runs">The store.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="identity">What the cell computes.</param>
    public static string Stem(string runs, string experiment, string identity) =>
        Path.Combine(Path.GetFullPath(runs), experiment, ".cells", identity);

    /// <summary>Claims a cell.</summary>
    /// <param name="stem">The cell's path, to which the mark of claims is added; its folder is there.</param>
    /// <param name="watch">Tells whether a worker that holds a claim is alive.</param>
    /// <param name="holder">What is known of the worker that holds it, if it was not to be had.</param>
    /// <param name="interval">From one heartbeat to the next; the usual time if <see langword="null"/>.</param>
    /// <returns>The claim, or <see langword="null"/> if another worker holds it, or may do so.</returns>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    public static CellClaim? TryTake(string stem, HeartbeatWatch watch, out WorkerLife holder, TimeSpan? interval = null)
    {
        var last = Numbers(stem).DefaultIfEmpty(0).Max();
        holder = last == 0 ? WorkerLife.Dead : watch.Look(NameOf(stem, last));
        if (holder != WorkerLife.Dead)
        {
            return null;
        }

        var beat = Heartbeat.First();
        var file = NameOf(stem, last + 1);
        FileStream? made = null;
        try
        {
            using (made = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                made.Write(beat.ToBytes());
                made.Flush(flushToDisk: true);
            }
        }
        catch (IOException e) when (made is null && (e.HResult & 0xffff) is AlreadyThere or AlreadyThereOnWindows)
        {
            holder = WorkerLife.Alive;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (made is not null)
            {
                // On a full disk: a claim without a heartbeat would keep everybody off the cell for a minute.
                AtomicFile.Quietly(() => File.Delete(file));
            }

            throw AtomicFile.Failed(file, e);
        }

        // What cannot be removed stays, and is overtaken.
        foreach (var overtaken in Numbers(stem).Where(n => n <= last))
        {
            AtomicFile.Quietly(() => File.Delete(NameOf(stem, overtaken)));
        }

        return new CellClaim(stem, last + 1, beat, interval ?? HeartbeatWatch.Interval);
    }

    /// <summary>The heartbeat of the worker that holds a cell, and its file; <see langword="null"/> if none does.</summary>
    /// <param name="stem">The cell's path.</param>
    public static (string File, Heartbeat Beat)? Holder(string stem) =>
        Numbers(stem).DefaultIfEmpty(0).Max() is > 0 and var last && NameOf(stem, last) is var file && Heartbeat.Read(file) is { } beat
            ? (file, beat)
            : null;

    /// <summary>Gives the cell back.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            _ended = true;
        }

        _timer.Dispose();
        if (!IsAnothers)
        {
            AtomicFile.Quietly(() => File.Delete(FileName));
        }

        _lost.Dispose();
    }

    private void Beat()
    {
        lock (_writing)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                if (Numbers(_stem).DefaultIfEmpty(0).Max() != _number || IsAnothers)
                {
                    _ended = true;
                    _lost.Cancel();
                    return;
                }

                _beat = _beat with { Beats = _beat.Beats + 1, Time = DateTimeOffset.Now };
                AtomicFile.Write(FileName, _beat.ToBytes());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or GaitPropException)
            {
                // A disk that is full or away: the next one may be written.
            }
        }
    }

    private static IEnumerable<long> Numbers(string stem) =>
        from file in Path.GetDirectoryName(stem)! is var folder && Directory.Exists(folder)
            ? Directory.GetFiles(folder, $"{Path.GetFileName(stem)}{Mark}*")
            : []
        let number = long.TryParse(file.AsSpan(file.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var read)
            ? read
            : 0
        where number > 0
        select number;

    private static string NameOf(string stem, long number) => Text($"{stem}{Mark}{number}");
}
