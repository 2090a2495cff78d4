using System.Diagnostics;
using System.Text.RegularExpressions;
using GaitProp.Storage;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>
/// Workers of this machine beside two of another one, whose clocks are an hour off. The other machine is a heartbeat that the test writes,
/// as a store that both mount would show it. Each waits for a minute: the two run side by side.
/// </summary>
public sealed class ClockAheadTests : OtherClockTests
{
    [Fact]
    [Trait("Size", "Exhaustive")]
    public void The_dead_worker_is_overtaken_once_and_the_living_one_is_left_at_work() => OvertakesTheDeadOne(hours: 1);
}

/// <inheritdoc cref="ClockAheadTests"/>
public sealed class ClockBehindTests : OtherClockTests
{
    [Fact]
    [Trait("Size", "Exhaustive")]
    public void The_dead_worker_is_overtaken_once_and_the_living_one_is_left_at_work() => OvertakesTheDeadOne(hours: -1);
}

/// <summary>What both do.</summary>
public abstract class OtherClockTests : IDisposable
{
    /// <summary>The longest that it may take until a run of seconds is overtaken and finished, on a machine that others use.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Sweep = Trial.Sweep();

    private readonly Trial _trial = new();

    public void Dispose()
    {
        _trial.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void OvertakesTheDeadOne(int hours)
    {
        var expected = new[] { _trial.Uninterrupted(), _trial.Uninterrupted("--rule", "bp") }.ToDictionary(Trial.Identity);
        var (living, dead) = (Begun(1, "bp-"), Begun(2, "ngait-"));
        var before = Trial.Metrics(living);
        Beat(living, 0);
        Beat(dead, 0);

        // From before the workers can have seen the dead one's heartbeat.
        var watch = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, 2).Select(_ => _trial.Program.Start(Sweep)).ToArray();
        var beats = 0;
        for (; Trial.Status(dead) != "finished" && watch.Elapsed < Patience; Thread.Sleep(500))
        {
            Beat(living, ++beats);
        }

        Assert.Equal("finished", Trial.Status(dead));
        Assert.True(watch.Elapsed > TimeSpan.FromMinutes(1), "it was overtaken before it had been silent for a minute");

        // Longer than the dead one was waited for, the living one has been left alone.
        Assert.Equal(before, Trial.Metrics(living));
        Assert.Empty(Trial.Description(living)["resumed"]!.AsArray());
        var beaten = Stopwatch.StartNew();
        Beat(living, ++beats);
        var status = _trial.Program.Run("sweep", "status");
        Trial.Succeeds(status);
        Assert.Contains("2 runs: 1 done, 1 running, 0 failed, 0 missing", status.Output, StringComparison.Ordinal);

        // What the heartbeat's age is, its file says, not the other machine's clock.
        var age = Regex.Match(status.Output, "process 7 on ELSEWHERE, heartbeat [0-9]+ at [0-9:]+ of its clock, ([0-9]+) s ago");
        Assert.True(age.Success, status.Output);
        Assert.InRange(
            int.Parse(age.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            0,
            (int)beaten.Elapsed.TotalSeconds + 1
        );

        // It gives the run back unfinished, as one that was asked to stop does: now a worker here takes it up.
        File.Delete(Claim(living));
        Assert.All(workers.AsParallel().WithDegreeOfParallelism(2).Select(GaitPropProcess.Finish), Trial.Succeeds);
        Assert.Equal(expected.Keys.Order(), _trial.Runs("runs").Select(Trial.Identity).Order());
        foreach (var run in (string[])[living, dead])
        {
            Trial.AreTheSame(expected[Trial.Identity(run)], run);
            Assert.Single(Trial.Description(run)["resumed"]!.AsArray());
        }

        Assert.Empty(Trial.Claims(_trial.Program["runs"]));

        void Beat(string run, int number) =>
            AtomicFile.Write(
                Claim(run),
                new Heartbeat("ELSEWHERE", "another machine", 7, "1", number, DateTimeOffset.Now.AddHours(hours)).ToBytes()
            );
    }

    /// <summary>A run of the sweep that was begun and has left a checkpoint.</summary>
    private string Begun(int number, string name)
    {
        var process = _trial.Program.Start([.. Sweep, "--index", $"{number}"]);
        string? Run() => _trial.Runs("runs").SingleOrDefault(r => Path.GetFileName(r).StartsWith(name, StringComparison.Ordinal));
        Assert.True(Trial.Until(process, () => Trial.Checkpoints(Run()).Length == 2 && !Trial.HasTornCheckpoint(Run())));
        Trial.Kill(process);
        File.Delete(Claim(Run()!));
        return Run()!;
    }

    private string Claim(string run) => $"{CellClaim.Stem(_trial.Program["runs"], "small", Trial.Identity(run))}.claim-1";
}
