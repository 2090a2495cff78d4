using GaitProp.Experiments;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Formatters;

/// <summary>An experiment: every setting.</summary>
internal static class ExperimentFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() =>
        RichFormatter.Register<Experiment>(
            experiment => CellHtml.Card($"experiment {experiment.Name}", Rule(experiment), TableHtml.Of(SettingsTable.Of(experiment))),
            experiment => TableText.Of(SettingsTable.Of(experiment) with { Title = $"experiment {experiment.Name}: {Rule(experiment)}" })
        );

    private static string Rule(Experiment experiment) =>
        RuleCatalog.Names.Contains(experiment.Rule) ? RuleCatalog.Title(experiment.Rule) : experiment.Rule;
}
