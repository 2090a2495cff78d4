namespace GaitProp.Kernel.Tests.Faults;

public sealed class DamagedCheckpointTests(DamagedCheckpointTests.Killed killed) : IClassFixture<DamagedCheckpointTests.Killed>, IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_flipped_byte_is_reported_in_one_line_and_the_checkpoint_before_it_gives_the_same_end()
    {
        var expected = _trial.Uninterrupted(Trial.TwoEpochs);
        var run = KilledWithTwoCheckpoints();
        var (last, before) = (Trial.Checkpoints(run)[0], Trial.Checkpoints(run)[1]);
        Flip(last);

        var finished = _trial.ResumeToEnd(run);

        Assert.Equal(0, finished.ExitCode);
        var line = finished.OneErrorLine();
        Assert.StartsWith(
            $"{last} is damaged: its bytes do not give its checksum. It was set aside; the checkpoint before it is used",
            line,
            StringComparison.Ordinal
        );
        Assert.Equal(Path.GetFileNameWithoutExtension(before), $"step-{Trial.Description(run)["resumed"]![0]!["step"]}");
        Trial.AreTheSame(expected, run);
    }

    [Fact]
    public void With_all_checkpoints_damaged_the_run_begins_again_with_its_number_of_threads_and_ends_the_same()
    {
        var expected = _trial.Uninterrupted(Trial.TwoEpochs);
        var run = KilledWithTwoCheckpoints();
        Flip(Trial.Checkpoints(run)[0]);
        File.WriteAllBytes(Trial.Checkpoints(run)[1], File.ReadAllBytes(Trial.Checkpoints(run)[1])[..100]);

        var finished = _trial.Program.Run("runs", "resume", run);

        Assert.Equal(0, finished.ExitCode);
        Assert.Equal(2, finished.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("there is none before it, so the run starts from its beginning", finished.Error, StringComparison.Ordinal);
        Trial.AreTheSame(expected, run);
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_in_one_line_and_the_run_stays_as_it_was()
    {
        var run = KilledWithTwoCheckpoints();
        Trial.Succeeds(
            _trial.TrainToEnd("other", "--epochs", "1", "--set", "trainImages=64", "--set", """network=["dense 64", "dense 10"]""")
        );
        var last = Trial.Checkpoints(run)[0];
        var own = File.ReadAllBytes(last);
        File.Copy(Trial.Checkpoints(_trial.Run("other")!)[0], last, overwrite: true);
        var metrics = Trial.Metrics(run);

        var finished = _trial.ResumeToEnd(run);

        Assert.Equal(1, finished.ExitCode);
        Assert.StartsWith(
            $"{last} is the checkpoint of another network: it has 64 x 3072 of Float32 for layers.0.weight",
            finished.OneErrorLine(),
            StringComparison.Ordinal
        );
        Assert.Equal(metrics, Trial.Metrics(run));
        File.WriteAllBytes(last, own);
        Trial.Succeeds(_trial.ResumeToEnd(run));
        Trial.AreTheSame(_trial.Uninterrupted(Trial.TwoEpochs), run);
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[^1000] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>A copy of a run that was killed once, for all tests.</summary>
    private string KilledWithTwoCheckpoints()
    {
        Trial.Copy(killed.Runs, _trial.Program["runs"]);
        return _trial.Run("runs")!;
    }

    public sealed class Killed : IDisposable
    {
        private readonly Trial _trial = new();

        public Killed()
        {
            var process = _trial.Train("runs", Trial.TwoEpochs);
            Assert.True(Trial.Until(process, () => Trial.Lines(_trial.Run("runs")) > 3));
            if (OperatingSystem.IsLinux())
            {
                // It asks for a checkpoint; elsewhere the signal has another number, and one is due after a second.
                GaitPropProcess.Signal(process, Trial.SigUsr1);
            }

            Assert.True(Trial.Until(process, () => Trial.Checkpoints(_trial.Run("runs")).Length == 2));
            Trial.Kill(process);
        }

        public string Runs => _trial.Program["runs"];

        public void Dispose() => _trial.Dispose();
    }
}
