using System.CommandLine;
using System.CommandLine.Completions;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Runs;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary><c>runs</c>: the run store.</summary>
internal static class RunsCommand
{
    public static Command Build(CommandContext context) =>
        new("runs", "List, show, resume, compare, query, tabulate, record, export and delete runs.")
        {
            List(context),
            Show(context),
            RunsResumeCommand.Build(context),
            Compare(context),
            RunsQueryCommand.Build(context),
            RunsTableCommand.Build(context),
            RunsRecordCommand.Build(context),
            Export(context),
            Delete(context),
        };

    /// <summary>The run that a command is about.</summary>
    /// <param name="runs">Where runs are, for completion.</param>
    public static Argument<string> Run(Option<string> runs)
    {
        var run = new Argument<string>("RUN")
        {
            Description = "The run: its name, the beginning of it, its folder, or 'last'.",
            HelpName = "RUN",
        };
        run.CompletionSources.Add(context => Known(context, runs));
        return run;
    }

    /// <summary>The runs that a command is about.</summary>
    /// <param name="what">What they are to it.</param>
    /// <param name="runs">Where runs are, for completion.</param>
    public static Argument<string[]> Several(string what, Option<string> runs)
    {
        var several = new Argument<string[]>("RUN")
        {
            Description = $"{what}: names, beginnings of names, folders, or 'last'.",
            HelpName = "RUN",
            Arity = ArgumentArity.OneOrMore,
        };
        several.CompletionSources.Add(context => Known(context, runs));
        return several;
    }

    /// <summary>The runs that there are, for completion: the latest first.</summary>
    public static IEnumerable<CompletionItem> Known(CompletionContext context, Option<string> runs)
    {
        IReadOnlyList<RunSummary> list;
        try
        {
            // Who asks without a command line, as the page of help does, has no value of the option, not even its default.
            list = context.ParseResult.GetValue(runs) is { } folder ? new RunStore(folder).List() : [];
        }
        catch (GaitPropException)
        {
            list = [];
        }

        return list.Reverse()
            .Select((r, i) => new CompletionItem(r.QualifiedName, sortText: Text($"{i:D6}")))
            .Prepend(new CompletionItem("last", sortText: ""));
    }

    private static Command List(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var experiment = SharedOptions.Word("--experiment", "Only runs of this experiment.", "NAME");
        var rule = SharedOptions.Word("--rule", "Only runs of this rule.", "NAME");
        var state = SharedOptions.OptionalChoice<RunState>("--status", "Only runs with this status.");
        var command = new Command("list", "List the runs, the latest last.") { runs, experiment, rule, state };
        command.SetAction(parsed =>
        {
            var store = new RunStore(parsed.GetValue(runs)!);
            var list = context.Busy(
                "Reading runs",
                () => store.List(new RunFilter(parsed.GetValue(experiment), parsed.GetValue(rule), parsed.GetValue(state)))
            );
            context.Show(RunListTable.Of(list));
            context.Whole(Text($"{Count(list.Count, "run")} in {context.Place(store.Folder)}"));
            return CommandLine.Success;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var run = Run(runs);
        var command = new Command("show", "Show a run: its settings, accuracy by epoch, angles by layer, files.") { run, runs };
        command.SetAction(parsed =>
        {
            var summary = new RunStore(parsed.GetValue(runs)!).Find(parsed.GetValue(run)!);
            if (context.Results is null || summary.State == RunState.Damaged)
            {
                RunPage.Write(context, summary);
            }
            else
            {
                context.Results(RunRecord.Read(summary.Folder));
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static Command Compare(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var several = Several("The runs, in the order of the legend", runs);
        var save = SharedOptions.Save("Save accuracy and angles as a figure or table");
        var command = new Command("compare", "Show runs side by side: accuracy, angles by layer, cost of a step.") { several, runs, save };
        command.SetAction(parsed =>
        {
            FigureFiles.EnsureSavable(parsed.GetValue(save));

            var store = new RunStore(parsed.GetValue(runs)!);
            var records = parsed.GetValue(several)!.Select(r => RunRecord.Read(store.Find(r).Folder)).ToArray();
            var comparison = new RunComparison(
                "runs",
                $"Runs of {string.Join(", ", records.Select(r => r.Description.Experiment["name"]!.ToString()).Distinct())}",
                records
            );
            context.Result(comparison, () => ComparisonTable.Of(comparison));
            if (parsed.GetValue(save) is { } file)
            {
                context.Whole(FigureFiles.Save(comparison.Figure, file));
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static Command Export(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var several = Several("The runs; all if none is named", runs);
        several.Arity = ArgumentArity.ZeroOrMore;
        var to = new Option<string>("--to")
        {
            Description = "The file: FILE.csv, .json or .parquet.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("export", "Write every measurement of runs as one table for other tools, one value per row.")
        {
            several,
            to,
            runs,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var store = new RunStore(parsed.GetValue(runs)!);
                var summaries = parsed.GetValue(several) is { Length: > 0 } named
                    ? [.. named.Select(store.Find).DistinctBy(r => r.Folder)]
                    : store.List();
                var file = parsed.GetValue(to)!;
                summaries = RunStore.Whole(summaries, context.Error.WriteLine);
                if (summaries.Count == 0)
                {
                    throw new GaitPropException($"there is nothing to export in {store.Folder}: it has no run that can be read.");
                }

                var rows = context.Busy("Writing the table", () => RunExport.Write(file, summaries, cancellation));
                context.Whole(Text($"{rows} rows of {Count(summaries.Count, "run")} in {Path.GetFullPath(file)}"));
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    private static Command Delete(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var several = Several("The runs", runs);
        var yes = new Option<bool>("--yes") { Description = "Do not ask. Required where nobody can answer." };
        var command = new Command("delete", "Delete runs with all their files.") { several, runs, yes };
        command.SetAction(parsed =>
        {
            var store = new RunStore(parsed.GetValue(runs)!);
            var found = parsed.GetValue(several)!.Select(store.Find).DistinctBy(r => r.Folder).ToArray();
            if (!parsed.GetValue(yes) && (!context.Out.Profile.Capabilities.Interactive || Console.IsInputRedirected))
            {
                context.Error.WriteLine(
                    $"{string.Join(", ", found.Select(r => r.QualifiedName))} would be deleted; there is nobody to ask, so say --yes."
                );
                return CommandLine.BadUsage;
            }

            if (
                !parsed.GetValue(yes)
                && !context.Out.Confirm(
                    Markup.Escape(Text($"Delete {string.Join(", ", found.Select(r => r.QualifiedName))}?")),
                    defaultValue: false
                )
            )
            {
                return CommandLine.Success;
            }

            foreach (var run in found)
            {
                store.Delete(run);
                context.Out.WriteLine($"deleted {run.QualifiedName}");
            }

            return CommandLine.Success;
        });
        return command;
    }
}
