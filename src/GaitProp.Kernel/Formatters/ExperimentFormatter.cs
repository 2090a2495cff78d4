using GaitProp.Experiments;

namespace GaitProp.Kernel.Formatters;

/// <summary>An experiment: every setting.</summary>
internal static class ExperimentFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<Experiment>(
        experiment => CellHtml.Card($"experiment {experiment.Name}", Rule(experiment), SettingsHtml.Table(SettingsHtml.Json(experiment))),
        experiment => $"experiment {experiment.Name}: {Rule(experiment)}\n{string.Join('\n', SettingsHtml.Of(SettingsHtml.Json(experiment)).Select(f => $"  {f.Name,-14} {f.Value}"))}");

    private static string Rule(Experiment experiment) => RuleCatalog.Names.Contains(experiment.Rule) ? RuleCatalog.Title(experiment.Rule) : experiment.Rule;
}
