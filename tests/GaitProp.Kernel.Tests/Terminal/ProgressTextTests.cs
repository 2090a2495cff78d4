using GaitProp.Kernel.CellCommands;
using GaitProp.Kernel.Terminal;

namespace GaitProp.Kernel.Tests.Terminal;

public sealed class ProgressTextTests
{
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
}
