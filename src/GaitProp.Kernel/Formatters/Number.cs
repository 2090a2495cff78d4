using System.Globalization;

namespace GaitProp.Kernel.Formatters;

/// <summary>Numbers as cells show them.</summary>
internal static class Number
{
    /// <summary>With four significant digits: <c>0.1234</c>, <c>1.2e-9</c>, <c>12345</c>.</summary>
    public static string Short(double value) => value switch
    {
        0 => "0",
        _ when !double.IsFinite(value) => double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞",
        _ when Math.Abs(value) is >= 1e-3 and < 1e6 => value.ToString(Math.Abs(value) >= 1000 ? "0.#" : "G4", CultureInfo.InvariantCulture).Replace('-', '−'),
        _ => value.ToString("0.###e0", CultureInfo.InvariantCulture).Replace('-', '−'),
    };

    /// <summary>A whole number with groups of three digits.</summary>
    public static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00} %");

    /// <summary>An angle in degrees, or that it is undefined.</summary>
    public static string Angle(double? degrees) => degrees switch
    {
        null => "undefined",
        0 => "0°",
        < 0.001 => string.Create(CultureInfo.InvariantCulture, $"{degrees:0.0e0}°").Replace('-', '−'),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{degrees:0.000}°"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{degrees:0.00}°"),
    };

    /// <summary>Bytes in the unit that fits.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}
