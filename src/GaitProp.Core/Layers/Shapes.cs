namespace GaitProp.Layers;

/// <summary>How shapes are written in messages and tables: <c>3 x 32 x 32</c>.</summary>
internal static class Shapes
{
    public static string Text(IEnumerable<long> shape) => string.Join(" x ", shape);
}
