using System.Text.Json.Nodes;
using GaitProp.Kernel.Tests.Faults;

namespace GaitProp.Kernel.Tests.Commands;

/// <summary>
/// The verb in a process of its own, on runs of a second; engines are stood in for by programs that write down what they get.
/// </summary>
public sealed class SweepCommandTests : IDisposable
{
    private static readonly string[] Small =
    [
        "sweep",
        "small.json",
        "--epochs",
        "1",
        "--set",
        "trainImages=256",
        "--threads",
        "1",
        "--rules",
        "bp",
    ];
    private static readonly string[] Four = [.. Small, "--seeds", "1..2", "--over", "optimizer.lr=1e-3,1e-4"];

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_sweep_does_each_run_once_shows_means_and_where_it_stands_and_can_be_asked()
    {
        var listed = _trial.Program.Run([.. Four, "--list"]);
        Trial.Succeeds(listed);
        Assert.Equal(
            "1 bp-s1,optimizer.lr=0.001\n2 bp-s1,optimizer.lr=0.0001\n3 bp-s2,optimizer.lr=0.001\n4 bp-s2,optimizer.lr=0.0001\n",
            listed.Output
        );

        Assert.Equal(0, _trial.Program.Run([.. Four, "--index", "3"]).ExitCode);
        var swept = _trial.Program.Run([.. Four, "--save", "figure.csv"]);
        Trial.Succeeds(swept);
        Assert.Contains("optimizer.lr", swept.Output, StringComparison.Ordinal);
        Assert.Contains(" ± ", swept.Output, StringComparison.Ordinal);
        Assert.Equal(4, _trial.Runs("runs").Length);
        Assert.Equal(4, _trial.Runs("runs").Select(r => (string?)Trial.Description(r)["identity"]).Distinct().Count());
        Assert.Contains("optimizer.lr 0.001", File.ReadAllText(_trial.Program["figure.csv"]), StringComparison.Ordinal);

        var status = _trial.Program.Run("sweep", "status", "--all");
        Trial.Succeeds(status);
        Assert.Matches("^small-[0-9a-f]{8}: 4 runs: 4 done, 0 running, 0 failed, 0 missing\n", status.Output);
        Assert.Matches("(?m)^done +3 +bp-s2,optimizer.lr=0.001 +1 of 1 +test ", status.Output);

        var asked = _trial.Program.Run(
            "runs",
            "query",
            "rule == 'bp' and lr >= 1e-4",
            "--by",
            "lr",
            "--show",
            "testAccuracy.max",
            "--save",
            "query.csv"
        );
        Trial.Succeeds(asked);
        Assert.Matches(@"(?m)^0\.0001 +2 +[0-9.]+ +± [0-9.]+$", asked.Output);
        Assert.Contains("lr 0.0001", File.ReadAllText(_trial.Program["query.csv"]), StringComparison.Ordinal);
        var none = _trial.Program.Run("runs", "query", "rule == 'fa'");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("no run of 4 fits", none.OneErrorLine(), StringComparison.Ordinal);
    }

    /// <summary>Whoever does it: this process, one of several, or one task of an array.</summary>
    [Fact]
    public void A_run_that_diverges_is_a_result_and_no_failure()
    {
        string[] words =
        [
            "compare",
            "small.json",
            "--epochs",
            "1",
            "--set",
            "trainImages=256",
            "--set",
            "optimizer.lr=1e30",
            "--threads",
            "1",
            "--rules",
            "bp,fa",
        ];
        var one = _trial.Program.Run([.. words, "--index", "1"]);
        Assert.Equal(0, one.ExitCode);
        Assert.Contains("no longer finite", one.Error, StringComparison.Ordinal);

        var all = _trial.Program.Run([.. words, "--jobs", "2"]);
        Trial.Succeeds(all);
        Assert.Equal(2, _trial.Runs("runs").Count(r => (string?)Trial.Description(r)["status"] == "diverged"));
    }

