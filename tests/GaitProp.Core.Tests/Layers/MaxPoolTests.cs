using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class MaxPoolTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void What_goes_on_is_torchs_own_max_pooling(int side)
    {
        using var scope = NewDisposeScope();
        using var layer = OrthogonalLayerClaims.Build(new MaxPoolDefinition(side), AuxiliaryUnits.Implicit, 3, 6, 12);
        var x = Numbers.Normal(1, 4, 3, 6, 12).requires_grad_();
        var expected = nn.functional.max_pool2d(x, [side, side]);
        var v = Numbers.Normal(2, expected.shape);
        expected.backward([v]);

        Numbers.AssertEqual(expected, layer.Forward(x));
        Numbers.AssertEqual(x.grad!, layer.Feedback(v, x.detach()));
    }

    [Theory]
    [InlineData(AuxiliaryUnits.Explicit)]
    [InlineData(AuxiliaryUnits.Implicit)]
    public void The_feedback_is_the_gradient(AuxiliaryUnits auxiliary)
    {
        using var layer = OrthogonalLayerClaims.Build(new MaxPoolDefinition(2), auxiliary, 2, 4, 6);
        OrthogonalLayerClaims.FeedbackIsTheGradient(layer);
    }

    [Fact]
    public void The_inverse_is_exact() => OrthogonalLayerClaims.TheInverseIsExact(new MaxPoolDefinition(3), 2, 6, 3);

    [Fact]
    public void Every_value_of_a_window_is_there_once_and_none_above_the_first()
    {
        using var scope = NewDisposeScope();
        using var layer = OrthogonalLayerClaims.Build(new MaxPoolDefinition(2), AuxiliaryUnits.Explicit, 1, 2, 2);
        var a = layer.Forward(tensor(new double[] { 3, 7, 7, 1, 5, 5, 5, 5 }).reshape(2, 1, 2, 2));

        // The first of equal values goes on; the others follow as they stand.
        Assert.Equal([7, 3, 7, 1, 5, 5, 5, 5], a.flatten().data<double>());
    }

    [Fact]
    public void The_update_is_backpropagations() =>
        OrthogonalLayerClaims.TheUpdateIsBackpropagations(
            "conv 3x3/1 12, maxpool 2, conv 3x3/1 20, maxpool 2, dense 40, dense 10",
            3,
            12,
            12
        );

    [Theory]
    [InlineData(
        "maxpool 2, dense 10",
        "layer 1 (maxpool 2) needs images whose sides are multiples of 2, not 7 x 6: a pixel that is left out could not be rebuilt."
    )]
    [InlineData(
        "maxpool 3,2, dense 10",
        "layer 1 (maxpool 3,2) has windows that overlap, and so no inverse: make its stride 3, or leave it out."
    )]
    [InlineData(
        "maxpool 2,3, dense 10",
        "layer 1 (maxpool 2,3) has windows that leave pixels out, and so no inverse: make its stride 2, or leave it out."
    )]
    [InlineData("dense 9, maxpool 3, dense 10", "layer 2 (maxpool 3) needs an input of channels x height x width, not 9.")]
    public void What_cannot_be_inverted_is_refused_in_one_line(string layers, string message) =>
        OrthogonalLayerClaims.IsRefused(layers, message, 3, 7, 6);

    [Fact]
    public void Without_an_input_there_is_no_way_down()
    {
        using var layer = OrthogonalLayerClaims.Build(new MaxPoolDefinition(2), AuxiliaryUnits.Implicit, 1, 2, 2);
        Assert.Equal(
            "layer 2 (maxpool 2×2) goes another way down for every input: give it the input, in Feedback or Invert.",
            Assert.Throws<GaitPropException>(() => layer.Inverted(ones(1, 1, 1, 1), InverseStrategy.Exact)).Message
        );
    }
}
