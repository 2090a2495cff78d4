using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>A count in few characters: <c>940</c>, <c>1024</c>, <c>75.3k</c>, <c>1.05M</c>.</summary>
internal static class ShortNumber
{
    /// <summary>Three significant digits and a unit; a whole number below 10,000, which is no longer, as it is.</summary>
    /// <param name="value">A number, 0 or more.</param>
    public static string Of(double value)
    {
        if (value < 10_000 && value == Math.Floor(value))
        {
            return value.ToString("0", CultureInfo.InvariantCulture);
        }

        var (divisor, unit) = value switch
        {
            >= 999.5e6 => (1e9, "G"),
            >= 999.5e3 => (1e6, "M"),
            >= 999.5 => (1e3, "k"),
            _ => (1.0, ""),
        };
        var scaled = value / divisor;
        return scaled.ToString(
                scaled switch
                {
                    >= 99.95 => "0",
                    >= 9.995 => "0.#",
                    _ => "0.##",
                },
                CultureInfo.InvariantCulture
            ) + unit;
    }
}