    /// <summary>A recorded run that was stopped is not done, and has no checkpoint to go on from: the grid trains it.</summary>
    [Fact]
    public void A_recorded_run_that_was_stopped_is_no_finished_cell()
    {
        string[] words = ["compare", "small.json", "--epochs", "1", "--set", "trainImages=256", "--threads", "1", "--rules", "bp"];
        Trial.Succeeds(_trial.Program.Run(words));
        var file = Path.Combine(Assert.Single(_trial.Runs("runs")), "run.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"finished\"", "\"interrupted\"", StringComparison.Ordinal));
        Trial.Succeeds(_trial.Program.Run("runs", "record", "--runs", "runs", "--to", "recorded"));

        Trial.Succeeds(_trial.Program.Run([.. words, "--runs", "recorded"]));

        Assert.Equal(
            ["finished", "interrupted"],
            _trial.Runs("recorded").Select(r => (string?)Trial.Description(r)["status"]).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("unknown field 'lrr'. Did you mean 'lr'?", "--over", "optimizer.lrr=1")]
    [InlineData("--over optimizer.lr=-1", "--over", "optimizer.lr=1e-3,-1")]
    [InlineData("the range 5..1 is empty", "--over", "batchSize=5..1")]
    [InlineData("it has no value", "--over", "optimizer.lr=")]
    [InlineData("the grid would have 1000000 runs", "--over", "epochs=1..1000", "--over", "batchSize=1..1000")]
    [InlineData("--index 3 is not possible: the grid has 1 run, numbered from 1.", "--index", "3")]
    [InlineData("--index auto finds no engine", "--index", "auto")]
    [InlineData("--partition says nothing to processes here", "--partition", "gpu")]
    [InlineData("--image says nothing to slurm", "--engine", "slurm", "--image", "x")]
    [InlineData("--runs /home/me/runs is not on the volume", "--engine", "kubernetes", "--runs", "/home/me/runs", "--dry-run")]
    [InlineData("--runs ../runs is not on the volume", "--engine", "kubernetes", "--runs", "../runs", "--dry-run")]
    [InlineData("--index says nothing to slurm: leave it out.", "--engine", "slurm", "--index", "1")]
    [InlineData("--jobs says nothing to slurm: leave it out.", "--engine", "slurm", "--jobs", "2")]
    [InlineData("--save says nothing to kubernetes: leave it out.", "--engine", "kubernetes", "--save", "f.png")]
    [InlineData("--save is of the whole grid, and --index does one run of it", "--index", "1", "--save", "f.png")]
    [InlineData("--jobs says nothing to --list, which does nothing: leave one of them out.", "--list", "--jobs", "2")]
    [InlineData("--index says nothing to --list", "--list", "--index", "1")]
    [InlineData("--engine says nothing to --list", "--list", "--engine", "slurm", "--dry-run")]
    [InlineData("--time 4h is not possible", "--engine", "slurm", "--dry-run", "--time", "4h")]
    public void What_is_not_possible_is_one_line_and_leaves_nothing(string said, params string[] words)
    {
        var refused = _trial.Program.Run([.. Small, .. words]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(said, refused.OneErrorLine(), StringComparison.Ordinal);
        Assert.Empty(_trial.Runs("runs"));
        Assert.False(Directory.Exists(_trial.Program["runs", ".sweeps"]));
    }

    [Fact]
    public void An_array_larger_than_the_grid_is_one_line_and_an_index_in_it_is_done()
    {
        var outside = _trial.Program.RunIn([("SLURM_ARRAY_TASK_ID", "5")], [.. Four, "--index", "auto"]);
        Assert.Equal(1, outside.ExitCode);
        Assert.Contains(
            "array task 5 (SLURM_ARRAY_TASK_ID) is not in the grid: the grid has 4 runs",
            outside.OneErrorLine(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, _trial.Program.RunIn([("JOB_COMPLETION_INDEX", "3")], [.. Four, "--index", "auto"]).ExitCode);
        Assert.Equal(1e-4, (double)Trial.Description(Assert.Single(_trial.Runs("runs")))["experiment"]!["optimizer"]!["lr"]!);
    }

    [Fact]
    public void An_engine_gets_one_array_of_what_is_left_and_cancel_takes_it_back()
    {
        var path = StandIn(("sbatch", "echo 4711"), ("scancel", ""));
        Assert.Equal(0, _trial.Program.Run([.. Four, "--index", "2"]).ExitCode);
        var dry = _trial.Program.RunIn(path, [.. Four, "--engine", "slurm", "--dry-run", "--max-running", "7"]);
        Trial.Succeeds(dry);
        Assert.Contains("#SBATCH --array=1,3-4%7\n", dry.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_trial.Program["said"]));

        Trial.Succeeds(_trial.Program.RunIn(path, [.. Four, "--engine", "slurm", "--max-running", "7"]));
        Assert.Matches(@"^sbatch --parsable \S+/array.sh\n$", File.ReadAllText(_trial.Program["said"]));
        Assert.Equal(dry.Output, File.ReadAllText(File.ReadAllText(_trial.Program["said"]).Split(' ')[2].TrimEnd()));
        Assert.Contains("submitted to slurm as 4711", _trial.Program.Run("sweep", "status").Output, StringComparison.Ordinal);

        Trial.Succeeds(_trial.Program.RunIn(path, "sweep", "cancel"));
        Assert.EndsWith("scancel 4711\n", File.ReadAllText(_trial.Program["said"]), StringComparison.Ordinal);
        var after = _trial.Program.Run([.. Four, "--index", "1"]);
        Assert.Equal(130, after.ExitCode);
        Assert.Contains("was cancelled", after.OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_engine_refuses_stays_cancelled_and_is_not_written_down_as_submitted()
    {
        var path = StandIn(("sbatch", "echo no such partition >&2; exit 1"), ("kubectl", "echo forbidden >&2; exit 1"));
        Assert.Equal(0, _trial.Program.Run([.. Four, "--index", "1"]).ExitCode);
        Trial.Succeeds(_trial.Program.Run("sweep", "cancel"));
        foreach (var engine in (string[])["slurm", "kubernetes"])
        {
            var refused = _trial.Program.RunIn(path, [.. Four, "--engine", engine]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(" failed: ", refused.OneErrorLine(), StringComparison.Ordinal);

            var status = _trial.Program.Run("sweep", "status").Output;
            Assert.Contains("4 runs: 1 done, 0 running, 0 failed, 3 missing", status, StringComparison.Ordinal);
            Assert.Contains("It was cancelled", status, StringComparison.Ordinal);
            Assert.DoesNotContain("submitted", status, StringComparison.Ordinal);
        }
    }

    /// <summary>Whoever sent it off, and from whichever store.</summary>
    [Fact]
    public void A_job_is_written_down_before_Kubernetes_gets_it_and_one_that_the_cluster_still_has_can_be_cancelled()
    {
        var path = StandIn(
            (
                "kubectl",
                """
                [ "$1" = create ] || exit 0
                cat runs/.sweeps/*/sweep.json > known.json
                echo 'Error from server (AlreadyExists): jobs.batch already exists' >&2
                exit 1
                """
            )
        );
        var refused = _trial.Program.RunIn(path, [.. Four, "--engine", "kubernetes"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("'gaitprop sweep cancel small-", refused.OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains("gaitprop-small-", File.ReadAllText(_trial.Program["known.json"]), StringComparison.Ordinal);

        Trial.Succeeds(_trial.Program.RunIn(path, "sweep", "cancel"));
        Assert.Matches(
            @"\nkubectl delete job gaitprop-small-[0-9a-f]{8} --ignore-not-found --wait=false\n\z",
            File.ReadAllText(_trial.Program["said"])
        );
    }

    [Fact]
    public void Without_the_engines_program_cancel_fails_as_long_as_runs_are_left()
    {
        Trial.Succeeds(_trial.Program.RunIn(StandIn(("sbatch", "echo 4711")), [.. Small, "--engine", "slurm"]));
        (string, string)[] nowhere = [("PATH", "/nowhere")];
        var left = _trial.Program.RunIn(nowhere, "sweep", "cancel");
        Assert.Equal(1, left.ExitCode);
        Assert.Equal(
            "slurm 4711 may still run: no Slurm is found: there is no scancel on the PATH; run this where Slurm is.",
            left.OneErrorLine()
        );

        Trial.Succeeds(_trial.Program.Run(Small));
        Trial.Succeeds(_trial.Program.RunIn(nowhere, "sweep", "cancel"));
    }

    [Theory]
    [InlineData("slurm", "no Slurm is found: there is no sbatch on the PATH")]
    [InlineData("kubernetes", "no Kubernetes is found: there is no kubectl on the PATH")]
    public void Without_its_engine_a_sweep_is_one_line_and_a_dry_run_is_written(string engine, string said)
    {
        var refused = _trial.Program.RunIn([("PATH", "/nowhere")], [.. Four, "--engine", engine]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(said, refused.OneErrorLine(), StringComparison.Ordinal);
        Assert.Empty(_trial.Runs("runs"));

        var job = _trial.Program.Run([.. Four, "--engine", engine, "--dry-run", "--gpus", "1"]);
        Trial.Succeeds(job);
        if (engine == "kubernetes")
        {
            Assert.Equal(4, (int)JsonNode.Parse(job.Output)!["spec"]!["completions"]!);
        }
        else
        {
            Assert.Contains("#SBATCH --array=1-4\n", job.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cancel_stops_workers_with_checkpoints_wherever_they_are_and_the_sweep_goes_on()
    {
        // The two processes are told of the value: without it their runs would not be those of the sweep.
        string[] sweep = ["sweep", "small.json", "--rules", "bp,fa", "--over", "optimizer.lr=5e-4", "--epochs", "300", "--threads", "1"];
        var process = _trial.Program.Start([.. sweep, "--jobs", "2"]);
        Assert.True(Trial.Until(process, () => _trial.Runs("runs").Count(r => Trial.Lines(r) > 3) == 2));
        var status = _trial.Program.Run("sweep", "status");
        Assert.Contains("2 runs: 0 done, 2 running, 0 failed, 0 missing", status.Output, StringComparison.Ordinal);
        Assert.Matches(
            $"(?m)^running +1 +bp-s1,optimizer.lr=0.0005 +[0-9]+ of 300 +process [0-9]+ on {Environment.MachineName}, heartbeat [0-9]+ at ",
            status.Output
        );

        Trial.Succeeds(_trial.Program.Run("sweep", "cancel"));
        var ended = GaitPropProcess.Finish(process);
        Assert.Equal(130, ended.ExitCode);
        Assert.Contains("was cancelled", ended.Error, StringComparison.Ordinal);
        Assert.All(
            _trial.Runs("runs"),
            run =>
            {
                Assert.Equal("interrupted", Trial.Status(run));
                Trial.CheckpointsAreWhole(run);
            }
        );
        Assert.Contains("0 done, 0 running, 2 stopped", _trial.Program.Run("sweep", "status").Output, StringComparison.Ordinal);
    }

    /// <summary>Held where it is at work, or it might be done before the task looks.</summary>
    [Fact]
    public async Task A_task_waits_for_the_worker_of_its_run_and_goes_on_with_what_that_one_leaves()
    {
        string[] sweep = ["sweep", "small.json", "--rules", "bp", "--epochs", "4", "--threads", "1"];
        var worker = _trial.Program.Start([.. sweep, "--index", "1"]);
        Assert.True(Trial.Until(worker, () => Trial.Lines(_trial.Run("runs")) > 3));
        GaitPropProcess.Signal(worker, Trial.SigStop);
        using var task = _trial.Program.StartIn([("JOB_COMPLETION_INDEX", "0")], [.. sweep, "--index", "auto"]);
        try
        {
            Assert.Contains(
                "another process is at work on it, which is waited for",
                await task
                    .StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
                    .AsTask()
                    .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)
                    ?? "",
                StringComparison.Ordinal
            );
        }
        catch
        {
            task.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            GaitPropProcess.Signal(worker, Trial.SigInt);
            GaitPropProcess.Signal(worker, Trial.SigCont);
        }

        Assert.Equal(130, GaitPropProcess.Finish(worker).ExitCode);
        Assert.Equal(0, GaitPropProcess.Finish(task).ExitCode);
        var run = Assert.Single(_trial.Runs("runs"));
        Assert.Equal("finished", Trial.Status(run));
        Assert.Single(Trial.Description(run)["resumed"]!.AsArray());
    }

    /// <summary>A run that says it is under way, whose lock cannot be taken.</summary>
    [Fact]
    public void A_dead_workers_run_that_cannot_be_taken_up_does_not_fail_the_task()
    {
        Assert.Equal(0, _trial.Program.Run([.. Four, "--index", "2"]).ExitCode);
        var dead = Assert.Single(_trial.Runs("runs"));
        var file = Path.Combine(dead, "run.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"finished\"", "\"running\"", StringComparison.Ordinal));
        File.Delete(Path.Combine(dead, "run.lock"));
        Directory.CreateDirectory(Path.Combine(dead, "run.lock"));

        var task = _trial.Program.RunIn([("JOB_COMPLETION_INDEX", "0")], [.. Four, "--index", "auto"]);

        Assert.Equal(0, task.ExitCode);
        Assert.Contains("The run of a dead worker is left to others: ", task.Error, StringComparison.Ordinal);
        Assert.Equal(["finished", "running"], _trial.Runs("runs").Select(Trial.Status).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void A_task_takes_up_the_run_of_a_dead_worker_from_its_checkpoint()
    {
        var sweep = Trial.Sweep();
        var expected = _trial.Uninterrupted();
        var process = _trial.Program.Start([.. sweep, "--index", "2"]);
        Assert.True(
            Trial.Until(process, () => Trial.Checkpoints(_trial.Run("runs")).Length == 2 && !Trial.HasTornCheckpoint(_trial.Run("runs")))
        );
        Trial.Kill(process);

        Assert.Equal(0, _trial.Program.RunIn([("JOB_COMPLETION_INDEX", "0")], [.. sweep, "--index", "auto"]).ExitCode);
        var runs = _trial.Runs("runs");
        Assert.Equal(2, runs.Length);
        Trial.AreTheSame(expected, runs.Single(r => Path.GetFileName(r).StartsWith("ngait", StringComparison.Ordinal)));
        Assert.True(
            (long)
                Trial.Description(runs.Single(r => Path.GetFileName(r).StartsWith("ngait", StringComparison.Ordinal)))["resumed"]![0]![
                    "step"
                ]! > 0
        );
        Assert.Empty(Trial.Claims(_trial.Program["runs"]));
    }

    /// <summary>Programs that stand in for an engine's: each writes down what it gets, then does what it is told to.</summary>
    /// <returns>The variable by which they are found.</returns>
    private (string Name, string Value)[] StandIn(params (string Program, string Does)[] programs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "programs stand in for the engine's");
        var bin = _trial.Program["bin"];
        Directory.CreateDirectory(bin);
        foreach (var (program, does) in programs)
        {
            File.WriteAllText(Path.Combine(bin, program), $"#!/bin/sh\necho {program} \"$@\" >> '{_trial.Program["said"]}'\n{does}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path.Combine(bin, program), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        return [("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}")];
    }
}
