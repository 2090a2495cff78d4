using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.TargetPropagation;

/// <summary>
/// Target propagation with the exact inverse: the target below is the inverse image of the target itself, <c>t_below = G(t)</c>, with no
/// increment in between. Computed on displacements, as <c>t_below - a_below = W^-1 (u(t) - u(a))</c>, where u(a) is the weighted input that gives a.
/// </summary>
/// <param name="options">Inverse and target step.</param>
[Rule("tp", "TP", typeof(TargetPropagationOptions))]
public sealed class TargetPropagationRule(TargetPropagationOptions options) : LearningRule
{
    /// <summary>The rule's options.</summary>
    public TargetPropagationOptions Options { get; } = options;

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => true;

    /// <inheritdoc/>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputGradient);
        var gradients = new LayerGradient[network.Layers.Count];
        var displacement = -Options.TargetStep * outputGradient;
        for (var l = gradients.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var a = layer.Kept(trace.Activations[l]);
            var delta = layer.TimesDerivative(displacement / -Options.TargetStep, a);
            gradients[l] = layer.Gradient(delta, trace.Inputs[l], a);
            if (l > 0)
            {
                var below = layer.Invert(layer.InverseDisplacement(a, displacement), Options.Inverse);
                gradients[l] = gradients[l] with { Inversion = below };
                displacement = below.Inputs;
            }
        }

        return gradients;
    }
}
