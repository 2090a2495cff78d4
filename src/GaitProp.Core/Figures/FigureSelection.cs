using GaitProp.Experiments;

namespace GaitProp.Figures;

/// <summary>What a figure draws of all runs that are at hand, and why it does not draw the others.</summary>
/// <param name="Shown">The runs that it is drawn from, each once, in the order of its legend.</param>
/// <param name="LeftOut">Runs of its experiments that are in none of its lines, each with the reason.</param>
/// <param name="OtherExperiments">Runs of other experiments, as they came.</param>
internal sealed record FigureSelection(
    IReadOnlyList<RunRecord> Shown,
    IReadOnlyList<LeftOutRun> LeftOut,
    IReadOnlyList<RunSummary> OtherExperiments
)
{
    /// <summary>The reason of runs whose length was not asked for.</summary>
    public const string OtherLength = "of another length than --epochs asks for";

    /// <summary>Chooses what a figure draws.</summary>
    /// <param name="figure">One of <see cref="FigurePlan.Figures"/>.</param>
    /// <param name="runs">The runs at hand.</param>
    /// <param name="epochs">
    /// How long runs may be; if <see langword="null"/>, of recorded ones the length that speaks for each setting.
    /// </param>
    /// <exception cref="GaitPropException">There is no such figure.</exception>
    public static FigureSelection Of(string figure, IEnumerable<RunSummary> runs, (int Least, int? Most)? epochs)
    {
        var experiments = FigurePlan.ExperimentsOf(figure);
        var own = runs.ToLookup(r => experiments.Contains(r.Experiment));
        var asLong = own[true].ToLookup(r => IsAsLong(r, epochs));
        var chosen = FigureRuns.Of(figure, asLong[true]);
        var speaking = epochs is null ? RunGroup.Speaking(chosen.Shown) : chosen.Shown;
        var once = RunGroup.Once(speaking);

        // The rules of the figure in its own order, then others.
        var rules = ExperimentDocument.Open(experiments[0]).Rules.ToList();
        var shown = RunGroup.Together([
            .. once.OrderBy(r => rules.IndexOf(r.Rule) is >= 0 and var place ? place : int.MaxValue)
                .ThenBy(r => !PlainRun.Is(r))
                .ThenByDescending(r => (string?)r.Description.Experiment["preset"], StringComparer.Ordinal)
                .ThenBy(r => r.Description.Started),
        ]);
        LeftOutRun[] left =
        [
            .. chosen.LeftOut,
            .. chosen.Shown.Except(speaking).Select(r => Because(r, "runs of another length speak for the same setting")),
            .. speaking.Except(once).Select(r => Because(r, "it is the same run as one that is shown")),
            .. RunGroup.WithoutLine(shown).Select(r => Because(r.Run, r.Reason)),
            .. asLong[false].Select(r => new LeftOutRun(r.QualifiedName, OtherLength)),
        ];
        return new(shown, [.. left.Distinct()], [.. own[false]]);
    }

    /// <summary>Whether a run is of such a length; of a damaged one nobody knows, and its damage is the reason.</summary>
    private static bool IsAsLong(RunSummary run, (int Least, int? Most)? epochs) =>
        epochs is not (var least, var most)
        || run.Problem is not null
        || (run.EpochsDone >= least && run.EpochsDone <= (most ?? int.MaxValue));

    private static LeftOutRun Because(RunRecord run, string reason) => new(run.QualifiedName, reason);
}
