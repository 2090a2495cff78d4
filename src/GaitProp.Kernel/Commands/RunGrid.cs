using GaitProp.Experiments;
using GaitProp.Kernel.Jupyter;
using GaitProp.Runs;
using GaitProp.Storage;
using GaitProp.Training;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>The cells of a comparison, and what they need.</summary>
internal sealed class RunGrid
{
    private const int MostBars = 30;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly CommandContext _context;
    private readonly TrainingRequest _request;
    private readonly IReadOnlyList<GridRun> _cells;
    private readonly HeartbeatWatch _watch = new();
    private readonly Dictionary<string, (ImageDataset Data, string? StandsInFor)> _data;

    /// <summary>The images that are used, with their checksum: of many cells it is taken once.</summary>
    private readonly Dictionary<(string Data, int? Train, int? Test), RunData> _used = [];

    /// <summary>Loads the images of all cells.</summary>
    /// <exception cref="GaitPropException">Images are missing or damaged.</exception>
    public RunGrid(CommandContext context, TrainingRequest request, IReadOnlyList<GridRun> cells)
    {
        (_context, _request, _cells) = (context, request, cells);
        _data = cells.Select(c => c.Experiment.Data).Distinct().ToDictionary(d => d, d => DataSets.Of(d, request.Data));
    }

    /// <summary>The rules and seeds of the cells as words of a command line.</summary>
    public IReadOnlyList<string> RulesAndSeeds =>
        [
            "--rules",
            string.Join(',', _cells.Select(c => c.Rule).Distinct()),
            "--seeds",
            string.Join(',', _cells.Select(c => c.Experiment.Seed).Distinct()),
        ];

    /// <summary>Refuses what other processes would not know: each would fail by itself.</summary>
    /// <param name="option">The option that asks for other processes.</param>
    /// <exception cref="GaitPropException">A rule, a layer or the data set of a cell is registered in this process alone.</exception>
    public void CheckKnownElsewhere(string option)
    {
        if (_cells.SelectMany(c => OwnParts.Of(c.Experiment)).FirstOrDefault() is { } own)
        {
            throw new GaitPropException($"the {own} is known to this process alone, and {option} starts others: leave {option} out.");
        }
    }

    /// <summary>
    /// How many processes work on the cells at once. To be asked before anything is shown or written: with more than one, there must be a
    /// program to start, which knows what the cells name.
    /// </summary>
    /// <param name="asked">What the user asked for; one if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">There is none, or it does not.</exception>
    public int Jobs(int? asked)
    {
        var jobs = Math.Min(asked ?? 1, _cells.Count);
        if (jobs > 1)
        {
            _ = OwnProgram.AssemblyPath;
            CheckKnownElsewhere("--jobs");
        }

        return jobs;
    }

    /// <summary>Says what is trained, and on what images: a line a set.</summary>
    /// <param name="what">The line of what is trained.</param>
    public void Announce(string what)
    {
        _context.Out.WriteLine(what);
        foreach (var (data, standsInFor) in _data.Values)
        {
            _context.Whole(TrainCommand.DataLine(_context, data, standsInFor));
        }
    }

    /// <summary>Completes one cell in this process, and tells what that took.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="waits">Whether another process that is at work on it is waited for: it may finish it, or stop.</param>
    /// <param name="cancellation">Stops after the step under way, and the waiting.</param>
    /// <exception cref="GaitPropException">Its run has failed.</exception>
    public void CompleteOne(GridRun cell, bool waits, CancellationToken cancellation)
    {
        CellResult? result = null;
        var one = CellOf(cell);
        var name = Text($"cell {cell.Number}, {cell.Label}");
        var isSaid = false;
        Reported(() =>
            _context.ShowTraining(display =>
            {
                var bar = display.Add(cell.Label);
                while ((result = Complete(one, bar, cancellation)) is { Outcome: CellOutcome.Busy } && (waits || result.IsUnsure))
                {
                    if (waits && !isSaid)
                    {
                        _context.Error.WriteLine($"{name}: another process is at work on it, which is waited for.");
                        isSaid = true;
                    }

                    if (cancellation.WaitHandle.WaitOne(LookAgain))
                    {
                        break;
                    }
                }

                cancellation.ThrowIfCancellationRequested();
            })
        );
        var (outcome, run) = result!;
        if (run?.Description is { Error: { } error, Status: not RunStatus.Diverged })
        {
            throw new GaitPropException($"{name}: {error}");
        }

        if (run is not null)
        {
            _context.Results?.Invoke(run);
        }

        _context.WholeError(
            $"{name}: "
                + outcome switch
                {
                    CellOutcome.Busy => "another process is at work on it.",
                    CellOutcome.AlreadyDone => $"done already, {run!.Folder}",
                    _ => $"{run!.Folder}{(run.Description.Error is { } end ? $": {end}" : "")}",
                }
        );
    }

