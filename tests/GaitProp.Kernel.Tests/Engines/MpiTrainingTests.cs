using System.Diagnostics;
using GaitProp.Kernel.Tests.Faults;

namespace GaitProp.Kernel.Tests.Engines;

/// <summary>Training on several ranks under the engines themselves: Open MPI's mpirun, MPICH's, and Slurm's srun.</summary>
public sealed class MpiTrainingTests : IDisposable
{
    private static readonly string[] Train =
    [
        "train",
        "small.json",
        "--rule",
        "ngait",
        "--epochs",
        "2",
        "--set",
        "trainImages=1000",
        "--threads",
        "1",
        "--checkpoint-every",
        "1",
    ];
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpirun.mpich")]
    public void Two_and_three_ranks_train_what_one_process_trains(string engine)
    {
        string[] exact = [.. Train, "--set", "precision=float64"];
        Trial.Succeeds(_trial.Program.Run([.. exact, "--runs", "alone"]));
        foreach (var ranks in (int[])[2, 3])
        {
            var finished = Ranks(engine, ranks, [.. exact, "--runs", $"runs{ranks}"]);
            Assert.True(finished.ExitCode == 0, finished.Error);
            Assert.Contains($"Ranks: {ranks}, each with 1 thread", finished.Output, StringComparison.Ordinal);
            Assert.Single(finished.Output.Split('\n'), l => l.StartsWith("Data: ", StringComparison.Ordinal));
            AreAlike(_trial.Run("alone")!, Assert.Single(_trial.Runs($"runs{ranks}")));
        }
    }

