using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Terminal;
using GaitProp.Runs;
using GaitProp.Training;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// <c>compare EXPERIMENT</c>: a grid of rules and seeds. Each cell is a run of its own; cells that are done stay as they are, cells that were stopped are
/// taken up again, and any number of processes may work on one grid.
/// </summary>
internal static class CompareCommand
{
    /// <summary>Marks a process that <see cref="CellProcesses"/> started: its progress comes as lines for that process.</summary>
    public const string CellOfAGrid = "--progress-lines";

    public static Command Build(CommandContext context)
    {
        var options = new TrainingOptions();
        var rules = SharedOptions.Rules(null);
        var seeds = new Option<int[]?>("--seeds")
        {
            Description = "Seeds: a range such as 1..5, or a list such as 1,2,7. Default: the experiment's.",
            HelpName = "LIST",
            CustomParser = Seeds,
        };
        var jobs = SharedOptions.Number("--jobs", "Cells at once, each in a process of its own; the cores are shared out. Default: 1.", least: 1);
        var index = SharedOptions.Number("--index", "Only the cell of this number, from 1, for job arrays: rules of the first seed first, then of the second, …", least: 1);
        var save = new Option<string?>("--save") { Description = "Save accuracy and angles as a figure or table: FILE.png, .svg, .html or .csv.", HelpName = "FILE" };
        var progress = new Option<bool>(CellOfAGrid) { Hidden = true };
        var command = new Command("compare", "Train the runs of a comparison, rules by seeds, and show them side by side. What is done already is not done again.");
        options.AddTo(command);
        foreach (var option in (Option[])[rules, seeds, jobs, index, save, progress])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            var request = options.Read(parsed);
            var cells = Cells(request, parsed.GetValue(rules), parsed.GetValue(seeds));
            var first = cells[0];
            if (parsed.GetValue(index) > cells.Count)
            {
                throw new GaitPropException($"--index {parsed.GetValue(index)} is not possible: the grid has {cells.Count} cells, numbered from 1.");
            }

            _ = request.Execution.OnDevice();
            FigureFiles.EnsureWritable(request.Runs, "run");
            var (data, standsInFor) = DataSets.Of(first.Experiment.Data, request.Data);
            var shown = parsed.GetValue(progress) ? context with { ShowTraining = action => action(new ProgressLines(context.Out.Profile.Out.Writer)) } : context;
            var grid = new Grid(shown, request, cells, data, standsInFor);
            if (parsed.GetValue(index) is { } number)
            {
                return Task.FromResult(One(context, grid, number, cancellation));
            }

            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Document.Title}: {cells.Count} run{(cells.Count == 1 ? "" : "s")}, preset {first.Experiment.Preset}, {first.Experiment.Epochs} epoch{(first.Experiment.Epochs == 1 ? "" : "s")}."));
            context.Out.WriteLine(TrainCommand.DataLine(data, standsInFor));
            var words = options.WordsOf(parsed).Concat(["--rules", string.Join(',', cells.Select(c => c.Experiment.Rule).Distinct()), "--seeds", string.Join(',', cells.Select(c => c.Experiment.Seed).Distinct())]);
            var records = grid.Complete(Math.Min(parsed.GetValue(jobs) ?? 1, cells.Count), [.. words], options.Execution.Threads(parsed), cancellation);
            context.Out.WriteLine();
            context.Out.Write(RunTable.Of(records, context.Out.Profile.Width >= 100));
            foreach (var diverged in records.Where(r => r.Description.Error is not null))
            {
                context.Out.WriteLine(diverged.Description.Error!);
            }

            if (parsed.GetValue(save) is { } file)
            {
                context.Out.WriteLine(FigureFiles.Save(TrainingFigure.Of(request.Document.Name, request.Document.Title, records), file));
            }

