using CsCheck;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class AxisTicksTests
{
    [Theory]
    [InlineData(0, 1, 6, "0|0.2|0.4|0.6|0.8|1.0")]
    [InlineData(-5, 95, 6, "0|20|40|60|80")]
    [InlineData(0, 60000, 6, "0|10k|20k|30k|40k|50k|60k")]
    [InlineData(-1, 1, 4, "−1.0|−0.5|0|0.5|1.0")]
    [InlineData(0, 5e-6, 5, "0|1e−6|2e−6|3e−6|4e−6|5e−6")]
    [InlineData(2.3025844, 2.3025956, 7, "2.302586|2.302588|2.302590|2.302592|2.302594")]
    [InlineData(999999760, 1000004240, 7, "1000000k|1000001k|1000002k|1000003k|1000004k")]
    [InlineData(1e20, 1.00001e20, 7, "1e20|1.000002e20|1.000004e20|1.000006e20|1.000008e20|1.00001e20")]
    public void Ticks_are_round_numbers(double min, double max, int most, string labels) =>
        Assert.Equal(labels, string.Join('|', AxisTicks.Of(new AxisRange(min, max), most, wholeNumbers: false).Select(tick => tick.Label)));

    [Fact]
    public void A_single_epoch_has_one_tick() => Assert.Equal([(1.0, "1")], AxisTicks.Of(new AxisRange(0.5, 1.5), 6, wholeNumbers: true));

    [Fact]
    public void Ticks_lie_inside_ascend_and_no_two_say_the_same() =>
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[1e-3, 1e7], Gen.Int[3, 12])
            .Sample(
                (min, span, most) =>
                {
                    var range = new AxisRange(min, min + span);
                    var ticks = AxisTicks.Of(range, most, wholeNumbers: false);
                    Assert.InRange(ticks.Count, 1, most + 1);
                    Assert.All(ticks, tick => Assert.InRange(tick.Position, min - 1e-6 * span, min + span + 1e-6 * span));
                    Assert.Equal(ticks.Count, ticks.Select(tick => tick.Label).Distinct().Count());
                    Assert.Equal(ticks.Select(tick => tick.Position).Order(), ticks.Select(tick => tick.Position));
                }
            );
}
