using GaitProp.Results;

namespace GaitProp.Tests.Results;

/// <summary>Student's t: the table that every textbook has.</summary>
public sealed class StudentIntervalTests
{
    [Theory]
    [InlineData(1, 12.706205)]
    [InlineData(2, 4.302653)]
    [InlineData(3, 3.182446)]
    [InlineData(4, 2.776445)]
    [InlineData(5, 2.570582)]
    [InlineData(10, 2.228139)]
    [InlineData(29, 2.045230)]
    [InlineData(100, 1.983972)]
    public void The_quantile_is_the_tables(int degrees, double expected) => Assert.Equal(expected, StudentInterval.Quantile(degrees), 1e-6);

    [Fact]
    public void Three_values_have_the_interval_that_a_calculator_finds()
    {
        var interval = StudentInterval.Of([51, 52, 54]);

        // Mean 157/3, variance (16 + 1 + 25) / 9 / 2, over the root of 3.
        Assert.Equal(157 / 3.0, interval.Mean, 1e-12);
        Assert.Equal(4.302653 * Math.Sqrt(42 / 18.0) / Math.Sqrt(3), interval.HalfWidth!.Value, 1e-5);
    }

    [Fact]
    public void One_value_has_none_and_equal_values_a_width_of_zero()
    {
        Assert.Equal((51, null), (StudentInterval.Of([51]).Mean, StudentInterval.Of([51]).HalfWidth));
        Assert.Equal(0, StudentInterval.Of([51, 51, 51]).HalfWidth);
    }
}
