using CsCheck;
using GaitProp.Rules.Backpropagation;
using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.Targets;

/// <summary>
/// The forms of the GAIT family against each other and against <see cref="PrintedRule"/>, on random networks. Increments near the size of
/// the activations carry many units across zero and make the increment factor show; published ones show the rounding.
/// </summary>
public sealed class FormTests
{
    private static readonly Gen<(NetworkDefinition Plan, int Batch, int Seed)> Cases = Gen.Select(
        SampleNetworks.Plans,
        Gen.Int[1, 3],
        Gen.Int[0, 9999]
    );

    /// <summary>
    /// Increments from a twentieth of the activations to as large as they are, and target steps to either side of the default.
    /// </summary>
    private static readonly Gen<(double Size, double Step)> LargeIncrements = Gen.Select(Gen.Double[0.05, 1], Gen.Double[0.2, 1.5]);

    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    public void Normalised_gait_is_the_printed_rule(TargetForm form) =>
        IsThePrint(form, PrintedRule.NormalisedGait, size => new NormalisedGaitOptions { Eta = size });

    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    public void Relative_normalisation_measures_eta_against_the_kept_activations(TargetForm form) =>
        IsThePrint(
            form,
            PrintedRule.RelativeGait,
            size => new NormalisedGaitOptions { Eta = size, Normalisation = Normalisation.Relative }
        );

    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    public void Gait_is_the_printed_rule(TargetForm form) =>
        IsThePrint(form, size => PrintedRule.Gait(Math.Sqrt(size)), size => new GaitOptions { Gamma = Math.Sqrt(size) });

    [Fact]
    public void At_the_published_eta_the_literal_form_is_the_displacement_form_but_for_its_rounding() =>
        Cases.Sample(
            c => WithinRounding(c, new NormalisedGaitOptions(), (distance, units) => 1e-7 * Math.Sqrt(units) / distance),
            iter: 150,
            threads: 1
        );

    [Fact]
    public void The_literal_form_of_gait_is_the_displacement_form_but_for_its_rounding() =>
        Gen.Select(Cases, Gen.Double[-3, -1])
            .Sample(
                (c, exponent) => WithinRounding(c, new GaitOptions { Gamma = Math.Pow(10, exponent) }, (_, _) => Math.Pow(10, exponent)),
                iter: 150,
                threads: 1
            );

    [Theory]
    [InlineData(Normalisation.Absolute)]
    [InlineData(Normalisation.Relative)]
    public void The_displacement_form_of_float32_is_within_a_twentieth_of_a_degree_of_float64(Normalisation normalisation) =>
        Cases.Sample(
            c =>
                With(
                    c,
                    AuxiliaryUnits.Implicit,
                    (network, x, gradient) =>
                    {
                        if (NearestToZero(network, x) < 1e-6)
                        {
                            // An activation that float32 may take for one of the other sign.
                            return;
                        }

                        var options = new NormalisedGaitOptions { Normalisation = normalisation };
                        using var single = network.As(ScalarType.Float32);
                        var exact = Update(options, network, x, gradient);
                        var angles = Numbers.Angles(
                            Update(options, single, x.to(ScalarType.Float32), gradient.to(ScalarType.Float32)),
                            exact
                        );
                        Assert.All(
                            angles.Zip(exact),
                            pair =>
                                Assert.True(
                                    pair.First < 0.05 || pair.Second.Weight.count_nonzero().item<long>() == 0,
                                    $"{pair.First} degrees"
                                )
                        );
                    }
                ),
            iter: 100,
            threads: 1
        );

    [Fact]
    public void Where_no_sign_flips_the_displacement_form_is_its_limit() =>
        Cases.Sample(
            c =>
                With(
                    c,
                    AuxiliaryUnits.Explicit,
                    (network, x, gradient) =>
                    {
                        if (NearestToZero(network, x) < 1e-6)
                        {
                            return;
                        }

                        var limit = Update(new NormalisedGaitOptions { Form = TargetForm.Limit }, network, x, gradient);
                        Numbers.AssertClose(limit, Update(new NormalisedGaitOptions { Eta = 1e-12 }, network, x, gradient), 1e-13);
                        Numbers.AssertClose(limit, Update(new GaitOptions { Gamma = 1e-9 }, network, x, gradient), 1e-13);
                        Numbers.AssertClose(limit, Update(new GaitOptions { Form = TargetForm.Limit }, network, x, gradient), 0);
                    }
                ),
            iter: 100,
            threads: 1
        );

