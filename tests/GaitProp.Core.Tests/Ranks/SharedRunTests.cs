using GaitProp.Data;
using GaitProp.Data.Preparation;
using GaitProp.Experiments;
using GaitProp.Ranks;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Ranks;

/// <summary>Whole runs on several ranks: what is written, how they stop, and how they go on on another number of ranks.</summary>
public sealed class SharedRunTests : IDisposable
{
    private static readonly ImageDataset Images = SyntheticImages.Generate(train: 40, test: 21);
    private readonly ScratchFolder _folder = new();

    public SharedRunTests() => LibTorch.Load();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_rank_writes_the_run_that_one_process_would()
    {
        var expected = Run(1, "alone");

        var run = Run(3, "shared");

        Assert.Equal(RunStatus.Finished, run.Description.Status);
        Assert.Single(Directory.GetDirectories(_folder["shared", "test"]));
        Assert.Equal((expected.Description.Identity, 3), (run.Description.Identity, run.Description.Environment.Ranks));
        Assert.Null(expected.Description.Environment.Ranks);
        AreAlike(expected, run);
    }

    /// <summary>Stopped on two ranks in the middle of an epoch, gone on with on three, stopped again, ended by one process.</summary>
    [Fact]
    public void A_run_goes_on_on_another_number_of_ranks()
    {
        var expected = Run(1, "alone");

        var folder = Stopped(2, 4, null);
        Stopped(3, 8, folder);
        using var last = new Trainer(Experiment, Images);
        last.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        var run = RunRecord.Read(folder);
        Assert.Equal(2, run.Description.Resumed.Count);
        AreAlike(expected, run);
    }

