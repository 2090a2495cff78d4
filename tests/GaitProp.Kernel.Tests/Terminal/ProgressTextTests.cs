using GaitProp.Kernel.CellCommands;
using GaitProp.Kernel.Terminal;

namespace GaitProp.Kernel.Tests.Terminal;

public sealed class ProgressTextTests
{
    [Theory]
    [InlineData(87, "epoch 112/200  step 22045/39200  loss 1.230  test 48.0 %  12.3 steps/s  3 h 05 min left")]
    [InlineData(86, "epoch 112/200 step 22045/39200 loss 1.23 test 48.0 % 12.3/s 3 h 05 min left")]
    [InlineData(75, "epoch 112/200 step 22045/39200 loss 1.23 test 48.0 % 12.3/s 3 h 05 min left")]
    [InlineData(74, "epoch 112/200 loss 1.23 test 48.0 % 12.3/s 3 h 05 min left")]
    [InlineData(57, "epoch 112/200 loss 1.23 12.3/s 3 h 05 min left")]
    [InlineData(45, "epoch 112/200 12.3/s 3 h 05 min left")]
    [InlineData(10, "epoch 112/200 12.3/s 3 h 05 min left")]
    public void Where_room_is_short_the_time_left_stays(int width, string text) =>
        Assert.Equal(text, ProgressText.Within(Progress(loss: 1.23), width));

    [Fact]
    public void A_loss_without_bounds_is_short()
    {
        Assert.Contains("  loss 1.00e30  ", ProgressText.Line(Progress(loss: 1e30)), StringComparison.Ordinal);
        Assert.Contains(" loss 1.00e30 ", ProgressText.Within(Progress(loss: 1e30), 80), StringComparison.Ordinal);
    }

    [Fact]
    public void Small_angles_keep_the_digits_that_tell_them_from_zero()
    {
        var progress = new TrainingProgress(TrainingPhase.Training, 1, 2, 3, 4, 0.5, [0.00004, 0], null, null, 0, TimeSpan.Zero, null)
        {
            Distances = [0.0002, 0],
        };

        Assert.Contains("angle 4.0e-5°  to exact 2.0e-4°", ProgressText.Line(progress), StringComparison.Ordinal);
        var panel = PanelHtml.Of("ngait", PanelState.Done, progress, new TrainingHistory());
        Assert.Contains("mean angle to BP</span> <b>4.0e−5°</b>", panel, StringComparison.Ordinal);
        Assert.Contains("largest distance to the exact inverse</span> <b>2.0e−4°</b>", panel, StringComparison.Ordinal);
    }

    private static TrainingProgress Progress(double loss) =>
        new(
            TrainingPhase.Training,
            112,
            200,
            22045,
            39200,
            loss,
            [],
            null,
            0.48,
            12.3,
            TimeSpan.FromHours(4),
            new TimeSpan(hours: 3, minutes: 5, seconds: 20)
        );
}
