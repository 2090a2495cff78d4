using System.Globalization;

namespace GaitProp.Tests.Words;

public sealed class WordingTests
{
    [Fact]
    public void Numbers_are_the_same_in_every_country()
    {
        var before = CultureInfo.CurrentCulture;
        var country = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (country.NumberFormat.NumberDecimalSeparator, country.NumberFormat.NumberGroupSeparator, country.NumberFormat.NegativeSign) = (
            ",",
            ".",
            "~"
        );
        CultureInfo.CurrentCulture = country;
        try
        {
            Assert.Equal("~1.234,50", $"{-1234.5:N2}");
            Assert.Equal("-1,234.50 and 1e-07", Wording.Text($"{-1234.5:N2} and {1e-7:0e-00}"));
            Assert.Equal("-2 runs", Wording.Count(-2, "run"));

            // Messages too.
            Assert.StartsWith(
                "within(1.5): ",
                Assert.Throws<GaitPropException>(() => InverseStrategy.Within(1.5)).Message,
                StringComparison.Ordinal
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0, "0 epochs")]
    [InlineData(1, "1 epoch")]
    [InlineData(21, "21 epochs")]
    public void One_is_not_many(int number, string words) => Assert.Equal(words, Wording.Count(number, "epoch"));

    [Theory]
    [InlineData(1, "every epoch")]
    [InlineData(3, "every 3 epochs")]
    public void Every_one_has_no_number(int number, string words) => Assert.Equal(words, Wording.Every(number, "epoch"));
}
