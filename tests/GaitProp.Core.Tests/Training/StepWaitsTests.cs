using GaitProp.Experiments;
using GaitProp.Runtime;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using GaitProp.Tests.Rules;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>
/// A step never waits for the device that computes it, and leaves nothing behind. There is no such device here: the CPU takes the paths of
/// one, and every read of a number counts.
/// </summary>
[Collection(Alone.Name)]
public sealed class StepWaitsTests : IDisposable
{
    private const string Dense = "dense 64, dense 64, dense 48, dense 10";
    private const string Conv = TrainerTests.FourLayers;
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 20);
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string>();
            foreach (var rule in (string[])[.. KitRules.Names, "bp+constraint", "bp+gain", "ngait+gain", "ngait+penalty", "ngait paper"])
            {
                ways.Add(rule, Dense);
                ways.Add(rule, Conv);
            }

            ways.Add("ngait changed", Conv);
            return ways;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_step_reads_no_number_outside_of_looks(string way, string network)
    {
        using var device = HostRead.AsOnDevice();
        using var state = new LearningState(Fast(way, network) with { AngleEvery = 9 }, Data, CPU);
        var looks = 0;

        // Epochs of eight steps: their last ones look at the loss. A whole retraction is due after step 4.
        foreach (var step in Enumerable.Range(0, 20))
        {
            var before = HostRead.Waits;
            state.Step(step, (_, _) => looks++);
            var isLook = step % 9 == 0 || step % 8 == 7;
            Assert.Equal(isLook, HostRead.Waits > before);
        }

        Assert.Equal(3, looks);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Nothing_is_left_of_a_step(string way, string network)
    {
        // What other tests left to the garbage collector must not go in the middle of this one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        foreach (var onDevice in new[] { false, true })
        {
            using var device = onDevice ? HostRead.AsOnDevice() : null;
            using var state = new LearningState(Fast(way, network) with { AngleEvery = 9 }, Data, CPU);
            var live = new List<long>();
            for (var step = 0; step < 21; step++)
            {
                state.Step(step, (_, _) => { });
                live.Add(Tensor.TotalCount);
            }

            Assert.InRange(live[20], 0, live[10]);
        }
    }

    /// <summary>
    /// What a device computes without a look is what the CPU computes with one: in float64, where only the order of sums differs.
    /// </summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Steps_as_on_a_device_move_the_weights_as_on_the_CPU(string way, string network)
    {
        var experiment = Fast(way, network) with { Precision = ScalarType.Float64 };
        var expected = Weights(experiment, onDevice: false);

        var actual = Weights(experiment, onDevice: true);

        using var fresh = new LearningState(experiment, Data, CPU);
        Assert.All(
            expected.Zip(actual).Index(),
            pair =>
            {
                // The weights have hardly moved: what counts is how far.
                var start = fresh.Network.Layers[pair.Index].Weight;
                Numbers.AssertClose(pair.Item.First - start, pair.Item.Second - start, 1e-6, $"layer {pair.Index + 1}");
            }
        );
    }

    [Theory]
    [InlineData("bp", 1e20)]
    [InlineData("ngait", 1e20)]
    [InlineData("fa", 1e9)]
    public void A_run_that_diverges_between_looks_is_found_with_the_step_it_happened_at(string rule, double learningRate)
    {
        var experiment = Fast(rule, Dense) with { AngleEvery = 100, Epochs = 3 };
        experiment = experiment with { Optimizer = experiment.Optimizer with { LearningRate = learningRate } };
        var seen = Run(experiment);
        Assert.Equal(RunStatus.Diverged, seen.Description.Status);

        using var device = HostRead.AsOnDevice();
        var unseen = Run(experiment);

        Assert.Equal(RunStatus.Diverged, unseen.Description.Status);
        Assert.Matches($"^{rule}: the loss is no longer finite at step [0-9]+ of epoch 1, seen after step 7 ", unseen.Description.Error);
        Assert.Equal(Step(seen), Step(unseen));
        Assert.Single(unseen.Steps);
        foreach (var file in new CheckpointFolder(unseen.Folder).Files)
        {
            using var content = SafetensorsFile.Read(file);
            Assert.All(content.Tensors, t => Assert.True(t.Value.to(ScalarType.Float64).isfinite().all().item<bool>(), t.Key));
        }
    }

    /// <summary>A checkpoint is due after the third step; the weights have been broken since the first.</summary>
    [Fact]
    public void A_checkpoint_finds_what_a_look_has_not()
    {
        var experiment = Fast("bp", Dense) with { AngleEvery = 100, Epochs = 3 };
        using var device = HostRead.AsOnDevice();
        using var trainer = new Trainer(experiment with { Optimizer = experiment.Optimizer with { LearningRate = 1e20 } }, Data)
        {
            CheckpointEvery = TimeSpan.Zero,
        };

        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Diverged, run.Description.Status);
        Assert.Matches("at step 1 of epoch 1, seen after step [1-3] ", run.Description.Error);
    }

    [Fact]
    public void A_run_as_on_a_device_learns_and_is_written_down_like_one_on_the_CPU()
    {
        var experiment = Fast("ngait", Dense) with { AngleEvery = 5, Epochs = 2, Precision = ScalarType.Float64 };
        var here = Run(experiment);
        using var device = HostRead.AsOnDevice();

        var there = Run(experiment);

        Assert.Equal(RunStatus.Finished, there.Description.Status);
        Assert.Equal(here.Steps.Select(s => s.Step), there.Steps.Select(s => s.Step));
        Assert.All(here.Steps.Zip(there.Steps), s => Assert.Equal(s.First.Loss, s.Second.Loss, 1e-9));
        Assert.Equal(here.Epochs.Select(e => e.TestAccuracy), there.Epochs.Select(e => e.TestAccuracy));
        Assert.Equal(here.Timings.Select(t => t.Steps), there.Timings.Select(t => t.Steps));
    }

    private static Experiment Fast(string way, string network)
    {
        var experiment =
            way == "ngait+penalty"
                ? Resolved("ngait") with
                {
                    Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Penalty },
                }
            : way.EndsWith(" changed", StringComparison.Ordinal) ? Resolved(way.Split(' ')[0]) with { Mirror = true, Shift = 2 }
            : way.EndsWith(" paper", StringComparison.Ordinal) ? Resolved(way.Split(' ')[0], "paper")
            : Resolved(way);
        return experiment with
        {
            Name = "test",
            Network = network,
            Auxiliary =
                experiment.Auxiliary == AuxiliaryUnits.None && RuleCatalog.Create(experiment.Rule).NeedsSquareLayers
                    ? AuxiliaryUnits.Implicit
                    : experiment.Auxiliary,
            BatchSize = 8,
            Epochs = 3,
            Orthogonality = experiment.Orthogonality with { Every = 16 },
        };

        static Experiment Resolved(string way, string preset = "fast") =>
            ExperimentDocument.Open("imagenet").Resolve(way, new ExperimentChoices { Preset = preset });
    }

    private static Tensor[] Weights(Experiment experiment, bool onDevice)
    {
        using var device = onDevice ? HostRead.AsOnDevice() : null;
        using var state = new LearningState(experiment, Data, CPU);
        for (var step = 0; step < 5; step++)
        {
            state.Step(step, (_, _) => { });
        }

        return [.. state.Network.Layers.Select(l => l.Weight.clone())];
    }

    private static string Step(RunRecord run) =>
        System.Text.RegularExpressions.Regex.Match(run.Description.Error!, "at step [0-9]+ of epoch [0-9]+").Value;

    private RunRecord Run(Experiment experiment)
    {
        using var trainer = new Trainer(experiment, Data);
        return trainer.Run(_folder.Path);
    }
}
