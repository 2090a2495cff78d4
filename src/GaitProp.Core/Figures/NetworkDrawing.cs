using System.Globalization;
using GaitProp.Networks;

namespace GaitProp.Figures;

/// <summary>Networks as stacks of layers, the input at the bottom: of each layer what goes on, and the auxiliary units that make it square.</summary>
internal static class NetworkDrawing
{
    private const double StackWidth = 380;
    private const double BarWidth = 150;
    private const double RowHeight = 31;
    private const double BarHeight = 17;
    private const double Top = 34;

    /// <summary>Draws networks side by side.</summary>
    /// <param name="networks">The plans.</param>
    public static Drawing Draw(IReadOnlyList<NetworkDefinition> networks)
    {
        var rows = networks.Max(n => n.Layers.Count) + 1;
        return new(networks.Count * StackWidth, Top + (rows * RowHeight) + 30,
        [
            .. networks.SelectMany((network, i) => Stack(network, i * StackWidth, Top + (rows * RowHeight))),
            .. Legend(networks.Count * StackWidth / 2, Top + (rows * RowHeight) + 18),
        ]);
    }

    private static IEnumerable<DrawingShape> Stack(NetworkDefinition network, double left, double bottom)
    {
        var layers = LayerSize.Of(network);
        var input = network.InputShape.Aggregate(1L, (a, b) => a * b);

        // The areas of some layers are a hundred times those of others: roots are drawn, so that the small ones can be seen.
        var most = Math.Sqrt(Math.Max(input, layers.Max(l => l.KeptUnits + l.AuxiliaryUnits)));
        var middle = left + 10 + (BarWidth / 2);
        yield return new DrawingText(left + (StackWidth / 2) - 10, 12, network.Name) { Size = 15, IsStrong = true };
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
            var size = layer.Name.StartsWith("conv", StringComparison.Ordinal) ? Text($"{layer.Keep} of {layer.Outputs} channels") : Text($"{layer.Keep} of {layer.Outputs} units");
            yield return Label(left, y, Text($"{index + 1}  {layer.Name[..layer.Name.LastIndexOf(' ')]}: {size}"));
        }
    }

    private static DrawingText Label(double left, double y, string text) => new(left + BarWidth + 22, y + (BarHeight / 2), text, DrawingAlign.Left) { Size = 12 };

    private static IEnumerable<DrawingShape> Legend(double middle, double y)
    {
        (DrawingTone Tone, string Words)[] entries = [(DrawingTone.Muted, "input"), (DrawingTone.Kept, "kept units: the next layer sees them"), (DrawingTone.Auxiliary, "auxiliary units: there for the inverse alone")];
        var x = middle - 350;
        foreach (var (tone, words) in entries)
        {
            yield return new DrawingBox(x, y - 6, 22, 12, tone);
            yield return new DrawingText(x + 28, y, words, DrawingAlign.Left) { Size = 12 };
            x += 60 + (words.Length * 6.2);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
