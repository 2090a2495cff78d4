using GaitProp.Kernel.Commands;
using GaitProp.Studies;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class SweepValuesTests
{
    [Theory]
    [InlineData("1e-3..1e-6", new[] { 1e-3, 1e-4, 1e-5, 1e-6 })]
    [InlineData("1e0..1e3", new[] { 1.0, 10, 100, 1000 })]
    [InlineData("2e-7 .. 2e-8", new[] { 2e-7, 2e-8 })]
    [InlineData("1e-7..1e-7", new[] { 1e-7 })]
    [InlineData("3..6", new[] { 3.0, 4, 5, 6 })]
    [InlineData("log(1..100,3)", new[] { 1.0, 10, 100 })]
    [InlineData("3, 6,12", new[] { 3.0, 6, 12 })]
    [InlineData("0", new[] { 0.0 })]
    public void Numbers_are_written_as_those_of_a_sweep_are(string text, double[] expected) =>
        Assert.Equal(expected, SweepValues.Numbers("--lambda", text));

    [Theory]
    [InlineData("", "it has no value")]
    [InlineData("1,,2", "one of its values is empty")]
    [InlineData("-1", "the values are numbers, 0 or more")]
    [InlineData("1..1000", "the values are numbers, 0 or more, at the most 100 of them")]
    [InlineData("1e-300..1e300", "the values are numbers, 0 or more, at the most 100 of them")]
    [InlineData("1e-3..5e-6", "1e-3..5e-6 is no range of whole numbers")]
    [InlineData("nan", "the values are numbers")]
    [InlineData("exact", "the values are numbers")]
    public void Others_are_one_line(string text, string why) =>
        Assert.StartsWith(
            $"--lambda {text} is not possible: {why}",
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
