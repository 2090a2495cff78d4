using System.CommandLine;
using System.Globalization;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>figure FIG</c>: draws a figure from runs that are there, recorded ones and one's own; nothing is trained.</summary>
internal static class FigureCommand
{
    private const string OtherNetwork = "not this figure's network",
        OtherChoice = "of another rule or preset than --rules and --preset ask for";

    /// <summary>Runs that are left out and still named one by one.</summary>
    private const int MostNamed = 12;

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
        var rules = SharedOptions.Rules(["all"]);
        var preset = SharedOptions.OneOf(
            "--preset",
            $"Only runs of this preset: {string.Join(" or ", Presets.Names)}.",
            "preset",
            Presets.Names
        );
        var epochs = Lengths();
        var metric = SharedOptions.Metric();
        var each = new Option<bool>("--left-out")
        {
            Description = Text(
                $"Name each run that is left out, with the reason. Default: of more than {MostNamed}, their number for each reason."
            ),
        };
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
            each,
            save,
        };
        command.SetAction(parsed =>
        {
            FigureFiles.EnsureSavable(parsed.GetValue(save));

            var name = parsed.GetValue(figure)!;
            var stores = parsed.GetValue(runs) is { Length: > 0 } named ? named : DefaultStores();
            var found = stores.SelectMany(folder => new RunStore(folder).List()).DistinctBy(r => r.Folder).ToLookup(r => IsAskedFor(r));
            var selection = FigureSelection.Of(name, found[true], parsed.GetValue(epochs));
            var (records, others) = (selection.Shown, selection.OtherExperiments);
            if (records.Count == 0)
            {
                throw Nothing(context, name, stores, selection, found[false], parsed.GetValue(epochs), parsed.GetValue(each));
            }

            var isEachNamed = parsed.GetValue(each) || selection.LeftOut.Count + others.Count <= MostNamed;
            List<string> lines = [.. Lines(selection.LeftOut, isEachNamed)];
            if (others.Count > 0)
            {
                lines.Add(Named(isEachNamed ? others.Select(r => r.QualifiedName) : ByExperiment(others), OtherNetwork));
            }

            var comparison = new RunComparison(
                name,
                FigurePlan.TitleOf(name, records[0].Description.Data.Name, (string)records[0].Description.Experiment["name"]!),
                records
            )
            {
                OverSeeds = true,
                Metric = parsed.GetValue(metric),
                LeftOut = lines,
            };
            var drawn = comparison.Figure;
            context.Result(comparison, () => ComparisonTable.Of(comparison));
            if (!isEachNamed)
            {
                context.Out.WriteLine("--left-out names each run that is left out.");
            }

            if (Short(records) is { } brief && parsed.GetValue(epochs) is null)
            {
                context.Out.WriteLine(Text($"Short runs lie close together beside long ones: --epochs 1..{brief} draws them alone."));
            }

            if (parsed.GetValue(save) is { } file)
            {
                context.Whole(FigureFiles.Save(drawn, file));
            }

            return CommandLine.Success;

            bool IsAskedFor(RunSummary run) =>
                (parsed.GetValue(rules) is not { Length: > 0 } asked || run.Rule is null || asked.Contains(run.Rule))
                && (parsed.GetValue(preset) is not { } only || run.Preset is null || only == run.Preset);
        });
        return command;
    }

    /// <summary>Why there is nothing to draw, and what can be done.</summary>
    /// <param name="context">How a command line begins here.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="stores">Where runs were looked for.</param>
    /// <param name="selection">What was found.</param>
    /// <param name="otherwise">Runs of another rule or preset than those that were asked for.</param>
    /// <param name="epochs">How long runs may be.</param>
    /// <param name="isEachNamed">Whether each run is named.</param>
    private static GaitPropException Nothing(
        CommandContext context,
        string figure,
        string[] stores,
        FigureSelection selection,
        IEnumerable<RunSummary> otherwise,
        (int Least, int? Most)? epochs,
        bool isEachNamed
    )
    {
        var experiments = FigurePlan.ExperimentsOf(figure);
        LeftOutRun[] otherChoice =
        [
            .. otherwise.Where(r => experiments.Contains(r.Experiment)).Select(r => new LeftOutRun(r.QualifiedName, OtherChoice)),
        ];
        LeftOutRun[] hidden = [.. selection.LeftOut, .. otherChoice];
        var reasons = hidden.Length == 0 ? "" : $" ({string.Join("; ", Lines(hidden, isEachNamed))})";
        var others = selection.OtherExperiments.Count == 0 ? "" : $", but {string.Join(", ", ByExperiment(selection.OtherExperiments))}";
        var length = epochs switch
        {
            null => "",
            (var least, null) => $" of at least {Count(least, "epoch")}",
            (var least, { } most) => Text($" of {least} to {Count(most, "epoch")}"),
        };
        var cure =
            selection.LeftOut.Any(r => r.Reason == FigureSelection.OtherLength) ? "another --epochs draws those of other lengths"
            : otherChoice.Length > 0 ? "without --rules and --preset those are drawn"
            : $"'{context.Prompt} reproduce {figure}' makes some";
        return new GaitPropException(
            $"there are no runs{length} for {figure} in {string.Join(" and ", stores.Select(Path.GetFullPath))}{reasons}{others}: {cure}, --runs names another folder."
        );
    }

    /// <summary>A line for each reason.</summary>
    private static IEnumerable<string> Lines(IEnumerable<LeftOutRun> runs, bool isEachNamed) =>
        runs.GroupBy(r => r.Reason, r => r.Run)
            .Select(g => isEachNamed || g.Count() == 1 ? Named(g, g.Key) : Text($"{g.Count()} runs such as {g.First()}: {g.Key}"));

    private static string Named(IEnumerable<string> names, string reason) => $"{string.Join(", ", names)}: {reason}";

    /// <summary>How many there are of each experiment: <c>11 runs of cifar-deep, 1 run of imagenet</c>.</summary>
    private static IEnumerable<string> ByExperiment(IEnumerable<RunSummary> runs) =>
        runs.GroupBy(r => r.Experiment).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{Count(e.Count(), "run")} of {e.Key}");

    /// <summary>Where some runs are less than a third as long as the longest: the epochs of the longest of those.</summary>
    private static int? Short(IReadOnlyList<RunRecord> runs)
    {
        var longest = runs.Max(r => r.Epochs[^1].Epoch);
        return runs.Select(r => r.Epochs[^1].Epoch).Where(e => e > 0 && 3 * e < longest).Cast<int?>().Max();
    }

    /// <summary>How long runs are: <c>200</c> epochs or more, or <c>1..30</c>.</summary>
    private static Option<(int Least, int? Most)?> Lengths() =>
        new("--epochs")
        {
            Description =
                "Only runs of at least N epochs, or of A to B such as 1..30. Default: your own, and of recorded ones the length that speaks for each setting: finished, of most seeds, or half as long again.",
            HelpName = "N|A..B",
            CustomParser = result =>
            {
                var word = result.Tokens[0].Value;
                int? Number(string digits) =>
                    int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
                (int, int?)? read = word.Split("..") switch
                {
                    [var one] when Number(one) is { } least => (least, null),
                    [var first, var last] when Number(first) is { } least && Number(last) is { } most && most >= least => (least, most),
                    _ => null,
                };
                if (read is null)
                {
                    result.AddError($"--epochs {word} is not possible: write a whole number from 1 up, or two of them such as 1..30.");
                }

                return read;
            },
        };

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
