using System.Globalization;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Formatters;

/// <summary>An update, layer by layer: how large it is.</summary>
internal static class GradientFormatter
{
    private static readonly string[] Headings = ["layer", "weight", "norm", "RMS", "largest", "not finite", "norm of bias"];

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<IReadOnlyList<LayerGradient>>(Html, Text);
        RichFormatter.Register<LayerGradient>(g => Html([g]), g => Text([g]));
    }

    private static string Html(IReadOnlyList<LayerGradient> gradients) =>
        CellHtml.Card("gradients", "dL/dW and dL/db of the loss summed over the batch", CellHtml.Table(Headings, gradients.Select((g, i) => Row(g, i).Select(HtmlText))));

    private static string Text(IReadOnlyList<LayerGradient> gradients) =>
        string.Join('\n', gradients.Select((g, i) => $"layer {string.Join("  ", Row(g, i).Zip(Headings, (cell, head) => head == "layer" ? cell : $"{head} {cell}"))}"));

    private static string[] Row(LayerGradient gradient, int index)
    {
        var number = (index + 1).ToString(CultureInfo.InvariantCulture);
        if (gradient.Trained.Count == 0)
        {
            return [number, "trains nothing", "", "", "", "", ""];
        }

        if (gradient.Trained.Any(t => t.IsInvalid))
        {
            return [number, "disposed", "", "", "", "", ""];
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var weight = gradient.Weight.to(ScalarType.Float64);
        var norm = weight.norm().item<double>();
        return
        [
            number,
            string.Join(" × ", weight.shape),
            Number.Short(norm),
            Number.Short(norm / Math.Sqrt(Math.Max(1, weight.numel()))),
            Number.Short(weight.numel() == 0 ? 0 : weight.abs().max().item<double>()),
            Number.Whole(weight.isfinite().logical_not().sum().item<long>()),
            string.Join(", ", gradient.Trained.Skip(1).Select(t => Number.Short(t.to(ScalarType.Float64).norm().item<double>()))),
        ];
    }

    private static string HtmlText(string text) => GaitProp.Notebook.Outputs.HtmlText.Escape(text);
}
