using GaitProp.Experiments;
using GaitProp.Tests.Data;
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

        Assert.All(
            network.Layers.SelectMany(l => l.Trained).Zip(expected.Layers.SelectMany(l => l.Trained)),
            pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>())
        );
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
                    @"^layer [234] has lost orthogonality: a defect of \d+\.\d\d\d after step (16|24|32), more than 0\.1\. Rule 'ngait' inverts layers and needs a constraint: set orthogonality\.kind to retraction or penalty, or lower the learning rate\.$",
                    w
                )
        );
        Assert.All(network.Layers.Skip(1), l => Assert.True(l.Defect() > OrthogonalityConstraint.MostDefect));
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
        using var rule = RuleCatalog.Create(experiment.Rule, experiment.RuleOptions);
        rule.Prepare(network, experiment.Seed);
        using var optimizer = Optimizer.Of(network, experiment.Optimizer);
        using var constraint = new OrthogonalityConstraint(network, experiment, warn);
        for (var epoch = 1; epoch <= experiment.Epochs; epoch++)
        {
            foreach (var (images, labels) in Data.Train.Batches(experiment.BatchSize, experiment.Seed, epoch, experiment.Precision))
            {
                using var scope = NewDisposeScope();
                var trace = network.Forward(images);
                constraint.Step(optimizer, rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient));
            }
        }

        return network;
    }
}
