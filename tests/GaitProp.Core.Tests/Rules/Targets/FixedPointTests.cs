using GaitProp.Tests.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.Targets;

/// <summary>
/// Samples are alone with their errors: one that is right has no say, and one with a small error is as good as any other.
/// </summary>
public sealed class FixedPointTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string, TargetOptions> Rules
    {
        get
        {
            var rules = new TheoryData<string, TargetOptions>();
            foreach (var form in Enum.GetValues<TargetForm>())
            {
                rules.Add("gait", new GaitOptions { Form = form, Gamma = 0.3 });
                rules.Add("absolute", new NormalisedGaitOptions { Form = form, Eta = 0.3 });
                rules.Add(
                    "relative",
                    new NormalisedGaitOptions
                    {
                        Form = form,
                        Eta = 0.3,
                        Normalisation = Normalisation.Relative,
                    }
                );
                rules.Add("published", new NormalisedGaitOptions { Form = form });
            }

            return rules;
        }
    }

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void Without_an_error_nothing_moves(string rule, TargetOptions options)
    {
        foreach (var network in Networks())
        {
            var update = FormTests.Update(options, network, Input(network, 3), zeros(3, network.Layers[^1].Keep, ScalarType.Float64));

            // Literal targets are rebuilt from activations, with rounding.
            var bound = options.Form == TargetForm.Literal ? 1e-12 : 0;
            Assert.All(
                update,
                u =>
                    Assert.True(
                        u.Weight.abs().max().item<double>() <= bound && u.Bias.abs().max().item<double>() <= bound,
                        $"{rule}: something moves"
                    )
            );
        }
    }

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void A_sample_without_an_error_has_no_say_in_a_batch(string rule, TargetOptions options)
    {
        foreach (var network in Networks())
        {
            var x = Input(network, 3);
            var gradient = Numbers.Normal(2, 3, network.Layers[^1].Keep);
            gradient[1] = 0;

            var others = tensor(new long[] { 0, 2 });
            var expected = FormTests.Update(options, network, x.index_select(0, others), gradient.index_select(0, others));

            Numbers.AssertClose(expected, FormTests.Update(options, network, x, gradient), rule == "published" ? 1e-6 : 1e-10);
        }
    }

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void A_batch_of_errors_of_different_size_learns_what_its_samples_learn_alone(string rule, TargetOptions options)
    {
        foreach (var network in Networks())
        {
            var x = Input(network, 2);
            var gradient = Numbers.Normal(2, 2, network.Layers[^1].Keep) * tensor(new[] { 1, 0.01 }).unsqueeze(1);
            var alone = Enumerable
                .Range(0, 2)
                .Select(i => FormTests.Update(options, network, x.narrow(0, i, 1), gradient.narrow(0, i, 1)))
                .ToArray();
            LayerGradient[] sum = [.. alone[0].Zip(alone[1], (u, v) => new LayerGradient(u.Weight + v.Weight, u.Bias + v.Bias))];

            Numbers.AssertClose(sum, FormTests.Update(options, network, x, gradient), rule == "published" ? 1e-6 : 1e-10);
        }
    }

    /// <summary>
    /// An image of zeros has activations of zero in a network without biases: an increment relative to them has no size, and every form must
    /// choose the same.
    /// </summary>
    [Fact]
    public void A_sample_without_activations_learns_the_same_in_every_form()
    {
        using var network = Network.Build(
            new NetworkDefinition("dense", [8], [.. new[] { 8, 7, 6, 3 }.Select(u => new DenseDefinition(u))]),
            AuxiliaryUnits.Explicit,
            seed: 1,
            ScalarType.Float64
        );
        var x = cat([zeros(1, 8, ScalarType.Float64), Numbers.Normal(1, 1, 8)]);
        var gradient = Numbers.Normal(2, 2, 3);

        var literal = FormTests.Update(Relative(TargetForm.Literal), network, x, gradient);

        Numbers.AssertClose(literal, FormTests.Update(Relative(TargetForm.Displacement), network, x, gradient), 1e-10);
        Assert.All(literal, u => Assert.True(u.Bias.abs().max().item<double>() > 0));

        static NormalisedGaitOptions Relative(TargetForm form) =>
            new()
            {
                Form = form,
                Eta = 0.3,
                Normalisation = Normalisation.Relative,
            };
    }

    private static IEnumerable<Network> Networks()
    {
        yield return SampleNetworks.Perturbed(
            new("dense", [8], [.. new[] { 8, 7, 6, 3 }.Select(u => new DenseDefinition(u))]),
            AuxiliaryUnits.Explicit,
            1
        );
        yield return SampleNetworks.Perturbed(
            new("conv", [2, 5, 4], [new ConvDefinition(3, 1, 3), new ConvDefinition(3, 2, 2), new DenseDefinition(3)]),
            AuxiliaryUnits.Explicit,
            2
        );
    }

    private static Tensor Input(Network network, int batch) => Numbers.Normal(1, [batch, .. network.Layers[0].InputShape]);
}
