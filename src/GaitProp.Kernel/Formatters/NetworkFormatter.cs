using GaitProp.Notebook.Outputs;
using System.Globalization;
using System.Text;

namespace GaitProp.Kernel.Formatters;

/// <summary>A network: a row a layer, with a bar of its kept and auxiliary units.</summary>
internal static class NetworkFormatter
{
    private const string Kept = "#3b82c4";
    private const string Explicit = "repeating-linear-gradient(45deg,#3b82c4 0 2px,rgba(59,130,196,.25) 2px 5px)";
    private const int BarWidth = 220;

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<Network>(Html, Text);
        RichFormatter.Register<Layer>(layer => LayerHtml(layer), layer => LayerText(layer));
    }

    private static string Html(Network network)
    {
        if (network.IsDisposed)
        {
            return CellHtml.Card($"network {network.Name}", "disposed", $"<span style=\"{CellHtml.Muted}\">Its weights have been given back.</span>");
        }

        var input = network.Layers[0].InputShape;
        var largest = Math.Max(Product(input), network.Layers.Max(l => l.Units));
        string[] first = ["", "input", "", HtmlText.Escape(Shape(input)), Bar(Product(input), 0, AuxiliaryUnits.None, largest, muted: true), "", "", ""];
        return CellHtml.Card(
            $"network {network.Name}",
            $"{network.Layers.Count} layers, {Number.Whole(network.Parameters)} parameters, {network.DataType.ToString().ToLowerInvariant()}, {network.Device}",
            CellHtml.Table(Headings, [first, .. network.Layers.Select((l, i) => Row(l, i, largest))], left: 5) + Legend(network.Layers));
    }

    private static readonly string[] Headings = ["", "layer", "weight", "passes on", "units (length: square root)", "auxiliary", "parameters", "Mflop"];

    private static string LayerHtml(Layer layer) => layer.IsDisposed
        ? CellHtml.Card(layer.Name, "disposed", "")
        : CellHtml.Card(layer.Name, $"input {Shape(layer.InputShape)}, {Kind(layer)}", CellHtml.Table(Headings, [Row(layer, 0, layer.Units)], left: 5) + Legend([layer]));

    private static string[] Row(Layer layer, int index, long largest)
    {
        var positions = layer.Units / layer.Outputs;
        return
        [
            (index + 1).ToString(CultureInfo.InvariantCulture),
            HtmlText.Escape(Kind(layer)) + (layer.IsSquare ? $" <span style=\"{CellHtml.Muted}\">square</span>" : ""),
            HtmlText.Escape(Weights(layer)),
            HtmlText.Escape(Shape(layer.OutputShape)),
            Bar(layer.Keep * positions, (layer.Outputs - layer.Keep) * positions, layer.Auxiliary, largest),
            layer.Outputs == layer.Keep ? "–" : Number.Whole((layer.Outputs - layer.Keep) * positions),
            Number.Whole(layer.Parameters),
            string.Create(CultureInfo.InvariantCulture, $"{layer.Flops / 1e6:N2}"),
        ];
    }

    private static string Kind(Layer layer) => Plan(layer) + layer.UnitGain switch { UnitGain.Scalar => ", one gain", UnitGain.Row => ", a gain each", _ => "" };

    private static string Plan(Layer layer) => Text($"{layer.Kind}, {layer.Keep} of {layer.Outputs} {(layer.OutputShape.Count == 3 ? "channels" : "units")}");

    /// <summary>The shapes of its weights; a dash without.</summary>
    private static string Weights(Layer layer) => layer.Weights.Count == 0 ? "–" : string.Join(", ", layer.Weights.Select(w => Shape(w.shape)));

    private static string Bar(long kept, long auxiliary, AuxiliaryUnits kind, long largest, bool muted = false)
    {
        var whole = BarWidth * Math.Sqrt((double)(kept + auxiliary) / largest);
        var solid = Math.Max(1, whole * kept / (kept + auxiliary));
        var html = new StringBuilder(Text($"<div style=\"display:flex;width:{BarWidth}px;height:13px\"><div title=\"{kept:N0} {(muted ? "inputs" : "kept")}\" style=\"width:{solid:0.#}px;background:{(muted ? "rgba(128,128,128,.55)" : Kept)}\"></div>"));
        if (auxiliary > 0)
        {
            html.Append(Text($"<div title=\"{auxiliary:N0} auxiliary, {kind.ToString().ToLowerInvariant()}\" style=\"width:{whole - solid:0.#}px;box-sizing:border-box;{Look(kind)}\"></div>"));
        }

        return html.Append("</div>").ToString();
    }

    private static string Look(AuxiliaryUnits kind) => kind == AuxiliaryUnits.Implicit ? $"border:1px dashed {Kept}" : $"background:{Explicit}";

    private static string Legend(IReadOnlyList<Layer> layers)
    {
        var kinds = layers.Select(l => l.Auxiliary).Where(k => k != AuxiliaryUnits.None).Distinct().ToArray();
        var entries = new List<string> { Entry($"background:{Kept}", "kept units, which the next layer sees") };
        entries.AddRange(kinds.Select(k => Entry(Look(k), k == AuxiliaryUnits.Implicit ? "auxiliary units, implicit: never computed" : "auxiliary units, kept only to invert the layer")));
        return $"<div style=\"{CellHtml.Muted};font-size:12px;margin-top:2px\">{string.Join(" &nbsp; ", entries)} &nbsp; Mflop: one image's forward pass</div>";

        static string Entry(string look, string words) => $"<span style=\"display:inline-block;width:18px;height:10px;box-sizing:border-box;{look}\"></span> {HtmlText.Escape(words)}";
    }

    private static string Text(Network network)
    {
        if (network.IsDisposed)
        {
            return $"network {network.Name} (disposed)";
        }

        var text = new StringBuilder(Text($"network {network.Name}: input {Shape(network.Layers[0].InputShape)}, {network.Layers.Count} layers, {network.Parameters:N0} parameters, {network.DataType.ToString().ToLowerInvariant()}, {network.Device}"));
        foreach (var (index, layer) in network.Layers.Index())
        {
            text.Append(Text($"\n{index + 1,3}  {LayerText(layer)}"));
        }

        return text.ToString();
    }

    private static string LayerText(Layer layer) => layer.IsDisposed ? $"{layer.Name} (disposed)"
        : Text($"{Kind(layer),-34} weight {Weights(layer),-14} passes on {Shape(layer.OutputShape),-14} {(layer.Auxiliary == AuxiliaryUnits.None ? "" : $"{layer.Auxiliary.ToString().ToLowerInvariant()} auxiliary units ")}{layer.Parameters,12:N0} parameters");

    private static string Shape(IEnumerable<long> shape) => string.Join(" × ", shape);

    private static long Product(IEnumerable<long> shape) => shape.Aggregate(1L, (a, b) => a * b);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
