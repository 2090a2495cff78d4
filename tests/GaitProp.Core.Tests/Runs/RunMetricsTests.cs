namespace GaitProp.Tests.Runs;

public sealed class RunMetricsTests
{
    [Fact]
    public void The_mean_angle_is_over_the_layers_that_the_rule_computes()
    {
        Assert.Equal(2, new StepMetrics(1, 0, 1, [1, null, 3, 0]).MeanAngle);
        Assert.Equal(0.5, new StepMetrics(1, 0, 1, [0.5, null]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, [null, 4]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, [0]).MeanAngle);
        Assert.Null(new StepMetrics(1, 0, 1, []).MeanAngle);
    }
}
