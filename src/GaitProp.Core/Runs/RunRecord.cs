using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Runs;

namespace GaitProp;

/// <summary>A run as its folder tells it.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class RunRecord
{
    /// <summary>A run of these measurements.</summary>
    internal RunRecord(
        string folder,
        RunDescription description,
        IReadOnlyList<StepMetrics> steps,
        IReadOnlyList<EpochMetrics> epochs,
        IReadOnlyList<EpochTiming> timings
    ) => (Folder, Description, Steps, Epochs, Timings) = (folder, description, steps, epochs, timings);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its name with that of the folder above before it: <see cref="RunSummary.QualifiedName"/>.</summary>
    internal string QualifiedName => RunStore.NameOf(Folder);

    /// <summary>What was measured at steps, in order.</summary>
    public IReadOnlyList<StepMetrics> Steps { get; }

    /// <summary>What was measured after epochs, in order, epoch 0 first.</summary>
    public IReadOnlyList<EpochMetrics> Epochs { get; }

    /// <summary>Whether it was measured after each epoch, the first to the last.</summary>
    internal bool IsMeasuredEveryEpoch => Epochs.Where(e => e.Epoch > 0).Index().All(e => e.Item.Epoch == e.Index + 1);

    /// <summary>How long epochs took, in order.</summary>
    internal IReadOnlyList<EpochTiming> Timings { get; }

    /// <summary>The experiment, every value resolved, as <c>run.json</c> has it: <c>(int)run.Settings["seed"]!</c>.</summary>
    public JsonNode Settings => Description.Experiment;

    /// <summary>The rule's name.</summary>
    public string Rule => (string)Settings["rule"]!;

    /// <summary>Whether the rule's form is literal: the distances of its updates are then to the displacement form.</summary>
    internal bool IsLiteral => (string?)Settings["ruleOptions"]?["form"] == "literal";

    /// <summary>The seed.</summary>
    internal int Seed => (int)Settings["seed"]!;

    /// <summary>Whether it is one that <c>runs record</c> has kept.</summary>
    internal bool IsRecorded => Description.Recorded is not null;

    /// <summary>The layers' names, from the input up.</summary>
    public IReadOnlyList<string> Layers => [.. Description.Layers.Select(l => l.Name)];

    /// <summary>The content of <c>run.json</c>.</summary>
    internal RunDescription Description { get; }

    /// <summary>
    /// The mean step in seconds, retractions included, angles and evaluation not; <see langword="null"/> before the first epoch has ended.
    /// </summary>
    public double? SecondsPerStep => Timings.Count == 0 ? null : Timings.Sum(t => t.MeanStepSeconds * t.Steps) / Timings.Sum(t => t.Steps);

    /// <summary>Reads a run that may be damaged: its summary does not look at everything that a record needs.</summary>
    /// <param name="run">Its summary.</param>
    /// <param name="problem">What is wrong; <see langword="null"/> if nothing is.</param>
    /// <returns><see langword="null"/> if it is damaged.</returns>
    internal static RunRecord? TryRead(RunSummary run, out string? problem)
    {
        try
        {
            problem = null;
            return Read(run.Folder);
        }
        catch (GaitPropException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="GaitPropException">The folder holds no run, or a file is damaged; the message names it and the line.</exception>
    public static RunRecord Read(string folder)
    {
        var description = ReadDescription(folder);
        var steps = new List<StepMetrics>();
        var epochs = new List<EpochMetrics>();
        foreach (var (number, line) in MetricFile.Metrics(folder).Index())
        {
            if (line.Kind == "step")
            {
                steps.Add(line.ToStep());
                Fits(number, "angles", steps[^1].Angles.Count);
            }
            else
            {
                epochs.Add(line.ToEpoch());
                Fits(number, "defects", epochs[^1].Defects.Count);
            }
        }

        return new RunRecord(folder, description, steps, epochs, [.. MetricFile.Timings(folder).Select(l => l.ToTiming())]);

        // BP has no angles; else there is a value a layer.
        void Fits(int number, string what, int count)
        {
            if (count != 0 && description.Layers.Count != 0 && count != description.Layers.Count)
            {
                throw new GaitPropException(
                    Text(
                        $"{Path.Combine(folder, "metrics.jsonl")} is damaged at line {number + 1}: it has {count} {what}, and run.json {description.Layers.Count} layers."
                    )
                );
            }
        }
    }

    /// <summary>Reads what was run, and how it ended, without its measurements.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="GaitPropException">The folder holds no run, or <c>run.json</c> is damaged.</exception>
    internal static RunDescription ReadDescription(string folder)
    {
        var file = Path.Combine(folder, "run.json");
        if (!File.Exists(file))
        {
            throw new GaitPropException($"{folder} holds no run: there is no run.json.");
        }

        try
        {
            return ParseDescription(File.ReadAllBytes(file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {OneLine.OfFile(e)}.", e);
        }
    }

    /// <summary>Reads the content of a <c>run.json</c>.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="file">Where they are from, for errors.</param>
    /// <exception cref="GaitPropException">They are damaged.</exception>
    internal static RunDescription ParseDescription(byte[] json, string file)
    {
        try
        {
            var description =
                WholeJson.Parse(json).Deserialize<RunDescription>(ExperimentJson.Strict) ?? throw new JsonException("it is not an object.");
            description.Check();
            return description;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new GaitPropException($"{file} is damaged: {OneLine.Of(e)}; put back a copy of it, or delete the run.", e);
        }
    }
}
