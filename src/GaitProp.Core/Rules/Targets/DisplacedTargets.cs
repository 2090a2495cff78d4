using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// The rule without cancellation. What goes down the layers is not the target but the scaled displacement <c>e = -(m / k) (t - a)</c>, in
/// the place that dL/da has in backpropagation. As the inverse is affine after f^-1, <c>e_below = W^-1 q</c> with <c>q = -(m_below / k)
/// (f^-1(a + gamma D^2 (t - a)) - f^-1(a)) / g</c> and D = g f': exactly <c>D e</c> for every unit that the nudge leaves on its side of
/// zero. No large numbers are subtracted, so float32 suffices. Auxiliary units have no displacement: only the first columns of the inverse
/// matter. In a convolution the affine parts cancel against the overlap correction, which therefore vanishes.
/// </summary>
internal static class DisplacedTargets
{
    /// <summary>At the output m = 1 and t - a = -k dL/dy. Kept units only.</summary>
    public static Carried Top(ForwardTrace trace, Tensor outputGradient) =>
        new(outputGradient, ones(trace.Batch, outputGradient.dtype, outputGradient.device));

    /// <summary>delta = D e, and q.</summary>
    public static UnitStep Delta(LayerStep at, Carried from, TargetOptions options, Func<Tensor, Tensor, long, Tensor> incrementFactor)
    {
        var (e, m, a, k) = (from.Value, from.Scale!, at.Activation, options.TargetStep);
        Tensor? nudge = null;
        if (!at.IsFirst && options.Form == TargetForm.Displacement)
        {
            // A sample that is right already has no direction, and one whose activations are all zero no distance relative to them: the
            // factor is one, as in the literal form.
            var distance = k * TargetRule.Norm(e) / m;
            var gamma = incrementFactor(distance, a, at.Layer.Units);
            m = where(distance.gt(0).logical_and(gamma.gt(0)), m / gamma, m);
            nudge = -m / k;
        }

        var (delta, q) = at.Layer.Nudged(e, a, nudge);
        return new(delta, q, m);
    }

    /// <summary>e_below = W^-1 q.</summary>
    public static Inversion Below(LayerStep at, Tensor q, TargetOptions options) => at.Layer.Invert(q, at.Input, options.Inverse);

    /// <summary>t - a of the kept units.</summary>
    public static Tensor Displacement(Carried from, TargetOptions options) =>
        from.Value / Shapes.PerSample(-from.Scale! / options.TargetStep, from.Value);
}
