using GaitProp.Layers;

namespace GaitProp.Figures;

/// <summary>
/// Networks as stacks of layers, the input at the bottom: of each layer what goes on, and the auxiliary units that make it square.
/// </summary>
internal static class NetworkDrawing
{
    private const double StackWidth = 300;
    private const double BarWidth = 100;
    private const double RowHeight = 31;
    private const double BarHeight = 17;
    private const double Top = 34;

    /// <summary>Draws networks side by side.</summary>
    /// <param name="networks">The plans.</param>
    public static Drawing Draw(IReadOnlyList<NetworkDefinition> networks) =>
        Drawing.Beside([
            .. networks.Select(network =>
            {
                var height = Top + ((network.Layers.Count + 1) * RowHeight);
                return new Drawing(StackWidth, height, [.. Stack(network, height)]);
            }),
        ]);

    private static IEnumerable<DrawingShape> Stack(NetworkDefinition network, double bottom)
    {
        const double left = 0;
        var layers = network.Sizes();
        var input = Shapes.Units(network.InputShape);

        // The areas of some layers are a hundred times those of others: roots are drawn, so that the small ones can be seen. The widest of
        // each network is as wide as a bar can be.
        var most = Math.Sqrt(Math.Max(input, layers.Max(l => l.KeptUnits + l.AuxiliaryUnits)));
        var middle = left + 10 + (BarWidth / 2);
        yield return new DrawingText(middle, 12, network.Name) { Size = 15, IsStrong = true };
        var y = bottom - RowHeight + ((RowHeight - BarHeight) / 2);
        var width = BarWidth * Math.Sqrt(input) / most;
        yield return new DrawingBox(middle - (width / 2), y, width, BarHeight, DrawingTone.Muted);
        yield return Label(left, y, Text($"input {string.Join(" × ", network.InputShape)}"));
        foreach (var (index, layer) in layers.Index())
        {
            yield return new DrawingArrow(middle, y - 1, middle, y - RowHeight + BarHeight + 1, DrawingTone.Ink);
            y -= RowHeight;
            var whole = BarWidth * Math.Sqrt(layer.KeptUnits + layer.AuxiliaryUnits) / most;
            var kept = Math.Max(2, whole * layer.KeptUnits / (layer.KeptUnits + layer.AuxiliaryUnits));
            if (layer.AuxiliaryUnits > 0)
            {
                yield return new DrawingBox(middle - (whole / 2), y, whole, BarHeight, DrawingTone.Auxiliary);
            }

            yield return new DrawingBox(middle - (whole / 2), y, kept, BarHeight, DrawingTone.Kept);
            yield return Label(left, y, Text($"{index + 1}  {Kind(layer)}: {layer.Keep} of {layer.Outputs}"));
        }
    }

    /// <summary>The layer's plan without the last of its numbers, if it has any.</summary>
    private static string Kind(LayerSize layer) => layer.Name.LastIndexOf(' ') is > 0 and var last ? layer.Name[..last] : layer.Name;

    private static DrawingText Label(double left, double y, string text) =>
        new(left + BarWidth + 22, y + (BarHeight / 2), text, DrawingAlign.Left);
}
