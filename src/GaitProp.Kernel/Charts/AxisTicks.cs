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
        var largest = Math.Max(Math.Abs(range.Min), Math.Abs(range.Max));
        var places = (int)Math.Clamp(Power(Math.Max(largest, step)) - Power(step), 0, 15);
        var ticks = new List<(double, string)>();
        for (var i = 0; i <= most; i++)
        {
            var position = (first + i) * step;
            if (position > range.Max + 1e-9 * step)
            {
                break;
            }

            ticks.Add((position == 0 ? 0 : position, Label(position, step, places)));
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

    private static double Power(double value) => Math.Floor(Math.Log10(value) + 1e-9);

    /// <summary>What stands at a tick.</summary>
    /// <param name="value">Where it is.</param>
    /// <param name="step">How far it is from the next.</param>
    /// <param name="places">The digits of the axis's largest value before the one that counts steps.</param>
    private static string Label(double value, double step, int places)
    {
        var magnitude = Math.Max(Math.Abs(value), step);

        // A power of ten is shorter, unless it would have many digits before it.
        if ((magnitude >= 1e9 || step < 1e-5) && (places <= 3 || magnitude is < 1e-3 or >= 1e15))
        {
            return Math.Abs(value) < step / 2
                ? "0"
                : value.ToString($"0.{new string('#', Math.Max(3, places))}e0", CultureInfo.InvariantCulture).Replace('-', '\u2212');
        }

        var (divisor, unit) = magnitude switch
        {
            >= 1e6 when step >= 1e4 => (1e6, "M"),
            >= 1e4 when step >= 1e2 => (1e3, "k"),
            _ => (1.0, string.Empty),
        };
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step / divisor) - 1e-9), 0, 15);
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
