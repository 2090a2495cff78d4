using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// The rule as the paper prints it, line by line: the oracle that the faster forms are checked against. What goes down is the target t, and
/// m, the product of 1/gamma of the layers above. Targets differ from activations by about 1e-7 of their size, so t - a loses most digits;
/// it needs float64 and shallow networks.
/// </summary>
internal static class LiteralTargets
{
    /// <summary>
    /// Where plain GAIT's m, which grows without end, is cut off: infinity times the zeros of auxiliary units would be no number.
    /// </summary>
    private const double MostFloat32 = 1e30,
        MostFloat64 = 1e290;

    /// <summary>t = y - k dL/dy at the output; m = 1.</summary>
    public static Carried Top(ForwardTrace trace, Tensor outputGradient, TargetOptions options)
    {
        var t = trace.Output - (options.TargetStep * outputGradient);
        return new(t, ones(trace.Batch, t.dtype, t.device));
    }

    /// <summary>The gradient, and the nudge n = (1 - eps) a + eps t with eps = gamma D^2.</summary>
    public static UnitStep Delta(LayerStep at, Carried from, TargetOptions options, Func<Tensor, Tensor, long, Tensor> incrementFactor)
    {
        var (layer, a, m, k) = (at.Layer, at.All, from.Scale!, options.TargetStep);

        // The layer's loss m ||t - a||^2 (for k = 1/2) has the gradient -(1/k) m (t - a) D by the weighted input, with D = g f'(z).
        var t = WithKept(a, from.Value);
        var displacement = t - a;
        var delta = layer.TimesDerivative(-(1 / k) * Shapes.PerSample(m, a) * displacement, a);
        if (at.IsFirst)
        {
            return new(delta, t);
        }

        // A sample that is right already (t = a) has no direction, and one whose activations are all zero no distance relative to them: the
        // factor is one.
        var distance = TargetRule.Norm(displacement);
        var gamma = incrementFactor(distance, at.Activation, layer.Units);
        gamma = where(distance.gt(0).logical_and(gamma.gt(0)), gamma, ones_like(gamma));
        var epsilon = Shapes.PerSample(gamma, a) * layer.Derivative(a).square();
        var n = ((1 - epsilon) * a) + (epsilon * t);
        return new(delta, n, (m / gamma).clamp_max(m.dtype == ScalarType.Float64 ? MostFloat64 : MostFloat32));
    }

    /// <summary>
    /// The inverse image G(n) = W^-1 ((f^-1(n) - b) / g). Where receptive fields overlap, a pixel x is rebuilt count times: take (count -
    /// 1) x off.
    /// </summary>
    public static Inversion Below(LayerStep at, Tensor n, TargetOptions options)
    {
        Check(at.Layer);
        var below = at.Layer.Invert(at.Layer.WeightedInput(n), at.Input, options.Inverse).Inputs;
        return at.Layer.OverlapCount is { } count ? below - ((count - 1) * at.Input) : below;
    }

    /// <summary>Refuses a layer whose units are not all computed.</summary>
    /// <param name="layer">A layer above the first.</param>
    /// <exception cref="GaitPropException">Its auxiliary units are implicit.</exception>
    public static void Check(Layer layer)
    {
        if (layer.Auxiliary == AuxiliaryUnits.Implicit)
        {
            throw new GaitPropException(
                $"{layer.Name}: the literal form rebuilds activations from all units, and this layer's auxiliary units are implicit; "
                    + "use explicit ones, or the displacement form."
            );
        }
    }

    /// <summary>t - a, auxiliary units included.</summary>
    public static Tensor Displacement(LayerStep at, Carried from) => WithKept(at.All, from.Value) - at.All;

    /// <summary>Activations with the kept units replaced by their targets: the auxiliary units' target is their activation.</summary>
    private static Tensor WithKept(Tensor activations, Tensor kept)
    {
        var (keep, all) = (kept.shape[1], activations.shape[1]);
        return keep == all ? kept : cat([kept, activations.narrow(1, keep, all - keep)], 1);
    }
}
