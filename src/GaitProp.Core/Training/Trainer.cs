using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Layers;
using GaitProp.Ranks;
using GaitProp.Runs;
using GaitProp.Runtime;
using GaitProp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Trains a network as an experiment says, and writes the run down so that it can be taken up again wherever it stopped.</summary>
public sealed class Trainer : IDisposable
{
    private readonly Experiment _experiment;
    private readonly RunData _data;
    private readonly LearningState _state;
    private readonly Device _device;
    private readonly ContentCheck? _content;
    private readonly string? _disorder;
    private readonly RankGroup _ranks;
    private string? _code;
    private RunOrigin? _origin;
    private bool _used;

    /// <summary>Builds the network and puts the data where it computes.</summary>
    /// <param name="experiment">What to run.</param>
    /// <param name="data">The images; cut to what the experiment uses.</param>
    /// <param name="standsInFor">The published data set that <paramref name="data"/> is used in place of, or
    /// <see langword="null"/>.</param>
    /// <param name="device">Where to compute; the CPU if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">A setting of the experiment is not possible.</exception>
    public Trainer(Experiment experiment, ImageDataset data, string? standsInFor = null, Device? device = null)
        : this(experiment, data, standsInFor, device, RankGroup.Alone) { }

    /// <summary>
    /// The same as one of several ranks, each with a trainer of its own: the first runs or resumes, the others follow
    /// (<see cref="Follow"/>).
    /// </summary>
    internal Trainer(Experiment experiment, ImageDataset data, string? standsInFor, Device? device, RankGroup ranks)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(data);
        experiment.Validate();
        LibTorch.Load();
        _experiment = experiment;
        (_device, _ranks) = (device ?? CPU, ranks);
        _disorder = data.Disorder(experiment.TrainImages, experiment.TestImages, experiment.ValidationImages);
        var used = data.Cut(experiment.TrainImages, experiment.TestImages);
        _data = RunData.Of(used, standsInFor, experiment.ValidationImages);
        _code = OwnParts.Code(experiment);
        _content = ContentCheck.Begin(used, ranks: ranks);
        try
        {
            _state = OwnFailure.Guarded(() => OwnParts.Types(experiment), () => new LearningState(experiment, used, _device, ranks));
        }
        catch
        {
            _content?.Dispose();
            throw;
        }
    }

    /// <summary>The network in training.</summary>
    public Network Network => _state.Network;

    /// <summary>The name of its rule.</summary>
    internal string Rule => _experiment.Rule;

    /// <summary>What the run computes: equal for equal experiments on equal images, from equal weights.</summary>
    internal string Identity => RunIdentity.Of(_experiment, _data, _code, _origin);

    /// <summary>Optimiser steps of an epoch; the last one may see fewer images.</summary>
    internal int StepsPerEpoch => _state.StepsPerEpoch;

    /// <summary>
    /// The longest that a run goes on without a checkpoint. There is one at its beginning, its end and its interruption besides. Default: a
    /// minute.
    /// </summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether TensorBoard event files are written into the run's folder. Default: no.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>
    /// Epochs from one checkpoint that stays to the next; <see langword="null"/>, the default, if none stays but the last two, or for a
    /// resumed run as it was begun.
    /// </summary>
    public int? KeepEvery { get; init; }

    /// <summary>
    /// Puts other weights in place of those that the seed has drawn. Adam's moments and the rule's own weights begin as in any run.
    /// </summary>
    /// <param name="file">A checkpoint, or the weights of a recorded run.</param>
    /// <exception cref="GaitPropException">It is damaged, or of another network; one line says how it differs.</exception>
    public void StartFrom(string file)
    {
        using var weights = SavedWeights.Read(file);
        StartFrom(weights);
    }

    /// <summary>The same with weights that were read already.</summary>
    internal void StartFrom(SavedWeights weights)
    {
        weights.CopyTo(Network);
        _origin = new RunOrigin(weights.File, weights.Card.Run, weights.Card.Step, weights.Sha256);
    }

    /// <summary>Trains to the end and writes a run folder.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="progress">Told after every step, on this thread.</param>
    /// <param name="cancellation">Stops after the step under way; the run is then marked interrupted, and has a checkpoint of that
    /// step.</param>
    /// <returns>The run as it was written: finished, or diverged where values stopped being finite (the error names layer and
    /// step).</returns>
    /// <exception cref="GaitPropException">
    /// The folder cannot be written; prepared photos are not what was prepared; a part of the images is to be taken, and they are in order of
    /// class; or <see cref="KeepEvery"/> is less than 1.
    /// </exception>
    /// <exception cref="RunInterruptedException">The run was interrupted.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while the images were checked: there is no run yet.</exception>
    public RunRecord Run(string runs, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        UseOnce();
        Meet(progress, cancellation);
        if (_disorder is not null)
        {
            throw new GaitPropException(_disorder);
        }

        using var run = RunWriter.Create(
            runs,
            _experiment,
            (name, started) =>
                new RunDescription
                {
                    Name = name,
                    Started = started,
                    Identity = Identity,
                    Code = _code,
                    Experiment = ExperimentJson.ToJson(_experiment),
                    Data = _data,
                    Layers = RunLayer.Of(Network),
                    Environment = RunEnvironment.Here(_device, _ranks.IsAlone ? null : _ranks.Count),
                    Origin = _origin,
                    KeepEvery = KeepEvery,
                }
        );
        return ToItsEnd(run, default, progress, cancellation);
    }

    /// <summary>Trains along with the first rank, wherever that begins, and writes nothing.</summary>
    /// <param name="cancellation">Stops all ranks after the step under way.</param>
    /// <exception cref="GaitPropException">Ranks train other experiments or images.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Follow(CancellationToken cancellation = default)
    {
        UseOnce();
        Meet(null, cancellation);
        var checkpoint = new Checkpoint(_state, Identity);
        var position = checkpoint.Shared(_ranks, default);
        var loop = Loop(null, checkpoint, new ProgressClock(_experiment.Epochs, StepsPerEpoch, position.Step, null), position);
        using var products = Tf32.While(_experiment.Tf32);
        try
        {
            loop.Run(cancellation);
        }
        catch (DivergedException)
        {
            // The first rank, which has seen the same, says it.
        }
    }

    /// <summary>
    /// Takes up a run that was killed, interrupted or stopped by an error, at its last good checkpoint, or from its beginning if it has
    /// none. Measurements after that point are taken back; on the same machine, those that follow are to the byte what they would have
    /// been.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="progress">Told after every step, on this thread.</param>
    /// <param name="report">Told, in a line each, what was found damaged and done without, and what is not known of the run.</param>
    /// <param name="cancellation">Stops after the step under way.</param>
    /// <returns>The run as it was written.</returns>
    /// <exception cref="GaitPropException">
    /// The run is of another experiment or other data, has finished or diverged, is being written by another process, or a checkpoint is
    /// another network's or cannot be read now; the folder cannot be written; or <see cref="KeepEvery"/> is less than 1.
    /// </exception>
    /// <exception cref="RunInterruptedException">The run was interrupted again.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while the images were checked: the run is as it was.</exception>
    public RunRecord Resume(
        string folder,
        IProgress<TrainingProgress>? progress = null,
        Action<string>? report = null,
        CancellationToken cancellation = default
    )
    {
        UseOnce();
        Meet(progress, cancellation);
        using var run = RunWriter.Open(folder);
        var description = run.Description;
        _origin = description.Origin;
        var isOfUnknownCode = description.Identity != Identity && IsOfUnknownCode(description);
        if (isOfUnknownCode)
        {
            _code = null;
        }

        if (description.Identity != Identity)
        {
            throw new GaitPropException(
                description.Data.Checksum != _data.Checksum
                    ? $"run {description.Name} cannot be resumed with these images: it used others, of {description.Data.Name} ({description.Data.Source}); name the folder that holds them."
                : RunIdentity.Of(_experiment, _data, description.Code, _origin) == description.Identity
                    ? $"run {description.Name} cannot be resumed: the code of {string.Join(" or ", OwnParts.Of(_experiment))} is not that which it began with; 'gaitprop train' begins another run."
                : $"run {description.Name} cannot be resumed: it was made with other settings."
            );
        }

        if (!description.CanResume)
        {
            throw new GaitPropException(
                $"run {description.Name} has {description.Status.ToString().ToLowerInvariant()}: there is nothing to resume."
            );
        }

        if (isOfUnknownCode)
        {
            report?.Invoke(
                $"run {description.Name} does not say with what code of {string.Join(" or ", OwnParts.Of(_experiment))} it began, as runs of earlier versions do not: it goes on with the code of now."
            );
        }

        if (_ranks.IsAlone)
        {
            UseThreadsOf(description, _device);
        }

        var restored = new Checkpoint(_state, Identity).RestoreLast(run, report);
        if (restored is null && description.Origin is { } origin)
        {
            BeginAgainFrom(origin, description.Name);
        }

        var position = restored ?? default;
        run.Resume(position.Step, position.MetricsBytes, position.TimingBytes, KeepEvery);
        return ToItsEnd(run, position, progress, cancellation, RunRecord.Read(folder).Epochs is [.., var last] ? last : null);
    }

    /// <summary>
    /// Computes with as many threads as a run did: sums in floating point depend on how many share them. A run that has no checkpoint
    /// begins with the weights that a trainer is made with, so it is done before that too.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="device">Where it will go on; only the CPU's threads count.</param>
    internal static void UseThreadsOf(RunDescription run, Device device)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(device);
        LibTorch.Load();
        if (device.type == DeviceType.CPU && get_num_threads() != run.Environment.Threads)
        {
            set_num_threads(run.Environment.Threads);
        }
    }

    /// <summary>A value of <see cref="KeepEvery"/>, if it is one.</summary>
    /// <exception cref="GaitPropException">It is less than 1.</exception>
    internal static int? PossibleKeepEvery(int? epochs) =>
        epochs is null or > 0
            ? epochs
            : throw new GaitPropException(
                Text($"keepEvery {epochs} is not possible: it must be 1 or more; leave it out to keep the last two checkpoints alone.")
            );

    /// <inheritdoc/>
    public void Dispose()
    {
        _content?.Dispose();
        _state.Dispose();
    }

    /// <summary>
    /// Whether a run is this one but for the code of one's own, which earlier versions did not write down. Of a rule of the kit there is
    /// none to write down: one's own of the same name is another.
    /// </summary>
    private bool IsOfUnknownCode(RunDescription run) =>
        run.Code is null && RunIdentity.Of(_experiment, _data, code: null, _origin) == run.Identity && !OwnParts.ReplaceKits(_experiment);

    /// <summary>A run without a checkpoint begins with the weights that it began with.</summary>
    private void BeginAgainFrom(RunOrigin origin, string run)
    {
        try
        {
            StartFrom(origin.File);
        }
        catch (GaitPropException e)
        {
            throw new GaitPropException($"run {run} has no checkpoint to go on from, and cannot begin again: {e.Message}", e);
        }

        if (_origin?.Sha256 != origin.Sha256)
        {
            throw new GaitPropException(
                $"run {run} has no checkpoint to go on from, and cannot begin again: {origin.File} holds other weights than those that it began with."
            );
        }
    }

    /// <summary>No step is taken with images that are not those that the run names.</summary>
    private void WaitForContent(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        _content?.Wait(
            share =>
                progress?.Report(
                    new TrainingProgress(
                        TrainingPhase.Checking,
                        1,
                        _experiment.Epochs,
                        0,
                        (long)_experiment.Epochs * StepsPerEpoch,
                        double.NaN,
                        [],
                        null,
                        null,
                        0,
                        watch.Elapsed,
                        null
                    )
                    {
                        Checked = share,
                    }
                ),
            cancellation
        );
    }

    private RunRecord ToItsEnd(
        RunWriter run,
        TrainingPosition from,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation,
        EpochMetrics? measured = null
    )
    {
        var clock = new ProgressClock(_experiment.Epochs, StepsPerEpoch, from.Step, progress)
        {
            Accuracy = measured is null ? null : (measured.Epoch, measured.TrainAccuracy, measured.TestAccuracy),
            IsLiteral = _experiment.RuleOptions is TargetOptions { Form: TargetForm.Literal },
        };
        var checkpoint = new Checkpoint(_state, Identity);
        checkpoint.Shared(_ranks, from);
        var loop = Loop(run, checkpoint, clock, from);
        try
        {
            if (TensorBoard)
            {
                run.LogToTensorBoard();
            }

            using var products = Tf32.While(_experiment.Tf32);
            loop.Run(cancellation);
            run.End(RunStatus.Finished);
        }
        catch (DivergedException e)
        {
            // A result like any other: what was measured until then stands.
            var kept = new CheckpointFolder(run.Folder).Files is [var last, ..]
                ? $" Its last good checkpoint is {Path.GetFileName(last)}."
                : "";
            run.End(RunStatus.Diverged, e.Message + kept);
        }
        catch (OperationCanceledException) when (loop.IsStopped)
        {
            MarkEnded(run, RunStatus.Interrupted, null);
            throw new RunInterruptedException(run.Folder, loop.Position.Step, cancellation);
        }
        catch (Exception e) when (DeviceFailure.Of(e) is { } failure)
        {
            var said = new GaitPropException(Failed(failure, run, loop), e);
            MarkEnded(run, RunStatus.Failed, said.Message);
            throw said;
        }
        catch (Exception e) when (OwnFailure.Of(e, OwnParts.Types(_experiment)) is { } failure)
        {
            MarkEnded(run, RunStatus.Failed, failure.Message);
            throw failure;
        }
        catch (Exception e)
        {
            MarkEnded(run, RunStatus.Failed, NativeError.Sentence(e));
            throw;
        }

        return RunRecord.Read(run.Folder);
    }

    private TrainingLoop Loop(RunWriter? run, Checkpoint checkpoint, ProgressClock clock, TrainingPosition from)
    {
        // How often checkpoints stay, a resumed run knows itself; the others hear it from the first rank.
        double[] keep = [run?.Description.KeepEvery ?? 0];
        _ranks.Sum_(keep);
        return new(_experiment, _state, _ranks, run, checkpoint, clock, CheckpointEvery, keep[0] > 0 ? (int)keep[0] : null, from);
    }

    /// <summary>
    /// Nobody trains along with another experiment, or on other images, or with images that are not those that the run names.
    /// </summary>
    private void Meet(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var said = _ranks.Gather(
            _ranks.Together(() =>
            {
                WaitForContent(progress, cancellation);
                return RunIdentity.Of(_experiment, _data, _code);
            })
        );
        for (var rank = 1; rank < said.Count; rank++)
        {
            if (said[rank] != said[0])
            {
                throw new GaitPropException(
                    $"{_ranks.Name(rank)} has other settings or other images than {_ranks.Name(0)}: start all ranks with the same command, and give all the same data."
                );
            }
        }
    }

    /// <summary>What to do about a device that failed; the last checkpoint is whole, whatever has become of the device.</summary>
    private string Failed(DeviceFailure failure, RunWriter run, TrainingLoop loop)
    {
        var inverse = _experiment.RuleOptions switch
        {
            TargetOptions family => family.Inverse,
            TargetPropagationOptions plain => plain.Inverse,
            _ => null,
        };
        var directions =
            inverse is FoldedInverse ? $" or the K of ruleOptions.inverse ({inverse.Name})"
            : _experiment.Orthogonality is { Kind: OrthogonalityKind.Retraction, Rank: > 0 and var rank }
                ? $" or orthogonality.rank ({rank})"
            : "";
        return failure.InRun(
            run.Description.Name,
            $"{_device}",
            loop.Position.Step,
            loop.IsEvaluating ? "to measure accuracy" : "for a step",
            loop.IsEvaluating ? $"evaluationBatch ({_state.EvaluationBatch})" : $"batchSize ({_experiment.BatchSize}){directions}",
            new CheckpointFolder(run.Folder).Files is [var last, ..] ? Path.GetFileName(last) : null
        );
    }

    /// <summary>A second run would begin with the weights that the first has trained.</summary>
    private void UseOnce()
    {
        if (_used)
        {
            throw new InvalidOperationException("A trainer makes one run; make another trainer for another run.");
        }

        _used = true;
        PossibleKeepEvery(KeepEvery);
    }

    private static void MarkEnded(RunWriter run, RunStatus status, string? error)
    {
        try
        {
            run.End(status, error);
        }
        catch (GaitPropException)
        {
            // The disk that stopped the run cannot take its last word either; the first error is the one to report.
        }
    }
}
