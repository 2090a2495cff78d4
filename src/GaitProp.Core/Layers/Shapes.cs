namespace GaitProp.Layers;

/// <summary>
/// Shapes without the batch: how they are written in messages and tables, <c>3 x 32 x 32</c>, and how many units they have.
/// </summary>
internal static class Shapes
{
    public static string Text(IEnumerable<long> shape) => string.Join(" x ", shape);

    public static long Units(IEnumerable<long> shape) => shape.Aggregate(1L, (units, side) => units * side);
}
