using System.Diagnostics;
using GaitProp.Experiments;
using GaitProp.Ranks;
using GaitProp.Runs;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// The only loop: steps, and between them what is due: measurements, checkpoints, progress. Where it stands is one position, and everything
/// that follows depends on that position and the learning state alone; a checkpoint holds both. Ranks go through it step by step together:
/// what only one of them knows, such as that it was asked to stop, they agree on.
/// </summary>
/// <param name="experiment">What is run.</param>
/// <param name="state">What learns.</param>
/// <param name="ranks">Who trains it.</param>
/// <param name="run">Where it is written down; <see langword="null"/> on all ranks but the first.</param>
/// <param name="checkpoint">Saves it.</param>
/// <param name="clock">Told how it goes.</param>
/// <param name="checkpointEvery">The longest without a checkpoint.</param>
/// <param name="keepEvery">Epochs from one checkpoint that stays to the next.</param>
/// <param name="from">Where it stands.</param>
internal sealed class TrainingLoop(
    Experiment experiment,
    LearningState state,
    RankGroup ranks,
    RunWriter? run,
    Checkpoint checkpoint,
    ProgressClock clock,
    TimeSpan checkpointEvery,
    int? keepEvery,
    TrainingPosition from
)
{
    /// <summary>How often a loss is looked at for the progress where that is a wait for the device.</summary>
    private static readonly TimeSpan LossEvery = TimeSpan.FromSeconds(1);

    /// <summary>Steps of a process that do not count in the run's timing: code is compiled and memory touched for the first time.</summary>
    private const int WarmUpSteps = 3;

    private readonly bool _fromTheBeginning = from == default;
    private readonly List<double> _stepSeconds = [];
    private readonly Stopwatch _sinceCheckpoint = Stopwatch.StartNew();
    private readonly Stopwatch _sinceLoss = Stopwatch.StartNew();
    private int _requests = CheckpointRequest.Count;
    private TrainingPosition _saved = from;
    private long _step = from.Step;
    private bool _measured = from.Measured;
    private int _warmUp = WarmUpSteps;
    private double _measuringSeconds;
    private double _savingSeconds;

    /// <summary>How far the run is.</summary>
    public TrainingPosition Position => new(_step, _measured, run?.MetricsBytes ?? 0, run?.TimingBytes ?? 0);

    /// <summary>Whether it was stopped before its end, here or on another rank.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Whether accuracy is being measured.</summary>
    public bool IsEvaluating { get; private set; }

    /// <summary>Goes on to the last step.</summary>
    /// <param name="cancellation">Stops after the step under way, with a checkpoint.</param>
    public void Run(CancellationToken cancellation)
    {
        if (_fromTheBeginning)
        {
            manual_seed(unchecked((long)Seeds.Derive(experiment.Seed, SeedUse.Torch, 0)));
            Save();
        }

        try
        {
            StepsAndMeasurements(cancellation);
        }
        catch (OperationCanceledException) when (IsStopped)
        {
            WriteTiming((int)((Math.Max(_step, 1) - 1) / state.StepsPerEpoch) + 1, TimeSpan.Zero);
            SaveIfMoved();
            throw;
        }

        SaveIfMoved();
        clock.Finished();
    }

    private void StepsAndMeasurements(CancellationToken cancellation)
    {
        var steps = (long)experiment.Epochs * state.StepsPerEpoch;
        while (true)
        {
            if (_step % state.StepsPerEpoch == 0 && !_measured)
            {
                EndEpoch((int)(_step / state.StepsPerEpoch), cancellation);
            }

            if (_step == steps)
            {
                return;
            }

            if (ranks.Any(cancellation.IsCancellationRequested))
            {
                IsStopped = true;
                throw new OperationCanceledException(cancellation);
            }

            Step();
            if (ranks.Any(_sinceCheckpoint.Elapsed >= checkpointEvery || _requests != CheckpointRequest.Count))
            {
                _requests = CheckpointRequest.Count;
                Save();
            }
        }
    }

    private void Step()
    {
        var epoch = (int)(_step / state.StepsPerEpoch) + 1;
        var (loss, seconds, measuring) = state.Step(
            _step,
            (batchLoss, look) =>
            {
                var metrics = new StepMetrics(epoch, _step, batchLoss, look.Angles, look.Distances, look.Transposes);
                run?.Append(metrics);
                clock.Angles = (metrics.Step, metrics.Angles, metrics.Distances);
            }
        );
        _step++;
        _measured = false;
        _stepSeconds.Add(seconds);
        _measuringSeconds += measuring;
        if (loss is not null)
        {
            _sinceLoss.Restart();
        }
        else if (_sinceLoss.Elapsed >= LossEvery)
        {
            var watch = Stopwatch.StartNew();
            loss = state.CheckLoss(_step - 1);
            _stepSeconds[^1] += watch.Elapsed.TotalSeconds;
            _sinceLoss.Restart();
        }

        clock.Stepped(epoch, _step, loss);
    }

    /// <summary>Accuracy after an epoch (epoch 0: before training), and how long the epoch took.</summary>
    private void EndEpoch(int epoch, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        if (epoch % experiment.EvaluateEvery == 0 || epoch == experiment.Epochs)
        {
            IsEvaluating = true;
            var metrics = Measured(epoch, cancellation);
            IsEvaluating = false;
            run?.Append(metrics);
            clock.Accuracy = (metrics.Epoch, metrics.TrainAccuracy, metrics.TestAccuracy);
        }

        _measured = true;
        clock.EpochEnded(epoch);
        WriteTiming(epoch, watch.Elapsed);
        if (epoch > 0 && epoch % (keepEvery ?? int.MaxValue) == 0)
        {
            Save(epoch);
        }

        NativeHeap.GiveBack();
    }

    private EpochMetrics Measured(int epoch, CancellationToken cancellation)
    {
        try
        {
            return state.Measure(epoch, _step, () => clock.Evaluating(epoch, _step), cancellation);
        }
        catch (OperationCanceledException)
        {
            IsStopped = true;
            throw;
        }
    }

    /// <summary>Writes down how long the steps took that this process did of an epoch.</summary>
    private void WriteTiming(int epoch, TimeSpan evaluation)
    {
        if (_stepSeconds.Count == 0)
        {
            return;
        }

        var warm = _stepSeconds.Count > _warmUp ? _stepSeconds.Skip(_warmUp) : _stepSeconds;
        run?.Append(
            new EpochTiming(
                epoch,
                _stepSeconds.Count,
                warm.Average(),
                _stepSeconds.Sum(),
                _measuringSeconds,
                evaluation.TotalSeconds,
                _savingSeconds,
                Environment.WorkingSet / 1e6
            )
        );
        _stepSeconds.Clear();
        (_warmUp, _measuringSeconds, _savingSeconds) = (0, 0, 0);
    }

    private void SaveIfMoved()
    {
        if (ranks.Any(Position != _saved))
        {
            Save();
        }
    }

    /// <summary>Writes a checkpoint. What was measured before it is on the disk first.</summary>
    /// <param name="epoch">The epoch that it stays for.</param>
    private void Save(int? epoch = null)
    {
        var watch = Stopwatch.StartNew();
        state.CheckWeights(_step);
        state.CheckRanks(_step);
        if (run is not null)
        {
            run.FlushToDisk();
            checkpoint.Write(run, Position, epoch);
        }

        _saved = Position;
        _savingSeconds += watch.Elapsed.TotalSeconds;
        _sinceCheckpoint.Restart();
    }
}
