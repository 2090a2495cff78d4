using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>The angle between two updates of one weight.</summary>
public static class UpdateAngle
{
    /// <summary>
    /// The angle between two updates as vectors, in degrees, 0 to 180. Computed in float64 as <c>2 atan2(|u - v|, |u + v|)</c> of the unit
    /// vectors (Kahan), which is accurate for the smallest angles, where the inverse cosine is not.
    /// </summary>
    /// <param name="update">One update, any shape.</param>
    /// <param name="reference">The other, of the same shape.</param>
    /// <returns>Degrees; <see langword="null"/> where the angle is undefined: an update is zero or not finite.</returns>
    public static double? Degrees(Tensor update, Tensor reference)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(reference);
        Shapes.CheckAlike(update, reference);
        using var scope = NewDisposeScope();
        var u = Unit(update);
        var v = Unit(reference);
        if (u is null || v is null)
        {
            return null;
        }

        var radians = 2 * Math.Atan2((u - v).norm().Number(), (u + v).norm().Number());
        return radians * 180 / Math.PI;
    }

    /// <summary>
    /// The angle between two updates of a layer's weights, taken together; of all that it trains where it has no weights.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="update">One update.</param>
    /// <param name="reference">The other.</param>
    /// <returns>Degrees; <see langword="null"/> where the angle is undefined: an update is zero or not finite, or the layer trains
    /// nothing.</returns>
    public static double? Degrees(Layer layer, LayerGradient update, LayerGradient reference)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.WeightsIn(update), layer.WeightsIn(reference)) switch
        {
            ([], _) => null,
            ([var u], [var v]) => Degrees(u, v),
            var (u, v) => Degrees(Together(u), Together(v)),
        };

        static Tensor Together(IReadOnlyList<Tensor> tensors) => cat([.. tensors.Select(t => t.flatten())]);
    }

    /// <summary>The same of every layer, from the input up.</summary>
    internal static double?[] OfLayers(Network network, IReadOnlyList<LayerGradient> update, IReadOnlyList<LayerGradient> reference) =>
        [.. network.Layers.Select((layer, l) => Degrees(layer, update[l], reference[l]))];

    private static Tensor? Unit(Tensor update)
    {
        var v = update.to(ScalarType.Float64);

        // Scaled by its largest element first: squares of tiny numbers underflow.
        var largest = v.abs().max().Number();
        if (!double.IsFinite(largest) || largest == 0)
        {
            return null;
        }

        v = v / largest;
        return v / v.norm();
    }
}
