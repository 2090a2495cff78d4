using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Formatters;

/// <summary>An update, layer by layer: how large it is.</summary>
internal static class GradientFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<IReadOnlyList<LayerGradient>>(Html, g => TableText.Of(Table(g)));
        RichFormatter.Register<LayerGradient>(g => Html([g]), g => TableText.Of(Table([g])));
    }

    private static string Html(IReadOnlyList<LayerGradient> gradients) =>
        CellHtml.Card("gradients", "dL/dW and dL/db of the loss summed over the batch", TableHtml.Of(Table(gradients)));

    private static Table Table(IReadOnlyList<LayerGradient> gradients) =>
        new(
            [
                new("layer", Quantity.Count),
                new("weight", Quantity.Words),
                new("norm", Quantity.Number),
                new("RMS", Quantity.Number),
                new("largest", Quantity.Number),
                new("not finite", Quantity.Count),
                new("norm of bias", Quantity.Number),
            ],
            [.. gradients.Select(Row)]
        );

    private static Row Row(LayerGradient gradient, int index)
    {
        if (gradient.Trained.Count == 0 || gradient.Trained.Any(t => t.IsInvalid))
        {
            return new Row(index + 1, gradient.Trained.Count == 0 ? "trains nothing" : "disposed", null, null, null, null, null);
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var weight = gradient.Weight.to(ScalarType.Float64);
        var norm = weight.norm().item<double>();
        var others = gradient.Trained.Skip(1).Select(t => t.to(ScalarType.Float64).norm().item<double>()).ToArray();
        return new Row(
            index + 1,
            string.Join('x', weight.shape),
            Shown(norm),
            Shown(norm / Math.Sqrt(Math.Max(1, weight.numel()))),
            Shown(weight.numel() == 0 ? 0 : weight.abs().max().item<double>()),
            weight.isfinite().logical_not().sum().item<long>(),
            others is [var bias] ? Shown(bias)
                : others.Length == 0 ? null
                : string.Join(", ", others.Select(o => Quantity.Number.Written(Shown(o))))
        );
    }

    /// <summary>Not undefined: it is what was computed.</summary>
    private static object Shown(double number) => double.IsNaN(number) ? "NaN" : number;
}
