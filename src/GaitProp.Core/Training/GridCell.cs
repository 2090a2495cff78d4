using GaitProp.Experiments;
using GaitProp.Runs;
using GaitProp.Storage;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>What completing a cell took.</summary>
internal enum CellOutcome
{
    /// <summary>It was trained.</summary>
    Trained,

    /// <summary>A run of it was there, unfinished, and was resumed.</summary>
    Resumed,

    /// <summary>A run of it was there, done; nothing was left to do.</summary>
    AlreadyDone,

    /// <summary>Another process is at work on it.</summary>
    Busy,
}

/// <summary>A cell that was asked for.</summary>
/// <param name="Outcome">What it took.</param>
/// <param name="Run">The run; <see langword="null"/> if another process is at work on it.</param>
internal sealed record CellResult(CellOutcome Outcome, RunRecord? Run)
{
    /// <summary>
    /// Whether it is not known yet if the other process is alive: its machine is another one, and its heartbeat has to be watched for
    /// longer.
    /// </summary>
    internal bool IsUnsure { get; init; }
}

/// <summary>
/// One experiment of a grid. However often and by however many processes it is asked for, there will be one run of it: a cell that is done
/// is not trained again, and one that was stopped is taken up again.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="data">The images.</param>
/// <param name="standsInFor">The published data set that <paramref name="data"/> is used in place of, or <see langword="null"/>.</param>
/// <param name="device">Where to compute; the CPU if <see langword="null"/>.</param>
internal sealed class GridCell(Experiment experiment, ImageDataset data, string? standsInFor = null, Device? device = null)
{
    /// <summary>The experiment.</summary>
    public Experiment Experiment => experiment;

    /// <summary>The longest that a run goes on without a checkpoint (<see cref="Trainer.CheckpointEvery"/>).</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether TensorBoard event files are written (<see cref="Trainer.TensorBoard"/>).</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Epochs from one checkpoint that stays to the next (<see cref="Trainer.KeepEvery"/>).</summary>
    /// <exception cref="GaitPropException">It is less than 1.</exception>
    public int? KeepEvery
    {
        get;
        init => field = Trainer.PossibleKeepEvery(value);
    }

    /// <summary>Tells living workers from dead ones; who asks again and again keeps one.</summary>
    internal HeartbeatWatch Watch { get; init; } = new();

    /// <summary>
    /// What a run of it computes (<see cref="RunIdentity"/>). To find it takes the checksum of the images, so a grid says it if it knows it.
    /// </summary>
    public string Identity
    {
        get =>
            field ??= RunIdentity.Of(
                experiment,
                RunData.Of(data.Cut(experiment.TrainImages, experiment.TestImages), standsInFor),
                OwnParts.Code(experiment)
            );
        init;
    }

    /// <summary>Whether its latest run alone counts, and those before it are of an earlier time.</summary>
    public bool IsOfTheLatest { get; init; }

    /// <summary>A run of it, with its experiment's name, that counts as done no longer: the cell is trained anew.</summary>
    public string? Outdated { get; set; }

    /// <summary>Whether a run of it was stopped before its end, and no process is at work on it.</summary>
    /// <param name="runs">The folder of all runs.</param>
    public bool WasStopped(string runs) => Known(runs) is var known && known.Any(IsUnfinished) && !known.Any(r => r.IsAlive || r.IsDone);

    /// <summary>Whether a process is at work on a run of it.</summary>
    /// <param name="runs">The folder of all runs.</param>
    public bool IsUnderWay(string runs) => Known(runs).Any(r => r.IsAlive);

    /// <summary>The latest of its runs that is done, with its experiment's name; <see langword="null"/> as long as none is.</summary>
    /// <param name="runs">The folder of all runs.</param>
    public string? LastDone(string runs) => Known(runs).LastOrDefault(r => r.IsDone)?.QualifiedName;

    /// <summary>Whether one of its runs has one of some names, also where the latest alone counts otherwise.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="names">Names of runs, with those of their experiments.</param>
    public bool IsAmong(string runs, IReadOnlySet<string> names) => All(runs).Any(r => names.Contains(r.QualifiedName));

