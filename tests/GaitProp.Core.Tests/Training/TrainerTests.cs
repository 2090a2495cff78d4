using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Tests.Data;

namespace GaitProp.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    /// <summary>
    /// Convolutions whose windows overlap, and layers with auxiliary units, as in the published networks, on 192 units at most.
    /// </summary>
    internal const string FourLayers = "conv 9x9/8 12, conv 3x3/2 24, dense 20, dense 10";

    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 600, test: 300);

    /// <summary>The defects of layers that nothing keeps orthogonal, after an epoch.</summary>
    private static readonly Lazy<IReadOnlyList<double>> FreeDefects = new(() =>
    {
        using var folder = new ScratchFolder();
        using var trainer = new Trainer(Constrained(new OrthogonalityOptions()), Data);
        return trainer.Run(folder.Path).Epochs[^1].Defects;
    });

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bp")]
    [InlineData("ngait")]
    [InlineData("fa")]
    public void Two_runs_of_one_seed_write_the_same_bytes_and_another_seed_others(string rule)
    {
        // Batches of 24, 24 and 16: the last one is smaller.
        var experiment = Small(rule) with
        {
            TrainImages = 64,
            TestImages = 50,
            BatchSize = 24,
            Epochs = 2,
            AngleEvery = 1,
        };

        var first = Metrics(Run(experiment));

        Assert.Equal(first, Metrics(Run(experiment)));
        Assert.NotEqual(first, Metrics(Run(experiment with { Seed = 2 })));
    }

    [Theory]
    [InlineData("bp")]
    [InlineData("ngait")]
    public void A_rule_learns(string rule)
    {
        var run = Run(
            LearningRate(Small(rule), 1e-4) with
            {
                Network = "dense 128, dense 128, dense 10",
                TrainImages = 200,
                TestImages = 50,
                BatchSize = 20,
                Epochs = 8,
                AngleEvery = 9,
            }
        );

        // Chance is 10 %. Two hundred images are enough to learn them, not to learn what they have in common.
        Assert.Equal(RunStatus.Finished, run.Description.Status);
        Assert.InRange(run.Epochs[0].TrainAccuracy, 0, 0.2);
        Assert.InRange(run.Epochs[^1].TrainAccuracy, 0.3, 1);
        Assert.InRange(run.Epochs[^1].TrainLoss, 0, run.Epochs[0].TrainLoss * 0.9);
        Assert.Equal([0L, 9, 18, 27, 36, 45, 54, 63, 72], run.Steps.Select(s => s.Step));
        Assert.All(run.Steps, s => Assert.Equal(rule == "bp" ? 0 : 3, s.Angles.Count));
        Assert.All(run.Steps.SelectMany(s => s.Angles), angle => Assert.InRange(angle!.Value, 0, 2));
    }

    [Fact]
    public void A_look_tells_how_far_the_folded_inverse_is_from_the_exact_one_and_that_no_transpose_stood_in_for_it()
    {
        var run = Run(Dense("folded(8)") with { Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Retraction } });

        Assert.Equal(8, run.Steps.Count);
        Assert.All(run.Steps.SelectMany(s => s.Distances), distance => Assert.InRange(distance!.Value, 0, 1));
        Assert.All(run.Steps.SelectMany(s => s.Transposes), share => Assert.Equal(0, share));
        Assert.All(
            run.Steps.Skip(1),
            s => Assert.True(s.Angles[0] > s.Distances[0], "the rule's own angle is more than what its inverse is off")
        );
        Assert.All(run.Steps, s => Assert.Equal((4, 4, 4), (s.Angles.Count, s.Distances.Count, s.Transposes.Count)));
    }

    [Fact]
    public void A_transpose_in_the_inverses_place_is_backpropagation_and_is_found_out()
    {
        var run = Run(Dense("transpose") with { AngleEvery = 2 });

        Assert.Equal([4, 4, 4, 4], run.Steps.Select(s => s.Angles.Count));
        Assert.All(run.Steps.SelectMany(s => s.Angles), angle => Assert.InRange(angle!.Value, 0, 1e-3));
        Assert.All(run.Steps.Skip(1), s => Assert.InRange(s.Distances[0]!.Value, 0.1, 90));
        Assert.All(run.Steps, s => Assert.Equal([0, 1, 1, 1], s.Transposes));
    }

    [Fact]
    public void With_the_exact_inverse_in_float64_there_is_no_distance()
    {
        var run = Run(Dense("exact") with { Precision = TorchSharp.torch.ScalarType.Float64 });

        Assert.Equal(Enumerable.Repeat(4, 8), run.Steps.Select(s => s.Distances.Count));
        Assert.All(run.Steps.SelectMany(s => s.Distances), distance => Assert.InRange(distance!.Value, 0, 1e-9));
    }

    [Theory]
    [InlineData("bp", 0, 0)]
    [InlineData("fa", 4, 0)]
    public void Rules_that_invert_nothing_have_no_distance(string rule, int angles, int distances)
    {
        var run = Run(
            Small(rule) with
            {
                Network = "dense 64, dense 64, dense 64, dense 10",
                TrainImages = 32,
                TestImages = 10,
                BatchSize = 16,
                Epochs = 1,
                AngleEvery = 1,
            }
        );

        Assert.Equal(2, run.Steps.Count);
        Assert.All(run.Steps, s => Assert.Equal((angles, distances, distances), (s.Angles.Count, s.Distances.Count, s.Transposes.Count)));
    }

    [Theory]
    [InlineData("bp")]
    [InlineData("ngait")]
    public void Gains_are_trained_at_a_rate_of_their_own(string rule)
    {
        // The first step of Adam is the step size, whatever the gradient: a gain moves by lr sqrt(fan-in), or by what is set.
        foreach (var (rate, expected) in new (double?, double)[] { (null, 1e-3 * Math.Sqrt(64)), (2e-2, 2e-2), (0, 0) })
        {
            var experiment = LearningRate(Small(rule), 1e-3) with
            {
                Network = "dense 64, dense 64, dense 10",
                Gain = UnitGain.Row,
                TrainImages = 16,
                TestImages = 10,
                BatchSize = 16,
                Epochs = 1,
            };
            using var trainer = new Trainer(
                experiment with
                {
                    Optimizer = experiment.Optimizer with { GainLr = rate, Epsilon = 1e-30 },
                },
                Data
            );
            trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

            Assert.Null(trainer.Network.Layers[0].Gain);
            var moved = (trainer.Network.Layers[1].Gain! - 1).abs().max().item<float>();
            Assert.Equal(expected, moved, 1e-5);
        }
    }

    private static Experiment Dense(string inverse) =>
        LearningRate(Small("ngait"), 1e-3) with
        {
            Network = "dense 64, dense 64, dense 64, dense 10",
            TrainImages = 64,
            TestImages = 10,
            BatchSize = 16,
            Epochs = 2,
            AngleEvery = 1,
            Orthogonality = new OrthogonalityOptions(),
            RuleOptions = new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = InverseStrategy.Parse(inverse) },
        };

    [Fact]
    public void A_run_measures_what_it_says_when_it_says()
    {
        var run = Run(Small("ngait") with { TrainImages = 64, BatchSize = 24, Epochs = 2, AngleEvery = 4 });

        Assert.Equal([0, 1, 2], run.Epochs.Select(e => e.Epoch));
        Assert.Equal([0L, 3, 6], run.Epochs.Select(e => e.Step));
        Assert.Equal([(1, 0L), (2, 4)], run.Steps.Select(s => (s.Epoch, s.Step)));
        Assert.All(run.Steps, s => Assert.Equal(4, s.Angles.Count));
        Assert.Equal([3, 3], run.Timings.Select(t => t.Steps));
        Assert.Equal((64, 300), (run.Description.Data.Train, run.Description.Data.Test));
        Assert.All(run.Epochs, e => Assert.Equal(4, e.Defects.Count));
        Assert.Equal(10, run.Description.Layers[^1].Keep);
        Assert.Equal(20, run.Description.Layers[^1].Outputs);
    }

    [Fact]
    public void The_rule_is_measured_against_backpropagation_before_the_penalty_joins_it()
    {
        // The penalty's gradient is far larger than the rule's once weights have left the orthogonal ones of the start.
        var run = Run(
            Small("ngait") with
            {
                TrainImages = 100,
                BatchSize = 25,
                Epochs = 1,
                AngleEvery = 1,
                Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Penalty, Lambda = 1e9 },
            }
        );

        Assert.Equal(4, run.Steps.Count);
        Assert.All(run.Steps.SelectMany(s => s.Angles), angle => Assert.InRange(angle!.Value, 0, 3));
    }

    [Theory]
    [InlineData(OrthogonalityKind.Penalty, 0, 1)]
    [InlineData(OrthogonalityKind.Retraction, 0, 1)]
    [InlineData(OrthogonalityKind.Retraction, 8, 1000)]
    public void The_constraint_keeps_square_layers_orthogonal_and_leaves_the_first_layer_alone(OrthogonalityKind kind, int rank, int every)
    {
        var free = FreeDefects.Value;

        var held = Run(
            Constrained(
                new OrthogonalityOptions
                {
                    Kind = kind,
                    Lambda = 100,
                    Rank = rank,
                    Every = every,
                }
            )
        )
            .Epochs[^1]
            .Defects;

        Assert.All(held.Zip(free).Skip(1).SkipLast(1), d => Assert.InRange(d.First, 0, 0.7 * d.Second));
        Assert.InRange(held[0], 0.5 * free[0], 2 * free[0]);
    }

    private static Experiment Constrained(OrthogonalityOptions orthogonality) =>
        Small("ngait") with
        {
            TrainImages = 500,
            BatchSize = 25,
            Epochs = 1,
            Orthogonality = orthogonality,
        };

    [Fact]
    public void A_run_that_is_cancelled_is_marked_interrupted_and_keeps_what_was_measured()
    {
        using var cancellation = new CancellationTokenSource();
        var stop = new Told(p =>
        {
            if (p.Step == 3)
            {
                cancellation.Cancel();
            }
        });
        using var trainer = new Trainer(Small("bp") with { TrainImages = 64, BatchSize = 8, AngleEvery = 1 }, Data);

        var interrupted = Assert.Throws<RunInterruptedException>(() => trainer.Run(_folder.Path, stop, cancellation.Token));

        Assert.Equal(3, interrupted.Step);
        var run = RunRecord.Read(Assert.Single(Directory.GetDirectories(_folder["test"])));
        Assert.Equal((RunStatus.Interrupted, null), (run.Description.Status, run.Description.Error));
        Assert.Equal([0L, 1, 2], run.Steps.Select(s => s.Step));
        Assert.Single(run.Epochs);
    }

    [Theory]
    [InlineData("bp", 1e7)]
    [InlineData("bp", 1e20)]
    [InlineData("fa", 1e9)]
    [InlineData("ngait", 1e20)]
    public void A_run_that_diverges_says_so_with_the_layer_and_the_step_and_keeps_what_was_measured(string rule, double learningRate)
    {
        var experiment = Small(rule) with { TrainImages = 64, TestImages = 50, BatchSize = 16, Epochs = 3, AngleEvery = 1 };
        var run = Run(experiment with { Optimizer = experiment.Optimizer with { LearningRate = learningRate } });

        Assert.Equal(RunStatus.Diverged, run.Description.Status);
        Assert.Matches("^[a-z]+: .*step [0-9]+.*layer [1-4]", run.Description.Error);
        Assert.DoesNotContain('\n', run.Description.Error!);
        Assert.NotEmpty(run.Epochs);
        Assert.NotEmpty(run.Steps);
    }

    [Fact]
    public void Progress_is_told_to_the_end()
    {
        var told = new List<TrainingProgress>();
        using var trainer = new Trainer(Small("bp") with { TrainImages = 64, BatchSize = 24, Epochs = 2 }, Data);

        trainer.Run(_folder.Path, new Told(told.Add), TestContext.Current.CancellationToken);

        Assert.Equal(TrainingPhase.Finished, told[^1].Phase);
        Assert.Equal(6, told[^1].Step);
        Assert.Equal([1L, 2, 3, 4, 5, 6], told.Where(p => p.Phase == TrainingPhase.Training).Select(p => p.Step));
        Assert.All(told, p => Assert.Equal((6, 2), (p.Steps, p.Epochs)));
        Assert.Equal(TimeSpan.Zero, told[^1].Remaining);
    }

    /// <summary>
    /// Held out is what another run has for test images and does not train on: both learn the same, and measure the same.
    /// </summary>
    [Fact]
    public void Images_held_out_are_measured_and_not_trained_on()
    {
        var experiment = Small("bp") with { BatchSize = 24, Epochs = 2 };
        var held = Run(experiment with { TrainImages = 80, TestImages = 50, ValidationImages = 16 });
        var rest = Data.Cut(80, 50);
        var apart = rest.With(rest.Train.HeldOut(16).Kept, rest.Train.HeldOut(16).HeldOut!);
        using var trainer = new Trainer(experiment, apart);
        var without = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((64, 16, 50), (held.Description.Data.Train, held.Description.Data.Validation, held.Description.Data.Test));
        Assert.Equal("64 training, 16 validation and 50 test images", held.Description.Data.Images);
        Assert.Equal(3, held.Epochs.Count);
        Assert.Equal(
            without.Epochs.Select(e => (e.TrainLoss, e.TrainAccuracy, (double?)e.TestLoss, (double?)e.TestAccuracy, e.TestTop5)),
            held.Epochs.Select(e => (e.TrainLoss, e.TrainAccuracy, e.ValidationLoss, e.ValidationAccuracy, e.ValidationTop5))
        );
        Assert.All(without.Epochs, e => Assert.Null(e.ValidationAccuracy));
        Assert.DoesNotContain("validation", File.ReadAllText(Path.Combine(without.Folder, "metrics.jsonl")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        64,
        600,
        "validationImages 64 is not possible: they are held out of the 64 trainImages, of which one at least must be left."
    )]
    [InlineData(null, 600, "validationImages 600 is not possible: there are 600 training images, and one at least must be left.")]
    [InlineData(null, -1, "validationImages -1 is not possible: it must be 0 or more.")]
    public void Some_image_must_be_left_to_train_on(int? train, int held, string error) =>
        Assert.Equal(
            error,
            Assert
                .Throws<GaitPropException>(() =>
                    new Trainer(Small("bp") with { TrainImages = train, ValidationImages = Math.Min(held, train ?? held) }, Data)
                )
                .Message
        );

    /// <summary>A linear network of two layers is one matrix: its logits on every image are that matrix's.</summary>
    [Fact]
    public void A_network_of_linear_activation_is_one_linear_map()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var trainer = new Trainer(
            Small("bp") with
            {
                Network = "dense 40, dense 30, dense 10",
                Activation = HiddenActivation.Linear,
            },
            Data
        );
        var x = Numbers.Normal(1, 5, 3072).to(TorchSharp.torch.ScalarType.Float32);
        var layers = trainer.Network.Layers;

        var expected = x.matmul(layers[0].Weight.t()).matmul(layers[1].Weight.t()).matmul(layers[2].Weight.t());

        Numbers.AssertClose(expected, trainer.Network.Predict(x), 1e-5);
        using var published = new Trainer(Small("bp") with { Network = "dense 40, dense 30, dense 10" }, Data);
        Assert.InRange(Numbers.RelativeError(expected, published.Network.Predict(x)), 0.1, 10);
    }

    /// <summary>In the buffer of one image nothing is shuffled, so both epochs see the same batches in the files' order.</summary>
    [Fact]
    public void The_order_of_an_epoch_is_drawn_through_the_buffer()
    {
        double[] Losses(int? buffer) => [.. Run(AtRest with { ShuffleBuffer = buffer }).Steps.Select(s => s.Loss)];

        var still = Losses(1);
        Assert.All(still.Take(3).Zip(still.Skip(3)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.NotEqual(still[0], Losses(null)[0], 1e-6);
        Assert.NotEqual(still[0], Losses(20)[0], 1e-6);
    }

    [Fact]
    public void Training_images_are_changed_anew_in_each_epoch_and_those_that_are_measured_on_are_not()
    {
        var experiment = AtRest with { ShuffleBuffer = 1 };
        var still = Run(experiment);
        foreach (var changing in new[] { experiment with { Mirror = true }, experiment with { Shift = 3 } })
        {
            var changed = Run(changing);

            Assert.All(
                changed.Steps.Zip(still.Steps),
                s => Assert.InRange(Math.Abs(s.First.Loss - s.Second.Loss), 1e-6, 0.1 * s.Second.Loss)
            );
            Assert.All(changed.Steps.Take(3).Zip(changed.Steps.Skip(3)), s => Assert.NotEqual(s.First.Loss, s.Second.Loss, 1e-6));
            Assert.All(
                changed.Epochs.Zip(still.Epochs),
                e =>
                {
                    Assert.Equal(e.First.TrainLoss, e.Second.TrainLoss, 1e-6);
                    Assert.Equal(e.First.TestLoss, e.Second.TestLoss, 1e-6);
                }
            );
        }
    }

    [Fact]
    public void A_shift_of_a_whole_side_is_one_line() =>
        Assert.Equal(
            "shift 32 is not possible: the images are 32 x 32 pixels, and it must be less than a side.",
            Assert.Throws<GaitPropException>(() => new Trainer(Small("bp") with { Shift = 32 }, Data)).Message
        );

    [Fact]
    public void A_rule_that_inverts_needs_square_layers() =>
        Assert.Contains(
            "use explicit or implicit auxiliary units",
            Assert.Throws<GaitPropException>(() => new Trainer(Small("ngait") with { Auxiliary = AuxiliaryUnits.None }, Data)).Message,
            StringComparison.Ordinal
        );

    /// <summary>Else the first step refuses it, after a folder, a checkpoint and a look at all images.</summary>
    [Fact]
    public void The_literal_form_refuses_implicit_auxiliary_units_before_there_is_a_run()
    {
        var experiment = Small("ngait") with
        {
            TrainImages = 20,
            TestImages = 10,
            Auxiliary = AuxiliaryUnits.Implicit,
            Orthogonality = new OrthogonalityOptions(),
            RuleOptions = new NormalisedGaitOptions { Form = TargetForm.Literal },
        };

        Assert.Equal(
            "layer 4: the literal form rebuilds activations from all units, and this layer's auxiliary units are implicit; "
                + "use explicit ones, or the displacement form.",
            Assert.Throws<GaitPropException>(() => Run(experiment)).Message
        );
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));

        // Layers that are square by themselves have no such units, and the first one's are never rebuilt.
        using var square = new Trainer(experiment with { Network = "dense 10, dense 10" }, Data);
        Assert.All(square.Network.Layers.Skip(1), l => Assert.Equal(AuxiliaryUnits.None, l.Auxiliary));
    }

    [Fact]
    public void A_batch_larger_than_any_set_has_all_images()
    {
        var run = Run(Small("bp") with { TrainImages = 64, TestImages = 10, BatchSize = int.MaxValue, Epochs = 2 });

        Assert.Equal([(1, 1), (2, 1)], run.Timings.Select(t => (t.Epoch, t.Steps)));
    }

    /// <summary>Two epochs of three steps that move the weights by next to nothing: losses differ by what is seen alone.</summary>
    private static Experiment AtRest =>
        Small("bp") with
        {
            TrainImages = 64,
            TestImages = 50,
            BatchSize = 24,
            Epochs = 2,
            AngleEvery = 1,
            Optimizer = new() { LearningRate = 1e-12 },
        };

    internal static Experiment Small(string rule)
    {
        var published = Presets.Experiment("imagenet", rule, "fast");
        return published with
        {
            Name = "test",
            Network = FourLayers,
            Auxiliary = rule is "tp" ? AuxiliaryUnits.Implicit : published.Auxiliary,
            Optimizer = published.Optimizer with { LearningRate = 3e-4 },
            Orthogonality = published.Orthogonality with { Every = 4 },
        };
    }

    private static Experiment LearningRate(Experiment experiment, double rate) =>
        experiment with
        {
            Optimizer = experiment.Optimizer with { LearningRate = rate },
        };

    private RunRecord Run(Experiment experiment)
    {
        using var trainer = new Trainer(experiment, Data);
        return trainer.Run(_folder.Path);
    }

    private static byte[] Metrics(RunRecord run)
    {
        var bytes = File.ReadAllBytes(Path.Combine(run.Folder, "metrics.jsonl"));
        Assert.All(File.ReadLines(Path.Combine(run.Folder, "metrics.jsonl")), line => JsonNode.Parse(line));
        return bytes;
    }

    private sealed class Told(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }
}
