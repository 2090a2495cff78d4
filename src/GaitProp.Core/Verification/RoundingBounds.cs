using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Verification;

/// <summary>
/// How far rounding may carry an update from the exact one, layer by layer, relative to the layer's gradient. It follows the errors down
/// the layers: what a layer adds is a unit of the last place of the numbers that it computes with, and what came from above goes through
/// the inverse, which may enlarge it by the weight's condition number.
/// </summary>
internal static class RoundingBounds
{
    /// <summary>Of float64 and of float32: half a unit of the last place of 1.</summary>
    private const double Double = 1.1102230246251565e-16,
        Single = 5.9604644775390625e-8;

    /// <summary>What is added up in a product or an elimination of up to a hundred rows.</summary>
    private const double Safety = 10;

    /// <summary>The literal form: targets are rebuilt from numbers as large as activations, whatever their distance.</summary>
    /// <param name="network">The network, float64.</param>
    /// <param name="trace">Its forward pass.</param>
    /// <param name="outputGradient">dL/dy.</param>
    /// <param name="rule">The rule in the displacement form, which has no such rounding.</param>
    /// <param name="targetStep">k of <c>t = y - k dL/dy</c>.</param>
    /// <returns>Of each layer, relatively: the gradient's bound, and the targets'.</returns>
    public static (double Gradient, double Target)[] Literal(
        Network network,
        ForwardTrace trace,
        Tensor outputGradient,
        TargetRule rule,
        double targetStep
    )
    {
        using var scope = NewDisposeScope();
        var targets = rule.Targets(network, trace, outputGradient);
        var bounds = new (double Gradient, double Target)[network.Layers.Count];
        var error = Double * (Norm(trace.Output) + (targetStep * Norm(outputGradient)));
        for (var l = bounds.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var distance = Norm(layer.Kept(targets[l].Displacement));
            var size = Norm(trace.Activations[l]);
            bounds[l] = (
                Safety
                    * OfGradient(
                        layer,
                        where(distance.gt(0), error / distance, zeros_like(error)),
                        targets[l].Delta,
                        trace.Inputs[l],
                        trace.Activations[l]
                    ),
                Safety * (error + (Double * size)).norm().Number() / size.norm().Number()
            );
            if (l > 0)
            {
                var (inverse, condition, count, least, most) = Sizes(layer);
                var a = trace.Activations[l];
                var gamma = rule.IncrementFactor(distance, layer.Kept(a), layer.Units);
                var numbers =
                    (inverse * (Norm(layer.Activation.Inverse(a)) + OffsetsOf(layer)) / least)
                    + ((1 + (condition * count)) * Norm(trace.Inputs[l]));
                error = (Double * numbers) + (2 * where(distance.gt(0), gamma, zeros_like(gamma)) * most * most / least * inverse * error);
            }
        }

        return bounds;
    }

    /// <summary>
    /// The forward pass: a product with n terms errs by the root of n units of the last place of what is added up, whose size the largest
    /// singular value bounds, and hands on what its input was off by.
    /// </summary>
    /// <param name="network">The network, float64.</param>
    /// <param name="trace">Its forward pass.</param>
    /// <param name="type">Float32 or float64: in which it is rounded.</param>
    /// <returns>Of each layer the norm of the activations' error, <c>[batch]</c>.</returns>
    public static Tensor[] Forward(Network network, ForwardTrace trace, ScalarType type)
    {
        var unit = type == ScalarType.Float32 ? Single : Double;
        var error = unit * Norm(trace.Inputs[0]);
        return
        [
            .. network.Layers.Select(
                (layer, l) =>
                {
                    var (_, _, count, _, most) = Sizes(layer);
                    var largest = Largest(layer) * Math.Sqrt(Math.Max(count, 1));
                    var positions = Math.Sqrt((double)layer.Units / layer.Outputs);
                    var z = Norm(layer.Activation.Inverse(trace.Activations[l])) + (positions * OffsetsOf(layer));
                    error =
                        Math.Max(1, layer.Activation.Slope)
                        * ((most * largest * (error + (Math.Sqrt(layer.FanIn) * unit * Norm(trace.Inputs[l])))) + (2 * unit * z));
                    return 2 * error;
                }
            ),
        ];
    }

    /// <summary>
    /// Rules that carry displacements or gradients: every layer adds a few units of the last place, and an inverse enlarges what came from
    /// above.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass.</param>
    /// <param name="deltas">dL/du of each layer.</param>
    /// <param name="inverts">Whether the rule goes down through inverses, not through a transpose.</param>
    /// <param name="type">Float32 or float64.</param>
    public static double[] Carried(Network network, ForwardTrace trace, IReadOnlyList<Tensor> deltas, bool inverts, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var unit = type == ScalarType.Float32 ? Single : Double;
        var bounds = new double[network.Layers.Count];
        var error = unit;
        for (var l = bounds.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            bounds[l] =
                Safety
                * OfGradient(
                    layer,
                    full(trace.Batch, error, ScalarType.Float64, trace.Output.device),
                    deltas[l],
                    trace.Inputs[l],
                    trace.Activations[l]
                );
            var (_, condition, count, least, most) = Sizes(layer);
            error = (inverts ? condition * most / least : 1) * Math.Max(count, 1) * (error + unit);
        }

        return bounds;
    }

    /// <summary>The error of a sum over samples, whose terms may cancel: that of its terms, relative to the sum.</summary>
    private static double OfGradient(Layer layer, Tensor relative, Tensor delta, Tensor x, Tensor activation)
    {
        var a = delta.shape[1] == layer.Keep ? layer.Kept(activation) : activation;
        var gradient = layer.Gradient(delta, x, a);
        if (layer.WeightsIn(gradient) is not [var byWeight, ..])
        {
            return 0;
        }

        var size = byWeight.to(ScalarType.Float64).norm().Number();
        var terms = (relative * Norm(delta) * (Norm(x) + 1)).sum().Number() * (layer is InvertibleConv2d conv ? conv.Kernel : 1);
        return size > 0 ? terms / size : 0;
    }

    private static (double Inverse, double Condition, double Count, double Least, double Most) Sizes(Layer layer)
    {
        var (largest, smallest) = (Largest(layer), Largest(layer) / layer.ConditionNumber());
        var gain = layer.Gain?.to(ScalarType.Float64).abs();
        var count = layer.OverlapCount?.max().Number() ?? 1;
        return (Math.Max(count, 1) / smallest, largest / smallest, count, gain?.min().Number() ?? 1, gain?.max().Number() ?? 1);
    }

    /// <summary>The largest singular value of its weights; 1 without weights, as an orthogonal layer has.</summary>
    private static double Largest(Layer layer) =>
        layer.Weights.Select(w => linalg.svdvals(w.to(ScalarType.Float64))[0].Number()).DefaultIfEmpty(1).Max();

    private static double OffsetsOf(Layer layer) =>
        layer.Owned.Where(p => p.Role == ParameterRole.Offset).Sum(p => p.Value.norm().Number());

    private static Tensor Norm(Tensor values) => values.to(ScalarType.Float64).flatten(1).norm(1, keepdim: false, p: 2);
}
