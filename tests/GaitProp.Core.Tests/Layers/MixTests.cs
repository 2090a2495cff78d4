using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class MixTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(5, 3, 4)]
    public void The_matrix_is_orthogonal_and_so_is_the_layer(params int[] shape)
    {
        long[] inputShape = [.. shape.Select(s => (long)s)];
        OrthogonalLayerClaims.TheInverseIsExact(new MixDefinition(3), inputShape);
        using var layer = OrthogonalLayerClaims.Build(new MixDefinition(3), AuxiliaryUnits.Implicit, inputShape);
        OrthogonalLayerClaims.FeedbackIsTheGradient(layer);
    }

    [Fact]
    public void The_matrix_is_of_the_plans_seed_and_not_of_the_networks()
    {
        using var scope = NewDisposeScope();
        var x = Numbers.Normal(1, 2, 6);
        Numbers.AssertEqual(Mixed("mix 4", 1), Mixed("mix 4", 2));
        Numbers.AssertEqual(Mixed("mix", 1), Mixed("mix 1", 1));
        Assert.False(Mixed("mix 4", 1).allclose(Mixed("mix 5", 1)));

        Tensor Mixed(string plan, int seed)
        {
            using var network = Network.Build(
                NetworkDefinition.Parse("n", [6], $"{plan}, dense 2"),
                AuxiliaryUnits.None,
                seed,
                ScalarType.Float64
            );
            return network.Layers[0].Forward(x);
        }
    }

    [Fact]
    public void The_update_is_backpropagations() =>
        OrthogonalLayerClaims.TheUpdateIsBackpropagations("mix 2, conv 3x3/2 12, mix, dense 40, mix 5, dense 10", 3, 12, 12);

    [Fact]
    public void A_network_that_only_mixes_has_nothing_to_train() =>
        OrthogonalLayerClaims.IsRefused("mix, maxpool 2", "network n has nothing to train: give it a layer with weights.", 3, 4, 4);
}