    [Theory]
    [InlineData(TargetForm.Displacement)]
    [InlineData(TargetForm.Limit)]
    public void Implicit_auxiliary_units_are_explicit_ones_in_the_orthonormal_complement(TargetForm form) =>
        Gen.Select(Cases, Gen.Double[0.05, 1])
            .Sample(
                (c, eta) =>
                    With(
                        c,
                        AuxiliaryUnits.Implicit,
                        (network, x, gradient) =>
                        {
                            using var whole = network.WithExplicitComplement();
                            var options = new NormalisedGaitOptions { Eta = eta, Form = form };

                            var expected = Update(options, whole, x, gradient);

                            Numbers.AssertClose(KeptRows(network, expected), Update(options, network, x, gradient), 1e-10);
                            if (form == TargetForm.Displacement)
                            {
                                Numbers.AssertClose(expected, Update(options with { Form = TargetForm.Literal }, whole, x, gradient), 1e-6);
                            }
                        }
                    ),
                iter: 100,
                threads: 1
            );

    [Theory]
    [InlineData(AuxiliaryUnits.Explicit)]
    [InlineData(AuxiliaryUnits.Implicit)]
    public void On_orthogonal_weights_the_update_is_backpropagations(AuxiliaryUnits auxiliary) =>
        Cases.Sample(
            c =>
                With(
                    c,
                    auxiliary,
                    noise: 0,
                    act: (network, x, gradient) =>
                    {
                        if (NearestToZero(network, x) < 1e-6)
                        {
                            return;
                        }

                        using var rule = new BackpropagationRule();
                        var backpropagation = rule.Update(network, network.Forward(x), gradient);
                        foreach (
                            var inverse in (InverseStrategy[])[InverseStrategy.Exact, InverseStrategy.Refined(1), InverseStrategy.Transpose]
                        )
                        {
                            Numbers.AssertClose(
                                backpropagation,
                                Update(new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = inverse }, network, x, gradient),
                                1e-12
                            );
                            Numbers.AssertClose(
                                backpropagation,
                                Update(new NormalisedGaitOptions { Eta = 1e-12, Inverse = inverse }, network, x, gradient),
                                1e-12
                            );
                        }
                    }
                ),
            iter: 60,
            threads: 1
        );

    [Fact]
    public void With_the_transpose_for_the_inverse_the_limit_is_backpropagation_on_any_weights() =>
        Cases.Sample(
            c =>
                With(
                    c,
                    AuxiliaryUnits.Explicit,
                    (network, x, gradient) =>
                    {
                        using var rule = new BackpropagationRule();
                        Numbers.AssertClose(
                            rule.Update(network, network.Forward(x), gradient),
                            Update(
                                new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = InverseStrategy.Transpose },
                                network,
                                x,
                                gradient
                            ),
                            1e-13
                        );
                    }
                ),
            iter: 40,
            threads: 1
        );

    [Fact]
    public void The_output_layer_learns_as_in_backpropagation_whatever_the_form_and_the_increment() =>
        Cases.Sample(
            c =>
                With(
                    c,
                    AuxiliaryUnits.Explicit,
                    (network, x, gradient) =>
                    {
                        using var rule = new BackpropagationRule();
                        var expected = rule.Update(network, network.Forward(x), gradient)[^1];
                        foreach (var form in Enum.GetValues<TargetForm>())
                        {
                            Numbers.AssertClose(
                                [expected],
                                [
                                    Update(
                                        new NormalisedGaitOptions
                                        {
                                            Eta = 0.3,
                                            Form = form,
                                            TargetStep = 0.7,
                                        },
                                        network,
                                        x,
                                        gradient
                                    )[^1],
                                ],
                                1e-12
                            );
                        }
                    }
                ),
            iter: 40,
            threads: 1
        );

    [Fact]
    public void The_literal_form_refuses_implicit_auxiliary_units_and_names_the_layer() =>
        Assert.StartsWith(
            "layer 2: the literal form rebuilds activations from all units",
            Assert
                .Throws<GaitPropException>(() =>
                    With(
                        (new("n", [4], [new DenseDefinition(4), new DenseDefinition(2)]), 1, 1),
                        AuxiliaryUnits.Implicit,
                        (network, x, gradient) => Update(new NormalisedGaitOptions { Form = TargetForm.Literal }, network, x, gradient)
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    /// <summary>The update of a rule of the family.</summary>
    internal static LayerGradient[] Update(TargetOptions options, Network network, Tensor x, Tensor gradient)
    {
        using var rule = RuleCatalog.Create(options is GaitOptions ? "gait" : "ngait", options);
        return rule.Update(network, network.Forward(x), gradient);
    }

    /// <summary>The rows that a network with implicit auxiliary units has; the others must be zero.</summary>
    internal static LayerGradient[] KeptRows(Network network, IReadOnlyList<LayerGradient> update) =>
        [
            .. update.Zip(
                network.Layers,
                (u, layer) =>
                {
                    var (rows, more) = (layer.Weight.shape[0], u.Weight.shape[0] - layer.Weight.shape[0]);
                    if (more > 0)
                    {
                        Assert.Equal(
                            0,
                            u.Weight.narrow(0, rows, more).count_nonzero().item<long>()
                                + u.Bias.narrow(0, rows, more).count_nonzero().item<long>()
                        );
                    }

                    return new LayerGradient(
                        u.Weight.narrow(0, 0, rows),
                        u.Bias.narrow(0, 0, rows),
                        layer.UnitGain == UnitGain.Row ? u.Gain!.narrow(0, 0, rows) : u.Gain
                    );
                }
            ),
        ];

    private static void IsThePrint(TargetForm form, Func<double, PrintedRule> printed, Func<double, TargetOptions> options) =>
        Gen.Select(Cases, LargeIncrements)
            .Sample(
                (c, increment) =>
                    AgainstPrint(
                        c,
                        printed(increment.Size),
                        increment.Step,
                        options(increment.Size) with
                        {
                            TargetStep = increment.Step,
                            Form = form,
                        }
                    ),
                iter: 100,
                threads: 1
            );

    private static void AgainstPrint((NetworkDefinition, int, int) c, PrintedRule rule, double step, TargetOptions options) =>
        With(
            c,
            AuxiliaryUnits.Explicit,
            (network, x, gradient) =>
            {
                var printed = new PrintedRule { Gamma = rule.Gamma, TargetStep = step };
                var (expected, displacements) = printed.Run(network, x, gradient);

                Numbers.AssertClose(expected, Update(options, network, x, gradient), 1e-7);

                using var learning = (TargetRule)RuleCatalog.Create(options is GaitOptions ? "gait" : "ngait", options);
                var targets = learning.Targets(network, network.Forward(x), gradient);
                for (var l = 0; l < targets.Count; l++)
                {
                    var kept = network.Layers[l].Kept(targets[l].Displacement).flatten(1);
                    var found = tensor(displacements[l].SelectMany(d => d).ToArray()).reshape(x.shape[0], -1);
                    Numbers.AssertClose(found.narrow(1, 0, kept.shape[1]), kept, 1e-7, $"t - a of layer {l + 1}");
                    Assert.Equal(0, found.narrow(1, kept.shape[1], found.shape[1] - kept.shape[1]).count_nonzero().item<long>());
                }
            }
        );

    /// <summary>
    /// Follows the rounding of literal targets down the layers. A target is rebuilt from numbers as large as activations, which rounds by
    /// one part in 2^53 of those, whatever its distance; what came down from above is multiplied by the increment factor and the inverse.
    /// </summary>
    private static void WithinRounding(
        (NetworkDefinition Plan, int, int Seed) c,
        TargetOptions options,
        Func<double, long, double> incrementFactor
    ) =>
        With(
            (c.Plan, 1, c.Seed),
            AuxiliaryUnits.Explicit,
            (network, x, gradient) =>
            {
                // What is added up in an elimination of up to 75 rows.
                const double Safety = 100;
                var trace = network.Forward(x);
                using var displaced = (TargetRule)
                    RuleCatalog.Create(options is GaitOptions ? "gait" : "ngait", options with { Form = TargetForm.Displacement });
                using var literal = (TargetRule)
                    RuleCatalog.Create(options is GaitOptions ? "gait" : "ngait", options with { Form = TargetForm.Literal });
                var expected = displaced.Targets(network, trace, gradient);
                var found = literal.Targets(network, trace, gradient);
                var rounding = Math.Pow(2, -53) * (trace.Output.norm() + gradient.norm()).item<double>();
                for (var l = network.Layers.Count - 1; l >= 0; l--)
                {
                    var layer = network.Layers[l];
                    var error = (layer.Kept(found[l].Displacement) - expected[l].Displacement).norm().item<double>();
                    Assert.True(error <= Safety * rounding, $"layer {l + 1}: t - a is off by {error:g3}, its rounding is {rounding:g3}");

                    var count = layer.OverlapCount?.max().item<double>() ?? 1;
                    var inverse = 1.2 * Math.Max(count, 1);
                    var gamma = incrementFactor(expected[l].Displacement.norm().item<double>(), layer.Units);
                    var least = layer.Gain?.abs().min().item<double>() ?? 1;
                    var most = layer.Gain?.abs().max().item<double>() ?? 1;
                    var numbers =
                        (inverse * layer.Activation.Inverse(trace.Activations[l]).norm().item<double>() / least)
                        + ((1 + count) * trace.Inputs[l].norm().item<double>());
                    rounding = (Math.Pow(2, -53) * numbers) + (2 * gamma * most * most * inverse * rounding / least);
                }
            }
        );

    private static void With(
        (NetworkDefinition Plan, int Batch, int Seed) c,
        AuxiliaryUnits auxiliary,
        Action<Network, Tensor, Tensor> act,
        double noise = 0.3
    )
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(c.Plan, auxiliary, c.Seed, noise, gain: SampleNetworks.GainOf(c.Seed));
        act(network, Numbers.Normal(c.Seed, [c.Batch, .. c.Plan.InputShape]), Numbers.Normal(c.Seed + 1, c.Batch, network.Layers[^1].Keep));
    }

    private static double NearestToZero(Network network, Tensor x) => network.Forward(x).Activations.Min(a => a.abs().min().item<double>());
}
