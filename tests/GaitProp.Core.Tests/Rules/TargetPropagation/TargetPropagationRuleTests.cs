using CsCheck;
using GaitProp.Tests.Networks;
using GaitProp.Tests.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.TargetPropagation;

public sealed class TargetPropagationRuleTests
{
    [Fact]
    public void The_update_is_that_of_targets_inverted_as_they_are() =>
        Gen.Select(SampleNetworks.Plans, Gen.Int[1, 3], Gen.Double[0.1, 2], Gen.Int[0, 999])
            .Sample(
                (plan, batch, step, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = SampleNetworks.Perturbed(
                        plan,
                        AuxiliaryUnits.Explicit,
                        seed,
                        noise: 0.3,
                        gain: SampleNetworks.GainOf(seed)
                    );
                    var x = Numbers.Normal(seed, [batch, .. plan.InputShape]);
                    var gradient = Numbers.Normal(seed + 1, batch, network.Layers[^1].Keep);
                    using var rule = new TargetPropagationRule(new TargetPropagationOptions { TargetStep = step });

                    var update = rule.Update(network, network.Forward(x), gradient);

                    var printed = new PrintedRule
                    {
                        Gamma = (_, _, _) => double.NaN,
                        WithoutIncrements = true,
                        TargetStep = step,
                    };
                    Numbers.AssertClose(printed.Run(network, x, gradient).Update, update, 1e-10);
                },
                iter: 80,
                threads: 1
            );

    [Fact]
    public void Implicit_auxiliary_units_give_the_same_update_as_the_orthonormal_complement() =>
        Gen.Select(SampleNetworks.Plans, Gen.Int[0, 999])
            .Sample(
                (plan, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var network = SampleNetworks.Perturbed(
                        plan,
                        AuxiliaryUnits.Implicit,
                        seed,
                        noise: 0.3,
                        gain: SampleNetworks.GainOf(seed)
                    );
                    using var whole = network.WithExplicitComplement();
                    var x = Numbers.Normal(seed, [2, .. plan.InputShape]);
                    var gradient = Numbers.Normal(seed + 1, 2, network.Layers[^1].Keep);
                    using var rule = new TargetPropagationRule(new TargetPropagationOptions());

                    var expected = rule.Update(whole, whole.Forward(x), gradient);

                    Numbers.AssertClose(FormTests.KeptRows(network, expected), rule.Update(network, network.Forward(x), gradient), 1e-10);
                },
                iter: 40,
                threads: 1
            );
}
