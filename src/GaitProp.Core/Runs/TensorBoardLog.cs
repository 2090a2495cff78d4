using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>
/// The measurements of a run as TensorBoard reads them: an event file in the run's folder. It holds the points of <c>metrics.jsonl</c>, no
/// more and no fewer, however often the run was stopped and resumed.
/// </summary>
internal sealed class TensorBoardLog : IDisposable
{
    private const string Files = "events.out.tfevents.*.gaitprop";

    private readonly TensorBoardFile _events;

    private TensorBoardLog(TensorBoardFile events) => _events = events;

    /// <summary>The event file.</summary>
    public string EventFile => _events.Name;

    /// <summary>Whether a run has a log.</summary>
    /// <param name="folder">The run's folder.</param>
    public static bool IsIn(string folder) => Directory.GetFiles(folder, Files).Length > 0;

    /// <summary>
    /// Begins a log, or goes on with one: the points that <c>metrics.jsonl</c> has are written into a new file, which takes the place of
    /// earlier ones. Their time is the time of this call.
    /// </summary>
    /// <param name="folder">The run's folder; the caller holds its <see cref="RunLock"/>.</param>
    /// <exception cref="GaitPropException">The folder cannot be written, or <c>metrics.jsonl</c> is damaged.</exception>
    public static TensorBoardLog Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);

        try
        {
            var now = DateTimeOffset.UtcNow;
            var earlier = Directory.GetFiles(folder, Files);
            var name = FreeName(folder, now);

            // TensorBoard takes every file with tfevents in its name: this one gets it when it is whole.
            using (var file = new AtomicFile(name, Path.Combine(folder, $".tensorboard.{Path.GetRandomFileName()}")))
            {
                var events = TensorBoardFile.Begin(file.Stream, now);
                foreach (var line in MetricFile.Metrics(folder))
                {
                    events.Append(now, line.Step ?? 0, TensorBoardTags.Of(line));
                }

                file.Commit();
            }

            Array.ForEach(earlier, File.Delete);
            return new TensorBoardLog(TensorBoardFile.Open(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(folder, e);
        }
    }

    /// <summary>Adds what was measured at a step. An undefined angle has no point.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(StepMetrics metrics) => AppendLine("step", metrics);

    /// <summary>Adds what was measured after an epoch.</summary>
    /// <param name="metrics">The measurement.</param>
    /// <exception cref="GaitPropException">The file cannot be written.</exception>
    public void Append(EpochMetrics metrics) => AppendLine("epoch", metrics);

    /// <inheritdoc/>
    public void Dispose() => _events.Dispose();

    /// <summary>Points come from the line that <c>metrics.jsonl</c> gets, so that a log that is begun again has the same.</summary>
    private void AppendLine<T>(string kind, T metrics)
    {
        var line = MetricLine.Parse(JsonSerializer.SerializeToUtf8Bytes(metrics, ExperimentJson.Line));
        try
        {
            _events.Append(DateTimeOffset.UtcNow, line.Step ?? 0, TensorBoardTags.Of(line, kind));
        }
        catch (IOException e)
        {
            throw AtomicFile.Failed(EventFile, e);
        }
    }

    private static string FreeName(string folder, DateTimeOffset now)
    {
        for (var seconds = now.ToUnixTimeSeconds(); ; seconds++)
        {
            var name = Text($"events.out.tfevents.{seconds}.{Environment.MachineName}.{Environment.ProcessId}.gaitprop");
            if (Path.Combine(folder, name) is var file && !File.Exists(file))
            {
                return file;
            }
        }
    }
}
