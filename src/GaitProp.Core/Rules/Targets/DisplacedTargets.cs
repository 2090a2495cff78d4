using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// The rule without cancellation. What goes down the layers is not the target but the scaled displacement <c>e = -(m / k) (t - a)</c>, in the
/// place that dL/da has in backpropagation. As the inverse is affine after f^-1, <c>e_below = W^-1 q</c> with
/// <c>q = -(m_below / k) (f^-1(a + gamma D^2 (t - a)) - f^-1(a)) / g</c> and D = g f': exactly <c>D e</c> for every unit that the nudge leaves on its side of
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
            var a = layer.Kept(trace.Activations[l]);
            var q = layer.TimesDerivative(e, a);
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
                q = layer.WithCrossings(q, a, -m / k);
            }

            var below = layer.Invert(q, options.Inverse);
            targets[l] = targets[l] with { Inversion = below };
            e = below.Inputs;
        }

        return targets;
    }
}
