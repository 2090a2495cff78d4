using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>A number short enough for a cell of a heat map.</summary>
internal static class CellNumber
{
    /// <summary>The number of significant digits where there is room.</summary>
    public const int MostDigits = 3;

    /// <summary>
    /// The number rounded to some significant digits, without zeros behind the last that counts: <c>12.3</c>, <c>0.004</c>, <c>2.5e−7</c>.
    /// </summary>
    /// <param name="value">A finite number.</param>
    /// <param name="digits">Significant digits, at least 1.</param>
    public static string Text(double value, int digits)
    {
        var rounded = SignificantDigits.Round(value, digits);
        var magnitude = Math.Abs(rounded);
        if (magnitude == 0)
        {
            return "0";
        }

        var format = magnitude is >= 1e-3 and < 1e5 ? "0.########" : $"0.{new string('#', digits - 1)}e0";
        return rounded.ToString(format, CultureInfo.InvariantCulture).Replace('-', '\u2212');
    }
}
