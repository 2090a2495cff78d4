using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// The rule as the paper prints it, line by line: the oracle that the faster forms are checked against. Targets differ from activations by
/// about 1e-7 of their size, so t - a loses most digits; it needs float64 and shallow networks.
/// </summary>
internal static class LiteralTargets
{
    public static LayerTarget[] Propagate(
        Network network, ForwardTrace trace, Tensor outputGradient, TargetOptions options, Func<Tensor, Tensor, long, Tensor> incrementFactor)
    {
        var k = options.TargetStep;
        var targets = new LayerTarget[network.Layers.Count];

        // t = y - k dL/dy at the output; auxiliary units take t = a.
        var t = WithKept(trace.Activations[^1], trace.Output - (k * outputGradient));

        // m: the product of 1/gamma of the layers above.
        var m = ones(trace.Batch, t.dtype, t.device);

        for (var l = targets.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var a = trace.Activations[l];

            // The layer's loss m ||t - a||^2 (for k = 1/2) has the gradient -(1/k) m (t - a) D by the weighted input, with D = g f'(z).
            var displacement = t - a;
            targets[l] = new LayerTarget(layer.TimesDerivative(-(1 / k) * TargetRule.PerSample(m, a) * displacement, a), displacement);
            if (l == 0)
            {
                break;
            }

            if (layer.Auxiliary == AuxiliaryUnits.Implicit)
            {
                throw new GaitPropException($"{layer.Name}: the literal form rebuilds activations from all units, and this layer's auxiliary units are implicit; "
                    + "use explicit ones, or the displacement form.");
            }

            // A sample that is right already (t = a) has no direction: any factor serves, it is nudged nowhere.
            var distance = TargetRule.Norm(displacement);
            var gamma = incrementFactor(distance, layer.Kept(a), layer.Units);
            gamma = where(distance.gt(0), gamma, ones_like(gamma));

            // Nudge: n = (1 - eps) a + eps t with eps = gamma D^2.
            var epsilon = TargetRule.PerSample(gamma, a) * layer.Derivative(a).square();
            var n = ((1 - epsilon) * a) + (epsilon * t);

            // Its inverse image G(n) = W^-1 ((f^-1(n) - b) / g). Where receptive fields overlap, a pixel x is rebuilt count times: take (count - 1) x off.
            var below = layer.Inverted(layer.WeightedInput(n), options.Inverse);
            if (layer.OverlapCount is { } count)
            {
                below = below - ((count - 1) * trace.Inputs[l]);
            }

            t = WithKept(trace.Activations[l - 1], below);
            m = m / gamma;
        }

        return targets;
    }

    /// <summary>Activations with the kept units replaced by their targets: the auxiliary units' target is their activation.</summary>
    private static Tensor WithKept(Tensor activations, Tensor kept)
    {
        var keep = kept.shape[1];
        var all = activations.shape[1];
        return keep == all ? kept : cat([kept, activations.narrow(1, keep, all - keep)], 1);
    }
}
