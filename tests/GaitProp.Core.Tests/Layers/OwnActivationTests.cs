using GaitProp.Tests.Networks;
using GaitProp.Tests.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

/// <summary>
/// What every layer with an activation of its own gets from <see cref="Layer"/>, which the kit's affine layers compute in passes of their
/// own: those are the oracle.
/// </summary>
public sealed class OwnActivationTests
{
    private static readonly NetworkDefinition Plan = new(
        "n",
        [9],
        [new DenseDefinition(9), new DenseDefinition(9), new DenseDefinition(7), new DenseDefinition(4)]
    );

    [Theory]
    [InlineData("gait")]
    [InlineData("ngait")]
    public void The_update_is_that_of_dense_layers_of_the_same_weights_also_where_targets_cross_the_kink(string rule)
    {
        var crossed = 0;
        foreach (var size in (double[])[0.05, 0.3, 1])
        {
            for (var seed = 1; seed <= 8; seed++)
            {
                using var scope = NewDisposeScope();
                using var dense = SampleNetworks.Perturbed(Plan, AuxiliaryUnits.Explicit, seed, noise: 0.3);
                using var own = Own(dense);
                var (x, gradient) = (Numbers.Normal(seed, 5, 9), Numbers.Normal(seed + 100, 5, 4));
                gradient.narrow(0, 2, 1).zero_();
                TargetOptions options = rule == "gait" ? new GaitOptions { Gamma = size } : new NormalisedGaitOptions { Eta = size };

                var expected = FormTests.Update(options, dense, x, gradient);

                Numbers.AssertClose(expected, FormTests.Update(options, own, x, gradient), 1e-12);
                var straight = FormTests.Update(options with { Form = TargetForm.Limit }, dense, x, gradient);
                crossed += Numbers.RelativeError(straight[0].Weight, expected[0].Weight) > 1e-3 ? 1 : 0;
            }
        }

        // In the limit nothing crosses: where a target does, the update is another one.
        Assert.InRange(crossed, 6, 24);
    }

    /// <summary>
    /// The second sample is black and biases are zero: relative to its activations it has no distance, and its factor is infinite. The
    /// third one has no error.
    /// </summary>
    [Fact]
    public void A_sample_of_an_infinite_factor_is_nudged_by_nothing()
    {
        using var scope = NewDisposeScope();
        using var dense = SampleNetworks.Perturbed(Plan, AuxiliaryUnits.Explicit, 3, noise: 0.3, biases: 0);
        using var own = Own(dense);
        var (x, gradient) = (Numbers.Normal(1, 5, 9), Numbers.Normal(2, 5, 4));
        x.narrow(0, 1, 1).zero_();
        gradient.narrow(0, 2, 1).zero_();
        var options = new NormalisedGaitOptions { Eta = 0.3, Normalisation = Normalisation.Relative };

        var expected = FormTests.Update(options, dense, x, gradient);

        Assert.True(Numbers.AllFinite(expected));
        Numbers.AssertClose(expected, FormTests.Update(options, own, x, gradient), 1e-12);
    }

    /// <summary>
    /// Worked out by hand: the first unit goes from 0.2 to -0.3, by f^-1 from 0.2 to -3, and the third from -0.1 to 0.1, by f^-1 from -1 to
    /// 0.1. The second sample is the same, and nudged nowhere.
    /// </summary>
    [Fact]
    public void A_nudge_across_the_kink_goes_down_by_both_slopes()
    {
        using var scope = NewDisposeScope();
        using var layer = new Bent(
            "layer 2",
            DenseDefinition.Sizes([4], 4, 4),
            eye(4, dtype: ScalarType.Float64),
            zeros(4, ScalarType.Float64)
        );
        var a = tensor(new[] { 0.2, 0.2, -0.1, -1, 0.2, 0.2, -0.1, -1 }).reshape(2, 4);
        var v = tensor(new[] { 1.0, -1, -40, 3, 1, -1, -40, 3 }).reshape(2, 4);

        var (delta, nudged) = layer.Nudged(v, a, tensor(new[] { -2, double.NegativeInfinity }));

        Numbers.AssertClose(tensor(new[] { 1.0, -1, -4, 0.3, 1, -1, -4, 0.3 }).reshape(2, 4), delta, 1e-14);
        Numbers.AssertClose(tensor(new[] { 6.4, -1, -2.2, 0.3, 1, -1, -4, 0.3 }).reshape(2, 4), nudged, 1e-14);
    }

    private static Network Own(Network dense) =>
        new(
            "own",
            [
                .. dense.Layers.Select(l =>
                    l.Activation.IsIdentity ? l.To(ScalarType.Float64) : new Bent(l.Name, l.Size, l.Weight.clone(), l.Bias.clone())
                ),
            ]
        );
}
