using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Runs;

/// <summary>
/// Writes a run's folder, <c>RUNS/EXPERIMENT/RULE-sSEED-TIME/</c>: <c>run.json</c>, <c>metrics.jsonl</c> and <c>timing.jsonl</c>. Lines are appended whole
/// and flushed; one that cannot be written is taken back.
/// </summary>
public sealed class RunWriter : IDisposable
{
    /// <summary>Space that a run gives back at its end, so that a disk that has filled up still takes how it ended.</summary>
    private const string Reserve = ".reserve";

    private readonly FileStream _metrics;
    private readonly FileStream _timing;
    private RunDescription _description;

    private RunWriter(string folder, RunDescription description)
    {
        Folder = folder;
        _description = description;
        _metrics = Open("metrics.jsonl");
        _timing = Open("timing.jsonl");
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Creates the folder of a new run. No other process gets the same one.</summary>
    /// <param name="runs">The folder of all runs; made if it is missing.</param>
    /// <param name="experiment">What is run.</param>
    /// <param name="describe">Describes the run, given its name and start.</param>
    /// <exception cref="GaitPropException">The folder cannot be written.</exception>
    public static RunWriter Create(string runs, Experiment experiment, Func<string, DateTimeOffset, RunDescription> describe)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(describe);
        var parent = Path.Combine(Path.GetFullPath(runs), experiment.Name);
        var temporary = Path.Combine(parent, $".{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(temporary);
            var started = DateTimeOffset.Now;
            var stem = string.Create(CultureInfo.InvariantCulture, $"{experiment.Rule}-s{experiment.Seed}-{started:yyyyMMdd-HHmmss}");
            for (var attempt = 1; ; attempt++)
            {
                var name = attempt == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{attempt}");
                var folder = Path.Combine(parent, name);
                var description = describe(name, started);
                WriteDescription(temporary, description);
                AtomicFile.Write(Path.Combine(temporary, Reserve), new byte[16 * 1024]);
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
                return new RunWriter(folder, description);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or GaitPropException)
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw e as GaitPropException ?? AtomicFile.Failed(parent, e);
        }
    }

    /// <summary>Appends what was measured at a step.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(StepMetrics metrics) => AppendLine(_metrics, "step", metrics);

    /// <summary>Appends what was measured after an epoch.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(EpochMetrics metrics) => AppendLine(_metrics, "epoch", metrics);

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
        _description = _description with { Status = status, Error = error, Ended = DateTimeOffset.Now };
        File.Delete(Path.Combine(Folder, Reserve));
        WriteDescription(Folder, _description);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _timing.Dispose();
    }

    private static void WriteDescription(string folder, RunDescription description) =>
        AtomicFile.Write(Path.Combine(folder, "run.json"), JsonSerializer.SerializeToUtf8Bytes(description, ExperimentJson.Options));

    private static void AppendLine<T>(FileStream file, string kind, T value)
    {
        var line = new JsonObject { ["kind"] = kind };
        foreach (var (name, node) in JsonSerializer.SerializeToNode(value, ExperimentJson.Line)!.AsObject())
        {
            line[name] = node?.DeepClone();
        }

        var whole = file.Length;
        try
        {
            file.Write(Encoding.UTF8.GetBytes(line.ToJsonString(ExperimentJson.Line) + "\n"));
            file.Flush();
        }
        catch (IOException e)
        {
            file.SetLength(whole);
            throw AtomicFile.Failed(file.Name, e);
        }
    }

    private FileStream Open(string name) =>
        new(Path.Combine(Folder, name), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
}
