using System.Globalization;
using CsCheck;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class CellNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(90, "90")]
    [InlineData(89.97, "90")]
    [InlineData(100.25, "100")]
    [InlineData(12.3456, "12.3")]
    [InlineData(0.8, "0.8")]
    [InlineData(0.00123456, "0.00123")]
    [InlineData(0.0009999, "0.001")]
    [InlineData(0.0001, "1e−4")]
    [InlineData(2.54e-7, "2.54e−7")]
    [InlineData(-0.125, "−0.125")]
    [InlineData(123456, "1.23e5")]
    public void A_number_has_three_digits_and_no_empty_ones(double value, string text) => Assert.Equal(text, CellNumber.Text(value, 3));

    [Fact]
    public void What_stands_in_the_cell_is_the_value_to_that_many_digits() =>
        Gen.Select(Gen.Double[-12, 6], Gen.Bool, Gen.Int[1, 5])
            .Sample(
                (exponent, negative, digits) =>
                {
                    var value = (negative ? -1 : 1) * Math.Pow(10, exponent);
                    var text = CellNumber.Text(value, digits).Replace('\u2212', '-');
                    Assert.Equal(
                        double.Parse(value.ToString($"G{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
                        double.Parse(text, CultureInfo.InvariantCulture),
                        1e-9 * Math.Abs(value)
                    );
                }
            );
}
