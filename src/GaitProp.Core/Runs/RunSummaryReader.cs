using System.Text.Json;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>Reads the summary of a run: of <c>run.json</c> the few values that it shows, of <c>metrics.jsonl</c> the end.</summary>
internal static class RunSummaryReader
{
    /// <summary>A first look at the end of <c>metrics.jsonl</c>, bytes: most often the last epoch and the last step are in it.</summary>
    private const int FirstLook = 4096;

    /// <summary>Reads a summary. What is wrong with the folder stands in it.</summary>
    /// <param name="folder">The run's folder, a full path.</param>
    public static RunSummary Read(string folder)
    {
        var summary = NothingTold(folder);
        var file = "run.json";
        try
        {
            // What a damaged file tells before its damage does not count.
            var told = NothingTold(folder);
            Describe(SharedFile.ReadAll(Path.Combine(folder, file)), told);
            summary = told;
            file = "metrics.jsonl";
            Measure(Path.Combine(folder, file), summary);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // A run that has just begun has not measured anything.
            if (summary.State is RunState.Damaged or RunState.Finished)
            {
                Say(summary, $"there is no {file}");
            }
        }
        catch (JsonException e)
        {
            Say(summary, $"{file} is damaged: {OneLine.Of(e)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Say(summary, $"{file} cannot be read: {OneLine.OfFile(e)}");
        }

        return summary;
    }

    private static RunSummary NothingTold(string folder) =>
        new()
        {
            Folder = folder,
            Name = Path.GetFileName(folder),
            Experiment = Path.GetFileName(Path.GetDirectoryName(folder)) ?? "",
            State = RunState.Damaged,
        };

    private static void Say(RunSummary summary, string problem)
    {
        summary.Problem = problem;
        try
        {
            if (summary.State == RunState.Damaged)
            {
                summary.Started = Directory.GetLastWriteTime(summary.Folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does not say when it began.
        }
    }

    private static void Describe(byte[] json, RunSummary summary)
    {
        string? status = null;
        DateTimeOffset? started = null;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("it is not an object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "status":
                        status = reader.GetString();
                        break;
                    case "error":
                        summary.Error = reader.GetString();
                        break;
                    case "identity":
                        summary.Identity = reader.GetString();
                        break;
                    case "started":
                        started = reader.GetDateTimeOffset();
                        break;
                    case "ended" when reader.TokenType != JsonTokenType.Null:
                        summary.Ended = reader.GetDateTimeOffset();
                        break;
                    case "experiment" when reader.TokenType == JsonTokenType.StartObject:
                        DescribeExperiment(ref reader, summary);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            reader.Read();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new JsonException("a value is not of the kind that it should be.", e);
        }

        summary.Started = started ?? throw new JsonException("it does not say when the run started.");
        summary.State = State(status, summary.Folder);
        if (summary.Rule is null)
        {
            throw new JsonException("it does not name the rule.");
        }
    }

    private static void DescribeExperiment(ref Utf8JsonReader reader, RunSummary summary)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "name":
                    summary.Experiment = reader.GetString() ?? summary.Experiment;
                    break;
                case "rule":
                    summary.Rule = reader.GetString();
                    break;
                case "preset":
                    summary.Preset = reader.GetString();
                    break;
                case "seed":
                    summary.Seed = reader.GetInt32();
                    break;
                case "epochs":
                    summary.Epochs = reader.GetInt32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    /// <summary>A run that says that it is under way is, if a process holds its lock.</summary>
    private static RunState State(string? status, string folder) =>
        status switch
        {
            "running" => RunLock.IsHeld(folder) ? RunState.Running : RunState.Stopped,
            "finished" => RunState.Finished,
            "interrupted" => RunState.Interrupted,
            "failed" => RunState.Failed,
            "diverged" => RunState.Diverged,
            _ => throw new JsonException($"it gives the status '{status}', which is not known."),
        };

    /// <summary>Looks at the end of the measurements, and further back until the last epoch and the last step have been seen.</summary>
    private static void Measure(string file, RunSummary summary)
    {
        using var handle = SharedFile.Open(file);
        var length = RandomAccess.GetLength(handle);
        for (long look = FirstLook; ; look *= 4)
        {
            var offset = Math.Max(0, length - look);
            var bytes = new byte[length - offset];
            bytes = bytes[..SharedFile.Read(handle, bytes, offset)];

            // A line that a killed process left unfinished does not count, nor the one that the look begins in.
            var end = bytes.AsSpan().LastIndexOf((byte)'\n');
            var begin = offset == 0 ? 0 : bytes.AsSpan().IndexOf((byte)'\n') + 1;
            MetricLine? step = null;
            MetricLine? epoch = null;
            while (end > begin && (step is null || epoch is null))
            {
                var start = bytes.AsSpan(begin, end - begin).LastIndexOf((byte)'\n') + 1 + begin;
                var line = MetricLine.ParseMetrics(bytes.AsSpan(start, end - start));
                if (line.Kind == "step")
                {
                    step ??= line;
                }
                else
                {
                    epoch ??= line;
                }

                end = start - 1;
            }

            if (offset == 0 || (step is not null && epoch is not null))
            {
                summary.EpochsDone = epoch?.Epoch ?? 0;
                summary.TrainAccuracy = epoch?["trainAccuracy"];
                summary.TestAccuracy = epoch?["testAccuracy"];
                summary.MeanAngle = step?["meanAngle"];
                return;
            }
        }
    }
}
