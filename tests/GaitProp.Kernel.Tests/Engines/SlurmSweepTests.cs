using System.Diagnostics;
using GaitProp.Kernel.Tests.Faults;
using GaitProp.Runs;
using GaitProp.Storage;

namespace GaitProp.Kernel.Tests.Engines;

/// <summary>A sweep on a real Slurm: tasks are killed, one is warned and put back into the queue.</summary>
public sealed class SlurmSweepTests : IDisposable
{
    /// <summary>Three times as many as there are tasks at once: those that come later take up what killed ones have left.</summary>
    private const int Runs = 12;

    private static readonly string[] Sweep = Trial.Twelve();

    /// <summary>Milliseconds from look to look: a look reads every run, and takes its time from the tasks.</summary>
    private const int Leisurely = 200,
        Closely = 20;

    /// <summary>The longest that anything may take on a machine that others use; the whole sweep takes a minute or two.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Two_tasks_killed_and_one_warned_every_run_is_done_once_and_to_the_byte_as_here()
    {
        using var slurm = SlurmCluster.Start();
        (string, string)[] variables = [slurm.Variable];
        var expected = _trial.Alone(Sweep);

        Trial.Succeeds(
            GaitPropProcess.Finish(
                _trial.Program.StartIn(variables, [.. Sweep, "--engine", "slurm", "--time", "1:00:00", "--max-running", "4"])
            )
        );
        var sweep = SweepRecord.Find(_trial.Program["runs"], null);
        var job = Assert.Single(sweep.Jobs).Id;
        var hit = new HashSet<string>();
        Assert.True(Until(() => hit.Count == 3 || Hit(sweep, hit), Patience, Closely), Logs(sweep));
        Assert.True(Until(() => _trial.Runs("runs").Count(r => Trial.Status(r) == "finished") == Runs, Patience), Logs(sweep));
        Assert.True(Until(() => slurm.Run("squeue", "-h", "-j", job).Output.Trim().Length == 0, Patience));

        var runs = _trial.Runs("runs").ToDictionary(Trial.Identity);
        Assert.Equal(Runs, expected.Count);
        Assert.Equal(expected.Keys.Order(), runs.Keys.Order());
        Assert.Equal(Runs, _trial.Runs("runs").Length);
        foreach (var (identity, run) in runs)
        {
            Trial.AreTheSame(expected[identity], run);
        }

        Assert.All(hit, identity => Assert.NotEmpty(Trial.Description(runs[identity])["resumed"]!.AsArray()));
        Assert.Contains("has warned of the time limit: task", Logs(sweep), StringComparison.Ordinal);
        Assert.Contains(
            $"{Runs} runs: {Runs} done, 0 running, 0 failed, 0 missing",
            _trial.Program.Run("sweep", "status").Output,
            StringComparison.Ordinal
        );

        var again = GaitPropProcess.Finish(_trial.Program.StartIn(variables, [.. Sweep, "--engine", "slurm"]));
        Trial.Succeeds(again);
        Assert.Contains("there is nothing to submit", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Cancel_takes_the_array_from_Slurm_and_an_array_that_Slurm_does_not_take_is_one_line()
    {
        using var slurm = SlurmCluster.Start();
        (string, string)[] variables = [slurm.Variable];

        // 24 runs, as many as an array may have here.
        string[] sweep = [.. Over("1..3"), "--set", "epochs=500"];
        sweep = [.. sweep.Where((_, i) => sweep[i] != "--epochs" && (i == 0 || sweep[i - 1] != "--epochs"))];
        var refused = GaitPropProcess.Finish(_trial.Program.StartIn(variables, [.. sweep, "--engine", "slurm", "--partition", "nowhere"]));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("sbatch of Slurm failed: ", refused.OneErrorLine(), StringComparison.Ordinal);

        // 28 runs, where arrays may have 24.
        string[] large = [.. sweep.Select(w => w == "1..3" ? "1..7" : w).Select(w => w == "batchSize=32,64" ? "batchSize=64" : w)];
        var tooMany = GaitPropProcess.Finish(_trial.Program.StartIn(variables, [.. large, "--engine", "slurm"]));
        Assert.Equal(1, tooMany.ExitCode);
        Assert.Contains("this Slurm may allow smaller arrays only", tooMany.OneErrorLine(), StringComparison.Ordinal);
        Assert.Empty(_trial.Runs("runs"));

        Trial.Succeeds(GaitPropProcess.Finish(_trial.Program.StartIn(variables, [.. sweep, "--engine", "slurm"])));
        Assert.True(Until(() => _trial.Runs("runs").Count(r => Trial.Lines(r) > 3) == 4, Patience));
        Trial.Succeeds(GaitPropProcess.Finish(_trial.Program.StartIn(variables, "sweep", "cancel")));
        Assert.True(Until(() => slurm.Run("squeue", "-h").Output.Trim().Length == 0, Patience));
        Assert.All(_trial.Runs("runs"), run => Assert.Equal("interrupted", Trial.Status(run)));
    }

    /// <summary>
    /// Kills two workers that have left a checkpoint, and warns a third with the signal that Slurm sends before the time limit. (scancel
    /// would send it again while the task goes back into the queue, and end the one that has just begun anew.)
    /// </summary>
    private bool Hit(SweepRecord sweep, HashSet<string> hit)
    {
        var begun = _trial.Runs("runs").ToLookup(Trial.Identity);
        foreach (var run in sweep.Runs.Where(r => !hit.Contains(r.Identity)))
        {
            if (
                hit.Count < 3
                && CellClaim.Holder(CellClaim.Stem(_trial.Program["runs"], "small", run.Identity)) is var (_, beat)
                && beat.IsAliveHere
                && begun[run.Identity].FirstOrDefault() is { } folder
                && Trial.Lines(folder) >= 5
                && Trial.Status(folder) == "running"
                && Reached(beat.Pid, isKilled: hit.Count < 2)
                && Trial.Status(folder) != "finished"
            )
            {
                hit.Add(run.Identity);
            }
        }

        return hit.Count == 3;
    }

    /// <summary>Kills a process and waits for its end, or warns it; whether it was there.</summary>
    private static bool Reached(int pid, bool isKilled)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            if (!isKilled)
            {
                GaitPropProcess.Signal(process, Trial.SigUsr1);
                return true;
            }

            process.Kill();
            process.WaitForExit(Patience);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private string Logs(SweepRecord sweep) =>
        string.Concat(
            Directory
                .GetFiles(SweepRecord.FolderOf(_trial.Program["runs"], sweep.Name), "slurm-*.log")
                .Select(f => $"{Path.GetFileName(f)}\n{File.ReadAllText(f)}\n")
        );

    private static string[] Over(string seeds) =>
        Trial.Sweep([
            "--seeds",
            seeds,
            "--over",
            "optimizer.lr=1e-3,1e-4",
            "--over",
            "batchSize=32,64",
            "--epochs",
            "2",
            "--set",
            "trainImages=2000",
        ]);

    private static bool Until(Func<bool> condition, TimeSpan limit, int every = Leisurely)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < limit; Thread.Sleep(every))
        {
            if (condition())
            {
                return true;
            }
        }

        return condition();
    }
}
