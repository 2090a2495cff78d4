using GaitProp.Experiments;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using GaitProp.Training;

namespace GaitProp.Tests.Training;

/// <summary>Checkpoints that stay along a training: three steps an epoch, six epochs.</summary>
[Collection(Alone.Name)]
public sealed class KeptCheckpointsTests(KeptCheckpointsTests.EverySecond everySecond)
    : IClassFixture<KeptCheckpointsTests.EverySecond>,
        IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private static readonly Experiment Six = SavedWeightsTests.Small("ngait") with { Epochs = 6 };
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_checkpoint_after_every_so_many_epochs_stays_and_the_run_is_what_it_is_without()
    {
        var (plain, kept) = (Run(keepEvery: null), everySecond.Run);

        Assert.Equal(
            ["step-0.safetensors", "step-12-epoch-4.safetensors", "step-18-epoch-6.safetensors", "step-6-epoch-2.safetensors"],
            Names(kept.Folder)
        );
        Assert.Equal(Metrics(plain.Folder), Metrics(kept.Folder));
        Assert.Equal(plain.Description.Identity, kept.Description.Identity);
        Assert.DoesNotContain("keepEvery", File.ReadAllText(Path.Combine(plain.Folder, "run.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Those_that_do_not_stay_make_way_beside_them()
    {
        var kept = Run(keepEvery: 3, often: true);

        Assert.Equal(
            ["step-17.safetensors", "step-18-epoch-6.safetensors", "step-18.safetensors", "step-9-epoch-3.safetensors"],
            Names(kept.Folder)
        );
    }

    [Theory]
    [InlineData("step-6-epoch-2.safetensors", 6)]
    [InlineData("step-12-epoch-4.safetensors", 12)]
    public void A_run_goes_on_from_one_that_stayed_to_the_same_bytes(string from, int step)
    {
        var whole = everySecond.Run;
        var folder = Interrupted(14, keepEvery: 2);
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "checkpoints")).Where(f => Path.GetFileName(f) != from))
        {
            File.Delete(file);
        }

        using var trainer = new Trainer(Six, Data);
        var resumed = trainer.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(step, Assert.Single(resumed.Description.Resumed).Step);
        Assert.Equal(Metrics(whole.Folder), Metrics(folder));
        AssertSameTensors(
            Path.Combine(whole.Folder, "checkpoints", "step-18-epoch-6.safetensors"),
            Path.Combine(folder, "checkpoints", "step-18-epoch-6.safetensors")
        );
    }

    [Fact]
    public void A_run_that_is_resumed_goes_on_keeping_without_being_told()
    {
        var folder = Interrupted(7, keepEvery: 2);

        using var trainer = new Trainer(Six, Data);
        var resumed = trainer.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(2, resumed.Description.KeepEvery);
        Assert.Superset(
            new HashSet<string> { "step-6-epoch-2.safetensors", "step-12-epoch-4.safetensors", "step-18-epoch-6.safetensors" },
            Names(folder).ToHashSet()
        );
    }

    [Fact]
    public void What_is_kept_may_be_said_anew_and_what_was_kept_stays()
    {
        var folder = Interrupted(7, keepEvery: 2);

        using var trainer = new Trainer(Six, Data) { KeepEvery = 5 };
        var resumed = trainer.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(5, resumed.Description.KeepEvery);
        Assert.Superset(new HashSet<string> { "step-6-epoch-2.safetensors", "step-15-epoch-5.safetensors" }, Names(folder).ToHashSet());
        Assert.DoesNotContain("step-12-epoch-4.safetensors", Names(folder));
    }

    [Theory]
    [InlineData(12, "step-13.safetensors")]
    [InlineData(6, "step-13.safetensors", "step-12-epoch-4.safetensors")]
    public void Of_damaged_ones_the_last_before_them_is_used(int step, params string[] damaged)
    {
        var whole = everySecond.Run;
        var folder = Interrupted(13, keepEvery: 2);
        File.Delete(Path.Combine(folder, "checkpoints", "step-0.safetensors"));
        foreach (var file in damaged)
        {
            File.WriteAllText(Path.Combine(folder, "checkpoints", file), "nothing");
        }

        var said = new List<string>();
        using var trainer = new Trainer(Six, Data);
        var resumed = trainer.Resume(folder, report: said.Add, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(damaged.Length, said.Count);
        Assert.All(said.Zip(damaged), s => Assert.Contains($"{s.Second} is damaged", s.First, StringComparison.Ordinal));
        Assert.Equal(step, Assert.Single(resumed.Description.Resumed).Step);
        Assert.Equal(Metrics(whole.Folder), Metrics(folder));
    }

    [Fact]
    public void A_cell_of_a_grid_keeps_them_too()
    {
        var cell = new GridCell(Six, Data) { KeepEvery = 4 };

        Assert.Contains(
            "step-12-epoch-4.safetensors",
            Names(cell.Complete(_folder.Path, cancellation: TestContext.Current.CancellationToken).Run!.Folder)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void Less_than_an_epoch_from_one_to_the_next_is_refused_before_anything_is_trained(int keepEvery)
    {
        var expected = $"keepEvery {keepEvery} is not possible: it must be 1 or more";

        using var trainer = new Trainer(Six, Data) { KeepEvery = keepEvery };
        var ofTrainer = Assert.Throws<GaitPropException>(() =>
            trainer.Run(_folder["runs"], cancellation: TestContext.Current.CancellationToken)
        );
        var ofCell = Assert.Throws<GaitPropException>(() => new GridCell(Six, Data) { KeepEvery = keepEvery });

        Assert.StartsWith(expected, ofTrainer.Message, StringComparison.Ordinal);
        Assert.Equal(ofTrainer.Message, ofCell.Message);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public void A_finished_run_that_has_lost_its_measurements_is_no_cell_that_is_done()
    {
        var cell = new GridCell(Six, Data);
        var first = cell.Complete(_folder.Path, cancellation: TestContext.Current.CancellationToken).Run!;
        Assert.Equal(CellOutcome.AlreadyDone, cell.Complete(_folder.Path, cancellation: TestContext.Current.CancellationToken).Outcome);
        File.Delete(Path.Combine(first.Folder, "metrics.jsonl"));

        var said = new List<string>();
        var again = cell.Complete(_folder.Path, report: said.Add, cancellation: TestContext.Current.CancellationToken).Run!;

        Assert.Contains("does not count as done: ", Assert.Single(said), StringComparison.Ordinal);

        Assert.NotEqual(first.Folder, again.Folder);
        Assert.Equal(first.Epochs.Count, again.Epochs.Count);
    }

    [Fact]
    public void A_run_whose_folder_is_moved_away_says_so_and_makes_no_other()
    {
        using var trainer = new Trainer(Six, Data) { CheckpointEvery = TimeSpan.Zero };
        var moved = _folder["moved"];

        var e = Assert.Throws<GaitPropException>(() =>
            trainer.Run(_folder.Path, new Move(_folder.Path, moved), TestContext.Current.CancellationToken)
        );

        Assert.StartsWith("the run has lost its folder ", e.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(moved, "metrics.jsonl")));
        Assert.DoesNotContain(Directory.GetDirectories(Path.Combine(_folder.Path, Six.Name)), d => Path.GetFileName(d)[0] != '.');
    }

    /// <summary>Moves the run's folder away once a step is taken.</summary>
    private sealed class Move(string runs, string to) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step > 0 && !Directory.Exists(to))
            {
                Directory.Move(
                    Directory.GetDirectories(Path.Combine(runs, Six.Name)).Single(d => File.Exists(Path.Combine(d, "run.json"))),
                    to
                );
            }
        }
    }

    private RunRecord Run(int? keepEvery, bool often = false) => Run(_folder, keepEvery, often);

    private static RunRecord Run(ScratchFolder folder, int? keepEvery, bool often = false)
    {
        using var trainer = new Trainer(Six, Data)
        {
            KeepEvery = keepEvery,
            CheckpointEvery = often ? TimeSpan.Zero : TimeSpan.FromMinutes(10),
        };
        return trainer.Run(folder.Path);
    }

    private string Interrupted(int step, int? keepEvery)
    {
        using var cancellation = new CancellationTokenSource();
        using var trainer = new Trainer(Six, Data) { KeepEvery = keepEvery };
        return Assert
            .Throws<RunInterruptedException>(() => trainer.Run(_folder.Path, new Stop(cancellation, step), cancellation.Token))
            .Folder;
    }

    private static void AssertSameTensors(string expected, string actual)
    {
        using var first = SafetensorsFile.Read(expected);
        using var second = SafetensorsFile.Read(actual);
        Assert.Equal(first.Tensors.Keys.Order(), second.Tensors.Keys.Order());
        Assert.All(first.Tensors, t => Assert.True(t.Value.eq(second.Tensors[t.Key]).all().item<bool>(), t.Key));
    }

    private static string[] Names(string run) =>
        [.. Directory.GetFiles(Path.Combine(run, "checkpoints")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static byte[] Metrics(string run) => File.ReadAllBytes(Path.Combine(run, "metrics.jsonl"));

    /// <summary>A run that keeps the checkpoint of every second epoch: made once, and left as it is.</summary>
    public sealed class EverySecond : IDisposable
    {
        private readonly ScratchFolder _folder = new();

        public EverySecond() => Run = KeptCheckpointsTests.Run(_folder, keepEvery: 2);

        internal RunRecord Run { get; }

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Stop(CancellationTokenSource cancellation, int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
            {
                cancellation.Cancel();
            }
        }
    }
}
