using CsCheck;
using GaitProp.Rules.Backpropagation;
using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.Backpropagation;

public sealed class BackpropagationRuleTests
{
    [Theory]
    [InlineData("cifar-shallow", 32)]
    [InlineData("cifar-deep", 32)]
    [InlineData("imagenet", 64)]
    [InlineData("imagenet", 50)]
    public void The_update_is_autograds_on_the_networks_of_the_paper(string name, int side)
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Gaussian(Architectures.Define(name, [3, side, side], 10), seed: 1);
        var x = Numbers.Uniform(1, 3, 3, side, side);
        var labels = tensor(new long[] { 3, 0, 9 });
        using var rule = new BackpropagationRule();
        var trace = network.Forward(x);

        var update = rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);

        var expected = AutogradOracle.Gradients(network, x, y => nn.functional.cross_entropy(y, labels, reduction: nn.Reduction.Sum));
        Numbers.AssertClose(expected, update, 1e-12);
    }

    [Theory]
    [InlineData(AuxiliaryUnits.None)]
    [InlineData(AuxiliaryUnits.Explicit)]
    [InlineData(AuxiliaryUnits.Implicit)]
    public void The_update_is_autograds_on_any_network(AuxiliaryUnits auxiliary) =>
        Gen.Select(SampleNetworks.Plans, Gen.Int[1, 3], Gen.Int[0, 999])
            .Sample(
                (plan, batch, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = SampleNetworks.Perturbed(plan, auxiliary, seed, noise: 0.5, gain: SampleNetworks.GainOf(seed));
                    var x = Numbers.Normal(seed, [batch, .. plan.InputShape]);
                    var gradient = Numbers.Normal(seed + 1, batch, network.Layers[^1].Keep);
                    using var rule = new BackpropagationRule();

                    var update = rule.Update(network, network.Forward(x), gradient);

                    // What goes down to a layer may cancel to any small number, and has the rounding of its terms: the layer's gradient is
                    // measured beside those above it.
                    var expected = AutogradOracle.Gradients(network, x, y => (y * gradient).sum());
                    Assert.Equal(expected.Length, update.Length);
                    for (var l = 0; l < update.Length; l++)
                    {
                        var above = cat([.. expected.Skip(l).Select(layer => layer.Weight.flatten())]);
                        Numbers.AssertSmallBeside(expected[l].Weight, update[l].Weight, above, 1e-12, $"dL/dW of layer {l + 1}");
                        Numbers.AssertSmallBeside(expected[l].Bias, update[l].Bias, above, 1e-12, $"dL/db of layer {l + 1}");
                        Assert.Equal(expected[l].Gain is null, update[l].Gain is null);
                        if (expected[l].Gain is { } gain)
                        {
                            Numbers.AssertSmallBeside(gain, update[l].Gain!, above, 1e-12, $"dL/dg of layer {l + 1}");
                        }
                    }
                },
                iter: 60,
                threads: 1
            );

    [Fact]
    public void Nothing_is_wrong_and_nothing_moves()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(
            new("n", [4], [new DenseDefinition(3), new DenseDefinition(2)]),
            AuxiliaryUnits.None,
            1
        );
        using var rule = new BackpropagationRule();

        var update = rule.Update(network, network.Forward(Numbers.Normal(1, 2, 4)), zeros(2, 2, ScalarType.Float64));

        Assert.All(update, u => Assert.Equal(0, u.Weight.count_nonzero().item<long>() + u.Bias.count_nonzero().item<long>()));
    }
}
