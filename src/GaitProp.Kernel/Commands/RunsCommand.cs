using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;
using GaitProp.Experiments;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Ranks;
using GaitProp.Results;
using GaitProp.Runs;
using GaitProp.Storage;
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
            Resume(context),
            Compare(context),
            RunsQueryCommand.Build(context),
            Table(context),
            Record(context),
            Export(context),
            Delete(context),
        };

    private static Argument<string> Run(Option<string> runs)
    {
        var run = new Argument<string>("RUN")
        {
            Description = "The run: its name, the beginning of it, its folder, or 'last'.",
            HelpName = "RUN",
        };
        run.CompletionSources.Add(context => Known(context, runs));
        return run;
    }

    private static Argument<string[]> Several(string what, Option<string> runs)
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
            context.Out.WriteLine(Text($"{Count(list.Count, "run")} in {context.Place(store.Folder)}"));
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

    private static Command Resume(CommandContext context)
    {
        var (runs, data) = (SharedOptions.Runs(), SharedOptions.Data());
        var run = Run(runs);
        var execution = new ExecutionOptions(forResuming: true);
        var command = new Command(
            "resume",
            "Go on with a run that was killed, interrupted or stopped by an error, from its last checkpoint."
        )
        {
            run,
            runs,
            data,
        };
        execution.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                RankedWork.Do(
                    context,
                    (ranks, own) =>
                    {
                        // The others hear from the first which run it is, and of what.
                        var folder = ranks.Gather(
                            ranks.Together(() => ranks.IsFirst ? Resumable(parsed.GetValue(runs)!, parsed.GetValue(run)!) : "")
                        )[0];
                        var file = Path.Combine(folder, "run.json");
                        var json = ranks.Gather(ranks.IsFirst ? File.ReadAllText(file) : "")[0];
                        using var trainer = ranks.Together(() =>
                            Prepared(
                                own,
                                ranks,
                                folder,
                                RunRecord.ParseDescription(Encoding.UTF8.GetBytes(json), file),
                                parsed.GetValue(data),
                                execution.Read(parsed)
                            )
                        );
                        if (ranks.IsFirst)
                        {
                            RunReport.Show(
                                own,
                                [trainer.Rule],
                                progress => trainer.Resume(folder, progress[0], own.Error.WriteLine, cancellation)
                            );
                        }
                        else
                        {
                            trainer.Follow(cancellation);
                        }
                    }
                );
                return Task.FromResult(CommandLine.Success);
            }
        );
        return command;
    }

    /// <summary>The folder of a run that can be resumed.</summary>
    private static string Resumable(string runs, string run)
    {
        var summary = new RunStore(runs).Find(run);
        if (summary.Problem is { } problem)
        {
            throw new GaitPropException($"run {summary.Name} cannot be resumed: {problem}");
        }

        var description = RunRecord.ReadDescription(summary.Folder);
        return description.CanResume
            ? summary.Folder
            : throw new GaitPropException(
                $"run {summary.Name} has {description.Status.ToString().ToLowerInvariant()}: there is nothing to resume."
            );
    }

    private static Trainer Prepared(
        CommandContext context,
        RankGroup ranks,
        string folder,
        RunDescription description,
        string? data,
        Execution chosen
    )
    {
        var experiment = ExperimentJson.FromJson(description.Experiment, Path.Combine(folder, "run.json"));
        var images = RunImages.Of(description.Data, (string?)description.Experiment["data"], data);
        var before = description.Environment.Device.Split(' ')[0];
        var device = RankedWork.Device(chosen.Device ?? (ranks.IsAlone ? before : before.Split(':')[0]), ranks);
        context.Out.WriteLine(
            Text(
                $"Resuming {experiment.Name}/{description.Name}: {Count(experiment.Epochs, "epoch")}{(ranks.IsAlone ? "" : Text($" on {ranks.Count} ranks"))}.\n{TrainCommand.DataLine(context, images, description.Data.StandsInFor)}"
            )
        );
        if (ranks.IsAlone)
        {
            Trainer.UseThreadsOf(description, device);
        }

        return new Trainer(experiment, images, description.Data.StandsInFor, device, ranks)
        {
            CheckpointEvery = chosen.CheckpointEvery,
            TensorBoard = chosen.TensorBoard || (ranks.IsFirst && TensorBoardLog.IsIn(folder)),
            KeepEvery = chosen.KeepEvery,
        };
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
                context.Out.WriteLine(FigureFiles.Save(comparison.Figure, file));
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static Command Table(CommandContext context)
    {
        var runs = new Option<string[]>("--runs")
        {
            Description = "Folders of runs; can be given again. Default: runs.",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => ["runs"],
        };
        var times = new Option<string[]>("--times")
        {
            Description =
                "Folders of runs that were recorded with their times (--timing): what their settings cost, whatever their length, for rows that have no times; can be given again.",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
        };
        var into = new Option<string[]>("--into")
        {
            Description =
                "Markdown files to write it into, between the marks '<!-- results: whole -->' (or short) and '<!-- /results -->'; can be given again. Printed if none is named.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = false,
        };
        var command = new Command(
            "table",
            "Print results beside the paper's words, as Markdown: accuracy over seeds, angles, cost, verdicts and reasons. Runs of different epochs have rows of their own."
        )
        {
            runs,
            times,
            into,
        };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!;
            var rows = context.Busy("Reading runs", () => ResultPage.Rows(folders, parsed.GetValue(times), context.Error.WriteLine));
            if (rows.Count == 0)
            {
                throw new GaitPropException(
                    $"there is no run with an epoch in {string.Join(" and ", folders.Select(Path.GetFullPath))}: --runs names another folder."
                );
            }

            if (parsed.GetValue(times) is { Length: > 0 } timed && rows.All(r => r.Timed.Count == 0))
            {
                throw new GaitPropException(
                    $"no run in {string.Join(" and ", timed.Select(Path.GetFullPath))} has times of a setting in the table: 'runs record --timing' keeps them."
                );
            }

            if (parsed.GetValue(into) is not { Length: > 0 } files)
            {
                context.Out.Profile.Out.Writer.Write(ResultPage.Whole(rows));
                return CommandLine.Success;
            }

            // All that can be wrong is found before anything is written.
            foreach (var (file, text) in files.Select(f => (f, ResultPage.Into(Page(f), rows, f))).ToArray())
            {
                AtomicFile.Write(file, Encoding.UTF8.GetBytes(text));
                context.Out.WriteLine(Text($"{rows.Count} rows of {rows.Sum(r => r.Runs.Count)} runs in {file}"));
            }

            return CommandLine.Success;
        });
        return command;
    }

    private static string Page(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {file}: {OneLine.Of(e)}; --into names a Markdown file that is there.", e);
        }
    }

    private static Command Record(CommandContext context)
    {
        var runs = SharedOptions.Runs();
        var several = Several("The runs; all if none is named", runs);
        several.Arity = ArgumentArity.ZeroOrMore;
        var to = SharedOptions.Folder("--to", "Folder of recorded runs.", "recorded");
        var timing = new Option<bool>("--timing") { Description = "Keep the times of steps, too." };
        var weights = new Option<bool>("--weights")
        {
            Description =
                "Keep the final weights, too: as float16 if that is measured to change test accuracy by less than 0.1 points, otherwise as they are. 'evaluate' and 'train --from' take them.",
        };
        var (data, device) = (SharedOptions.Data(), SharedOptions.Device());
        var command = new Command(
            "record",
            "Keep runs beside the figures that show them: settings, measurements and the command that made them, without checkpoints. Example: 'runs record last --weights --to notebooks/recorded'."
        )
        {
            several,
            runs,
            to,
            timing,
            weights,
            data,
            device,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                if (!parsed.GetValue(weights))
                {
                    SharedOptions.Refuse(parsed, "says nothing without --weights: leave it out.", data, device);
                }

                var store = new RunStore(parsed.GetValue(runs)!);

                // What has not come to the end of an epoch shows nothing.
                RunSummary[] summaries = parsed.GetValue(several) is { Length: > 0 } named
                    ? [.. named.Select(store.Find)]
                    :
                    [
                        .. RunStore
                            .Whole(store.List(), context.Error.WriteLine)
                            .Where(r => r.EpochsDone > 0 || r.State == RunState.Diverged),
                    ];
                if (summaries.Length == 0)
                {
                    throw new GaitPropException(
                        $"there is no run with an epoch in {store.Folder}: --runs names a folder of runs, and a run is named without it."
                    );
                }

                var keeper = parsed.GetValue(weights)
                    ? new WeightsKeeper(context, parsed.GetValue(data), ComputeDevice.Of(parsed.GetValue(device)), cancellation)
                    : null;
                foreach (
                    var folder in RunRecorder.Record(
                        summaries,
                        parsed.GetValue(to)!,
                        parsed.GetValue(timing),
                        (run, target) => keeper?.Keep(run, target)
                    )
                )
                {
                    context.Out.WriteLine(folder);
                }

                foreach (var failure in keeper?.Failures ?? [])
                {
                    context.Error.WriteLine(failure);
                }

                return Task.FromResult(keeper is { Failures.Count: > 0 } ? CommandLine.Failure : CommandLine.Success);
            }
        );
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
                var summaries = parsed.GetValue(several) is { Length: > 0 } named ? [.. named.Select(store.Find)] : store.List();
                var file = parsed.GetValue(to)!;
                summaries = RunStore.Whole(summaries, context.Error.WriteLine);
                if (summaries.Count == 0)
                {
                    throw new GaitPropException($"there is nothing to export in {store.Folder}: it has no run that can be read.");
                }

                var rows = context.Busy("Writing the table", () => RunExport.Write(file, summaries, cancellation));
                context.Out.WriteLine(Text($"{rows} rows of {Count(summaries.Count, "run")} in {Path.GetFullPath(file)}"));
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
