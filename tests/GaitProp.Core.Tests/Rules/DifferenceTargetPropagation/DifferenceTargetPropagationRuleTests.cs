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

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.3)]
    public void With_the_inverse_for_its_feedback_it_is_target_propagation(double step)
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Dense, AuxiliaryUnits.None, 4);
        using var rule = new DifferenceTargetPropagationRule(
            new DifferenceTargetPropagationOptions { FeedbackRate = 0, TargetStep = step }
        );
        rule.Prepare(network, 4);
        foreach (var (layer, feedback) in network.Layers.Zip(rule.Feedback))
        {
            feedback.copy_(linalg.inv(layer.Weight).t());
        }

        var trace = network.Forward(Numbers.Uniform(1, 6, 12));
        var error = Numbers.Normal(2, 6, 12);

        using var inverse = new TargetPropagationRule(new TargetPropagationOptions { TargetStep = step });
        Numbers.AssertClose(inverse.Update(network, trace, error), rule.Update(network, trace, error), 1e-11);
    }

    [Fact]
    public void One_update_moves_the_feedback_by_its_rate_towards_rebuilding_the_layers_inputs()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Dense, AuxiliaryUnits.None, 4);
        using var rule = new DifferenceTargetPropagationRule(new DifferenceTargetPropagationOptions { FeedbackRate = 0.5 });
        rule.Prepare(network, 4);
        Tensor[] drawn = [.. rule.Feedback.Select(f => f.clone())];
        var trace = network.Forward(Numbers.Normal(1, 20, 12));

        rule.Update(network, trace, Numbers.Normal(2, 20, 12));

        // Nothing is sent below the first layer. Above it V moves by rate / sum |u|^2 times the sum over samples of u (x - V^T u)^T.
        Numbers.AssertEqual(drawn[0], rule.Feedback[0]);
        foreach (var l in (int[])[1, 2])
        {
            var u = network.Layers[l].Activation.Inverse(trace.Activations[l]) - network.Layers[l].Bias;
            var missing = trace.Inputs[l] - u.matmul(drawn[l]);
            var moved = u.t().matmul(missing) * (0.5 / u.square().sum());
            Numbers.AssertClose(moved, rule.Feedback[l] - drawn[l], 1e-12);
        }
    }

    [Fact]
    public void At_a_rate_of_zero_the_feedback_stays_what_was_drawn()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(Dense, AuxiliaryUnits.None, 4);
        using var rule = new DifferenceTargetPropagationRule(new DifferenceTargetPropagationOptions { FeedbackRate = 0 });
        rule.Prepare(network, 4);
        Tensor[] drawn = [.. rule.Feedback.Select(f => f.clone())];

        foreach (var seed in (int[])[1, 2, 3])
        {
            rule.Update(network, network.Forward(Numbers.Normal(seed, 6, 12)), Numbers.Normal(seed + 10, 6, 12));
        }

        Assert.All(drawn.Zip(rule.Feedback), pair => Numbers.AssertEqual(pair.First, pair.Second));
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
