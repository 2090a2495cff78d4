using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>Round numbers along an axis: steps of 1, 2 or 5 times a power of ten.</summary>
internal static class AxisTicks
{
    /// <summary>The ticks of an axis.</summary>
    /// <param name="range">What the axis shows.</param>
    /// <param name="most">The largest number of ticks.</param>
    /// <param name="wholeNumbers">Whether only whole numbers make sense: steps and epochs.</param>
    /// <returns>Positions and what stands at them, at least one inside most ranges.</returns>
    public static IReadOnlyList<(double Position, string Label)> Of(AxisRange range, int most, bool wholeNumbers)
    {
        var step = Step(range, most, wholeNumbers);
        var first = Math.Ceiling(range.Min / step - 1e-9);
        var ticks = new List<(double, string)>();
        for (var i = 0; i <= most; i++)
        {
            var position = (first + i) * step;
            if (position > range.Max + 1e-9 * step)
            {
                break;
            }

            ticks.Add((position == 0 ? 0 : position, Label(position, step)));
        }

        return ticks;
    }

    private static double Step(AxisRange range, int most, bool wholeNumbers)
    {
        var rough = (range.Max - range.Min) / Math.Max(1, most);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = 10 * power;
        foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5])
        {
            if (factor * power >= rough * (1 - 1e-9))
            {
                step = factor * power;
                break;
            }
        }

        return wholeNumbers ? Math.Max(1, step) : step;
    }

    private static string Label(double value, double step)
    {
        var magnitude = Math.Max(Math.Abs(value), step);
        if (magnitude >= 1e9 || step < 1e-5)
        {
            return Math.Abs(value) < step / 2 ? "0" : value.ToString("0.###e0", CultureInfo.InvariantCulture).Replace('-', '\u2212');
        }

        var (divisor, unit) = magnitude switch
        {
            >= 1e6 when step >= 1e4 => (1e6, "M"),
            >= 1e4 when step >= 1e2 => (1e3, "k"),
            _ => (1.0, string.Empty),
        };
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step / divisor) - 1e-9), 0, 8);
        var text = (value / divisor).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        if (unit.Length > 0 && text.Contains('.', StringComparison.Ordinal))
        {
            text = text.TrimEnd('0').TrimEnd('.');
        }

        if (text.Trim('-', '0', '.').Length == 0)
        {
            return "0";
        }

        return (text + unit).Replace('-', '\u2212');
    }
}
