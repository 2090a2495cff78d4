using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Runs;

/// <summary>A run as its folder tells it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Description">The content of <c>run.json</c>.</param>
/// <param name="Steps">What was measured at steps, in order.</param>
/// <param name="Epochs">What was measured after epochs, in order, epoch 0 first.</param>
/// <param name="Timings">How long epochs took, in order.</param>
public sealed record RunRecord(
    string Folder,
    RunDescription Description,
    IReadOnlyList<StepMetrics> Steps,
    IReadOnlyList<EpochMetrics> Epochs,
    IReadOnlyList<EpochTiming> Timings)
{
    /// <summary>The rule's name.</summary>
    public string Rule => (string)Description.Experiment["rule"]!;

    /// <summary>The mean step in seconds, retractions included, angles and evaluation not; <see langword="null"/> before the first epoch has ended.</summary>
    public double? SecondsPerStep => Timings.Count == 0 ? null : Timings.Sum(t => t.MeanStepSeconds * t.Steps) / Timings.Sum(t => t.Steps);

    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="GaitPropException">The folder holds no run, or a file is damaged; the message names it and the line.</exception>
    public static RunRecord Read(string folder)
    {
        var description = ReadDescription(folder);
        var steps = new List<StepMetrics>();
        var epochs = new List<EpochMetrics>();
        foreach (var line in Lines(Path.Combine(folder, "metrics.jsonl")))
        {
            if (line.Content["kind"]?.ToString() == "step")
            {
                steps.Add(line.As<StepMetrics>());
            }
            else
            {
                epochs.Add(line.As<EpochMetrics>());
            }
        }

        var timings = Lines(Path.Combine(folder, "timing.jsonl")).Select(l => l.As<EpochTiming>());
        return new RunRecord(folder, description, steps, epochs, [.. timings]);
    }

    /// <summary>Reads what was run, and how it ended, without its measurements.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="GaitPropException">The folder holds no run, or <c>run.json</c> is damaged.</exception>
    public static RunDescription ReadDescription(string folder)
    {
        var file = Path.Combine(folder, "run.json");
        if (!File.Exists(file))
        {
            throw new GaitPropException($"{folder} holds no run: there is no run.json.");
        }

        try
        {
            return JsonSerializer.Deserialize<RunDescription>(File.ReadAllBytes(file), ExperimentJson.Options)
                ?? throw new GaitPropException($"{file} is damaged: it is not an object.");
        }
        catch (JsonException e)
        {
            throw new GaitPropException($"{file} is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {(e is UnauthorizedAccessException ? "permission denied" : Data.OneLine.Of(e))}.", e);
        }
    }

    private static IEnumerable<Line> Lines(string file)
    {
        var number = 0;
        var lines = File.Exists(file) ? File.ReadAllText(file).Split('\n') : [""];

        // What follows the last line's end was still being written, or was cut off when the process was killed.
        foreach (var line in lines[..^1])
        {
            number++;
            JsonObject parsed;
            try
            {
                parsed = JsonNode.Parse(line)!.AsObject();
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new GaitPropException($"{file} is damaged at line {number}: {e.Message}", e);
            }

            yield return new Line(file, number, parsed);
        }
    }

    /// <summary>A line of measurements, and where it stands.</summary>
    private readonly record struct Line(string File, int Number, JsonObject Content)
    {
        public T As<T>()
        {
            try
            {
                return Content.Deserialize<T>(ExperimentJson.Options)!;
            }
            catch (JsonException e)
            {
                throw new GaitPropException($"{File} is damaged at line {Number}: {Data.OneLine.Of(e)}", e);
            }
        }
    }
}
