namespace GaitProp.Training;

/// <summary>
/// Turns a trainer's steps into <see cref="TrainingProgress"/>: speed over the last seconds, and the time left, at the pace of the last
/// epochs, since a machine does not stay as busy as it was.
/// </summary>
/// <param name="epochs">Epochs of the run.</param>
/// <param name="stepsPerEpoch">Steps of an epoch.</param>
/// <param name="from">The step that it begins or goes on at.</param>
/// <param name="progress">Who is told.</param>
/// <param name="clock">The clock; the system's if <see langword="null"/>.</param>
internal sealed class ProgressClock(
    int epochs,
    int stepsPerEpoch,
    long from,
    IProgress<TrainingProgress>? progress,
    TimeProvider? clock = null
)
{
    /// <summary>The pace is that of so many epochs, or of a quarter of those that were done if these are more.</summary>
    private const int PaceEpochs = 10;

    private static readonly TimeSpan SpeedWindow = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _began = (clock ?? TimeProvider.System).GetTimestamp();
    private readonly Queue<(TimeSpan Time, long Step)> _recent = new();
    private readonly List<(TimeSpan Time, TimeSpan Evaluating, long Step)> _ends = [(default, default, from)];
    private double _speed;
    private TimeSpan _evaluating;
    private TimeSpan _last;
    private long _step = from;
    private double _loss = double.NaN;

    private TimeSpan Elapsed => _clock.GetElapsedTime(_began);

    public (long Step, IReadOnlyList<double?> Values, IReadOnlyList<double?> Distances) Angles { get; set; } = (-1, [], []);

    public (int Epoch, double Train, double Test)? Accuracy { get; set; }

    /// <summary>Whether the rule's form is literal.</summary>
    public bool IsLiteral { get; init; }

    /// <param name="epoch">The epoch under way.</param>
    /// <param name="step">Steps taken.</param>
    /// <param name="loss">The batch's loss a sample, if it was looked at.</param>
    public void Stepped(int epoch, long step, double? loss)
    {
        (_step, _loss, _last) = (step, loss ?? _loss, Elapsed);
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
        var now = Elapsed;
        _evaluating += now - _last;
        _last = now;
        _step = step;
        _recent.Clear();
        Tell(TrainingPhase.Evaluating, epoch);
    }

    public void EpochEnded(int epoch)
    {
        _ends.Add((Elapsed, _evaluating, _step));
        Tell(TrainingPhase.EpochEnded, epoch);
    }

    public void Finished() => Tell(TrainingPhase.Finished, epochs);

    private void Tell(TrainingPhase phase, int epoch)
    {
        if (progress is null)
        {
            return;
        }

        var steps = (long)epochs * stepsPerEpoch;
        var elapsed = Elapsed;

        // What is left is training and evaluations, at the pace of both; a run that begins evaluates once more, before its first epoch.
        var ended = _ends.Count - 1;
        var first = Math.Max(ended - Math.Max(PaceEpochs, ended / 4), 0);
        var since = _ends[first];
        var (done, epochsLeft) = (_step - since.Step, Math.Max(epochs - (_step / stepsPerEpoch), 0));
        var evaluations = (_step / stepsPerEpoch) - (since.Step / stepsPerEpoch) + (first == 0 && since.Step == 0 ? 1 : 0);
        var evaluating = _evaluating - since.Evaluating;
        TimeSpan? remaining =
            phase == TrainingPhase.Finished ? TimeSpan.Zero
            : done == 0 ? null
            : ((elapsed - since.Time - evaluating) * ((double)(steps - _step) / done))
                + (evaluating * ((double)epochsLeft / Math.Max(evaluations, 1)));
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
                IsLiteral = IsLiteral,
                AccuracyEpoch = Accuracy?.Epoch,
            }
        );
    }
}
