using System.CommandLine;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>figure FIG</c>: draws a figure from runs that are there, recorded ones and one's own; nothing is trained.</summary>
internal static class FigureCommand
{
    /// <summary>Where recorded runs lie, seen from a folder above.</summary>
    private static readonly string[] Recorded = ["recorded", Path.Combine("notebooks", "recorded")];

    public static Command Build(CommandContext context)
    {
        var figure = new Argument<string>("FIG")
        {
            Description = $"The figure: {string.Join(", ", FigurePlan.Figures)}.",
            CustomParser = result => Words.One(result, "figure", FigurePlan.Figures),
        };
        figure.CompletionSources.Add([.. FigurePlan.Figures]);
        var runs = new Option<string[]>("--runs")
        {
            Description = "Folders of runs; can be given again. Default: runs, and the recorded ones of the notebooks.",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
        };
        var rules = SharedOptions.Rules(null);
        var preset = SharedOptions.OneOf(
            "--preset",
            $"Only runs of this preset: {string.Join(" or ", Presets.Names)}.",
            "preset",
            Presets.Names
        );
        var epochs = SharedOptions.Number("--epochs", "Only runs of at least this many epochs. Default: all.", least: 1);
        var metric = SharedOptions.Metric();
        var save = SharedOptions.Save("Save the figure");
        var command = new Command(
            "figure",
            "Draw a figure from existing runs: recorded ones, pale, and your own. Runs that differ only in their seed become one line. Runs of another network, setting or data set are left out and listed."
        )
        {
            figure,
            runs,
            rules,
            preset,
            epochs,
            metric,
            save,
        };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(figure)!;
            var stores = parsed.GetValue(runs) is { Length: > 0 } named ? named : DefaultStores();
            var shorter = 0;
            var chosen = FigureRuns.Of(
                name,
                FigurePlan
                    .ExperimentsOf(name)
                    .SelectMany(experiment => stores.SelectMany(folder => new RunStore(folder).ListExperiment(experiment)))
                    .Where(r => parsed.GetValue(rules) is not { Length: > 0 } asked || r.Rule is null || asked.Contains(r.Rule))
                    .Where(r => parsed.GetValue(preset) is not { } asked || r.Preset is null || asked == r.Preset)
                    .Where(IsLongEnough)
                    .DistinctBy(r => r.Folder)
            );
            var records = RunGroup.Together([
                .. chosen
                    .Shown.OrderBy(r => Place(name, r.Rule))
                    .ThenByDescending(r => (string?)r.Description.Experiment["preset"], StringComparer.Ordinal)
                    .ThenBy(r => r.Description.Started),
            ]);
            if (records.Count == 0)
            {
                var others = chosen.LeftOut.Count == 0 ? "" : $" ({chosen.LeftOut.Count} left out, such as {chosen.LeftOut[0]})";
                var length = parsed.GetValue(epochs) is { } least ? $" of at least {Count(least, "epoch")}" : "";
                var cure = shorter > 0 ? "a smaller --epochs draws the shorter ones" : $"'{context.Prompt} reproduce {name}' makes some";
                throw new GaitPropException(
                    $"there are no runs{length} for {name} in {string.Join(" and ", stores.Select(Path.GetFullPath))}{others}: {cure}, --runs names another folder."
                );
            }

            var comparison = new RunComparison(
                name,
                FigurePlan.TitleOf(name, records[0].Description.Data.Name, records[0].Description.Data.Embedded),
                records
            )
            {
                OverSeeds = true,
                Metric = parsed.GetValue(metric),
                LeftOut = [.. chosen.LeftOut.Select(run => run.ToString())],
            };
            var drawn = comparison.Figure;
            context.Result(comparison, () => ComparisonTable.Of(comparison));
            if (parsed.GetValue(save) is { } file)
            {
                context.Out.WriteLine(FigureFiles.Save(drawn, file));
            }

            return CommandLine.Success;

            bool IsLongEnough(RunSummary run)
            {
                var isLong = parsed.GetValue(epochs) is not { } least || run.Problem is not null || run.EpochsDone >= least;
                shorter += isLong ? 0 : 1;
                return isLong;
            }
        });
        return command;
    }

    /// <summary>The rules of the figure in its own order, then others.</summary>
    private static int Place(string figure, string rule) =>
        ExperimentDocument.Open(FigurePlan.ExperimentsOf(figure)[0]).Rules.ToList().IndexOf(rule) is >= 0 and var place
            ? place
            : int.MaxValue;

    private static string[] DefaultStores()
    {
        var own = Directory.Exists("runs") ? (string[])["runs"] : [];
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (Recorded.Select(r => Path.Combine(folder.FullName, r)).FirstOrDefault(Directory.Exists) is { } recorded)
            {
                return [.. own, recorded];
            }
        }

        return own.Length > 0
            ? own
            : throw new GaitPropException("there are no runs here, and no recorded ones above: name a folder with --runs.");
    }
}
