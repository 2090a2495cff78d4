using System.Globalization;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class HeatScaleTests
{
    // Machado, Oliveira and Fernandes 2009, severity 1, in linear RGB; the first is normal sight.
    private static readonly double[][] Sights =
    [
        [1, 0, 0, 0, 1, 0, 0, 0, 1],
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    ];

    [Fact]
    public void A_right_angle_is_at_one_end_and_a_thousandth_of_a_degree_at_the_other_and_beyond_is_clamped()
    {
        Assert.Equal(0, HeatScale.Angles.Position(0.001));
        Assert.Equal(1, HeatScale.Angles.Position(90));
        Assert.Equal(HeatScale.Angles.Position(0.001), HeatScale.Angles.Position(0));
        Assert.Equal(HeatScale.Angles.Position(0.001), HeatScale.Angles.Position(-3));
        Assert.Equal(HeatScale.Angles.Position(90), HeatScale.Angles.Position(180));
        Assert.Equal(HeatScale.Colors[0], HeatScale.Angles.ColorOf(1e-9));
        Assert.Equal(HeatScale.Colors[^1], HeatScale.Angles.ColorOf(120));
    }

    [Fact]
    public void Each_power_of_ten_takes_the_same_part_of_the_scale()
    {
        var decade = HeatScale.Angles.Position(0.01);
        Assert.Equal(decade, HeatScale.Angles.Position(1) - HeatScale.Angles.Position(0.1), 12);
        Assert.Equal(decade, HeatScale.Angles.Position(10) - HeatScale.Angles.Position(1), 12);
    }

    [Fact]
    public void Shares_are_linear_from_nothing_to_all()
    {
        Assert.Equal([0, 0, 0.25, 0.5, 1, 1], ((double[])[-5, 0, 25, 50, 100, 130]).Select(HeatScale.Shares.Position));
        Assert.Equal(HeatScale.Colors[0], HeatScale.Shares.ColorOf(0));
        Assert.Equal(HeatScale.Colors[^1], HeatScale.Shares.ColorOf(100));
        Assert.Equal("share (%)", HeatScale.Shares.Title("share (%)"));
    }

    [Fact]
    public void Equal_steps_look_equal_and_never_lighter_to_normal_and_colour_blind_eyes()
    {
        foreach (var sight in Sights)
        {
            var seen = HeatScale.Colors.Select(color => Lab(color, sight)).ToList();
            var steps = seen.Zip(seen.Skip(1), (a, b) => Math.Sqrt(Square(a.L - b.L) + Square(a.A - b.A) + Square(a.B - b.B))).ToList();
            Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(pair.Second.L < pair.First.L));
            Assert.InRange(steps.Max() / steps.Min(), 1, sight == Sights[0] ? 1.15 : 2);
        }
    }

    [Fact]
    public void No_defined_value_looks_like_an_undefined_one()
    {
        var grey = Lab(HeatScale.Undefined, Sights[0]);
        foreach (var color in HeatScale.Colors)
        {
            var lab = Lab(color, Sights[0]);
            Assert.True(Math.Sqrt(Square(lab.L - grey.L) + Square(lab.A - grey.A) + Square(lab.B - grey.B)) > 0.05, color);
        }
    }

    [Fact]
    public void Numbers_stand_out_on_every_colour()
    {
        for (var value = 0.001; value <= 90; value *= 1.1)
        {
            var (paper, ink) = (Luminance(HeatScale.Angles.ColorOf(value)), Luminance(HeatScale.Angles.InkOn(value)));
            Assert.True((Math.Max(paper, ink) + 0.05) / (Math.Min(paper, ink) + 0.05) >= 4.5, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void The_ends_of_the_colour_bar_say_that_they_are_clamped_and_its_title_that_it_is_logarithmic()
    {
        Assert.Equal("≤ 0.001|0.01|0.1|1|10|≥ 90", string.Join('|', HeatScale.Angles.Ticks.Select(tick => tick.Label)));
        Assert.Equal("update angle to BP (degrees), log scale", HeatScale.Angles.Title("update angle to BP (degrees)"));
    }

    private static (double L, double A, double B) Lab(string color, double[] sight)
    {
        // OKLab, Ottosson 2020.
        var rgb = Linear(color);
        var c = Enumerable.Range(0, 3).Select(i => sight[3 * i] * rgb[0] + sight[3 * i + 1] * rgb[1] + sight[3 * i + 2] * rgb[2]).ToArray();
        var l = Math.Cbrt(0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
        var m = Math.Cbrt(0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
        var s = Math.Cbrt(0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
        return (
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
        );
    }

    private static double Luminance(string color)
    {
        var rgb = Linear(color);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    }

    private static double[] Linear(string color) =>
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i => int.Parse(color.AsSpan(1 + 2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
                .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)),
        ];

    private static double Square(double x) => x * x;
}
