using System.Diagnostics;

namespace GaitProp.Training;

/// <summary>Turns a trainer's steps into <see cref="TrainingProgress"/>: speed over the last seconds, and the time left.</summary>
internal sealed class ProgressClock(int epochs, int stepsPerEpoch, long from, IProgress<TrainingProgress>? progress)
{
    private static readonly TimeSpan SpeedWindow = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Queue<(TimeSpan Time, long Step)> _recent = new();
    private double _speed;
    private TimeSpan _evaluating;
    private TimeSpan _last;
    private readonly long _from = from;
    private long _step = from;
    private double _loss = double.NaN;

    public (long Step, IReadOnlyList<double?> Values, IReadOnlyList<double?> Distances) Angles { get; set; } = (-1, [], []);

    public (int Epoch, double Train, double Test)? Accuracy { get; set; }

    /// <param name="epoch">The epoch under way.</param>
    /// <param name="step">Steps taken.</param>
    /// <param name="loss">The batch's loss a sample, if it was looked at.</param>
    public void Stepped(int epoch, long step, double? loss)
    {
        (_step, _loss, _last) = (step, loss ?? _loss, _watch.Elapsed);
        _recent.Enqueue((_last, step));
        while (_recent.Count > 2 && _last - _recent.Peek().Time > SpeedWindow)
        {
            _recent.Dequeue();
        }

        var span = _last - _recent.Peek().Time;
        if (span > TimeSpan.Zero)
        {
            _speed = (step - _recent.Peek().Step) / span.TotalSeconds;
        }

        Tell(TrainingPhase.Training, epoch);
    }

    public void Evaluating(int epoch, long step)
    {
        var now = _watch.Elapsed;
        _evaluating += now - _last;
        _last = now;
        _step = step;
        _recent.Clear();
        Tell(TrainingPhase.Evaluating, epoch);
    }

    public void EpochEnded(int epoch) => Tell(TrainingPhase.EpochEnded, epoch);

    public void Finished() => Tell(TrainingPhase.Finished, epochs);

    private void Tell(TrainingPhase phase, int epoch)
    {
        if (progress is null)
        {
            return;
        }

        var steps = (long)epochs * stepsPerEpoch;
        var elapsed = _watch.Elapsed;

        // What is left is training and evaluations, at the pace of both so far; a run that begins evaluates once more, before its first
        // epoch.
        var (done, epochsLeft) = (_step - _from, Math.Max(epochs - (_step / stepsPerEpoch), 0));
        var evaluations = (_step / stepsPerEpoch) - (_from / stepsPerEpoch) + (_from == 0 ? 1 : 0);
        TimeSpan? remaining =
            phase == TrainingPhase.Finished ? TimeSpan.Zero
            : done == 0 ? null
            : ((elapsed - _evaluating) * ((double)(steps - _step) / done))
                + (_evaluating * ((double)epochsLeft / Math.Max(evaluations, 1)));
        progress.Report(
            new TrainingProgress(
                phase,
                epoch,
                epochs,
                _step,
                steps,
                _loss,
                Angles.Values,
                Accuracy?.Train,
                Accuracy?.Test,
                _speed,
                elapsed,
                remaining
            )
            {
                AnglesStep = Angles.Step < 0 ? null : Angles.Step,
                Distances = Angles.Distances,
                AccuracyEpoch = Accuracy?.Epoch,
            }
        );
    }
}
