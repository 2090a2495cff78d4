namespace GaitProp.Tests.Metrics;

public sealed class EvaluationTests
{
    private static readonly Evaluation Three = new(
        "three",
        "",
        "set",
        DataPart.Test,
        ["cat", "dog", "emu"],
        [
            [3L, 1, 0],
            [2, 2, 0],
            [0, 0, 0],
        ],
        1.5,
        1
    );

    [Fact]
    public void Accuracy_is_what_lies_on_the_diagonal()
    {
        Assert.Equal(8, Three.Images);
        Assert.Equal(5.0 / 8, Three.Top1);
        Assert.Equal([0.75, 0.5, null], Three.ClassAccuracy);
    }

    [Fact]
    public void A_class_is_taken_for_the_other_that_most_of_its_images_are_taken_for()
    {
        Assert.Equal((1, 1), Three.TakenFor(0));
        Assert.Equal((0, 2), Three.TakenFor(1));
        Assert.Null(Three.TakenFor(2));
    }
}