    /// <summary>Makes sure that there is a run of the experiment that is done.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="progress">Told after every step, on this thread.</param>
    /// <param name="report">Told, in a line each, what was found damaged and done without.</param>
    /// <param name="cancellation">Stops after the step under way.</param>
    /// <exception cref="GaitPropException">The experiment is not possible, or the folder cannot be written.</exception>
    /// <exception cref="RunInterruptedException">The run was interrupted.</exception>
    public CellResult Complete(
        string runs,
        IProgress<TrainingProgress>? progress = null,
        Action<string>? report = null,
        CancellationToken cancellation = default
    )
    {
        var identity = Identity;
        using var claim = FileLock.TryTake($"{CellClaim.Stem(runs, experiment.Name, identity)}.lock");
        if (claim is null)
        {
            return new CellResult(CellOutcome.Busy, null);
        }

        var known = Known(runs);
        if (known.FirstOrDefault(IsDone) is { } done)
        {
            var record = RunRecord.Read(done.Folder);
            progress?.Report(TrainingProgress.Done(record));
            return new CellResult(CellOutcome.AlreadyDone, record);
        }

        if (known.Any(r => r.IsAlive))
        {
            return new CellResult(CellOutcome.Busy, null);
        }

        foreach (var run in known.Where(r => !r.IsDone && r.State is RunState.Finished or RunState.Diverged))
        {
            report?.Invoke($"run {run.QualifiedName} does not count as done: {run.Problem}; another one is trained.");
        }

        using var held = CellClaim.TryTake(CellClaim.Stem(runs, experiment.Name, identity), Watch, out var holder);
        if (held is null)
        {
            return new CellResult(CellOutcome.Busy, null) { IsUnsure = holder == WorkerLife.Unsure };
        }

        // Whoever held it before may have ended the run since it was looked for.
        if (Known(runs).FirstOrDefault(IsDone) is { } ended)
        {
            return new CellResult(CellOutcome.AlreadyDone, RunRecord.Read(ended.Folder));
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, held.Lost);

        var unfinished = known.LastOrDefault(IsUnfinished);
        LibTorch.Load();
        var threads = get_num_threads();
        try
        {
            if (unfinished is not null)
            {
                Trainer.UseThreadsOf(RunRecord.ReadDescription(unfinished.Folder), device ?? CPU);
            }

            using var trainer = new Trainer(experiment, data, standsInFor, device)
            {
                CheckpointEvery = CheckpointEvery,
                TensorBoard = TensorBoard,
                KeepEvery = KeepEvery,
            };
            if (unfinished is not null && !RunRecord.ReadDescription(unfinished.Folder).CanResume)
            {
                // Whoever was at work on it has ended it since.
                return new CellResult(CellOutcome.AlreadyDone, RunRecord.Read(unfinished.Folder));
            }

            return unfinished is not null
                ? new CellResult(CellOutcome.Resumed, trainer.Resume(unfinished.Folder, progress, report, stop.Token))
                : new CellResult(CellOutcome.Trained, trainer.Run(runs, progress, stop.Token));
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            report?.Invoke(
                $"{experiment.Name}, {experiment.Rule} seed {experiment.Seed}: another worker has taken it over, having seen no heartbeat of this one for a minute."
            );
            return new CellResult(CellOutcome.Busy, null);
        }
        finally
        {
            // The next cell gets those that were asked for, not those of a run that was resumed.
            set_num_threads(threads);
        }
    }

    private bool IsDone(RunSummary run) => run.IsDone && run.QualifiedName != Outdated;

    private RunSummary[] Known(string runs) => [.. All(runs).TakeLast(IsOfTheLatest ? 1 : int.MaxValue)];

    private IEnumerable<RunSummary> All(string runs) =>
        new RunStore(runs).ListExperiment(experiment.Name).Where(r => r.Identity == Identity);

    /// <summary>One that was recorded has no checkpoint to go on from.</summary>
    private static bool IsUnfinished(RunSummary run) =>
        run.State is RunState.Stopped or RunState.Interrupted or RunState.Failed && RunRecord.ReadDescription(run.Folder).Recorded is null;
}
