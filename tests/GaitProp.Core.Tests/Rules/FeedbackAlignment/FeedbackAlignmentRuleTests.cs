using GaitProp.Rules.Backpropagation;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.FeedbackAlignment;

public sealed class FeedbackAlignmentRuleTests : IDisposable
{
    private const int Seed = 5;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Network _network = Network.Build(
        new("n", [3, 8, 8], [new ConvDefinition(3, 2, 16), new DenseDefinition(128), new DenseDefinition(128), new DenseDefinition(10)]),
        AuxiliaryUnits.None,
        Seed,
        ScalarType.Float64
    );

    public void Dispose()
    {
        _network.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void The_update_is_far_from_backpropagations_below_the_output_and_equal_at_it()
    {
        var angles = Numbers.Angles(Update(Seed), Backpropagation());

        Assert.Equal(0, angles[^1], 1e-6);
        Assert.All(angles[..^1], angle => Assert.InRange(angle, 60, 120));
    }

    [Fact]
    public void One_seed_gives_one_feedback_and_another_seed_another()
    {
        var first = Update(Seed);

        Numbers.AssertClose(first, Update(Seed), 0);
        Assert.All(Numbers.Angles(Update(Seed + 1), first)[..^1], angle => Assert.InRange(angle, 45, 135));
    }

    [Fact]
    public void The_feedback_is_not_the_forward_weight_although_both_come_of_one_seed()
    {
        using var rule = new FeedbackAlignmentRule(new FeedbackAlignmentOptions());
        rule.Prepare(_network, Seed);

        Assert.Equal(_network.Layers.Count, rule.Feedback.Count);
        Assert.All(
            rule.Feedback.Zip(_network.Layers),
            pair => Assert.InRange(UpdateAngle.Degrees(pair.First, pair.Second.Weight) ?? double.NaN, 45, 135)
        );
    }

    [Fact]
    public void The_update_is_backpropagation_with_the_feedback_in_the_weights_place()
    {
        // Where the forward weights are the feedback, the rule is backpropagation: put the drawn matrices into a copy of the network.
        for (var l = 0; l < _network.Layers.Count; l++)
        {
            var layer = _network.Layers[l];
            layer.Weight.copy_(
                OrthogonalInitialisation.Draw(
                    layer.Weight.shape[0],
                    layer.FanIn,
                    Seeds.Derive(Seed, SeedUse.Feedback, l),
                    ScalarType.Float64
                )
            );
        }

        Numbers.AssertClose(Backpropagation(), Update(Seed), 1e-13);
    }

    /// <summary>
    /// As in the paper's code, where each feedback matrix is initialised as a forward one, with the next layer's seed: of layers 1 to 4
    /// only 2 has the next one's shape.
    /// </summary>
    [Fact]
    public void Drawn_from_the_next_layers_seed_it_is_the_next_layers_first_weight_where_shapes_permit()
    {
        using var own = new FeedbackAlignmentRule(new FeedbackAlignmentOptions());
        using var next = new FeedbackAlignmentRule(new FeedbackAlignmentOptions { Feedback = FeedbackSource.NextLayer });
        using var network = Network.Build(
            new("n", [12], [new DenseDefinition(8), new DenseDefinition(8), new DenseDefinition(8), new DenseDefinition(3)]),
            AuxiliaryUnits.None,
            Seed,
            ScalarType.Float64
        );
        own.Prepare(network, Seed);
        next.Prepare(network, Seed);

        Numbers.AssertEqual(network.Layers[2].Weight, next.Feedback[1]);
        foreach (var other in (int[])[0, 2, 3])
        {
            Numbers.AssertEqual(own.Feedback[other], next.Feedback[other]);
        }

        // The forward weights move on; the feedback stays what it was.
        var drawn = next.Feedback[1].clone();
        network.Layers[2].Weight.zero_();
        Numbers.AssertEqual(drawn, next.Feedback[1]);
        using var again = new FeedbackAlignmentRule(new FeedbackAlignmentOptions { Feedback = FeedbackSource.NextLayer });
        again.Prepare(network, Seed);
        Numbers.AssertEqual(drawn, again.Feedback[1]);
    }

    [Fact]
    public void A_rule_that_was_not_prepared_says_so()
    {
        using var rule = new FeedbackAlignmentRule(new FeedbackAlignmentOptions());
        var trace = _network.Forward(Numbers.Uniform(1, 4, 3, 8, 8));

        Assert.Contains(
            "Prepare",
            Assert.Throws<InvalidOperationException>(() => rule.Update(_network, trace, trace.Output)).Message,
            StringComparison.Ordinal
        );
    }

    private LayerGradient[] Update(int seed)
    {
        using var rule = new FeedbackAlignmentRule(new FeedbackAlignmentOptions());
        rule.Prepare(_network, seed);
        return Update(rule);
    }

    private LayerGradient[] Backpropagation()
    {
        using var rule = new BackpropagationRule();
        return Update(rule);
    }

    private LayerGradient[] Update(LearningRule rule)
    {
        var trace = _network.Forward(Numbers.Uniform(1, 4, 3, 8, 8));
        return rule.Update(_network, trace, Loss.CrossEntropySum(trace.Output, tensor(new long[] { 1, 2, 3, 4 })).Gradient);
    }
}
