using GaitProp.Training;

namespace GaitProp.Tests.Training;

public sealed class ProgressClockTests
{
    private const int Epochs = 40,
        StepsPerEpoch = 4;

    private readonly Clock _time = new();
    private TimeSpan? _left;

    [Fact]
    public void The_time_left_is_that_of_steps_and_evaluations_at_their_pace()
    {
        var clock = Begin(0);
        Evaluate(clock, 0, seconds: 10);
        Assert.Null(_left);

        // An epoch: four steps of one second, an evaluation of ten.
        Epoch(clock, 1, stepSeconds: 1, evaluationSeconds: 10);
        Assert.Equal(39 * 14, Left);

        clock.Finished();
        Assert.Equal(0, Left);
    }

    [Fact]
    public void It_forgets_how_busy_the_machine_was_long_ago()
    {
        var clock = Begin(0);
        Evaluate(clock, 0, seconds: 100);
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            Epoch(clock, epoch, stepSeconds: 50, evaluationSeconds: 100);
        }

        Assert.Equal(30 * 300, Left);
        for (var epoch = 11; epoch <= 20; epoch++)
        {
            Epoch(clock, epoch, stepSeconds: 1, evaluationSeconds: 2);
        }

        Assert.Equal(20 * 6, Left);
    }

    [Fact]
    public void A_run_that_goes_on_in_an_epoch_counts_from_there()
    {
        var clock = Begin((10 * StepsPerEpoch) + 2);
        Step(clock, 11, 43, 1);

        Assert.Equal((29 * 4) + 1, Left);
    }

    private double Left => _left!.Value.TotalSeconds;

    private ProgressClock Begin(long from) => new(Epochs, StepsPerEpoch, from, new Told(p => _left = p.Remaining), _time);

    private void Epoch(ProgressClock clock, int epoch, double stepSeconds, double evaluationSeconds)
    {
        for (var step = ((epoch - 1) * StepsPerEpoch) + 1; step <= epoch * StepsPerEpoch; step++)
        {
            Step(clock, epoch, step, stepSeconds);
        }

        Evaluate(clock, epoch, evaluationSeconds);
    }

    private void Step(ProgressClock clock, int epoch, long step, double seconds)
    {
        _time.Pass(TimeSpan.FromSeconds(seconds));
        clock.Stepped(epoch, step, 1);
    }

    private void Evaluate(ProgressClock clock, int epoch, double seconds)
    {
        clock.Evaluating(epoch, epoch * StepsPerEpoch);
        _time.Pass(TimeSpan.FromSeconds(seconds));
        clock.Evaluating(epoch, epoch * StepsPerEpoch);
        clock.EpochEnded(epoch);
    }

    private sealed class Told(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }
}
