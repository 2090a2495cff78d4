namespace GaitProp.Figures;

/// <summary>Which runs are of a rule as published.</summary>
internal static class PlainRun
{
    /// <summary>
    /// Whether a run is: no gains, no choices that few make or no preset has, no constraint on a rule that does not need one, and its
    /// seed's weights at the beginning.
    /// </summary>
    /// <param name="run">The run.</param>
    public static bool Is(RunRecord run) => Is(run, []);

    /// <summary>The same of a run that made certain choices, those and no others.</summary>
    /// <param name="run">The run.</param>
    /// <param name="choices">The choices (<see cref="RunChoices.Of"/>).</param>
    public static bool Is(RunRecord run, IEnumerable<string> choices)
    {
        var e = run.Description.Experiment;
        var form = e["ruleOptions"]?["form"]?.ToString();
        return (string?)e["gain"] is null or "none"
            && RunChoices.Of(e).SequenceEqual(choices)
            && !ForeignSetting.Of(e).Any()
            && run.Description.Origin is null
            && (form is not null || (string?)e["orthogonality"]?["kind"] is null or "none" || ForeignSetting.Inverts(run.Rule))
            && (run.Rule is not "gait" || form is null or "literal");
    }
}