    /// <summary>One of two ranks is killed: the other ends with one line, and the run goes on on three, then on none but itself.</summary>
    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData("mpirun.openmpi", 0)]
    [InlineData("mpirun.openmpi", 1)]
    [InlineData("mpirun.mpich", 1)]
    public void A_killed_rank_ends_all_and_the_run_goes_on_on_another_number_of_ranks(string engine, int killed)
    {
        string[] longer = [.. Train, "--set", "precision=float64", "--set", "epochs=12"];
        longer = [.. longer.Where((w, i) => w != "--epochs" && (i == 0 || longer[i - 1] != "--epochs"))];
        Trial.Succeeds(_trial.Program.Run([.. longer, "--runs", "alone"]));

        var process = Start(engine, 2, [.. longer, "--runs", "runs"]);
        Assert.True(Trial.Until(process, () => Trial.Checkpoints(_trial.Run("runs")).Length > 1 && Trial.Lines(_trial.Run("runs")) > 8));
        using (var rank = Process.GetProcessById(ProcessOf(killed)))
        {
            rank.Kill();
        }

        var finished = GaitPropProcess.Finish(process);
        Assert.NotEqual(0, finished.ExitCode);
        if (killed != 0 && engine == "mpirun.openmpi")
        {
            // MPICH's mpirun ends the rest before they can say it, and says it itself.
            Assert.Matches(
                "^rank 1 \\(process [0-9]+ on .+\\) has ended, and with it the run: go on from its last checkpoint with 'gaitprop runs resume'",
                Assert.Single(Ours(finished))
            );
        }

        Assert.Empty(RanksAlive());
        var run = _trial.Run("runs")!;
        Assert.Contains(Trial.Status(run), (string[])["failed", "running"]);

        var resumed = Ranks(engine, 3, "runs", "resume", run);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        AreAlike(_trial.Run("alone")!, run);
    }

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData("mpirun.openmpi")]
    [InlineData("mpirun.mpich")]
    public void What_is_wrong_on_all_ranks_or_on_one_is_one_line(string engine)
    {
        (string[] Words, string Says)[] wrong =
        [
            (
                [.. Train, "--set", "batchSize=1"],
                "a batch of 1 image cannot be shared by 2 ranks: start 1 at the most, or raise batchSize."
            ),
            (["train", "small.jsn"], "small.jsn"),
            (["train", "small.json", "--rule", "bq"], "unknown rule 'bq'"),
            (["runs", "resume", "nothing"], "there are no runs in "),
        ];
        foreach (var (words, says) in wrong)
        {
            var finished = Ranks(engine, 2, words);
            Assert.NotEqual(0, finished.ExitCode);
            Assert.Contains(says, Assert.Single(Ours(finished)), StringComparison.Ordinal);
        }

        Assert.Empty(_trial.Runs("runs"));
    }

    /// <summary>The variables of an engine without the engine.</summary>
    [Fact]
    public void Ranks_that_cannot_find_each_other_are_one_line()
    {
        Finished As(string rank) =>
            GaitPropProcess.Finish(_trial.Program.StartIn([("SLURM_PROCID", rank), ("SLURM_STEP_NUM_TASKS", "2")], [.. Train]));
        var first = As("0");

        Assert.Equal(1, first.ExitCode);
        Assert.Equal(
            "Slurm's srun started 2 ranks, but gave them no way to find each other: start them with srun --mpi=pmix for Open MPI, or --mpi=pmi2 for MPICH.",
            first.OneErrorLine()
        );
        Assert.Empty(As("1").Error);
        Assert.Empty(_trial.Runs("runs"));
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Two_tasks_of_a_step_of_Slurm_train_one_run()
    {
        using var slurm = SlurmCluster.Start();
        Assert.SkipUnless(Find("mpirun.mpich") is not null, Missing("mpirun.mpich"));
        string[] exact = [.. Train, "--set", "precision=float64"];
        Trial.Succeeds(_trial.Program.Run([.. exact, "--runs", "alone"]));

        var finished = GaitPropProcess.Finish(
            _trial.Program.StartUnder(["srun", "--mpi=pmi2", "-n", "2"], [slurm.Variable], [.. exact, "--runs", "runs"])
        );

        Assert.True(finished.ExitCode == 0, finished.Error);
        AreAlike(_trial.Run("alone")!, Assert.Single(_trial.Runs("runs")));
    }

    private static string Missing(string engine) =>
        $"there is no {engine}: apt-get install {(engine == "mpirun.mpich" ? "mpich" : "openmpi-bin libopenmpi3")}";

    private static string? Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    /// <summary>The lines that are the program's and not the engine's own words about how its ranks ended.</summary>
    private static string[] Ours(Finished finished) =>
        [
            .. finished
                .Error.Split('\n')
                .Where(line =>
                    (
                        (string[])
                            ["has ended, and with it", "cannot be shared", "unknown rule", "small.jsn", "there are no runs", "Unexpected "]
                    ).Any(words => line.Contains(words, StringComparison.Ordinal))
                ),
        ];

    /// <summary>Measurements to the last digits that sums of another order leave.</summary>
    private static void AreAlike(string expected, string run)
    {
        Assert.Equal("finished", Trial.Status(run));
        var (one, several) = (RunRecord.Read(expected), RunRecord.Read(run));
        Assert.Equal(one.Steps.Select(s => s.Step), several.Steps.Select(s => s.Step));
        Assert.All(one.Steps.Zip(several.Steps), s => Assert.Equal(s.First.Loss, s.Second.Loss, 1e-6));
        Assert.Equal(one.Epochs.Select(e => (e.Epoch, e.TestAccuracy)), several.Epochs.Select(e => (e.Epoch, e.TestAccuracy)));
        Assert.All(one.Epochs.Zip(several.Epochs), e => Assert.Equal(e.First.TrainLoss, e.Second.TrainLoss, 1e-6));
    }

    private Finished Ranks(string engine, int count, params string[] words) => GaitPropProcess.Finish(Start(engine, count, words));

    private Process Start(string engine, int count, params string[] words)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Find(engine) is not null, Missing(engine));
        string[] options =
            engine == "mpirun.mpich"
                ? ["-n", $"{count}"]
                : ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", $"{count}"];
        return _trial.Program.StartUnder([engine, .. options], [], words);
    }

    private int ProcessOf(int rank) =>
        RanksAlive().Single(p => Environ(p).Any(v => v == $"OMPI_COMM_WORLD_RANK={rank}" || v == $"PMI_RANK={rank}"));

    private int[] RanksAlive() =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
                .Where(id =>
                    id > 0
                    && Environ(id).Contains($"XDG_CACHE_HOME={_trial.Program["cache"]}")
                    && Environ(id)
                        .Any(v =>
                            v.StartsWith("OMPI_COMM_WORLD_RANK=", StringComparison.Ordinal)
                            || v.StartsWith("PMI_RANK=", StringComparison.Ordinal)
                        )
                ),
        ];

    private static string[] Environ(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
