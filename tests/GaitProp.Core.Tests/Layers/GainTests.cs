using CsCheck;
using GaitProp.Layers;
using GaitProp.Rules;
using GaitProp.Rules.Backpropagation;
using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

/// <summary>Gains of units beside autograd and beside the same network with its gains multiplied into the weights.</summary>
public sealed class GainTests
{
    private static readonly Gen<(NetworkDefinition Plan, int Batch, int Seed)> Cases = Gen.Select(
        SampleNetworks.Plans,
        Gen.Int[1, 3],
        Gen.Int[0, 9999]
    );

    [Fact]
    public void A_gain_of_zero_is_refused_before_it_makes_weights_that_are_no_numbers()
    {
        using var scope = NewDisposeScope();
        using var network = Network.Build(
            new("n", [4], [new DenseDefinition(4), new DenseDefinition(2)]),
            AuxiliaryUnits.None,
            1,
            ScalarType.Float64,
            gain: UnitGain.Row
        );
        network.Layers[1].Gain![0] = 0;
        using var rule = RuleCatalog.Create("bp");
        var trace = network.Forward(Numbers.Normal(1, 3, 4));

        Assert.StartsWith(
            "layer 2: a gain is 0",
            Assert.Throws<GaitPropException>(() => rule.Update(network, trace, Numbers.Normal(2, 3, 2))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_gradient_read_off_activations_is_the_one_computed_from_the_weights() =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                using var network = SampleNetworks.Perturbed(c.Plan, AuxiliaryUnits.Implicit, c.Seed, gain: UnitGain.Row);
                var trace = network.Forward(Numbers.Normal(c.Seed, [c.Batch, .. c.Plan.InputShape]));
                foreach (var (l, layer) in network.Layers.Index())
                {
                    var delta = Numbers.Normal(c.Seed + l, trace.Activations[l].shape);
                    Numbers.AssertClose(
                        [layer.Gradient(delta, trace.Inputs[l])],
                        [layer.Gradient(delta, trace.Inputs[l], trace.Activations[l])],
                        1e-11
                    );
                }
            },
            iter: 60,
            threads: 1
        );

    [Fact]
    public void The_weighted_input_is_the_weights_times_the_input_whatever_the_gain() =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                using var network = SampleNetworks.Perturbed(c.Plan, AuxiliaryUnits.Implicit, c.Seed, gain: SampleNetworks.GainOf(c.Seed));
                using var plain = network.With((_, layer) => (layer.Weight.clone(), zeros_like(layer.Bias), null));
                var trace = network.Forward(Numbers.Normal(c.Seed, [c.Batch, .. c.Plan.InputShape]));
                foreach (var (l, layer) in network.Layers.Index())
                {
                    var u = plain.Layers[l].Activation.Inverse(plain.Layers[l].Forward(trace.Inputs[l]));
                    Numbers.AssertClose(u, layer.WeightedInput(trace.Activations[l]), 1e-11);
                }
            },
            iter: 60,
            threads: 1
        );

    /// <summary>
    /// Tensors with gaps, of another type or of autograd cannot be walked through in memory: the same mathematics as torch operations.
    /// </summary>
    [Fact]
    public void What_is_not_done_in_one_pass_over_memory_comes_to_the_same() =>
        Gen.Select(Cases, Gen.Double[0.05, 2])
            .Sample(
                (c, size) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = SampleNetworks.Perturbed(
                        c.Plan,
                        AuxiliaryUnits.Implicit,
                        c.Seed,
                        gain: SampleNetworks.GainOf(c.Seed)
                    );
                    var trace = network.Forward(Numbers.Normal(c.Seed, [c.Batch, .. c.Plan.InputShape]));
                    foreach (var (l, layer) in network.Layers.Index())
                    {
                        var a = trace.Activations[l];
                        var q = Numbers.Normal(c.Seed + l, a.shape);
                        var scale = -size * (Numbers.Normal(c.Seed + l + 1, c.Batch).abs() + 0.1);
                        var gaps = stack([a, a], -1).select(-1, 0);

                        Assert.Equal(a.numel() < 2, FusedPass.Fits(q, gaps));
                        Numbers.AssertClose(layer.TimesDerivative(q, a), layer.TimesDerivative(q, gaps), 1e-13, "v D");
                        Numbers.AssertClose(
                            ((AffineLayer)layer).WithCrossings(q, a, scale),
                            ((AffineLayer)layer).WithCrossings(q, gaps, scale),
                            1e-11,
                            "crossings"
                        );
                        Numbers.AssertClose([layer.Gradient(q, trace.Inputs[l], a)], [layer.Gradient(q, trace.Inputs[l], gaps)], 1e-12);

                        layer.Weight.requires_grad_();
                        Numbers.AssertClose(a, layer.Forward(trace.Inputs[l]).detach(), 1e-13, "activations");
                        layer.Weight.requires_grad_(false);
                    }
                },
                iter: 60,
                threads: 1
            );

    [Fact]
    public void A_gain_of_one_changes_nothing() =>
        Cases.Sample(
            c =>
            {
                using var scope = NewDisposeScope();
                using var plain = SampleNetworks.Perturbed(c.Plan, AuxiliaryUnits.Implicit, c.Seed);
                using var gained = plain.With(
                    (l, layer) =>
                        (layer.Weight.clone(), layer.Bias.clone(), l == 0 ? null : ones(layer.Weight.shape[0], ScalarType.Float64))
                );
                var x = Numbers.Normal(c.Seed, [c.Batch, .. c.Plan.InputShape]);
                var gradient = Numbers.Normal(c.Seed + 1, c.Batch, plain.Layers[^1].Keep);
                foreach (var name in KitRulesThatTrainAnything)
                {
                    using var one = RuleCatalog.Create(name);
                    using var other = RuleCatalog.Create(name);
                    one.Prepare(plain, c.Seed);
                    other.Prepare(gained, c.Seed);
                    var expected = one.Update(plain, plain.Forward(x), gradient);
                    var found = other.Update(gained, gained.Forward(x), gradient);
                    foreach (var (e, f) in expected.Zip(found))
                    {
                        Numbers.AssertClose(e.Weight, f.Weight, 1e-6, $"dL/dW of {name}");
                    }
                }
            },
            iter: 25,
            threads: 1
        );

    /// <summary>
    /// With a fixed matrix R in the place of every weight on the way down, the rules that have one share everything else with
    /// backpropagation: D included.
    /// </summary>
    [Fact]
    public void Feedback_alignment_with_the_weights_as_feedback_is_backpropagation_with_gains_too()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(
            new NetworkBuilder("n", 2, 5, 5).Conv(3, 2, 4).Dense(6).Dense(3).Definition,
            AuxiliaryUnits.None,
            5,
            gain: UnitGain.Row
        );
        var x = Numbers.Normal(1, 4, 2, 5, 5);
        var gradient = Numbers.Normal(2, 4, 3);
        using var fa = (FeedbackRule)RuleCatalog.Create("fa");
        fa.Prepare(network, 1);
        foreach (var (feedback, layer) in fa.Feedback.Zip(network.Layers))
        {
            feedback.copy_(layer.Weight);
        }

        using var bp = new BackpropagationRule();
        Numbers.AssertClose(bp.Update(network, network.Forward(x), gradient), fa.Update(network, network.Forward(x), gradient), 1e-13);
    }

    [Theory]
    [InlineData(UnitGain.Scalar, 3, 1)]
    [InlineData(UnitGain.Row, 3, 5)]
    public void A_network_has_gains_above_its_first_layer_and_where_the_plan_says_otherwise(UnitGain gain, int first, int second)
    {
        using var network = Network.Build(
            NetworkDefinition.Parse("n", [4], "dense 3 gain row, dense 2, dense 2 gain none"),
            AuxiliaryUnits.None,
            1,
            gain: gain
        );
        Assert.Equal(first, network.Layers[0].Gain!.shape[0]);
        Assert.Equal(gain, network.Layers[1].UnitGain);
        Assert.Equal(second == 5 ? 2 : 1, network.Layers[1].Gain!.shape[0]);
        Assert.Null(network.Layers[2].Gain);
        Assert.Equal(
            "dense 3 gain row, dense 2, dense 2 gain none",
            string.Join(", ", NetworkDefinition.Parse("n", [4], "dense 3 gain row, dense 2, dense 2 GAIN none").Layers)
        );
    }

    [Fact]
    public void A_gain_of_another_shape_is_refused() =>
        Assert.Equal(
            "layer 1: a gain of 3 does not fit 2 rows; give one for each, or one for all.",
            Assert
                .Throws<GaitPropException>(() =>
                    new InvertibleDense("layer 1", zeros(2, 4), zeros(2), LeakyReLU.Identity, 2, 2, [4], ones(3))
                )
                .Message
        );

    private static IReadOnlyList<string> KitRulesThatTrainAnything { get; } = ["bp", "fa", "dfa", "dtp", "tp", "ngait", "gait"];
}
