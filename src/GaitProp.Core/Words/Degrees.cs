using System.Globalization;

namespace GaitProp;

/// <summary>How angles are written, wherever they stand.</summary>
internal static class Degrees
{
    /// <summary>An angle without its unit. A small one keeps the digits that tell it from zero.</summary>
    /// <param name="angle">The angle, degrees.</param>
    public static string Text(double angle) =>
        angle.ToString(
            angle switch
            {
                0 => "0",
                < 0.001 => "0.0e-0",
                < 1 => "0.000",
                _ => "0.00",
            },
            CultureInfo.InvariantCulture
        );
}
