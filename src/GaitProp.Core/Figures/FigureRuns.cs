using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Figures;

/// <summary>A run that is no part of a figure.</summary>
/// <param name="Run">Its name, with its experiment's.</param>
/// <param name="Reason">Why, in words that follow a colon.</param>
internal sealed record LeftOutRun(string Run, string Reason)
{
    /// <summary>One line: <c>cifar-shallow/bp-s1-…: batchSize is 64, the figure's 256</c>.</summary>
    public override string ToString() => $"{Run}: {Reason}";
}

/// <summary>
/// The runs of a figure: of its network, with its settings, all on the same images. Seeds, epochs, presets, gains, constraints and ways to
/// compute may differ: they are what figures compare.
/// </summary>
/// <param name="Shown">The runs that the figure shows, as they came.</param>
/// <param name="LeftOut">The others, each with the reason.</param>
internal sealed record FigureRuns(IReadOnlyList<RunRecord> Shown, IReadOnlyList<LeftOutRun> LeftOut)
{
    /// <summary>Chooses the runs of a figure among those that are filed under its experiments.</summary>
    /// <param name="figure">One of <see cref="FigurePlan.Figures"/>.</param>
    /// <param name="runs">The runs at hand.</param>
    /// <exception cref="GaitPropException">There is no such figure.</exception>
    public static FigureRuns Of(string figure, IEnumerable<RunSummary> runs)
    {
        ExperimentDocument[] documents = [.. FigurePlan.ExperimentsOf(figure).Select(ExperimentDocument.Open)];
        var leftOut = new List<LeftOutRun>();
        var records = new List<RunRecord>();
        foreach (var run in runs)
        {
            if (run.Problem is { } problem)
            {
                leftOut.Add(new(run.QualifiedName, $"its files are damaged: {problem}"));
            }
            else if (run.EpochsDone == 0)
            {
                leftOut.Add(
                    new(
                        run.QualifiedName,
                        run.State == RunState.Diverged ? "it diverged before an epoch was measured" : "no epoch of it has ended"
                    )
                );
            }
            else if (RunRecord.TryRead(run, out var damage) is not { } record)
            {
                leftOut.Add(new(run.QualifiedName, $"its files are damaged: {damage}"));
            }
            else if (Other(record, documents) is { } reason)
            {
                leftOut.Add(new(run.QualifiedName, reason));
            }
            else
            {
                records.Add(record);
            }
        }

        if (records.Count == 0)
        {
            return new([], leftOut);
        }

        // One set of images: the published one rather than one in its place, large images rather than small ones, many rather than few.
        var sets = records.GroupBy(Images).ToArray();
        var shown = sets.OrderBy(s => s.First().Description.Data.StandsInFor is null && !s.First().Description.Data.Embedded ? 0 : 1)
            .ThenByDescending(s => s.Key.Inputs)
            .ThenByDescending(s => s.Key.Train)
            .ThenByDescending(s => s.Key.Test)
            .ThenByDescending(s => s.Count())
            .ThenByDescending(s => s.Max(r => r.Description.Started))
            .First();
        leftOut.AddRange(
            sets.Where(s => s != shown)
                .SelectMany(
                    s => s,
                    (s, r) =>
                        new LeftOutRun(
                            r.QualifiedName,
                            Other(r.Description.Data.Width, s.Key, shown.First().Description.Data.Width, shown.Key)
                        )
                )
        );
        return new([.. shown], leftOut);
    }

    /// <summary>What a run has that no run of the figure has, or <see langword="null"/>.</summary>
    private static string? Other(RunRecord run, IReadOnlyList<ExperimentDocument> documents)
    {
        if (run.Description.Origin is { } origin)
        {
            return $"it began with the weights of {origin.Run}, the figure's runs with those that their seed draws";
        }

        var experiment = (JsonObject)run.Description.Experiment;
        var document = documents.FirstOrDefault(d => d.Name == (string?)experiment["name"]);
        if (document is null)
        {
            return $"it is a run of {experiment["name"]}, the figure shows {string.Join(" and ", documents.Select(d => d.Name))}";
        }

        var preset = (string?)experiment["preset"];
        if (!Presets.Names.Contains(preset))
        {
            return $"its preset is {preset}, which this version does not know";
        }

        if (ForeignSetting.ChoicesOfNoPreset(experiment) is { } choices)
        {
            return choices;
        }

        return ForeignSetting.Of(experiment).FirstOrDefault() switch
        {
            null => null,
            { Field: "network" } network => $"its network is {network.Value}, the figure's {network.Usual[0]}",
            var other => $"{other.Field} is {other.Value}, the figure's {string.Join(" or ", other.Usual)}",
        };
    }

    private static Set Images(RunRecord run)
    {
        var (data, layers) = (run.Description.Data, run.Description.Layers);
        return new(
            data.Name,
            data.Train,
            data.Test,
            data.Checksum,
            layers.Count == 0 ? 0 : layers[^1].Keep,
            layers.Count == 0 ? 0 : layers[^1].Inputs,
            RunChoices.OfImages(run.Description.Experiment)
        );
    }

    private static string Other(int? width, Set set, int? wide, Set shown) =>
        set.Name != shown.Name ? $"its data is {set.Name}, the figure's {shown.Name}"
        : width is not null && wide is not null && width != wide ? Text($"its images are {width} pixels wide, the figure's {wide}")
        : set.Inputs != shown.Inputs
            ? Text($"its images have another size: its last layer has {set.Inputs} inputs, the figure's {shown.Inputs}")
        : set.Classes != shown.Classes ? Text($"it has {set.Classes} classes, the figure {shown.Classes}")
        : set.Train != shown.Train ? Text($"it was trained on {set.Train} images, the figure's runs on {shown.Train}")
        : set.Changes != shown.Changes ? $"it was trained on {Changed(set)}, the figure's runs on {Changed(shown)}"
        : set.Test != shown.Test ? Text($"it was tested on {set.Test} images, the figure's runs on {shown.Test}")
        : "its images are not those of the other runs: their checksums differ";

    /// <summary>
    /// What tells sets of images apart. Older runs do not say how large images are; the inputs of a convolutional network's last layer grow
    /// with them.
    /// </summary>
    private sealed record Set(string Name, int Train, int Test, string? Checksum, int Classes, long Inputs, string? Changes);

    private static string Changed(Set set) => set.Changes ?? "images as they are";
}
