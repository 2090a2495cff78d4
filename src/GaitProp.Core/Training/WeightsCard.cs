using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Data;
using GaitProp.Experiments;

namespace GaitProp.Training;

/// <summary>What the weights in a file are of, as the file says itself: the run, how far it was, and what it trained on what.</summary>
/// <param name="Run">The run with its experiment before it: <c>cifar-shallow/ngait-s1-20261123-175612</c>.</param>
/// <param name="Identity">What the run computes.</param>
/// <param name="Step">Optimiser steps taken.</param>
/// <param name="Settings">The experiment, every value resolved.</param>
/// <param name="Data">The data that it was trained on.</param>
internal sealed record WeightsCard(string Run, string? Identity, long Step, JsonObject Settings, RunData Data)
{
    /// <summary>The card of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">Optimiser steps taken.</param>
    public static WeightsCard Of(RunDescription run, long step) =>
        new($"{run.Experiment["name"]}/{run.Name}", run.Identity, step, run.Experiment.AsObject(), run.Data);

    /// <summary>
    /// The experiment. Of a rule or a data set that only its author's notebook knows everything but that: a network does not need it to be
    /// looked at.
    /// </summary>
    /// <param name="source">Where the weights are, for the error.</param>
    /// <exception cref="GaitPropException">A setting is not possible.</exception>
    public Experiment Experiment(string source)
    {
        var settings = Settings.DeepClone().AsObject();
        if (settings["rule"] is JsonValue named && named.TryGetValue<string>(out var rule) && !RuleCatalog.Names.Contains(rule))
        {
            (settings["rule"], settings["ruleOptions"]) = ("bp", new JsonObject());
        }

        if (settings["data"] is JsonValue data && data.TryGetValue<string>(out var set) && !DataSets.Names.Contains(set))
        {
            // Photos: of a set that has neither a shape nor classes of its own nothing is held against the network.
            settings["data"] = Photos.Prepared.Name;
        }

        var experiment = ExperimentJson.FromJson(settings, source);
        try
        {
            experiment.Validate();
        }
        catch (GaitPropException e)
        {
            throw new GaitPropException($"{source}: {e.Message}", e);
        }

        return experiment;
    }

    /// <summary>How far the run was: <c>step 392, after 2 of 200 epochs</c>.</summary>
    public string Progress =>
        StepsPerEpoch == 0
            ? Text($"step {Step}")
            : Text(
                $"step {Step}, after {(Step % StepsPerEpoch == 0 ? Text($"{Step / StepsPerEpoch}") : Text($"{(double)Step / StepsPerEpoch:0.0#}"))} of {Count(Number("epochs"), "epoch")}"
            );

    /// <summary>Whether the run had steps left.</summary>
    public bool IsOnTheWay => Step < StepsPerEpoch * Number("epochs");

    private long StepsPerEpoch => Number("batchSize") is > 0 and var batch ? ((long)Data.Train + batch - 1) / batch : 0;

    /// <summary>Puts the card into a file's texts.</summary>
    public void Write(IDictionary<string, string> texts)
    {
        texts["run"] = Run;
        texts["step"] = Text($"{Step}");
        texts["experiment"] = Settings.ToJsonString(ExperimentJson.Line);
        texts["data"] = JsonSerializer.Serialize(Data, ExperimentJson.Line);
        if (Identity is not null)
        {
            texts["identity"] = Identity;
        }
    }

    /// <summary>Reads the card of a file. A checkpoint of an earlier version has none; its run's folder has what it says.</summary>
    /// <param name="file">The file.</param>
    /// <param name="texts">Its texts.</param>
    /// <exception cref="GaitPropException">It says nothing of its network, or something that is not possible.</exception>
    public static WeightsCard Read(string file, IReadOnlyDictionary<string, string> texts)
    {
        if (!long.TryParse(texts.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step))
        {
            throw new GaitPropException($"{file} is damaged: its metadata have no number 'step'.");
        }

        if (!texts.TryGetValue("experiment", out var experiment) || !texts.TryGetValue("data", out var data))
        {
            return OfFolder(file, texts, step);
        }

        var part = "experiment";
        try
        {
            var settings =
                WholeJson.Parse(Encoding.UTF8.GetBytes(experiment)) as JsonObject ?? throw new JsonException("it is not an object");
            part = "data";
            var images = WholeJson.Parse(Encoding.UTF8.GetBytes(data)).Deserialize<RunData>(ExperimentJson.Strict);
            return images is { Name: not null, Source: not null, Train: >= 0, Test: >= 0 }
                ? new WeightsCard(texts.GetValueOrDefault("run") ?? "", texts.GetValueOrDefault("identity"), step, settings, images)
                : throw new JsonException("it names no data set, or less than no images");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new GaitPropException($"{file} is damaged: its text '{part}' cannot be read: {OneLine.Of(e)}.", e);
        }
    }

    private static WeightsCard OfFolder(string file, IReadOnlyDictionary<string, string> texts, long step)
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file)));
        if (folder is null || !File.Exists(Path.Combine(folder, "run.json")))
        {
            throw new GaitPropException(
                $"{file} does not say which network it is of: it is a checkpoint of an earlier version; put it back into the folder of its run, as checkpoints/{Path.GetFileName(file)}."
            );
        }

        var run = RunRecord.ReadDescription(folder);
        return run.Identity == texts.GetValueOrDefault("identity")
            ? Of(run, step)
            : throw new GaitPropException($"{file} is the checkpoint of a run with other settings or other data than the one in {folder}.");
    }

    private int Number(string field) => Settings[field] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
}
