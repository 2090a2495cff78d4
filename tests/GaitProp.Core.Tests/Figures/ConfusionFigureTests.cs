using GaitProp.Figures;

namespace GaitProp.Tests.Figures;

public sealed class ConfusionFigureTests
{
    [Fact]
    public void A_row_is_the_share_of_the_images_of_a_class()
    {
        var panel = Assert.Single(
            ConfusionFigure
                .Of(
                    "c",
                    Of([
                        [3, 1, 0],
                        [2, 2, 0],
                        [0, 0, 0],
                    ])
                )
                .Panels
        );

        Assert.Equal(CellValues.Shares, panel.Cells);
        Assert.Equal(["c0", "c1", "c2"], panel.X.Categories);
        Assert.Equal([75, 25, 0], panel.Series[0].Y);
        Assert.Equal([50, 50, 0], panel.Series[1].Y);
        Assert.All(panel.Series[2].Y, share => Assert.True(double.IsNaN(share), "a class without images has no shares"));
    }

    [Fact]
    public void Of_more_classes_than_there_is_room_for_the_worst_are_shown_and_the_others_together()
    {
        // Accuracies 0.5, 0.25, none, 0.75: the worst two are 0 and 1.
        var figure = ConfusionFigure.Of(
            "c",
            Of([
                [2, 0, 1, 1],
                [1, 1, 2, 0],
                [0, 0, 0, 0],
                [1, 0, 0, 3],
            ]),
            most: 2
        );

        var panel = Assert.Single(figure.Panels);
        Assert.Equal(["c0", "c1", "others"], panel.X.Categories);
        Assert.Equal([50, 0, 50], panel.Series[0].Y);
        Assert.Equal([25, 25, 50], panel.Series[1].Y);
        Assert.Contains("2 of 4 classes that are told worst", figure.Caption, StringComparison.Ordinal);
    }

    private static Evaluation Of(long[][] confusion) =>
        new("t", "step 1; float32", "set", DataPart.Train, [.. confusion.Select((_, c) => $"c{c}")], confusion, 1, 1);
}
