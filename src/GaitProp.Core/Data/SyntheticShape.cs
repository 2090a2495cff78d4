using System.Runtime.CompilerServices;

namespace GaitProp.Data;

/// <summary>The ten shapes of <see cref="SyntheticImages"/>; the number of a shape is the class number of its images.</summary>
internal enum SyntheticShape
{
    Disc,
    Ring,
    Square,
    Frame,
    Diamond,
    Triangle,
    Cross,
    Saltire,
    Bars,
    Columns,
}

/// <summary>Where the shapes are.</summary>
internal static class SyntheticShapes
{
    private const double RootOfHalf = 0.70710678118654752;

    /// <summary>
    /// How deep a point lies inside a shape, in units of the shape's radius: positive inside, zero on the outline, negative outside.
    /// Only + - * / and square roots, which IEEE 754 rounds the same way on every machine.
    /// </summary>
    /// <param name="shape">The shape, centred on the origin, about 1 in radius.</param>
    /// <param name="x">To the right.</param>
    /// <param name="y">Downwards.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Depth(SyntheticShape shape, double x, double y) =>
        shape switch
        {
            SyntheticShape.Disc => 0.95 - Radius(x, y),
            SyntheticShape.Ring => 0.17 - Math.Abs(Radius(x, y) - 0.83),
            SyntheticShape.Square => 0.85 - Reach(x, y),
            SyntheticShape.Frame => 0.15 - Math.Abs(Reach(x, y) - 0.75),
            SyntheticShape.Diamond => (1.1 - Math.Abs(x) - Math.Abs(y)) * RootOfHalf,
            SyntheticShape.Triangle => Math.Min(0.75 - y, ((y + 1.0) - (1.75 * Math.Abs(x))) * 0.5),
            SyntheticShape.Cross => Plus(x, y),
            SyntheticShape.Saltire => Plus((x + y) * RootOfHalf, (x - y) * RootOfHalf),
            SyntheticShape.Bars => Stripes(x, y),
            SyntheticShape.Columns => Stripes(y, x),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Radius(double x, double y) => Math.Sqrt((x * x) + (y * y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Reach(double x, double y) => Math.Max(Math.Abs(x), Math.Abs(y));

    /// <summary>Two beams across each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Plus(double x, double y)
    {
        const double halfWidth = 0.27;
        return Math.Max(Math.Min(1.0 - Math.Abs(x), halfWidth - Math.Abs(y)), Math.Min(1.0 - Math.Abs(y), halfWidth - Math.Abs(x)));
    }

    /// <summary>Three bars along x, one of them in the middle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Stripes(double x, double y)
    {
        const double halfWidth = 0.18;
        var across = Math.Min(Math.Abs(y), Math.Abs(Math.Abs(y) - 0.7));
        return Math.Min(0.9 - Math.Abs(x), halfWidth - across);
    }
}
