using GaitProp.Tests.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.DifferenceTargetPropagation;

public sealed class DifferenceTargetPropagationRuleTests
{
    private static readonly NetworkDefinition Dense = new(
        "n",
        [12],
        [new DenseDefinition(12), new DenseDefinition(12), new DenseDefinition(12)]
    );

    [Fact]
    public void With_the_inverse_for_its_feedback_it_is_target_propagation()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Dense, AuxiliaryUnits.None, 4);
        using var rule = new DifferenceTargetPropagationRule(new DifferenceTargetPropagationOptions { FeedbackRate = 0 });
        rule.Prepare(network, 4);
        foreach (var (layer, feedback) in network.Layers.Zip(rule.Feedback))
        {
            feedback.copy_(linalg.inv(layer.Weight).t());
        }

        var trace = network.Forward(Numbers.Uniform(1, 6, 12));
        var error = Numbers.Normal(2, 6, 12);

        Numbers.AssertClose(new TargetPropagationRule(new()).Update(network, trace, error), rule.Update(network, trace, error), 1e-11);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_feedback_learns_to_rebuild_a_layers_input_and_never_gets_worse_at_it(bool convolution)
    {
        using var scope = NewDisposeScope();
        var plan = convolution
            ? new NetworkDefinition("n", [2, 6, 6], [new ConvDefinition(3, 2, 6), new ConvDefinition(2, 2, 8), new DenseDefinition(5)])
            : Dense;
        using var network = SampleNetworks.Perturbed(plan, AuxiliaryUnits.None, 4);
        using var rule = new DifferenceTargetPropagationRule(new DifferenceTargetPropagationOptions());
        rule.Prepare(network, 4);
        var trace = network.Forward(Numbers.Normal(1, [20, .. plan.InputShape]));
        var error = zeros_like(trace.Output);

        // ||V^T z - x||^2 of the second layer, patch by patch: its fields do not overlap.
        double Rebuilding()
        {
            var layer = network.Layers[1];
            var z =
                layer.Activation.Inverse(trace.Activations[1])
                - layer.Bias.reshape([1, -1, .. Enumerable.Repeat(1L, (int)trace.Activations[1].dim() - 2)]);
            return (layer.Transposed(z, rule.Feedback[1]) - trace.Inputs[1]).square().sum().ToDouble();
        }

        var errors = new List<double> { Rebuilding() };
        for (var i = 0; i < 400; i++)
        {
            rule.Update(network, trace, error);
            errors.Add(Rebuilding());
        }

        Assert.All(
            errors.Zip(errors.Skip(1)),
            pair => Assert.True(pair.Second <= pair.First * (1 + 1e-12), $"{pair.First} then {pair.Second}")
        );
        Assert.True(errors[^1] < (convolution ? 0.8 : 0.2) * errors[0], $"{errors[0]} became {errors[^1]}");
    }
}
