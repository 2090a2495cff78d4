using GaitProp.Kernel.Terminal;

namespace GaitProp.Kernel.Tests.Terminal;

public sealed class TrainingDisplayTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(250, 5)]
    [InlineData(3600, 72)]
    public void The_lines_of_a_log_get_rarer_as_a_run_gets_longer(double elapsed, double pause) =>
        Assert.Equal(pause, TrainingDisplay.Pause(TimeSpan.FromSeconds(elapsed)).TotalSeconds);

    [Fact]
    public void The_log_of_a_night_can_be_read()
    {
        var (lines, elapsed) = (0, TimeSpan.Zero);
        for (; elapsed < TimeSpan.FromHours(12); lines++)
        {
            elapsed += TrainingDisplay.Pause(elapsed);
        }

        Assert.InRange(lines, 100, 400);
    }
}
