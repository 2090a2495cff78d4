using GaitProp.Figures;

namespace GaitProp.Tests.Figures;

public sealed class NetworkDrawingTests
{
    [Fact]
    public void A_layer_is_named_by_its_plan_also_where_that_is_one_word()
    {
        var drawing = NetworkDrawing.Draw([NetworkDefinition.Parse("n", [3, 8, 8], "conv 3x3/2 12, maxpool 2, mix, dense 10")]);

        Assert.Equal(
            ["n", "input 3 × 8 × 8", "1  conv 3x3/2: 12 of 12", "2  maxpool: 12 of 48", "3  mix: 12 of 12", "4  dense: 10 of 48"],
            drawing.Shapes.OfType<DrawingText>().Select(t => t.Text)
        );
    }
}
