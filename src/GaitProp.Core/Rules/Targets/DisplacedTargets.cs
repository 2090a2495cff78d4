using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// The rule without cancellation. What goes down the layers is not the target but the scaled displacement <c>e = -(m / k) (t - a)</c>, in the
/// place that dL/da has in backpropagation. As the inverse is affine after f^-1, <c>e_below = W^-1 q</c> with
/// <c>q = -(m_below / k) (f^-1(a + gamma f'^2 (t - a)) - f^-1(a))</c>: exactly <c>f' e</c> for every unit that the nudge leaves on its side of
/// zero. No large numbers are subtracted, so float32 suffices. Auxiliary units have no displacement: only the first columns of the inverse
/// matter. In a convolution the affine parts cancel against the overlap correction, which therefore vanishes.
/// </summary>
internal static class DisplacedTargets
{
    public static LayerTarget[] Propagate(
        Network network, ForwardTrace trace, Tensor outputGradient, TargetOptions options, Func<Tensor, Tensor, long, Tensor> incrementFactor)
    {
        var k = options.TargetStep;
        var targets = new LayerTarget[network.Layers.Count];

        // At the output m = 1 and t - a = -k dL/dy. Kept units only.
        var e = outputGradient;
        var m = ones(trace.Batch, e.dtype, e.device);

        for (var l = targets.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var f = layer.Activation;
            var a = layer.Kept(trace.Activations[l]);
            var q = f.TimesDerivative(e, a);
            targets[l] = new LayerTarget(q, e, TargetRule.PerSample(-m / k, e));
            if (l == 0)
            {
                break;
            }

            if (options.Form == TargetForm.Displacement)
            {
                // A sample that is right already has no direction: it is nudged nowhere, by any factor.
                var distance = k * TargetRule.Norm(e) / m;
                var gamma = incrementFactor(distance, a, layer.Units);
                m = where(distance.gt(0), m / gamma, m);
                q = WithCrossings(q, a, -m / k, f);
            }

            e = layer.Inverted(q, options.Inverse);
        }

        return targets;
    }

    /// <summary>q, corrected where the nudge carries an activation across zero, from one branch of f^-1 to the other.</summary>
    private static Tensor WithCrossings(Tensor q, Tensor a, Tensor scale, LeakyReLU f)
    {
        if (f.IsIdentity)
        {
            return q;
        }

        if (FusedPass.Fits(q, a) && q.dtype == scale.dtype)
        {
            return FusedPass.WithCrossings(q, a, scale, f.Slope);
        }

        scale = TargetRule.PerSample(scale, q);
        var step = f.TimesDerivative(q, a) / scale;
        var crosses = a.gt(0).ne((a + step).gt(0));
        return where(crosses, scale * f.InverseDisplacement(a, step), q);
    }
}
