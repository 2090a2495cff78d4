using GaitProp.Rules.Backpropagation;
using GaitProp.Rules.DirectFeedbackAlignment;
using GaitProp.Runtime;
using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.DirectFeedbackAlignment;

public sealed class DirectFeedbackAlignmentRuleTests
{
    private static readonly NetworkDefinition Plan = new(
        "n",
        [3, 8, 8],
        [new ConvDefinition(3, 2, 16), new DenseDefinition(128), new DenseDefinition(128), new DenseDefinition(10)]
    );

    [Fact]
    public void Every_hidden_layer_learns_from_the_output_error_through_its_own_matrix()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Plan, AuxiliaryUnits.None, 3);
        using var rule = new DirectFeedbackAlignmentRule();
        rule.Prepare(network, 3);
        var trace = network.Forward(Numbers.Uniform(1, 5, 3, 8, 8));
        var error = Numbers.Normal(2, 5, 10);

        var update = rule.Update(network, trace, error);

        for (var l = 0; l < network.Layers.Count - 1; l++)
        {
            // delta of sample n, unit i: f'(z) sum_c B[i, c] e[n, c]; its sum over the batch (and positions) is the bias's gradient.
            var layer = network.Layers[l];
            var a = trace.Activations[l];
            var delta = (error.unsqueeze(1) * rule.Feedback[l].unsqueeze(0)).sum([2]).reshape(a.shape) * layer.Activation.Derivative(a);
            Numbers.AssertClose(a.dim() == 4 ? delta.sum([0, 2, 3]) : delta.sum([0]), update[l].Bias, 1e-12);
        }
    }

    /// <summary>The convolution has 16 channels of 4 x 4 pixels; the two layers above it are alike.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void The_matrices_are_of_the_seed_and_each_layer_has_its_own(int seed)
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Plan, AuxiliaryUnits.None, 3);
        using var rule = new DirectFeedbackAlignmentRule();
        rule.Prepare(network, seed);

        Assert.Equal(4, rule.Feedback.Count);
        foreach (var (l, units) in ((int[])[256, 128, 128, 10]).Index())
        {
            Numbers.AssertEqual(
                OrthogonalInitialisation.Draw(units, 10, Seeds.Derive(seed, SeedUse.Feedback, l), ScalarType.Float64),
                rule.Feedback[l]
            );
        }

        Assert.InRange(UpdateAngle.Degrees(rule.Feedback[1], rule.Feedback[2]) ?? double.NaN, 45, 135);
    }

    [Fact]
    public void The_output_layer_learns_as_in_backpropagation_and_the_others_do_not()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Plan, AuxiliaryUnits.None, 3);
        using var rule = RuleCatalog.Create("dfa");
        rule.Prepare(network, 3);
        var trace = network.Forward(Numbers.Uniform(1, 5, 3, 8, 8));
        var error = Numbers.Normal(2, 5, 10);

        var angles = Numbers.Angles(rule.Update(network, trace, error), new BackpropagationRule().Update(network, trace, error));

        Assert.Equal(0, angles[^1], 1e-6);
        Assert.All(angles[..^1], angle => Assert.InRange(angle, 60, 120));
    }

    [Fact]
    public void Below_a_layer_that_trains_nothing_the_output_layer_learns_as_in_backpropagation_too()
    {
        using var scope = NewDisposeScope();
        var plan = NetworkDefinition.Parse("n", [3, 8, 8], "conv 3,2,16, dense 128, dense 10, mix");
        using var network = Network.Build(plan, AuxiliaryUnits.None, 3, ScalarType.Float64);
        using var rule = RuleCatalog.Create("dfa");
        rule.Prepare(network, 3);
        var trace = network.Forward(Numbers.Uniform(1, 5, 3, 8, 8));
        var error = Numbers.Normal(2, 5, 10);

        var update = rule.Update(network, trace, error);
        var angles = UpdateAngle.OfLayers(network, update, new BackpropagationRule().Update(network, trace, error));

        Assert.Null(angles[3]);
        Assert.Equal(0, angles[2]!.Value, 1e-6);
        Assert.All(angles[..2], angle => Assert.InRange(angle!.Value, 60, 120));
    }
}