    /// <summary>Asked on one rank alone, all stop after the same step.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_rank_that_is_asked_to_stop_stops_all(int asked)
    {
        using var stop = new CancellationTokenSource();
        var steps = ThreadRanks.Run(
            2,
            ranks =>
            {
                using var trainer = TrainerOf(ranks);
                var token = ranks.Rank == asked ? stop.Token : CancellationToken.None;
                var error = ranks.IsFirst
                    ? Assert.Throws<RunInterruptedException>(() => trainer.Run(_folder["runs"], new StopAt(3, stop), token))
                    : Assert.ThrowsAny<OperationCanceledException>(() => trainer.Follow(token));
                return (error as RunInterruptedException)?.Step;
            }
        );

        Assert.InRange(steps[0]!.Value, 3, 4);
        var run = RunRecord.Read(Assert.Single(Directory.GetDirectories(_folder["runs", "test"])));
        Assert.Equal(RunStatus.Interrupted, run.Description.Status);
        Assert.EndsWith($"step-{steps[0]}.safetensors", new CheckpointFolder(run.Folder).Files[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_for_fewer_images_than_ranks_is_refused()
    {
        var errors = ThreadRanks.Run(
            3,
            ranks =>
                Assert.Throws<GaitPropException>(() => new Trainer(Experiment with { BatchSize = 2 }, Images, null, CPU, ranks)).Message
        );

        Assert.All(
            errors,
            e => Assert.Equal("a batch of 2 images cannot be shared by 3 ranks: start 2 at the most, or raise batchSize.", e)
        );
    }

    [Fact]
    public void Ranks_with_other_images_are_refused_before_a_step()
    {
        var other = SyntheticImages.Generate(train: 41, test: 21);
        var errors = ThreadRanks.Run(
            2,
            ranks =>
            {
                using var trainer = new Trainer(Experiment, ranks.IsFirst ? Images : other, null, CPU, ranks);
                return Assert
                    .Throws<GaitPropException>(() =>
                    {
                        if (ranks.IsFirst)
                        {
                            trainer.Run(_folder["runs"], cancellation: TestContext.Current.CancellationToken);
                        }

                        trainer.Follow(CancellationToken.None);
                    })
                    .Message;
            }
        );

        Assert.All(errors, e => Assert.StartsWith("rank 1 has other settings or other images than rank 0: ", e, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public void A_run_that_diverges_diverges_on_all_ranks()
    {
        var experiment = Experiment with { Precision = ScalarType.Float32, Optimizer = Experiment.Optimizer with { LearningRate = 1e30 } };

        var run = Run(2, "runs", experiment);

        Assert.Equal(RunStatus.Diverged, run.Description.Status);
        Assert.StartsWith("bp: the loss is no longer finite at step 1 ", run.Description.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_does_not_add_up_over_ranks_what_it_learns_is_found()
    {
        RuleCatalog.Register<CountingRule>();

        var error = Assert.Throws<GaitPropException>(() =>
            Run(2, "runs", Experiment with { Rule = "shared-run-counting", RuleOptions = new NoOptions() })
        );

        Assert.StartsWith(
            "the ranks have come apart: the rule's own state differ between them after step ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Each image of a batch is read by one rank, and together they are the batch in its order.</summary>
    [Fact]
    public void Ranks_read_their_shares_of_shards_alone()
    {
        var set = SourceSet.Open(PhotoFolder.Classes(_folder["in"], classes: 3, train: 7, validation: 2), 1);
        new ImagePreparation(set, _folder["shards"]) { Size = 16, ShardImages = 4 }.Run(
            cancellation: TestContext.Current.CancellationToken
        );
        var split = DataSets.Of("imagenet", _folder["shards"]).Data.Train;
        using var whole = TrainingImages.Of(split, ScalarType.Float32, CPU);
        using var order = whole.Ordered(1);

        var shares = ThreadRanks.Run(
            2,
            ranks =>
            {
                using var images = TrainingImages.Of(split, ScalarType.Float32, CPU);
                using var own = images.Ordered(1);
                return new[] { (1, 0L), (1, 5L), (1, 10L), (1, 15L), (1, 20L), (2, 0L) }
                    .Select(place =>
                    {
                        var share = BatchShare.Of(ranks, Math.Min(5, images.Count - place.Item2));
                        return images.Batch(own, place.Item1, place.Item2, share).Images.narrow(0, 0, share.Length).clone();
                    })
                    .ToArray();
            }
        );

        foreach (var (index, (epoch, start)) in new[] { (1, 0L), (1, 5L), (1, 10L), (1, 15L), (1, 20L), (2, 0L) }.Index())
        {
            var expected = whole.Batch(order, epoch, start, Math.Min(5, whole.Count - start)).Images;
            Assert.True(cat([shares[0][index], shares[1][index]], 0).eq(expected).all().item<bool>());
        }
    }

    /// <summary>In an epoch all ranks together ask the disk for each image once.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Ranks_read_no_image_of_anothers_share(int count)
    {
        var set = SourceSet.Open(PhotoFolder.Classes(_folder["in"], classes: 3, train: 7, validation: 2), 1);
        new ImagePreparation(set, _folder["shards"]) { Size = 16, ShardImages = 4 }.Run(
            cancellation: TestContext.Current.CancellationToken
        );

        var read = ThreadRanks.Run(
            count,
            ranks =>
            {
                var split = DataSets.Of("imagenet", _folder["shards"]).Data.Train;
                var before = split.Store!.BytesRead;
                using var images = TrainingImages.Of(split, ScalarType.Float32, CPU);
                using var order = images.Ordered(1);
                for (var start = 0L; start < images.Count; start += 7)
                {
                    images.Batch(order, 1, start, BatchShare.Of(ranks, 7));
                }

                return split.Store.BytesRead - before;
            }
        );

        Assert.Equal(21 * 3 * 16 * 16, read.Sum());
        Assert.InRange(read.Max() - read.Min(), 0, 3 * 3 * 16 * 16);
    }

    private static Experiment Experiment =>
        ExperimentDocument.Open("cifar-shallow").Resolve("bp", new ExperimentChoices { Preset = "fast" }) with
        {
            Name = "test",
            Network = "dense 16, dense 10",
            Precision = ScalarType.Float64,
            BatchSize = 8,
            Epochs = 2,
            AngleEvery = 3,
            Data = "embedded",
            TrainImages = null,
            TestImages = null,
        };

    private static Trainer TrainerOf(RankGroup ranks, Experiment? experiment = null) =>
        new(experiment ?? Experiment, Images, null, CPU, ranks) { CheckpointEvery = TimeSpan.FromMinutes(5) };

    private static void AreAlike(RunRecord expected, RunRecord run)
    {
        Assert.Equal(expected.Steps.Select(s => s.Step), run.Steps.Select(s => s.Step));
        Assert.All(expected.Steps.Zip(run.Steps), s => Assert.Equal(s.First.Loss, s.Second.Loss, 1e-12));
        Assert.Equal(
            expected.Epochs.Select(e => (e.Epoch, e.TrainAccuracy, e.TestAccuracy, e.TestTop5)),
            run.Epochs.Select(e => (e.Epoch, e.TrainAccuracy, e.TestAccuracy, e.TestTop5))
        );
        Assert.All(expected.Epochs.Zip(run.Epochs), e => Assert.Equal(e.First.TestLoss, e.Second.TestLoss, 1e-12));
        using var weights = SafetensorsFile.Read(new CheckpointFolder(expected.Folder).Files[0]);
        using var shared = SafetensorsFile.Read(new CheckpointFolder(run.Folder).Files[0]);
        Assert.Equal(weights.Tensors.Keys.Order(), shared.Tensors.Keys.Order());
        Assert.All(
            weights.Tensors,
            t =>
                Assert.InRange(
                    (t.Value.to(ScalarType.Float64) - shared.Tensors[t.Key].to(ScalarType.Float64)).norm().item<double>(),
                    0,
                    1e-12 * (1 + t.Value.to(ScalarType.Float64).norm().item<double>())
                )
        );
    }

    private RunRecord Run(int count, string runs, Experiment? experiment = null) =>
        ThreadRanks.Run(
            count,
            ranks =>
            {
                using var trainer = TrainerOf(ranks, experiment);
                if (ranks.IsFirst)
                {
                    return trainer.Run(_folder[runs], cancellation: TestContext.Current.CancellationToken);
                }

                trainer.Follow(CancellationToken.None);
                return null;
            }
        )[0]!;

    /// <summary>Begins a run, or goes on with it, and stops it after a step; its folder.</summary>
    private string Stopped(int count, long step, string? folder)
    {
        using var stop = new CancellationTokenSource();
        return ThreadRanks.Run(
            count,
            ranks =>
            {
                using var trainer = TrainerOf(ranks);
                if (!ranks.IsFirst)
                {
                    Assert.ThrowsAny<OperationCanceledException>(() => trainer.Follow(CancellationToken.None));
                    return "";
                }

                return Assert
                    .Throws<RunInterruptedException>(() =>
                        folder is null
                            ? trainer.Run(_folder["runs"], new StopAt(step, stop), stop.Token)
                            : trainer.Resume(folder, new StopAt(step, stop), null, stop.Token)
                    )
                    .Folder;
            }
        )[0];
    }

    private sealed class StopAt(long step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step >= step)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>Counts the samples that it sees.</summary>
    [Rule("shared-run-counting", "counting")]
    private sealed class CountingRule : LearningRule
    {
        private readonly Tensor _seen = zeros([1], ScalarType.Float64).DetachFromDisposeScope();

        public override bool NeedsSquareLayers => false;

        public override IReadOnlyList<Tensor> State => [_seen];

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
        {
            _seen.add_(trace.Output.square().sum());
            return [.. network.Layers.Select(l => new LayerGradient([.. l.Trained.Select(t => zeros_like(t))]))];
        }

        protected override void Dispose(bool disposing)
        {
            _seen.Dispose();
            base.Dispose(disposing);
        }
    }
}
