using System.Globalization;
using GaitProp.Figures;

namespace GaitProp.Kernel.Formatters;

/// <summary>Numbers as cells show them.</summary>
internal static class Number
{
    /// <summary>With four significant digits: <c>0.1234</c>, <c>1.2e-9</c>, <c>12345</c>.</summary>
    public static string Short(double value) => double.IsNaN(value) ? "NaN" : Quantity.Number.Write!(value).Replace('-', '−');

    /// <summary>A whole number with groups of three digits.</summary>
    public static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share) => Quantity.Share.WithUnit(share);

    /// <summary>An angle in degrees, or that it is undefined.</summary>
    public static string Angle(double? degrees) => Quantity.Angle.WithUnit(degrees).Replace('-', '−');

    /// <summary>Bytes in the unit that fits.</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1000 => Text($"{bytes} B"),
            < 1_000_000 => Text($"{bytes / 1e3:0.#} kB"),
            < 1_000_000_000 => Text($"{bytes / 1e6:0.#} MB"),
            _ => Text($"{bytes / 1e9:0.#} GB"),
        };
}
