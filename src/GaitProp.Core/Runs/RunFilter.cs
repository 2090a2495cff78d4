namespace GaitProp.Runs;

/// <summary>Which runs of a store are asked for; <see langword="null"/> leaves a property free. Letter case does not count.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="State">Where the run stands.</param>
internal sealed record RunFilter(string? Experiment = null, string? Rule = null, RunState? State = null)
{
    /// <summary>Whether a run is asked for.</summary>
    /// <param name="run">The run.</param>
    public bool Includes(RunSummary run)
    {
        return Is(Experiment, run.Experiment) && Is(Rule, run.Rule) && (State is null || State == run.State);
    }

    private static bool Is(string? asked, string? value) =>
        asked is null || string.Equals(asked, value, StringComparison.OrdinalIgnoreCase);
}
