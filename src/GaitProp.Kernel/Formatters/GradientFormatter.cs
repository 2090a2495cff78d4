using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Formatters;

/// <summary>An update, layer by layer: how large it is by each parameter.</summary>
internal static class GradientFormatter
{
    /// <summary>Layers that are shown; more are counted.</summary>
    private const int Most = 25;

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<IReadOnlyList<LayerGradient>>(Html, g => TableText.Of(Table(g)));
        RichFormatter.Register<LayerGradient>(g => Html([g]), g => TableText.Of(Table([g])));
    }

    private static string Html(IReadOnlyList<LayerGradient> gradients) =>
        CellHtml.Card("gradients", "of the loss summed over the batch", TableHtml.Of(Table(gradients)));

    private static Table Table(IReadOnlyList<LayerGradient> gradients) =>
        new(
            [
                new("layer", Quantity.Count),
                new("parameter", Quantity.Words),
                new("shape", Quantity.Words),
                new("norm", Quantity.Number),
                new("RMS", Quantity.Number),
                new("largest", Quantity.Number),
                new("not finite", Quantity.Count),
            ],
            [.. gradients.Take(Most).SelectMany((gradient, l) => Rows(gradient, l + 1))]
        )
        {
            Keys = 2,
            Notes = gradients.Count > Most ? [Text($"and {Count(gradients.Count - Most, "more layer")}")] : [],
        };

    private static IEnumerable<Row> Rows(LayerGradient gradient, int layer) =>
        gradient.Trained.Count == 0 ? [Without(layer, "trains nothing")]
        : gradient.Trained.Any(t => t.IsInvalid) ? [Without(layer, "disposed")]
        : gradient.Trained.Select((t, i) => Row(layer, gradient.NameOf(i), t));

    private static Row Without(int layer, string why) => new(layer, why, null, null, null, null, null);

    private static Row Row(int layer, string name, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var numbers = gradient.to(ScalarType.Float64);
        var norm = numbers.norm().item<double>();
        return new Row(
            layer,
            name,
            string.Join('x', numbers.shape),
            Shown(norm),
            Shown(norm / Math.Sqrt(Math.Max(1, numbers.numel()))),
            Shown(numbers.numel() == 0 ? 0 : numbers.abs().max().item<double>()),
            numbers.isfinite().logical_not().sum().item<long>()
        );
    }

    /// <summary>Not undefined: it is what was computed.</summary>
    private static object Shown(double number) => double.IsNaN(number) ? "NaN" : number;
}
