using System.CommandLine;
using GaitProp.Experiments;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Engines;
using GaitProp.Kernel.Tables;
using GaitProp.Results;
using GaitProp.Runs;
using GaitProp.Runtime;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// <c>sweep EXPERIMENT</c>: rules by seeds by the values of any fields. <see cref="CompareCommand"/> is the case of no field. Each run is
/// done once, whoever asks for it: processes here, tasks of Slurm or pods of Kubernetes, which all do the same with one run each.
/// </summary>
internal static class SweepCommand
{
    private const string Verb = "sweep";

    /// <summary>
    /// A run that was resumed so often, for whatever reason, is not taken up again by itself: it may be what its workers die of.
    /// </summary>
    private const int MostResumptions = 3;

    public static Command Build(CommandContext context)
    {
        var options = new TrainingOptions();
        var rules = SharedOptions.Rules(null, variants: true);
        var seeds = SharedOptions.Seeds();
        var over = new Option<string[]>("--over")
        {
            Description =
                "A field and its values: optimizer.lr=1e-4,1e-3, orthogonality.lambda=log(1..100,3), rules.ngait.ruleOptions.eta=1e-7,1e-6, batchSize=32,64. Can be given again. Default: the experiment's sweep.",
            HelpName = "FIELD=VALUES",
            AllowMultipleArgumentsPerToken = false,
        };
        var jobs = SharedOptions.Number(
            "--jobs",
            "Runs at once, each in a process of its own; the cores are shared out. Default: 1.",
            least: 1
        );
        var index = SharedOptions.Word(
            "--index",
            "Only the run of this number, from 1; 'auto' takes it from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX.",
            "N|auto"
        );
        var list = new Option<bool>("--list") { Description = "List the runs with their numbers and names, and do nothing." };
        var save = SharedOptions.Save("Save test accuracy over epochs as a figure or table, a line for each rule and value");
        var progress = new Option<bool>(CompareCommand.CellOfAGrid) { Hidden = true };
        var engines = new SweepEngineOptions();
        var command = new Command(
            Verb,
            "Train the runs of a sweep: rules by seeds by values of any fields, here or on an engine. What is done already is not done again, what was stopped goes on."
        )
        {
            SweepStatusCommand.Build(context),
            SweepCancelCommand.Build(context),
        };
        options.AddTo(command);
        foreach (var option in (Option[])[rules, seeds, over, jobs, index, list, save, progress])
        {
            command.Options.Add(option);
        }

        engines.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                if (parsed.GetValue(list))
                {
                    SharedOptions.Refuse(
                        parsed,
                        "says nothing to --list, which does nothing: leave one of them out.",
                        [jobs, save, index, .. engines.All]
                    );
                }

                var request = options.Read(parsed);
                var engine = engines.Engine(parsed);
                if (engine is not null)
                {
                    SharedOptions.Refuse(parsed, $"says nothing to {engine}: leave it out.", index, jobs, save);
                }

                if (parsed.GetResult(index) is { Implicit: false })
                {
                    SharedOptions.Refuse(parsed, CompareCommand.NotOfOne, jobs, save);
                }

                var axes = Axes(request.Document, parsed.GetValue(over) ?? []);
                var cells = context.Busy(
                    "Resolving the runs",
                    () => ExperimentGrid.Of(request.Document, parsed.GetValue(rules), parsed.GetValue(seeds), axes, request.Choices)
                );
                if (parsed.GetValue(list))
                {
                    foreach (var cell in cells)
                    {
                        context.Whole(Text($"{cell.Number} {cell.Name}"));
                    }

                    return Task.FromResult(CommandLine.Success);
                }

                int? chosen = parsed.GetValue(index) is { } word
                    ? TaskIndex.Read(word, cells.Count, Environment.GetEnvironmentVariable)
                    : null;
                FigureFiles.EnsureSavable(parsed.GetValue(save));

                FigureFiles.EnsureWritable(request.Runs, "run");
                var grid = new RunGrid(parsed.GetValue(progress) ? context.WithProgressLines() : context, request, cells);
                var sweep = Record(
                    request,
                    cells,
                    grid,
                    [.. options.WordsOf(parsed), .. grid.RulesAndSeeds, .. axes.SelectMany(a => (string[])["--over", a.ToString()])]
                );
                if (engine is not null)
                {
                    grid.CheckKnownElsewhere("--engine");
                    engines.Submit(context, parsed, engine, request.Runs, sweep);
                    return Task.FromResult(CommandLine.Success);
                }

                Tf32.Check(cells.Any(c => c.Experiment.Tf32), request.Execution.OnDevice());
                if (chosen is { } number)
                {
                    return Task.FromResult(
                        One(
                            context,
                            request,
                            grid,
                            cells,
                            cells[number - 1],
                            sweep,
                            isTask: parsed.GetValue(index) == TaskIndex.Auto,
                            cancellation
                        )
                    );
                }

                var atOnce = grid.Jobs(parsed.GetValue(jobs));
                sweep.Begin(request.Runs);
                grid.Announce(
                    Text(
                        $"{request.Document.Title}, sweep {sweep.Name}: {Count(cells.Count, "run")}{string.Concat(axes.Select(a => Text($", {a.Field} in {a.Values.Count}")))}."
                    )
                );
                using var stop = new SweepStop(request.Runs, sweep.Name, null, cancellation);
                try
                {
                    var records = grid.Complete(
                        Verb,
                        atOnce,
                        [.. sweep.Words.Skip(1)],
                        options.Execution.Threads(parsed),
                        stop.Token,
                        out var failures
                    );
                    var file = parsed.GetValue(save);
                    Tell(context, cells, axes, sweep, records, failures.Count == 0 ? file : null);
                    return Task.FromResult(grid.Ended(failures, file));
                }
                catch (OperationCanceledException) when (stop.IsCancelled && !cancellation.IsCancellationRequested)
                {
                    return Task.FromResult(Cancelled(context, sweep));
                }
            }
        );
        return command;
    }

    /// <summary>The experiment's axes, and those of the command line, which take the place of those of the same field.</summary>
    private static IReadOnlyList<SweepAxis> Axes(ExperimentDocument document, string[] over)
    {
        var chosen = over.Select(o => SweepAxis.Parse("--over", o)).ToArray();
        return [.. document.Sweep.Where(a => !chosen.Any(c => c.Field == a.Field)), .. chosen];
    }

    private static SweepRecord Record(TrainingRequest request, IReadOnlyList<GridRun> cells, RunGrid grid, IReadOnlyList<string> words)
    {
        var identities = grid.Identities();
        return new SweepRecord
        {
            Name = SweepRecord.NameOf(request.Document.Name, identities),
            Experiment = request.Document.Name,
            Words = [Verb, .. words],
            Begun = DateTimeOffset.Now,
            Runs = [.. cells.Zip(identities, (c, identity) => new SweepRun(c.Number, c.Name, identity))],
        };
    }

    /// <summary>
    /// One run. An engine asks for it once: its task stays until the run is done, by whomever, and then takes up those that dead workers
    /// have left.
    /// </summary>
    private static int One(
        CommandContext context,
        TrainingRequest request,
        RunGrid grid,
        IReadOnlyList<GridRun> cells,
        GridRun cell,
        SweepRecord sweep,
        bool isTask,
        CancellationToken cancellation
    )
    {
        sweep.WriteIfNew(request.Runs);
        var task = isTask ? SlurmArray.Task(Environment.GetEnvironmentVariable) : null;
        using var stop = new SweepStop(request.Runs, sweep.Name, task, cancellation);
        if (stop.IsCancelled)
        {
            return Cancelled(context, sweep);
        }

        try
        {
            grid.CompleteOne(cell, waits: isTask, stop.Token);
            if (isTask)
            {
                TakeUp(context, request.Runs, grid, cells, sweep, stop.Token);
            }

            return CommandLine.Success;
        }
        catch (OperationCanceledException) when (stop.IsWarned && !cancellation.IsCancellationRequested)
        {
            context.Error.WriteLine($"Slurm has warned of the time limit: task {task} goes back into the queue.");
            SlurmArray.Requeue(task!);
            return CommandLine.Interrupted;
        }
        catch (OperationCanceledException) when (stop.IsCancelled && !cancellation.IsCancellationRequested)
        {
            return Cancelled(context, sweep);
        }
    }

    /// <summary>
    /// Takes up the runs that dead workers have left. If one of them fails, that is told: the task itself has not failed, whose own run is
    /// done.
    /// </summary>
    private static void TakeUp(
        CommandContext context,
        string runs,
        RunGrid grid,
        IReadOnlyList<GridRun> cells,
        SweepRecord sweep,
        CancellationToken cancellation
    )
    {
        try
        {
            while (Left(runs, sweep, cells) is { } left)
            {
                grid.CompleteOne(left, waits: false, cancellation);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var why = e is GaitPropException ? e.Message : DeviceFailure.Of(e)?.Sentence ?? OneLine.Of(e);
            context.Error.WriteLine($"The run of a dead worker is left to others: {why}");
        }
    }

    /// <summary>A run that was begun by a worker which is dead.</summary>
    private static GridRun? Left(string runs, SweepRecord sweep, IReadOnlyList<GridRun> cells) =>
        SweepRunStatus
            .Of(runs, sweep)
            .Where(s =>
                s is { State: SweepState.Stopped, Summary.State: RunState.Stopped }
                && RunRecord.ReadDescription(s.Summary.Folder).Resumed.Count < MostResumptions
            )
            .Select(s => cells[s.Run.Number - 1])
            .FirstOrDefault();

    private static int Cancelled(CommandContext context, SweepRecord sweep)
    {
        context.Error.WriteLine(
            $"Sweep {sweep.Name} was cancelled: what was under way has a checkpoint, and the sweep goes on when it is begun again without --index."
        );
        return CommandLine.Interrupted;
    }

    /// <summary>Tells what came of the runs that were done, and saves it where that was asked for.</summary>
    private static void Tell(
        CommandContext context,
        IReadOnlyList<GridRun> cells,
        IReadOnlyList<SweepAxis> axes,
        SweepRecord sweep,
        IReadOnlyList<RunRecord> records,
        string? save
    )
    {
        if (records.Count > 0)
        {
            var settings = sweep
                .Runs.Zip(cells)
                .DistinctBy(r => r.First.Identity)
                .ToDictionary(r => r.First.Identity, r => r.Second.Settings);
            var fields = records
                .Select(r =>
                    RunFields.Read(RunSummaryReader.Read(r.Folder), settings.GetValueOrDefault(r.Description.Identity ?? "") ?? [])
                )
                .ToArray();

            // A field of one rule alone is called as in its run.
            string[] by =
            [
                .. cells.Select(c => c.Rule).Distinct().Count() > 1 ? (string[])["rule"] : [],
                .. axes.Select(a => a.Field.StartsWith("rules.", StringComparison.Ordinal) ? a.Field.Split('.', 3)[2] : a.Field),
            ];
            var query = RunQuery.Ask(null, by, ["testAccuracy.last", "testAccuracy.max"], fields);
            var figure = query.Figure(Verb, "Test accuracy");
            context.ResultBeside(figure, QueryTable.Of(query));
            if (save is not null)
            {
                context.Whole(FigureFiles.Save(figure, save));
            }
        }

        foreach (var diverged in records.Where(r => r.Description.Error is not null))
        {
            context.Out.WriteLine($"{Path.GetFileName(diverged.Folder)}: {diverged.Description.Error}");
        }
    }
}