    /// <summary>Completes all of them; what cannot be done does not keep the others from it.</summary>
    /// <param name="verb">The verb that completes one of them, for the other processes.</param>
    /// <param name="jobs">Processes at once; with one, it is this one.</param>
    /// <param name="words">The words of the command, for the other processes.</param>
    /// <param name="threads">Threads of each, if that was said.</param>
    /// <param name="cancellation">Stops after the steps under way.</param>
    /// <param name="failures">A line for each cell that could not be completed.</param>
    public IReadOnlyList<RunRecord> Complete(
        string verb,
        int jobs,
        IReadOnlyList<string> words,
        int? threads,
        CancellationToken cancellation,
        out IReadOnlyList<string> failures
    )
    {
        var records = new RunRecord?[_cells.Count];
        var failed = new SortedDictionary<int, string>();
        var seeds = _cells.Select(c => c.Experiment.Seed).Distinct().Count();
        Reported(() =>
            _context.ShowTraining(display =>
            {
                // A bar for each, but of a large grid for those alone that are worked on here.
                var bars = _cells
                    .Select(c => new Lazy<IProgress<TrainingProgress>>(() =>
                        display.Add(seeds == 1 && c.Settings.Count == 0 ? c.Rule : c.Label)
                    ))
                    .ToArray();
                foreach (var bar in bars.Length <= MostBars ? bars : [])
                {
                    _ = bar.Value;
                }

                if (jobs > 1)
                {
                    foreach (
                        var (number, failure) in CellProcesses.Run(
                            verb,
                            [.. _cells.Select(c => c.Number)],
                            jobs,
                            threads,
                            words,
                            number => bars[number - 1].Value,
                            _context.Error.WriteLine,
                            cancellation
                        )
                    )
                    {
                        failed[number] = failure;
                    }
                }

                // Cells that another process is at work on are looked at again: it may finish them, or die.
                while (Open().Any())
                {
                    foreach (var cell in Open().ToArray())
                    {
                        cancellation.ThrowIfCancellationRequested();
                        try
                        {
                            records[cell.Number - 1] = Complete(
                                CellOf(cell),
                                jobs > 1 ? null : bars[cell.Number - 1].Value,
                                cancellation
                            ).Run;
                        }
                        catch (GaitPropException e)
                        {
                            failed[cell.Number] = Text($"cell {cell.Number}, {cell.Label}, failed: {e.Message}");
                        }
                    }

                    if (Open().Any() && cancellation.WaitHandle.WaitOne(LookAgain))
                    {
                        cancellation.ThrowIfCancellationRequested();
                    }
                }
            })
        );
        failures = [.. failed.Values];
        return [.. records.OfType<RunRecord>()];

        IEnumerable<GridRun> Open() => _cells.Where(c => records[c.Number - 1] is null && !failed.ContainsKey(c.Number));
    }

    /// <summary>Tells what failed, and that the figure was not saved for it: without some of its runs it would look whole.</summary>
    /// <param name="failures">A line for each of these cells.</param>
    /// <param name="file">The file of the figure, if one was asked for.</param>
    /// <returns>The exit code.</returns>
    public int Ended(IReadOnlyList<string> failures, string? file)
    {
        if (failures.Count > 0 && file is not null)
        {
            _context.WholeError(
                Text($"{file} was not saved: {failures.Count} of {Count(_cells.Count, "run")} failed; the same command again goes on.")
            );
        }

        foreach (var failure in failures)
        {
            _context.Error.WriteLine(failure);
        }

        return failures.Count == 0 ? CommandLine.Success : CommandLine.Failure;
    }

    /// <summary>What each cell computes, by which its runs are known.</summary>
    public IReadOnlyList<string> Identities() => [.. _cells.Select(c => Identity(c.Experiment))];

    private string Identity(Experiment experiment)
    {
        var key = (experiment.Data, experiment.TrainImages, experiment.TestImages);
        if (!_used.TryGetValue(key, out var used))
        {
            var (data, standsInFor) = _data[experiment.Data];
            _used[key] = used = RunData.Of(data.Cut(experiment.TrainImages, experiment.TestImages), standsInFor);
        }

        return RunIdentity.Of(experiment, used, OwnParts.Code(experiment));
    }

    private CellResult Complete(GridCell cell, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        cell.Complete(_request.Runs, progress, _context.Error.WriteLine, cancellation);

    private GridCell CellOf(GridRun cell)
    {
        var (data, standsInFor) = _data[cell.Experiment.Data];
        return new GridCell(cell.Experiment, data, standsInFor, _request.Execution.OnDevice())
        {
            CheckpointEvery = _request.Execution.CheckpointEvery,
            TensorBoard = _request.Execution.TensorBoard,
            KeepEvery = _request.Execution.KeepEvery,
            Watch = _watch,
            Identity = Identity(cell.Experiment),
        };
    }

    private void Reported(Action action)
    {
        try
        {
            action();
        }
        catch (RunInterruptedException e)
        {
            _context.WholeError($"{RunReport.Interrupted(e, _context.Prompt)}, or with all the others by the same command again.");
            throw;
        }
        catch (OperationCanceledException)
        {
            _context.Error.WriteLine("Interrupted. The same command again goes on where it stopped.");
            throw;
        }
    }
}
