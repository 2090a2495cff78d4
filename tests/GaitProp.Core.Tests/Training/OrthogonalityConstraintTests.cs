using GaitProp.Experiments;
using GaitProp.Runtime;
using GaitProp.Tests.Data;
using GaitProp.Tests.Layers;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

public sealed class OrthogonalityConstraintTests : IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 96, test: 20);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The trainer is the oracle: the same batches in the same order, the same rule and optimiser, so the same weights to the last bit.
    /// </summary>
    [Theory]
    [InlineData("ngait", OrthogonalityKind.Retraction, UnitGain.None)]
    [InlineData("ngait", OrthogonalityKind.Penalty, UnitGain.Row)]
    [InlineData("ngait", OrthogonalityKind.None, UnitGain.None)]
    [InlineData("bp", OrthogonalityKind.Retraction, UnitGain.None)]
    public void A_loop_of_ones_own_with_the_constraint_learns_what_the_trainer_learns(string rule, OrthogonalityKind kind, UnitGain gain)
    {
        var experiment = Dense(rule) with
        {
            Orthogonality = new OrthogonalityOptions
            {
                Kind = kind,
                Rank = 4,
                Every = 5,
            },
            Gain = gain,
        };
        using var trainer = new Trainer(experiment, Data);
        using var expected = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken).LoadNetwork();

        using var network = Loop(experiment, _ => { });

        AssertSame(expected, network);
    }

    /// <summary>The formula alone is the oracle, on each layer but the first, the output layer among them.</summary>
    [Theory]
    [InlineData("ngait")]
    [InlineData("bp")]
    public void The_penalty_is_on_every_layer_above_the_first_and_is_there_before_the_optimiser(string rule)
    {
        var experiment = Dense(rule) with
        {
            Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Penalty, Lambda = 3 },
        };
        using var expected = Built(experiment);
        using var optimizer = Optimizer.Of(expected, experiment.Optimizer);
        Train(
            experiment,
            expected,
            update =>
            {
                foreach (var l in (int[])[1, 2, 3])
                {
                    OrthogonalityDefect.AddPenaltyGradient_(update[l].Weight, expected.Layers[l].Weight, 3);
                }

                optimizer.Step([.. update.SelectMany(u => u.Trained)]);
            }
        );

        using var network = Loop(experiment, _ => { });

        AssertSame(expected, network);
    }

    /// <summary>As above: of all directions at every fifth step, else of four, by probes of each layer's own.</summary>
    [Theory]
    [InlineData("ngait")]
    [InlineData("bp")]
    public void The_retraction_is_of_every_layer_above_the_first_and_comes_after_the_optimiser(string rule)
    {
        var experiment = Dense(rule) with
        {
            Orthogonality = new OrthogonalityOptions
            {
                Kind = OrthogonalityKind.Retraction,
                Rank = 4,
                Every = 5,
            },
        };
        using var expected = Built(experiment);
        using var optimizer = Optimizer.Of(expected, experiment.Optimizer);
        using var second = new SubspaceRetraction(expected.Layers[1].Weight, 4, Seeds.Derive(experiment.Seed, SeedUse.Probes, 1));
        using var third = new SubspaceRetraction(expected.Layers[2].Weight, 4, Seeds.Derive(experiment.Seed, SeedUse.Probes, 2));
        using var output = new SubspaceRetraction(expected.Layers[3].Weight, 4, Seeds.Derive(experiment.Seed, SeedUse.Probes, 3));
        Train(
            experiment,
            expected,
            update =>
            {
                optimizer.Step([.. update.SelectMany(u => u.Trained)]);
                foreach (var (l, some) in ((SubspaceRetraction[])[second, third, output]).Index())
                {
                    var weight = expected.Layers[l + 1].Weight;
                    if (optimizer.Steps % 5 == 0)
                    {
                        OrthogonalityDefect.Retract_(weight);
                    }
                    else
                    {
                        some.Apply_(weight);
                    }
                }
            }
        );

        using var network = Loop(experiment, _ => { });

        AssertSame(expected, network);
    }

    /// <summary>
    /// 24 rows are enough for eight directions to be folded. The first step retracts what the inverse found, nothing else.
    /// </summary>
    [Fact]
    public void Each_weight_of_a_layer_with_two_is_retracted_by_what_its_own_inverse_found()
    {
        LayerCatalog.Register<TwofoldDefinition>();
        var experiment = Dense("ngait") with
        {
            Network = "dense 24, twofold, dense 10",
            RuleOptions = new NormalisedGaitOptions { Inverse = InverseStrategy.Folded(8) },
            Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Retraction },
            Precision = ScalarType.Float64,
        };
        using var scope = NewDisposeScope();
        using var network = Built(experiment);
        network.Layers[1].Perturb_(0.05, 3);
        var update = UpdateOf(experiment, network);
        var found = update[1].Inversion.Defects;
        Assert.Equal(2, found.Count);
        foreach (var (weight, own) in network.Layers[1].Weights.Zip(found))
        {
            // Of T = W^T Q and F = Q - W T: with the other weight's they would not fit.
            Assert.NotNull(own);
            var q = own.Defect + weight.matmul(own.Turned.t());
            Numbers.AssertClose(own.Defect, q - weight.matmul(weight.t().matmul(q)), 1e-9);
        }

        using var expected = network.To(ScalarType.Float64);
        using var alone = Optimizer.Of(expected, experiment.Optimizer);
        alone.Step([.. update.SelectMany(u => u.Trained)]);
        foreach (var (weight, own) in expected.Layers[1].Weights.Zip(found))
        {
            own!.Retract_(weight);
        }

        using var optimizer = Optimizer.Of(network, experiment.Optimizer);
        using var constraint = new OrthogonalityConstraint(network, experiment);
        constraint.Step(optimizer, update);

        Numbers.AssertEqual(expected.Layers[1].Weights[0], network.Layers[1].Weights[0]);
        Numbers.AssertEqual(expected.Layers[1].Weights[1], network.Layers[1].Weights[1]);
    }

    /// <summary>Else an experiment without the retraction would still have one.</summary>
    [Fact]
    public void Of_rank_0_nothing_is_retracted_between_whole_retractions_also_where_the_inverse_found_directions()
    {
        var experiment = Folded(new() { Kind = OrthogonalityKind.Retraction, Rank = 0 });
        using var scope = NewDisposeScope();
        using var network = Built(experiment);
        network.Layers[1].Perturb_(0.05, 3);
        var update = UpdateOf(experiment, network);
        Assert.Contains(update, u => u.Inversion.Defects.Any(d => d is not null));

        using var expected = network.To(ScalarType.Float64);
        using var alone = Optimizer.Of(expected, experiment.Optimizer);
        alone.Step([.. update.SelectMany(u => u.Trained)]);
        using var optimizer = Optimizer.Of(network, experiment.Optimizer);
        using var constraint = new OrthogonalityConstraint(network, experiment);
        constraint.Step(optimizer, update);

        Assert.All(expected.Layers.Zip(network.Layers), l => Numbers.AssertEqual(l.First.Weights[0], l.Second.Weights[0]));
    }

    /// <summary>An inverse that finds directions of its own.</summary>
    private static Experiment Folded(OrthogonalityOptions orthogonality) =>
        Dense("ngait") with
        {
            RuleOptions = new NormalisedGaitOptions { Inverse = InverseStrategy.Folded(8) },
            Orthogonality = orthogonality,
            Precision = ScalarType.Float64,
        };

    /// <summary>The rule's update of ten samples, in the caller's dispose scope.</summary>
    private static LayerGradient[] UpdateOf(Experiment experiment, Network network)
    {
        using var rule = RuleCatalog.Create(experiment.Rule, experiment.RuleOptions);
        var trace = network.Forward(Numbers.Uniform(1, 10, 3, 32, 32));
        return rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, arange(10, ScalarType.Int64)).Gradient);
    }

    [Fact]
    public void A_layer_that_loses_orthogonality_is_told_of_once_with_a_cure()
    {
        var warnings = new List<string>();
        var experiment = Dense("ngait");
        using var network = Loop(
            experiment with
            {
                Optimizer = experiment.Optimizer with { LearningRate = 2e-2 },
                Orthogonality = new OrthogonalityOptions(),
            },
            warnings.Add
        );

        Assert.Equal(["layer 2", "layer 3", "layer 4"], warnings.Select(w => w[..7]).Distinct().Order());
        Assert.Equal(3, warnings.Count);
        Assert.All(
            warnings,
            w =>
                Assert.Matches(
                    @"^layer [234] has lost orthogonality: a defect of \d+\.\d\d\d after step (16|24|32), more than 0\.1\. Lower the learning rate, or set orthogonality\.kind to retraction or penalty, since rule 'ngait' inverts layers and needs a constraint\.$",
                    w
                )
        );
        Assert.All(network.Layers.Skip(1), l => Assert.True(l.Defect() > OrthogonalityConstraint.MostDefect));
    }

    /// <summary>The retraction takes back what the inverse has found: how many directions those are is the inverse's choice.</summary>
    [Fact]
    public void Where_the_inverse_is_folded_the_cure_is_its_number_of_directions()
    {
        var experiment = Folded(new() { Kind = OrthogonalityKind.Retraction, Every = 1000 });
        using var scope = NewDisposeScope();
        using var network = Built(experiment);
        network.Layers[1].Perturb_(0.05, 3);
        var update = UpdateOf(experiment, network);
        var warnings = new List<string>();
        using var optimizer = Optimizer.Of(network, experiment.Optimizer);
        using var constraint = new OrthogonalityConstraint(network, experiment, warnings.Add);

        // What was found once is taken off again and again, which is far too much.
        for (var step = 0; step < 16; step++)
        {
            constraint.Step(optimizer, update);
        }

        var warning = Assert.Single(warnings, w => w.StartsWith("layer 2 ", StringComparison.Ordinal));
        Assert.Contains("ruleOptions.inverse (folded(K))", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("orthogonality.rank", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ngait", OrthogonalityKind.Retraction, 1e-4)]
    [InlineData("bp", OrthogonalityKind.None, 2e-2)]
    public void Nothing_is_said_where_weights_stay_orthogonal_or_need_not_be(string rule, OrthogonalityKind kind, double rate)
    {
        var experiment = Dense(rule);
        using var network = Loop(
            experiment with
            {
                Optimizer = experiment.Optimizer with { LearningRate = rate },
                Orthogonality = new OrthogonalityOptions { Kind = kind },
            },
            w => Assert.Fail(w)
        );
    }

    [Fact]
    public void An_update_that_does_not_fit_is_one_line_before_anything_moves()
    {
        var experiment = Dense("bp");
        using var network = Built(experiment);
        using var optimizer = Optimizer.Of(network, experiment.Optimizer);
        using var constraint = new OrthogonalityConstraint(network, experiment);

        var error = Assert.Throws<GaitPropException>(() => constraint.Step(optimizer, []));

        Assert.Equal(
            "the step got 0 updates for 4 layers: there must be one for each layer of the network, from the input up.",
            error.Message
        );
        Assert.Equal(0, optimizer.Steps);
    }

    private static Experiment Dense(string rule) =>
        TrainerTests.Small(rule) with
        {
            Network = "dense 40, dense 40, dense 40, dense 10",
            BatchSize = 6,
            Epochs = 2,
        };

    private static Network Built(Experiment experiment) =>
        Network.Build(
            experiment.Define([3, 32, 32], 10),
            experiment.Auxiliary,
            experiment.Seed,
            experiment.Precision,
            gain: experiment.Gain
        );

    private static Network Loop(Experiment experiment, Action<string> warn)
    {
        var network = Built(experiment);
        using var optimizer = Optimizer.Of(network, experiment.Optimizer);
        using var constraint = new OrthogonalityConstraint(network, experiment, warn);
        Train(experiment, network, update => constraint.Step(optimizer, update));
        return network;
    }

    /// <summary>Takes the steps of an experiment, each with the rule's update.</summary>
    private static void Train(Experiment experiment, Network network, Action<LayerGradient[]> step)
    {
        using var rule = RuleCatalog.Create(experiment.Rule, experiment.RuleOptions);
        rule.Prepare(network, experiment.Seed);
        for (var epoch = 1; epoch <= experiment.Epochs; epoch++)
        {
            foreach (var (images, labels) in Data.Train.Batches(experiment.BatchSize, experiment.Seed, epoch, experiment.Precision))
            {
                using var scope = NewDisposeScope();
                var trace = network.Forward(images);
                step(rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient));
            }
        }
    }

    private static void AssertSame(Network expected, Network network) =>
        Assert.All(
            network.Layers.SelectMany(l => l.Trained).Zip(expected.Layers.SelectMany(l => l.Trained)),
            pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>())
        );
}