            return Task.FromResult(CommandLine.Success);
        });
        return command;
    }

    /// <summary>The cells: rules of the first seed, then of the second, and so on.</summary>
    private static IReadOnlyList<Cell> Cells(TrainingRequest request, string[]? rules, int[]? seeds)
    {
        // An option that was not given comes as an empty list.
        var all = from seed in seeds is { Length: > 0 } ? seeds : request.Document.Seeds
                  from rule in rules is { Length: > 0 } ? rules : request.Document.Rules
                  select request.Document.Resolve(rule, request.Choices with { Seed = seed });
        return [.. all.Select((experiment, i) => new Cell(i + 1, experiment))];
    }

    private static int One(CommandContext context, Grid grid, int number, CancellationToken cancellation)
    {
        var result = grid.CompleteHere(grid.Cells[number - 1], cancellation);
        context.Error.WriteLine($"cell {number}, {grid.Cells[number - 1].Label}: " + result.Outcome switch
        {
            CellOutcome.Busy => "another process is at work on it.",
            CellOutcome.AlreadyDone => $"done already, {result.Run!.Folder}",
            _ => result.Run!.Folder,
        });
        return CommandLine.Success;
    }

    private static int[]? Seeds(ArgumentResult result)
    {
        var seeds = SeedList.Parse(string.Join(',', result.Tokens.Select(t => t.Value)));
        if (seeds is null)
        {
            result.AddError($"--seeds {string.Join(',', result.Tokens.Select(t => t.Value))} is not possible: give a range such as 1..5 or a list such as 1,2,7, of numbers from 0 up.");
        }

        return seeds;
    }

    /// <summary>A cell of the grid.</summary>
    private sealed record Cell(int Number, Experiment Experiment)
    {
        public string Label => string.Create(CultureInfo.InvariantCulture, $"{Experiment.Rule} seed {Experiment.Seed}");
    }

    /// <summary>All cells, and what they need.</summary>
    private sealed class Grid(CommandContext context, TrainingRequest request, IReadOnlyList<Cell> cells, ImageDataset data, string? standsInFor)
    {
        private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

        public IReadOnlyList<Cell> Cells => cells;

        /// <summary>Completes one cell in this process.</summary>
        public CellResult CompleteHere(Cell cell, CancellationToken cancellation)
        {
            CellResult? result = null;
            Reported(() => context.ShowTraining(display => result = Complete(cell, display.Add(cell.Label), cancellation)));
            return result!;
        }

        /// <summary>Completes all of them.</summary>
        public IReadOnlyList<RunRecord> Complete(int jobs, IReadOnlyList<string> words, int? threads, CancellationToken cancellation)
        {
            var records = new RunRecord?[cells.Count];
            var seeds = cells.Select(c => c.Experiment.Seed).Distinct().Count();
            Reported(() => context.ShowTraining(display =>
            {
                var bars = cells.Select(c => display.Add(seeds == 1 ? c.Experiment.Rule : c.Label)).ToArray();
                if (jobs > 1)
                {
                    CellProcesses.Run([.. cells.Select(c => c.Number)], jobs, threads, words, number => bars[number - 1], context.Error.WriteLine, cancellation);
                }

                // Cells that another process is at work on are looked at again: it may finish them, or die.
                while (records.Any(r => r is null))
                {
                    foreach (var cell in cells.Where(c => records[c.Number - 1] is null))
                    {
                        cancellation.ThrowIfCancellationRequested();
                        records[cell.Number - 1] = Complete(cell, bars[cell.Number - 1], cancellation).Run;
                    }

                    if (records.Any(r => r is null) && cancellation.WaitHandle.WaitOne(LookAgain))
                    {
                        cancellation.ThrowIfCancellationRequested();
                    }
                }
            }));
            return [.. records.OfType<RunRecord>()];
        }

        private CellResult Complete(Cell cell, IProgress<TrainingProgress> progress, CancellationToken cancellation) =>
            new GridCell(cell.Experiment, data, standsInFor, request.Execution.OnDevice())
            {
                CheckpointEvery = request.Execution.CheckpointEvery,
                TensorBoard = request.Execution.TensorBoard,
            }.Complete(request.Runs, progress, context.Error.WriteLine, cancellation);

        private void Reported(Action action)
        {
            try
            {
                action();
            }
            catch (RunInterruptedException e)
            {
                context.Error.WriteLine($"{RunReport.Interrupted(e)}, or with all the others by the same command again.");
                throw;
            }
            catch (OperationCanceledException)
            {
                context.Error.WriteLine("Interrupted. The same command again goes on where it stopped.");
                throw;
            }
        }
    }
}
