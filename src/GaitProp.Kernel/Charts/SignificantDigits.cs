using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>Numbers of a few digits.</summary>
internal static class SignificantDigits
{
    /// <summary>The nearest number that has no more than so many significant digits.</summary>
    /// <param name="value">A number.</param>
    /// <param name="digits">Significant digits, at least 1.</param>
    public static double Round(double value, int digits) =>
        double.Parse(value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
