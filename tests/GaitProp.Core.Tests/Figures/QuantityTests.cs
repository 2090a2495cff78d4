using GaitProp.Figures;

namespace GaitProp.Tests.Figures;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0.0, "0.0000")]
    [InlineData(2.30259, "2.3026")]
    [InlineData(9999.5, "9999.5000")]
    [InlineData(1e4, "1.00e4")]
    [InlineData(1e30, "1.00e30")]
    [InlineData(-12345.0, "-1.23e4")]
    public void Of_a_loss_without_bounds_the_power_of_ten_is_written(double loss, string written) =>
        Assert.Equal(written, Quantity.Loss.Written(loss));
}
