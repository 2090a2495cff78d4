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

    /// <summary>How long killed processes may take to end.</summary>
    private static readonly TimeSpan ToBeGone = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, (string One, string TwoThreads)> References = [];

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData(MpiEngine.OpenMpi)]
    [InlineData(MpiEngine.Mpich)]
    public void Two_and_three_ranks_train_what_one_process_trains(string engine)
    {
        string[] exact = [.. Train, "--set", "precision=float64"];
        var (alone, twoThreads) = Alone(exact);
        foreach (var ranks in (int[])[2, 3])
        {
            var finished = Ranks(engine, ranks, [.. exact, "--runs", $"runs{ranks}"]);
            Assert.True(finished.ExitCode == 0, finished.Error);
            Assert.Contains($"Ranks: {ranks}, each with 1 thread", finished.Output, StringComparison.Ordinal);
            Assert.Single(finished.Output.Split('\n'), l => l.StartsWith("Data: ", StringComparison.Ordinal));
            AreAlike(alone, twoThreads, Assert.Single(_trial.Runs($"runs{ranks}")));
        }
    }

    /// <summary>A rank is killed: the others end with one line, and the run goes on on another number of ranks.</summary>
    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData(MpiEngine.OpenMpi, 2, 0, 3)]
    [InlineData(MpiEngine.OpenMpi, 2, 1, 1)]
    [InlineData(MpiEngine.OpenMpi, 1, 0, 2)]
    [InlineData(MpiEngine.Mpich, 2, 1, 3)]
    [InlineData(MpiEngine.Mpich, 3, 2, 1)]
    public void A_killed_rank_ends_all_and_the_run_goes_on_on_another_number_of_ranks(string engine, int before, int killed, int after)
    {
        string[] longer = [.. Train, "--set", "precision=float64", "--set", "epochs=6"];
        longer = [.. longer.Where((w, i) => w != "--epochs" && (i == 0 || longer[i - 1] != "--epochs"))];
        var (alone, twoThreads) = Alone(longer);

        string[] begun = [.. longer, "--runs", "runs"];
        var process =
            before == 1
                ? _trial.Program.Start(begun)
                : _trial.Program.StartUnder(MpiEngine.Words(engine, before, patience: killed == 0 ? 1 : 5), [], begun);

        // In so short a run no checkpoint may be due, so one is asked for, and whom the signals go to is found out at its beginning.
        Assert.True(Trial.Until(process, () => _trial.Run("runs") is not null));
        using var first = Process.GetProcessById(before == 1 ? process.Id : ProcessOf(0));
        using var rank = Process.GetProcessById(before == 1 ? process.Id : ProcessOf(killed));
        Assert.True(Trial.Until(process, () => Trial.Lines(_trial.Run("runs")) > 3));
        GaitPropProcess.Signal(first, Trial.SigUsr1);
        Assert.True(Trial.Until(process, () => Trial.Checkpoints(_trial.Run("runs")).Length > 1));
        rank.Kill();

        var finished = GaitPropProcess.Finish(process);
        Assert.NotEqual(0, finished.ExitCode);
        if (killed != 0 && engine == MpiEngine.OpenMpi)
        {
            // MPICH's mpirun ends the rest before they can say it, and says it itself.
            Assert.Matches(
                "^rank 1 \\(process [0-9]+ on .+\\) has ended, and with it the run: go on from its last checkpoint with 'gaitprop runs resume'",
                Assert.Single(Ours(finished))
            );
        }

        // What mpirun has killed may take a moment to be gone.
        for (var watch = Stopwatch.StartNew(); RanksAlive().Length > 0 && watch.Elapsed < ToBeGone; Thread.Sleep(50)) { }

        Assert.Empty(RanksAlive());
        var run = _trial.Run("runs")!;
        Assert.Contains(Trial.Status(run), (string[])["failed", "running"]);

        var resumed = after == 1 ? _trial.Program.Run("runs", "resume", run) : Ranks(engine, after, "runs", "resume", run);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Single(Trial.Description(run)["resumed"]!.AsArray());
        AreAlike(alone, twoThreads, run);
    }

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData(MpiEngine.OpenMpi)]
    [InlineData(MpiEngine.Mpich)]
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

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData("pmi2", MpiEngine.Mpich)]
    [InlineData("pmix", MpiEngine.OpenMpi)]
    public void Two_tasks_of_a_step_of_Slurm_train_one_run(string way, string engine)
    {
        Assert.SkipUnless(MpiEngine.Find(engine) is not null, MpiEngine.Missing(engine));
        using var slurm = SlurmCluster.Start();
        var started = slurm.Run("srun", $"--mpi={way}", "true");
        Assert.SkipWhen(
            started.Error.Contains("can not load PMIx library", StringComparison.Ordinal),
            "Slurm's plug-in finds no libpmix.so: apt-get install libpmix-dev"
        );
        Assert.True(started.ExitCode == 0, started.Error);
        string[] exact = [.. Train, "--set", "precision=float64"];
        var (alone, twoThreads) = Alone(exact);

        var finished = GaitPropProcess.Finish(
            _trial.Program.StartUnder(["srun", $"--mpi={way}", "-n", "2"], [slurm.Variable], [.. exact, "--runs", "runs"])
        );

        Assert.True(finished.ExitCode == 0, finished.Error);
        AreAlike(alone, twoThreads, Assert.Single(_trial.Runs("runs")));
    }

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

    /// <summary>
    /// Measurements in float64, up to the order of sums. Within 20 steps that is 1e-12: sums of some hundred numbers that are rounded at
    /// 1e-16. Afterwards no number is derived, because training itself makes a difference grow, the more the longer it goes on. So the
    /// measure is the same run of one process with two threads, which add in another order, too: where it has gone apart from that with one
    /// thread by so much, several ranks may have by a hundred times as much, for neither is more than one throw of the dice.
    /// </summary>
    private static void AreAlike(string expected, string twoThreads, string run)
    {
        Assert.Equal("finished", Trial.Status(run));
        var (one, two, several) = (RunRecord.Read(expected), RunRecord.Read(twoThreads), RunRecord.Read(run));
        Assert.Equal(one.Steps.Select(s => s.Step), several.Steps.Select(s => s.Step));
        var own = one.Steps.Zip(two.Steps).Max(s => Math.Abs(s.First.Loss - s.Second.Loss));
        var grown = Math.Max(1e-12, 100 * own);
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"losses differ by {one.Steps.Zip(several.Steps).Max(s => Math.Abs(s.First.Loss - s.Second.Loss)):E1} at the most, with two threads by {own:E1}"
            )
        );
        Assert.All(one.Steps.Zip(several.Steps), s => Assert.Equal(s.First.Loss, s.Second.Loss, s.First.Step < 20 ? 1e-12 : grown));
        Assert.Equal(one.Epochs.Select(e => (e.Epoch, e.TestAccuracy)), several.Epochs.Select(e => (e.Epoch, e.TestAccuracy)));
        Assert.All(one.Epochs.Zip(several.Epochs), e => Assert.Equal(e.First.TrainLoss, e.Second.TrainLoss, grown));
    }

    /// <summary>A run of one process, and the same with two threads: once for all tests.</summary>
    private static (string One, string TwoThreads) Alone(params string[] words)
    {
        lock (References)
        {
            var key = string.Join(' ', words);
            if (!References.TryGetValue(key, out var runs))
            {
                var trial = new Trial();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => trial.Dispose();
                Trial.Succeeds(trial.Program.Run([.. words, "--runs", "alone"]));
                Trial.Succeeds(
                    trial.Program.Run([.. words.Select((w, i) => i > 0 && words[i - 1] == "--threads" ? "2" : w), "--runs", "two"])
                );
                References[key] = runs = (trial.Run("alone")!, trial.Run("two")!);
            }

            return runs;
        }
    }

    private Finished Ranks(string engine, int count, params string[] words) => GaitPropProcess.Finish(Start(engine, count, words));

    private Process Start(string engine, int count, params string[] words) =>
        _trial.Program.StartUnder(MpiEngine.Words(engine, count), [], words);

    private int ProcessOf(int rank) =>
        RanksAlive().Single(p => Trial.Environ(p).Any(v => v == $"OMPI_COMM_WORLD_RANK={rank}" || v == $"PMI_RANK={rank}"));

    private int[] RanksAlive() =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
                .Where(id =>
                    id > 0
                    && Trial.Environ(id).Contains($"XDG_CACHE_HOME={_trial.Program["cache"]}")
                    && Trial
                        .Environ(id)
                        .Any(v =>
                            v.StartsWith("OMPI_COMM_WORLD_RANK=", StringComparison.Ordinal)
                            || v.StartsWith("PMI_RANK=", StringComparison.Ordinal)
                        )
                ),
        ];
}
