using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GaitProp.Kernel.Tests.Faults;

public sealed partial class InterruptTests : IDisposable
{
    /// <summary>Ample for a busy machine. That it did not go on to its end is in its exit code.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(30);

    /// <summary>The line of Linux with the signals that a process has been sent and has not taken yet, as bits.</summary>
    private const string Pending = "ShdPnd:";

    /// <summary>How often a second signal that came too late is sent again, to another run.</summary>
    private const int Rounds = 10;

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void Ctrl_C_ends_a_run_with_a_checkpoint_of_its_step_and_the_command_it_prints_goes_on_to_the_same_end() =>
        Signalled(Trial.SigInt);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void So_does_a_request_to_end() => Signalled(Trial.SigTerm);

    private void Signalled(int signal)
    {
        var expected = _trial.Uninterrupted(Trial.TwoEpochs);
        var process = _trial.Train("some runs", Trial.TwoEpochs);
        Assert.True(Trial.Until(process, () => Trial.Lines(_trial.Run("some runs")) > 5));
        GaitPropProcess.Signal(process, signal);
        var finished = GaitPropProcess.Finish(process);

        Assert.Equal(130, finished.ExitCode);
        var said = Said().Match(finished.OneErrorLine());
        Assert.True(said.Success, finished.Error);
        var run = _trial.Run("some runs")!;
        Assert.Equal("interrupted", Trial.Status(run));
        Assert.Equal($"step-{said.Groups["step"].Value}.safetensors", Path.GetFileName(Trial.Checkpoints(run)[0]));
        Trial.CheckpointsAreWhole(run);

        Trial.Succeeds(InShell(said.Groups["command"].Value));
        Trial.AreTheSame(expected, run);
        var again = _trial.Program.Run("runs", "resume", run);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("has finished: there is nothing to resume", again.OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_warning_of_a_scheduler_makes_a_checkpoint_and_the_run_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the number of the signal is Linux'");
        var expected = _trial.Uninterrupted(Trial.TwoEpochs);
        var process = _trial.Program.Start([
            "train",
            "small.json",
            "--runs",
            "runs",
            "--threads",
            "1",
            "--checkpoint-every",
            "1000",
            .. Trial.TwoEpochs,
        ]);
        Assert.True(Trial.Until(process, () => Trial.Lines(_trial.Run("runs")) > 5));
        var run = _trial.Run("runs")!;
        Assert.Equal("step-0.safetensors", Path.GetFileName(Assert.Single(Trial.Checkpoints(run))));
        GaitPropProcess.Signal(process, Trial.SigUsr1);
        Assert.True(Trial.Until(process, () => Trial.Checkpoints(run).Length == 2));
        Assert.False(process.HasExited);

        Trial.Succeeds(GaitPropProcess.Finish(process));
        Trial.AreTheSame(expected, run);
    }

    [Theory]
    [InlineData(Trial.SigInt, false)]
    [InlineData(Trial.SigTerm, true)]
    [Trait("Size", "Exhaustive")]
    public void A_second_signal_ends_it_at_once_and_the_earlier_checkpoint_is_whole(int signal, bool whileTheCheckpointIsWritten)
    {
        var expected = _trial.Uninterrupted();

        // The first signal alone ends it too, and has it say so. On a busy machine the second may come too late to spare it that.
        var endedAtOnce = false;
        for (var round = 1; round <= Rounds && !endedAtOnce; round++)
        {
            var runs = $"runs{round}";
            var process = _trial.Train(runs);
            Assert.True(
                Trial.Until(process, () => Trial.Checkpoints(_trial.Run(runs)).Length == 2 && !Trial.HasTornCheckpoint(_trial.Run(runs)))
            );
            var run = _trial.Run(runs)!;
            GaitPropProcess.Signal(process, signal);
            if (whileTheCheckpointIsWritten)
            {
                Trial.Until(process, () => Trial.HasTornCheckpoint(run), every: 1);
            }
            else
            {
                // Two signals before the process has taken the first one are one. What it then does with it needs a moment.
                Trial.Until(process, () => !IsPending(process, signal), every: 1);
                Thread.Sleep(2 * round);
            }

            var watch = Stopwatch.StartNew();
            if (!process.HasExited)
            {
                // Stopped, it gets no further before the second one is there.
                GaitPropProcess.Signal(process, Trial.SigStop);
                GaitPropProcess.Signal(process, signal);
                GaitPropProcess.Signal(process, Trial.SigCont);
            }

            var finished = GaitPropProcess.Finish(process);

            Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce);
            Assert.Contains(finished.ExitCode, (int[])[130, 128 + signal]);
            Trial.CheckpointsAreWhole(run);
            Trial.Succeeds(_trial.ResumeToEnd(run));
            Trial.AreTheSame(expected, run);
            endedAtOnce = !finished.Error.Contains("Interrupted after step", StringComparison.Ordinal);
        }

        Assert.True(endedAtOnce, $"each of {Rounds} runs ended as if the second signal had not come");
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Control_C_in_a_terminal_reaches_the_processes_of_a_grid_twice_and_they_leave_their_checkpoints()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the processes in /proc");
        var process = _trial.Program.Start([
            "compare",
            "small.json",
            "--rules",
            "bp,fa",
            "--epochs",
            "500",
            "--jobs",
            "2",
            "--runs",
            "runs",
        ]);
        Assert.True(Trial.Until(process, () => _trial.Runs("runs").Count(r => Trial.Lines(r) > 3) == 2));
        var children = Children(process);
        Assert.Equal(2, children.Length);
        foreach (var child in children)
        {
            GaitPropProcess.Signal(child, Trial.SigInt);
        }

        GaitPropProcess.Signal(process, Trial.SigInt);
        var finished = GaitPropProcess.Finish(process);

        Assert.Equal(130, finished.ExitCode);
        Assert.Contains("Interrupted", finished.OneErrorLine(), StringComparison.Ordinal);
        foreach (var run in _trial.Runs("runs"))
        {
            Assert.Equal("interrupted", Trial.Status(run));
            Trial.CheckpointsAreWhole(run);
            Assert.NotEqual("step-0.safetensors", Path.GetFileName(Trial.Checkpoints(run)[0]));
        }
    }

    /// <summary>What any thread of a process has started.</summary>
    private static Process[] Children(Process process) =>
        [
            .. Directory
                .GetDirectories($"/proc/{process.Id}/task")
                .SelectMany(ChildrenOfThread)
                .Select(id => Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture))),
        ];

    private static string[] ChildrenOfThread(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return [];
        }
    }

    /// <summary>Whether a signal waits for a process to take it, as far as that can be seen.</summary>
    private static bool IsPending(Process process, int signal)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith(Pending, StringComparison.Ordinal));
            var bits = ulong.Parse(line[Pending.Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return ((bits >> (signal - 1)) & 1) != 0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended, or this is another system.
            return false;
        }
    }

    /// <summary>Runs a line as a user pastes it, in the folder that the program was started in.</summary>
    private Finished InShell(string command)
    {
        var start = new ProcessStartInfo(
            "sh",
            ["-c", $"gaitprop() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "gaitprop.dll")}' \"$@\"; }}; {command}"]
        )
        {
            WorkingDirectory = _trial.Program.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return GaitPropProcess.Finish(Process.Start(start)!);
    }

    [GeneratedRegex("^Interrupted after step (?<step>[0-9]+)\\. Go on with: (?<command>gaitprop runs resume .+)$")]
    private static partial Regex Said();
}
