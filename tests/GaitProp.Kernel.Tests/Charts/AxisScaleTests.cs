using System.Globalization;
using CsCheck;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class AxisScaleTests
{
    /// <summary>
    /// Powers of ten where there are many, their doubles and fives where there are few, round numbers within one; of a few whole numbers,
    /// which are measured at nothing between them, the numbers themselves.
    /// </summary>
    [Theory]
    [InlineData(new[] { 1e-12, 1e-3 }, 5, "1e−12|1e−10|1e−8|1e−6|1e−4")]
    [InlineData(new[] { 1.0, 9.6 }, 7, "1|2|5|10")]
    [InlineData(new[] { 1.0, 1000 }, 7, "1|10|100|1000")]
    [InlineData(new[] { 1.1, 1.8 }, 4, "1.2|1.4|1.6|1.8")]
    [InlineData(new[] { 0.97, 1.02 }, 5, "0.98|1|1.02")]
    [InlineData(new[] { 3.0 }, 7, "1|2|5")]
    [InlineData(new[] { 2.0, 4, 8, 16, 32, 50 }, 6, "2|4|8|16|32|50")]
    [InlineData(new[] { 2.0, 4, 8, 16, 32, 50 }, 4, "2|8|32")]
    [InlineData(new[] { 3.0, 3, 12, 6 }, 7, "3|6|12")]
    [InlineData(new[] { 1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 7, "1|3|5|7|9")]
    [InlineData(new[] { 50.0, 51, 52, 400 }, 7, "50|100|200")]
    [InlineData(new[] { 3.0, 40 }, 7, "5|10|20")]
    [InlineData(new[] { 7e-4, 9e-4 }, 7, "7e−4|7.5e−4|8e−4|8.5e−4|0.0009")]
    [InlineData(new[] { 1.1e-5, 1.7e-5 }, 7, "1.1e−5|1.2e−5|1.3e−5|1.4e−5|1.5e−5|1.6e−5|1.7e−5")]
    [InlineData(new[] { 1.02e-3, 1.06e-3 }, 5, "0.00102|0.00103|0.00104|0.00105|0.00106")]
    public void Ticks_are_round_numbers(double[] values, int most, string labels)
    {
        var scale = new AxisScale(new Axis("values") { IsLogarithmic = true }, values);

        Assert.Equal(labels, string.Join('|', scale.Ticks(scale.Range(values, 0.04), most).Select(tick => tick.Label)));
    }

    [Theory]
    [InlineData(0.01, 90.0, new[] { 0.0, 30 }, "≤ 0.01|0.1|1|10|90")]
    [InlineData(1e-3, null, new[] { 1e-5, 0.5 }, "≤ 0.001|0.01|0.1")]
    [InlineData(null, null, new[] { 0.0, 3e-8, 40 }, "≤ 1e−8|1e−6|1e−4|0.01|1|100")]
    public void What_is_below_the_axis_stands_on_its_first_tick_which_says_so(double? from, double? to, double[] values, string labels)
    {
        var scale = new AxisScale(
            new Axis("angle")
            {
                IsLogarithmic = true,
                From = from,
                To = to,
            },
            values
        );
        var ticks = scale.Ticks(scale.Range(values, 0.06), 7);

        Assert.Equal(labels, string.Join('|', ticks.Select(tick => tick.Label)));
        Assert.Equal(ticks[0].Position, scale.Place(values[0]), 1e-9);
        Assert.True(scale.IsBelow(values[0]));
    }

    [Theory]
    [InlineData(new[] { 1e-250 }, "5e−251|1e−250|2e−250")]
    [InlineData(new[] { 1e220 }, "5e219|1e220|2e220")]
    [InlineData(new[] { 5e-324 }, "≤ 0.001|0.002")]
    [InlineData(new[] { double.MaxValue }, "6e307|8e307|1e308|1.2e308|1.4e308|1.6e308")]
    [InlineData(new[] { 1e-3, 1e300 }, "1e−15|1e32|1e79|1e126|1e173|1e220|1e267")]
    public void Values_at_the_end_of_all_numbers_have_an_axis_that_holds_them(double[] values, string labels)
    {
        var scale = new AxisScale(new Axis("values") { IsLogarithmic = true }, values);
        var range = scale.Range(values, 0.04);

        Assert.Equal(labels, string.Join('|', scale.Ticks(range, 7).Select(tick => tick.Label)));
        Assert.All(values, value => Assert.InRange(scale.Place(value), range.Min, range.Max));
        Assert.All([range.Min, range.Max], place => Assert.True(double.IsNormal(scale.Value(place))));
    }

    [Fact]
    public void Ticks_lie_inside_ascend_and_are_no_more_than_asked_for() =>
        Gen.Select(Gen.Double[-14, 6], Gen.Double[0.2, 20], Gen.Int[3, 9])
            .Sample(
                (power, span, most) =>
                {
                    double[] values = [Math.Pow(10, power), Math.Pow(10, power + span)];
                    var scale = new AxisScale(new Axis("values") { IsLogarithmic = true }, values);
                    var range = scale.Range(values, 0.04);
                    var ticks = scale.Ticks(range, most);
                    Assert.InRange(ticks.Count, 1, most + 1);
                    Assert.All(ticks, tick => Assert.InRange(tick.Position, range.Min - 1e-6, range.Max + 1e-6));
                    Assert.All(
                        ticks,
                        tick =>
                            Assert.Equal(
                                tick.Position,
                                Math.Log10(double.Parse(tick.Label.Replace('−', '-'), CultureInfo.InvariantCulture)),
                                1e-5
                            )
                    );
                    Assert.Equal(ticks.Select(tick => tick.Position).Order(), ticks.Select(tick => tick.Position));
                    Assert.Equal(values[0], scale.Value(scale.Place(values[0])), values[0] * 1e-9);
                }
            );

    [Fact]
    public void An_axis_of_equal_distances_leaves_values_as_they_are()
    {
        var scale = new AxisScale(new Axis("values"), [1, 2]);

        Assert.Equal((-7, -7, false), (scale.Place(-7), scale.Value(-7), scale.IsBelow(-7)));
    }
}
