using System.Diagnostics;
using GaitProp.Runs;
using GaitProp.Storage;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>Ten processes at once on one folder of runs.</summary>
public sealed class GridTests : IDisposable
{
    private const int Processes = 10;
    private static readonly string[] Grid =
    [
        "compare",
        "small.json",
        "--rules",
        "bp,fa",
        "--epochs",
        "1",
        "--threads",
        "1",
        "--checkpoint-every",
        "1",
    ];
    private static readonly string[] Ten = [.. Grid, "--seeds", "1..5"];

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Ten_cells_of_ten_processes_are_each_done_once_and_as_if_alone_and_started_again_none_is_trained_again()
    {
        var expected = _trial.Alone(Ten);

        var finished = Together(i => [.. Ten, "--runs", "runs", "--index", $"{i}"]);

        Assert.All(finished, f => Assert.Equal(0, f.ExitCode));
        Assert.All(finished, f => Assert.DoesNotContain("done already", f.OneErrorLine(), StringComparison.Ordinal));
        EachOnceAndAsIn(expected, 10);
        var before = State();
        Assert.All(
            new[] { 1, 10 }.Select(i => _trial.Program.Run([.. Ten, "--runs", "runs", "--index", $"{i}"])),
            f =>
            {
                Assert.Equal(0, f.ExitCode);
                Assert.Contains("done already", f.OneErrorLine(), StringComparison.Ordinal);
            }
        );
        Assert.Equal(before, State());
    }

    /// <summary>Each of the three is killed in the middle of a run that it has left a checkpoint of.</summary>
    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Ten_workers_of_one_sweep_of_which_three_are_killed_do_each_run_once_and_as_if_alone()
    {
        var sweep = Trial.Twelve();
        var expected = _trial.Alone(sweep);

        var workers = Enumerable.Range(0, Processes).Select(_ => _trial.Program.Start([.. sweep, "--runs", "runs"])).ToArray();
        var (killed, hit) = (new List<Process>(), new List<string>());
        for (var watch = Stopwatch.StartNew(); killed.Count < 3 && watch.Elapsed < TimeSpan.FromMinutes(5); Thread.Sleep(5))
        {
            foreach (var run in _trial.Runs("runs").Except(hit).Where(r => Trial.Lines(r) > 5 && Trial.Checkpoints(r).Length > 0))
            {
                if (
                    killed.Count < 3
                    && Trial.Status(run) == "running"
                    && FileLock.Holder(Path.Combine(run, RunLock.FileName)) is { } holder
                    && workers.Except(killed).FirstOrDefault(w => w.Id == holder.Pid) is { } worker
                )
                {
                    worker.Kill();
                    killed.Add(worker);
                    hit.Add(run);
                }
            }
        }

        Assert.Equal(3, killed.Count);
        var finished = workers.Except(killed).AsParallel().WithDegreeOfParallelism(Processes).Select(GaitPropProcess.Finish).ToArray();

        Assert.All(finished, Trial.Succeeds);
        EachOnceAndAsIn(expected, 12);
        Assert.All(hit, run => Assert.NotEmpty(Trial.Description(run)["resumed"]!.AsArray()));
        Assert.All(_trial.Runs("runs").Except(hit), run => Assert.Empty(Trial.Description(run)["resumed"]!.AsArray()));
        Assert.Contains(
            "12 runs: 12 done, 0 running, 0 failed, 0 missing",
            _trial.Program.Run("sweep", "status").Output,
            StringComparison.Ordinal
        );
        Assert.Empty(Trial.Claims(_trial.Program["runs"]));
        var before = State();
        Trial.Succeeds(_trial.Program.Run([.. sweep, "--runs", "runs"]));
        Assert.Equal(before, State());
    }

    [Fact]
    public void A_grid_whose_processes_were_all_killed_is_completed_by_the_same_command()
    {
        string[] grid = [.. Grid, "--seeds", "1..2", "--set", "trainImages=1000"];
        var expected = _trial.Alone(grid);
        var processes = Enumerable.Range(0, 3).Select(_ => _trial.Program.Start([.. grid, "--runs", "runs"])).ToArray();
        Assert.True(Trial.Until(processes[0], () => _trial.Runs("runs").Length >= 2));
        foreach (var process in processes)
        {
            Trial.Kill(process);
        }

        Trial.Succeeds(_trial.Program.Run([.. grid, "--runs", "runs"]));
        EachOnceAndAsIn(expected, 4);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Processes_of_one_grid_that_live_complete_what_a_killed_one_left()
    {
        string[] grid = [.. Grid, "--seeds", "1..2"];
        var expected = _trial.Alone(grid);
        var processes = Enumerable.Range(0, 3).Select(_ => _trial.Program.Start([.. grid, "--runs", "runs"])).ToArray();
        Assert.True(Trial.Until(processes[2], () => _trial.Runs("runs").Length > 0));
        var holders = _trial.Runs("runs").Select(r => FileLock.Holder(Path.Combine(r, RunLock.FileName))?.Pid).ToArray();
        var killed = processes.FirstOrDefault(p => holders.Contains(p.Id)) ?? processes[0];
        killed.Kill();

        Assert.All(processes.Where(p => p != killed).Select(GaitPropProcess.Finish).ToArray(), Trial.Succeeds);
        EachOnceAndAsIn(expected, 4);
    }

    private Finished[] Together(Func<int, string[]> args) =>
        [
            .. Enumerable
                .Range(1, Processes)
                .Select(i => _trial.Program.Start(args(i)))
                .ToArray()
                .AsParallel()
                .AsOrdered()
                .WithDegreeOfParallelism(Processes)
                .Select(GaitPropProcess.Finish),
        ];

    private void EachOnceAndAsIn(Dictionary<string, string> expected, int cells)
    {
        var runs = _trial.Runs("runs");
        Assert.Equal(cells, expected.Count);
        Assert.Equal(expected.Keys.Order(), runs.Select(Trial.Identity).Order());
        foreach (var run in runs)
        {
            Trial.AreTheSame(expected[Trial.Identity(run)], run);
        }

        var listed = _trial.Program.Run("runs", "list", "--runs", "runs");
        Trial.Succeeds(listed);
        Assert.Contains($"{cells} run", listed.Output, StringComparison.Ordinal);

        // A process that was killed before its run had a name leaves a folder, which is removed an hour later.
        Assert.Equal(
            [".cells"],
            Directory
                .EnumerateDirectories(_trial.Program["runs", "small"], ".*", new EnumerationOptions { AttributesToSkip = 0 })
                .Select(Path.GetFileName)
                .Where(n => !n!.StartsWith(".new-", StringComparison.Ordinal))
        );
    }

    /// <summary>Every file of the runs, and when it was written.</summary>
    private string[] State() =>
        [
            .. _trial
                .Runs("runs")
                .SelectMany(r => Directory.EnumerateFiles(r, "*", SearchOption.AllDirectories))
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O} {new FileInfo(f).Length}"),
        ];
}
