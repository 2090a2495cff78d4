using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Runs;

namespace GaitProp.Figures;

/// <summary>Runs that are shown as one: of one seed, or of several that differ in nothing else.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Runs">The runs; at least one.</param>
internal sealed record RunGroup(string Title, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>The rule's name.</summary>
    public string Rule => Runs[0].Rule;

    /// <summary>Runs of other seeds that would be among them, had they not diverged.</summary>
    public IReadOnlyList<RunRecord> Diverged { get; private init; } = [];

    /// <summary>Whether it was recorded.</summary>
    public bool IsRecorded => Runs[0].IsRecorded;

    /// <summary>A group for each run.</summary>
    public static IReadOnlyList<RunGroup> Each(IReadOnlyList<RunRecord> runs) =>
        [.. runs.Select(r => new RunGroup(RunTitles.Of(r, runs), [r]))];

    /// <summary>
    /// A group for all seeds of one setting. Of several runs of a seed the last counts; where a seed is finished, those that are not are
    /// left out, so that a mean is one of the same seeds from end to end; else the one that came furthest stands alone.
    /// </summary>
    public static IReadOnlyList<RunGroup> OverSeeds(IReadOnlyList<RunRecord> runs) =>
        [
            .. runs.GroupBy(Line)
                .Select(group =>
                {
                    var seeds = group
                        .GroupBy(r => r.Seed)
                        .Select(s => s.MaxBy(r => (r.Description.Status == RunStatus.Finished, r.Description.Started))!)
                        .ToArray();
                    var finished = seeds.Where(r => r.Description.Status == RunStatus.Finished).ToArray();
                    return new RunGroup(
                        RunTitles.Of(seeds[0], runs, overSeeds: true),
                        finished.Length > 0 ? finished : [seeds.MaxBy(r => LastEpoch(r))!]
                    )
                    {
                        Diverged =
                            finished.Length > 0
                                ? [.. seeds.Where(r => r.Description.Status == RunStatus.Diverged).OrderBy(r => r.Seed)]
                                : [],
                    };
                }),
        ];

    /// <summary>The runs with those of one setting together, in the order of the setting's first run, by seed.</summary>
    public static IReadOnlyList<RunRecord> Together(IReadOnlyList<RunRecord> runs) =>
        [.. runs.GroupBy(Line).SelectMany(group => group.OrderBy(r => r.Seed))];

    /// <summary>The runs, of each setting's recorded ones those alone whose length speaks for it. Runs of one's own all stay.</summary>
    public static IReadOnlyList<RunRecord> Speaking(IReadOnlyList<RunRecord> runs) =>
        [
            .. runs.GroupBy(SettingOf)
                .SelectMany(group =>
                    group.Where(r => r.IsRecorded).GroupBy(r => LastEpoch(r)).ToArray() is { Length: > 0 } lengths
                        ? group.Where(r => !r.IsRecorded).Concat(Standing.Spokesman(lengths, StandingOf))
                        : group
                ),
        ];

    /// <summary>How far a run came; -1 if it was stopped before anything was measured.</summary>
    private static int LastEpoch(RunRecord run) => run.Epochs is [.., var last] ? last.Epoch : -1;

    private static Standing StandingOf(IGrouping<int, RunRecord> length) =>
        new(
            length.All(r => r.Description.Status == RunStatus.Finished),
            IsPlain: true,
            length.Select(r => r.Seed).Distinct().Count(),
            length.Key
        );

    /// <summary>
    /// The runs, each once: one that was recorded, or whose store was copied, is there twice. Of copies the one that came furthest counts, and
    /// of those one's own.
    /// </summary>
    public static IReadOnlyList<RunRecord> Once(IReadOnlyList<RunRecord> runs) =>
        [
            .. runs.GroupBy(r => (r.Description.Name, r.Description.Identity ?? r.Folder))
                .Select(copies => copies.MaxBy(r => (LastEpoch(r), !r.IsRecorded))!),
        ];

    /// <summary>The runs that are in no line of <see cref="OverSeeds"/>, each with the reason.</summary>
    public static IEnumerable<(RunRecord Run, string Reason)> WithoutLine(IReadOnlyList<RunRecord> runs)
    {
        var groups = OverSeeds(runs);
        var diverged = groups.SelectMany(g => g.Diverged).ToHashSet();
        var drawn = groups.SelectMany(g => g.Runs).ToLookup(Line);
        return runs.Except(drawn.SelectMany(g => g))
            .Select(r =>
                (
                    r,
                    diverged.Contains(r) ? "it diverged; the line of its setting is of the seeds that came through"
                    : drawn[Line(r)].Any(d => d.Description.Status == RunStatus.Finished)
                        ? "the line of its setting is of the finished runs, of each seed the last"
                    : "no run of its setting is finished, and another one came further"
                )
            );
    }

    /// <summary>
    /// What runs share that differ in their seed and epochs alone, as one text. How many epochs were planned does not matter to what the
    /// first of them compute, and fields of which older runs knew nothing have their defaults. Runs that began with the weights of another
    /// run share them.
    /// </summary>
    public static string SettingOf(RunRecord run)
    {
        var said = RunCommandLine.Said(run.Description.Experiment);
        JsonNode whole;
        try
        {
            whole = ExperimentJson.ToJson(ExperimentJson.FromJson(said));
        }
        catch (GaitPropException)
        {
            // Of a rule that only its author's notebook knows.
            whole = said;
        }

        foreach (var field in (string[])["seed", "epochs"])
        {
            whole.AsObject().Remove(field);
        }

        return $"{run.Description.Data.Checksum} {run.Description.Origin?.Sha256} {run.Description.Code} {JsonSerializer.Serialize(whole)}";
    }

    /// <summary>What the runs of a line share: a setting, the epochs that were planned, and whether they were recorded.</summary>
    private static (string Setting, int? Epochs, bool IsRecorded) Line(RunRecord run) =>
        (SettingOf(run), (int?)run.Description.Experiment["epochs"], run.IsRecorded);
}
