using GaitProp.Rules;
using GaitProp.Runs;

namespace GaitProp.Figures;

/// <summary>What runs are called beside each other: the rule, and as much else as tells them apart.</summary>
public static class RunTitles
{
    /// <summary>The title of one of several runs: <c>normalised GAIT</c>, or <c>normalised GAIT, fast, seed 2</c> where presets and seeds differ.</summary>
    /// <param name="run">The run.</param>
    /// <param name="among">All that it stands beside.</param>
    public static string Of(RunRecord run, IReadOnlyList<RunRecord> among)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(among);
        var parts = new List<string> { Title(run.Rule) };
        var twins = among.Where(r => r.Rule == run.Rule).ToArray();
        foreach (var (field, label) in ((string, string)[])[("preset", ""), ("seed", "seed ")])
        {
            if (twins.Select(r => r.Description.Experiment[field]?.ToString()).Distinct().Count() > 1)
            {
                parts.Add($"{label}{run.Description.Experiment[field]}");
            }
        }

        var title = string.Join(", ", parts);
        return twins.Count(r => Same(r, run)) > 1 ? $"{title}, {run.Description.Name[^15..]}" : title;
    }

    private static bool Same(RunRecord one, RunRecord other) =>
        one.Description.Experiment["preset"]?.ToString() == other.Description.Experiment["preset"]?.ToString()
        && one.Description.Experiment["seed"]?.ToString() == other.Description.Experiment["seed"]?.ToString();

    /// <summary>A run may be of a rule that only its author's notebook knows.</summary>
    private static string Title(string rule) => RuleCatalog.Names.Contains(rule) ? RuleCatalog.Title(rule) : rule;
}
