using GaitProp.Kernel.Commands;
using GaitProp.Studies;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class SweepValuesTests
{
    [Theory]
    [InlineData("1e-3..1e-6", new[] { 1e-3, 1e-4, 1e-5, 1e-6 })]
    [InlineData("1..1000", new[] { 1.0, 10, 100, 1000 })]
    [InlineData("2e-7 .. 2e-8", new[] { 2e-7, 2e-8 })]
    [InlineData("1e-7..1e-7", new[] { 1e-7 })]
    [InlineData("3, 6,12", new[] { 3.0, 6, 12 })]
    [InlineData("0", new[] { 0.0 })]
    public void Numbers_are_listed_or_powers_of_ten(string text, double[] expected) =>
        Assert.Equal(expected, SweepValues.Numbers("--lambda", text));

    [Theory]
    [InlineData("")]
    [InlineData("1,,2")]
    [InlineData("-1")]
    [InlineData("1..5")]
    [InlineData("0..10")]
    [InlineData("1e-300..1e300")]
    [InlineData("nan")]
    public void Others_are_one_line(string text) =>
        Assert.StartsWith(
            $"--lambda {text} is not possible: write numbers",
            Assert.Throws<GaitPropException>(() => SweepValues.Numbers("--lambda", text)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_sweep_names_its_parameter()
    {
        var (over, values) = SweepValues.Parse("--over", "eta=1e-3..1e-5");
        Assert.Equal((SweepParameter.Eta, 3), (over, values.Count));
        Assert.StartsWith(
            "--over eat=1 is not possible: write one of eta, gamma, depth, defect",
            Assert.Throws<GaitPropException>(() => SweepValues.Parse("--over", "eat=1")).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<GaitPropException>(() => SweepValues.Parse("--over", "eta"));
    }
}
