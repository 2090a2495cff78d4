using GaitProp.Kernel.CellCommands;

namespace GaitProp.Kernel.Tests.CellCommands;

public sealed class TrainingHistoryTests
{
    [Theory]
    [InlineData(10, 1)]
    [InlineData(239, 7)]
    [InlineData(1_000, 1)]
    [InlineData(20_000, 5)]
    public void Long_runs_are_thinned_out_and_keep_their_first_and_last_points(int measurements, int every)
    {
        var history = new TrainingHistory();
        for (var i = 0; i < measurements; i++)
        {
            history.Add(At(i * every, i, epoch: i / 100));
        }

        Assert.InRange(history.Angles.Count, Math.Min(measurements, 100), 240);
        Assert.Equal(0, history.Angles[0].Step);
        Assert.Equal((measurements - 1) * every, history.Angles[^1].Step);
        Assert.All(history.Angles, a => Assert.Equal(a.Step / every, a.Angles[0]));
        Assert.Equal(history.Angles.OrderBy(a => a.Step), history.Angles);

        // What is left is spread over the whole run.
        var gaps = history.Angles.Zip(history.Angles.Skip(1), (a, b) => b.Step - a.Step);
        Assert.True(gaps.Max() <= Math.Max(every, 8.0 * (measurements * every) / history.Angles.Count), $"a gap of {gaps.Max()} steps");
    }

    [Fact]
    public void An_epoch_is_one_point_however_often_it_is_told()
    {
        var history = new TrainingHistory();
        foreach (var epoch in (int[])[0, 0, 1, 1, 1, 3])
        {
            history.Add(At(epoch, 0, epoch));
        }

        Assert.Equal([0, 1, 3], history.Accuracy.Select(a => a.Epoch));
    }

    private static TrainingProgress At(long step, double angle, int epoch) =>
        new(TrainingPhase.Training, epoch, 10, step, 1_000_000, 1, [angle, null], 0.5, 0.4, 1, TimeSpan.FromSeconds(1), null)
        {
            AnglesStep = step,
            AccuracyEpoch = epoch,
        };
}
