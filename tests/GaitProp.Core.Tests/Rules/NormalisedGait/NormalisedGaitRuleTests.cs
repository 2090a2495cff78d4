using GaitProp.Tests.Networks;
using GaitProp.Tests.Rules.Targets;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.NormalisedGait;

public sealed class NormalisedGaitRuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Network _square = SampleNetworks.Perturbed(
        new("square", [16], [new DenseDefinition(16), new DenseDefinition(16), new DenseDefinition(16)]),
        AuxiliaryUnits.Explicit,
        1,
        noise: 0
    );

    public void Dispose()
    {
        _square.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    public void The_targets_below_the_output_lie_eta_from_their_activations_however_large_the_error(TargetForm form)
    {
        // The output is linear and the weights orthogonal: the nudge of length gamma ||t - a|| = eta sqrt(units) goes down as it is.
        using var rule = new NormalisedGaitRule(new NormalisedGaitOptions { Eta = 1e-4, Form = form });
        var gradient = Numbers.Normal(2, 5, 16) * tensor(new[] { 1e3, 1, 0.1, 1e-2, 1e-3 }).unsqueeze(1);

        var below = rule.Targets(_square, _square.Forward(Numbers.Normal(1, 5, 16)), gradient)[1].Displacement;

        var rootMeanSquare = below.square().mean([1]).sqrt();
        Assert.All(rootMeanSquare.data<double>().ToArray(), distance => Assert.Equal(1e-4, distance, 1e-10));
    }

    [Fact]
    public void Relative_normalisation_puts_them_at_eta_times_the_size_of_the_activations()
    {
        using var rule = new NormalisedGaitRule(new NormalisedGaitOptions { Eta = 1e-4, Normalisation = Normalisation.Relative });
        var trace = _square.Forward(Numbers.Normal(1, 5, 16));

        var below = rule.Targets(_square, trace, Numbers.Normal(2, 5, 16))[1].Displacement;

        Numbers.AssertClose(1e-4 * trace.Output.norm(1), below.norm(1), 1e-12);
    }

    [Fact]
    public void The_increment_factor_counts_auxiliary_units_and_uses_the_norm_itself()
    {
        using var rule = new NormalisedGaitRule(new NormalisedGaitOptions { Eta = 1e-3 });

        var gamma = rule.IncrementFactor(tensor(new[] { 1.0, 4.0 }), ones(2, 3, ScalarType.Float64), units: 100);

        Assert.Equal([1e-2, 2.5e-3], gamma.data<double>().ToArray().Select(g => Math.Round(g, 12)));
    }

    [Fact]
    public void Relative_normalisation_has_no_scale_and_the_papers_has_one()
    {
        var x = Numbers.Normal(1, 4, 16);
        var gradient = Numbers.Normal(2, 4, 16);
        using var small = _square.With((_, layer) => (layer.Weight.clone(), layer.Bias * 1e-3, null));
        var relative = new NormalisedGaitOptions { Eta = 0.3, Normalisation = Normalisation.Relative };
        var absolute = new NormalisedGaitOptions { Eta = 0.3 };

        var relativeAngles = Numbers.Angles(
            FormTests.Update(relative, small, x * 1e-3, gradient),
            FormTests.Update(relative, _square, x, gradient)
        );
        var absoluteAngles = Numbers.Angles(
            FormTests.Update(absolute, small, x * 1e-3, gradient),
            FormTests.Update(absolute, _square, x, gradient)
        );

        Assert.All(relativeAngles, angle => Assert.Equal(0, angle, 1e-8));
        Assert.InRange(absoluteAngles[0], 5, 180);
    }

    [Fact]
    public void A_layer_that_is_not_square_is_refused_by_name()
    {
        using var flat = SampleNetworks.Perturbed(new("n", [4], [new DenseDefinition(4), new DenseDefinition(2)]), AuxiliaryUnits.None, 1);

        var e = Assert.Throws<GaitPropException>(() =>
            FormTests.Update(new NormalisedGaitOptions(), flat, Numbers.Normal(1, 1, 4), Numbers.Normal(1, 1, 2))
        );
        Assert.Equal("layer 2 has 2 outputs and 4 inputs: only a square layer can be inverted.", e.Message);
    }
}
