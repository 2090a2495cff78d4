using System.Text;
using GaitProp.Kernel.Terminal;
using Spectre.Console;

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

    [Fact]
    public void A_terminal_of_80_columns_shows_the_time_left()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                Interactive = InteractionSupport.Yes,
                Out = new Screen(text),
            }
        );
        var progress = new TrainingProgress(
            TrainingPhase.Training,
            112,
            200,
            22045,
            39200,
            1.23,
            [],
            null,
            0.48,
            12.3,
            TimeSpan.FromHours(4),
            new TimeSpan(hours: 3, minutes: 5, seconds: 20)
        );

        TrainingDisplay.Show(console, display => display.Add("ngait").Report(progress));

        Assert.Contains("epoch 112/200 loss 1.23 test 48.0 % 12.3/s 3 h 05 min left", text.ToString(), StringComparison.Ordinal);
    }

    private sealed class Screen(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => 80;

        public int Height => 30;

        public void SetEncoding(Encoding encoding) { }
    }
}
