using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.Gait;

public sealed class GaitRuleTests
{
    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    public void Below_a_linear_layer_with_orthogonal_weights_the_target_is_gamma_times_as_far(TargetForm form)
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(
            new("n", [6], [new DenseDefinition(6), new DenseDefinition(6)]),
            AuxiliaryUnits.Explicit,
            1,
            noise: 0
        );
        using var rule = new GaitRule(new GaitOptions { Gamma = 0.01, Form = form });

        var targets = rule.Targets(network, network.Forward(Numbers.Normal(1, 4, 6)), Numbers.Normal(2, 4, 6));

        Numbers.AssertClose(0.01 * targets[1].Displacement.norm(1), targets[0].Displacement.norm(1), 1e-11);
    }
}
