namespace GaitProp.Figures;

/// <summary>Which runs are of a rule as published.</summary>
internal static class PlainRun
{
    /// <summary>
    /// Whether a run is: no gains, no choices that few make or no preset has, no constraint on a rule that does not need one, and its
    /// seed's weights at the beginning.
    /// </summary>
    /// <param name="run">The run.</param>
    public static bool Is(RunRecord run)
    {
        var e = run.Description.Experiment;
        var form = e["ruleOptions"]?["form"]?.ToString();
        return (string?)e["gain"] is null or "none"
            && !RunChoices.Of(e).Any()
            && !ForeignSetting.Of(e).Any()
            && run.Description.Origin is null
            && (form is not null || (string?)e["orthogonality"]?["kind"] is null or "none")
            && (run.Rule is not "gait" || form is null or "literal");
    }
}
