using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Backpropagation;

/// <summary>
/// Backpropagation, written out by hand: <c>delta = f'(z) (W_above^T delta_above)</c>. It needs no autograd graph and keeps only what the
/// other rules keep, so that their costs compare.
/// </summary>
/// <param name="options">None.</param>
[Rule("bp", "BP", typeof(NoOptions))]
public sealed class BackpropagationRule(NoOptions options) : LearningRule
{
    /// <summary>Creates the rule.</summary>
    public BackpropagationRule() : this(new NoOptions())
    {
    }

    /// <summary>The rule has no options.</summary>
    public NoOptions Options { get; } = options;

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => false;

    /// <inheritdoc/>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        var gradients = new LayerGradient[network.Layers.Count];
        var error = outputGradient;
        for (var l = gradients.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var delta = layer.Activation.TimesDerivative(error, layer.Kept(trace.Activations[l]));
            gradients[l] = layer.Gradient(delta, trace.Inputs[l]);
            if (l > 0)
            {
                error = layer.Transposed(delta);
            }
        }

        return gradients;
    }
}
