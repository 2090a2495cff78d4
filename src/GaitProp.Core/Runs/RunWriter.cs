using System.Text;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>
/// Writes a run's folder, <c>RUNS/EXPERIMENT/RULE-sSEED-TIME/</c>: <c>run.json</c>, <c>metrics.jsonl</c> and <c>timing.jsonl</c>. Lines are
/// appended whole and flushed; one that cannot be written is taken back.
/// </summary>
internal sealed class RunWriter : IDisposable
{
    /// <summary>Space that a run gives back at its end, so that a disk that has filled up still takes how it ended.</summary>
    private const string Reserve = ".reserve";
    private const int ReserveBytes = 16 * 1024;

    /// <summary>How the folder of a run begins that has no name yet. A name with a dot is no run.</summary>
    private const string Unborn = ".new-";

    /// <summary>A folder gets its name within seconds: one this old was left by a process that was killed.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly RunLock _lock;
    private readonly FileStream _metrics;
    private readonly FileStream _timing;
    private TensorBoardLog? _tensorBoard;

    private RunWriter(string folder, RunDescription description, RunLock held)
    {
        Folder = folder;
        Description = description;
        _lock = held;
        try
        {
            _metrics = OpenLines("metrics.jsonl");
            _timing = OpenLines("timing.jsonl");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _metrics?.Dispose();
            held.Dispose();
            throw AtomicFile.Failed(folder, e);
        }
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The content of <c>run.json</c>.</summary>
    public RunDescription Description { get; private set; }

    /// <summary>Length of <c>metrics.jsonl</c>.</summary>
    public long MetricsBytes => _metrics.Length;

    /// <summary>Length of <c>timing.jsonl</c>.</summary>
    public long TimingBytes => _timing.Length;

    /// <summary>Creates the folder of a new run. No other process gets the same one.</summary>
    /// <param name="runs">The folder of all runs; made if it is missing.</param>
    /// <param name="experiment">What is run.</param>
    /// <param name="describe">Describes the run, given its name and start.</param>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    public static RunWriter Create(string runs, Experiment experiment, Func<string, DateTimeOffset, RunDescription> describe)
    {
        var parent = Path.Combine(Path.GetFullPath(runs), experiment.Name);
        SweepUnborn(parent);
        var temporary = Path.Combine(parent, $"{Unborn}{Path.GetRandomFileName()}");
        RunLock? held = null;
        try
        {
            Directory.CreateDirectory(temporary);

            // Taken before the folder gets its name, so that nobody finds the run without its writer. Windows does not rename a folder with
            // an open file in it.
            held = OperatingSystem.IsWindows() ? null : RunLock.Take(temporary);
            var started = DateTimeOffset.Now;
            var stem = Text($"{experiment.Rule}-s{experiment.Seed}-{started:yyyyMMdd-HHmmss}");
            for (var attempt = 1; ; attempt++)
            {
                var name = attempt == 1 ? stem : Text($"{stem}-{attempt}");
                var folder = Path.Combine(parent, name);
                var description = describe(name, started);
                WriteDescription(temporary, description);
                AtomicFile.Write(Path.Combine(temporary, Reserve), new byte[ReserveBytes]);
                try
                {
                    // A rename onto a folder that is there fails: the name is ours or somebody else's, never both's.
                    Directory.Move(temporary, folder);
                }
                catch (IOException) when (Directory.Exists(folder) && attempt < 1000)
                {
                    continue;
                }

                temporary = folder;
                return new RunWriter(folder, description, held ?? RunLock.Take(folder));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or GaitPropException)
        {
            held?.Dispose();
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw e as GaitPropException ?? AtomicFile.Failed(parent, e);
        }
    }

    /// <summary>Opens the folder of a run that is there, to go on writing. No other process can have it open.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="GaitPropException">It holds no run, is being written by another process, or cannot be written.</exception>
    public static RunWriter Open(string folder)
    {
        var whole = Path.GetFullPath(folder);
        var description = RunRecord.ReadDescription(whole);
        var held = RunLock.Take(whole);
        try
        {
            // Read again: until the lock was ours, another process may have ended the run.
            description = RunRecord.ReadDescription(whole);
        }
        catch (GaitPropException)
        {
            held.Dispose();
            throw;
        }

        return new RunWriter(whole, description, held);
    }

    /// <summary>Goes back to where a checkpoint was written: lines after it are taken back, and the run is under way again.</summary>
    /// <param name="step">The checkpoint's step.</param>
    /// <param name="metricsBytes">Length of <c>metrics.jsonl</c> at that point.</param>
    /// <param name="timingBytes">Length of <c>timing.jsonl</c> at that point.</param>
    /// <param name="keepEvery">Epochs from one checkpoint that stays to the next, if that was said anew.</param>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    public void Resume(long step, long metricsBytes, long timingBytes, int? keepEvery = null)
    {
        try
        {
            _metrics.SetLength(metricsBytes);
            _timing.SetLength(timingBytes);
            _metrics.Position = metricsBytes;
            _timing.Position = timingBytes;
        }
        catch (IOException e)
        {
            throw AtomicFile.Failed(Folder, e);
        }

        Description = Description with
        {
            Status = RunStatus.Running,
            Error = null,
            Ended = null,
            Resumed = [.. Description.Resumed, new(DateTimeOffset.Now, step)],
            KeepEvery = keepEvery ?? Description.KeepEvery,
        };
        AtomicFile.Write(Path.Combine(Folder, Reserve), new byte[ReserveBytes]);
        WriteDescription(Folder, Description);
    }

    /// <summary>From now on, measurements go into TensorBoard event files too; those that were written before are put in first.</summary>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    public void LogToTensorBoard() => _tensorBoard ??= TensorBoardLog.Open(Folder);

    /// <summary>Makes sure that what was appended is on the disk.</summary>
    /// <exception cref="GaitPropException">It cannot be written.</exception>
    public void FlushToDisk()
    {
        try
        {
            _metrics.Flush(flushToDisk: true);
            _timing.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            throw AtomicFile.Failed(Folder, e);
        }
    }

    /// <summary>Appends what was measured at a step.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(StepMetrics metrics)
    {
        AppendLine(_metrics, "step", metrics);
        _tensorBoard?.Append(metrics);
    }

    /// <summary>Appends what was measured after an epoch.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(EpochMetrics metrics)
    {
        AppendLine(_metrics, "epoch", metrics);
        _tensorBoard?.Append(metrics);
    }

    /// <summary>Appends how long an epoch took.</summary>
    /// <param name="timing">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(EpochTiming timing) => AppendLine(_timing, "epoch", timing);

    /// <summary>Writes down how the run ended.</summary>
    /// <param name="status">How.</param>
    /// <param name="error">Why it failed, in one line.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void End(RunStatus status, string? error = null)
    {
        Description = Description with { Status = status, Error = error, Ended = DateTimeOffset.Now };
        AtomicFile.Quietly(() => File.Delete(Path.Combine(Folder, Reserve)));
        WriteDescription(Folder, Description);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _timing.Dispose();
        _tensorBoard?.Dispose();
        _lock.Dispose();
    }

    /// <summary>Removes what processes have left that were killed before their run had a name.</summary>
    private static void SweepUnborn(string parent)
    {
        try
        {
            foreach (var folder in Directory.Exists(parent) ? Directory.GetDirectories(parent, $"{Unborn}*") : [])
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > Abandoned && !RunLock.IsHeld(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are in nobody's way.
        }
    }

    private static void WriteDescription(string folder, RunDescription description) =>
        AtomicFile.Write(Path.Combine(folder, "run.json"), JsonSerializer.SerializeToUtf8Bytes(description, ExperimentJson.Options));

    private static void AppendLine<T>(FileStream file, string kind, T value)
    {
        var line = JsonSerializer.SerializeToNode(value, ExperimentJson.Line)!.AsObject();
        line.Insert(0, "kind", kind);
        var whole = file.Length;
        try
        {
            file.Write(Encoding.UTF8.GetBytes(line.ToJsonString(ExperimentJson.Line) + "\n"));
            file.Flush();
        }
        catch (IOException e)
        {
            file.SetLength(whole);
            file.Position = whole;
            throw AtomicFile.Failed(file.Name, e);
        }
    }

    private FileStream OpenLines(string name)
    {
        var file = new FileStream(Path.Combine(Folder, name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Seek(0, SeekOrigin.End);
        return file;
    }
}
