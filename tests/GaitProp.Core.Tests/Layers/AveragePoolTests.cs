using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class AveragePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void The_Haar_transform_is_orthogonal_and_begins_with_the_average(int side)
    {
        using var scope = NewDisposeScope();
        var basis = AveragePool.Haar(side);
        Numbers.AssertClose(eye(side * side, dtype: ScalarType.Float64), basis.matmul(basis.t()), 1e-14);
        Numbers.AssertClose(full([side * side], 1.0 / side, ScalarType.Float64), basis[0], 1e-14);
    }

    [Fact]
    public void Details_of_a_window_of_two_are_its_differences()
    {
        using var scope = NewDisposeScope();
        using var layer = OrthogonalLayerClaims.Build(new AveragePoolDefinition(2), AuxiliaryUnits.Explicit, 1, 2, 2);
        var a = layer.Forward(tensor(new double[] { 9, 1, 4, 2 }).reshape(1, 1, 2, 2)).flatten();
        Numbers.AssertClose(tensor(new[] { 8.0, 5, 2, 3 }), a, 1e-15);
    }

    [Fact]
    public void What_goes_on_is_the_average_times_the_side()
    {
        using var scope = NewDisposeScope();
        using var layer = OrthogonalLayerClaims.Build(new AveragePoolDefinition(4), AuxiliaryUnits.Implicit, 3, 8, 4);
        var x = Numbers.Normal(1, 2, 3, 8, 4);
        Numbers.AssertClose(4 * nn.functional.avg_pool2d(x, [4, 4]), layer.Forward(x), 1e-14);
    }

    [Theory]
    [InlineData(AuxiliaryUnits.Explicit)]
    [InlineData(AuxiliaryUnits.Implicit)]
    public void The_feedback_is_the_gradient(AuxiliaryUnits auxiliary)
    {
        using var layer = OrthogonalLayerClaims.Build(new AveragePoolDefinition(2), auxiliary, 2, 4, 6);
        OrthogonalLayerClaims.FeedbackIsTheGradient(layer);
    }

    [Fact]
    public void The_inverse_is_exact() => OrthogonalLayerClaims.TheInverseIsExact(new AveragePoolDefinition(4), 2, 4, 8);

    [Fact]
    public void The_update_is_backpropagations() =>
        OrthogonalLayerClaims.TheUpdateIsBackpropagations(
            "conv 3x3/1 12, avgpool 2, conv 3x3/1 20, avgpool 2, dense 40, dense 10",
            3,
            12,
            12
        );

    [Theory]
    [InlineData(
        "avgpool 2, dense 10",
        "layer 1 (avgpool 2) needs images whose sides are multiples of 2, not 9 x 6: a pixel that is left out could not be rebuilt."
    )]
    [InlineData(
        "avgpool 3, dense 10",
        "layer 1 (avgpool 3) has windows of 3 pixels, which have no Haar transform: make the side a power of 2, such as 2 or 4."
    )]
    [InlineData(
        "avgpool 4,2, dense 10",
        "layer 1 (avgpool 4,2) has windows that overlap, and so no inverse: make its stride 4, or leave it out."
    )]
    public void What_cannot_be_inverted_is_refused_in_one_line(string layers, string message) =>
        OrthogonalLayerClaims.IsRefused(layers, message, 3, 9, 6);
}
