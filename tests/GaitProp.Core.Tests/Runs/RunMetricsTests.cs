namespace GaitProp.Tests.Runs;

public sealed class RunMetricsTests
{
    [Fact]
    public void The_mean_angle_is_over_the_layers_that_the_rule_computes()
    {
        Assert.Equal(2, new StepMetrics(1, 0, 1, [1, null, 3, 0]).MeanAngle);
        Assert.Equal(0.5, new StepMetrics(1, 0, 1, [0.5, 0]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, [null, 4]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, [0]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, []).MeanAngle);
    }

    /// <summary>A mixing on top trains nothing: the layer below it is the output layer.</summary>
    [Fact]
    public void Layers_on_top_that_have_no_angle_are_not_the_output_layer()
    {
        Assert.Equal(2, new StepMetrics(1, 0, 1, [1, null, 3, 0, null, null]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, [0, null]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, [null, null]).MeanAngle);
    }
}
