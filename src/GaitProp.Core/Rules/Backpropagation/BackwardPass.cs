using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Backpropagation;

/// <summary>
/// The backward pass: <c>delta = D (B_above^T delta_above)</c> with the derivative <c>D = g f'(z)</c>, where B is the weight, or what a rule puts in its place.
/// </summary>
internal static class BackwardPass
{
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass.</param>
    /// <param name="outputGradient">dL/dy, <c>[batch, classes]</c>.</param>
    /// <param name="feedback">One matrix a layer, of the weight's shape; the weights themselves if <see langword="null"/>.</param>
    public static LayerGradient[] Run(Network network, ForwardTrace trace, Tensor outputGradient, IReadOnlyList<Tensor>? feedback = null)
    {
        var gradients = new LayerGradient[network.Layers.Count];
        var error = outputGradient;
        for (var l = gradients.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var a = layer.Kept(trace.Activations[l]);
            var delta = layer.TimesDerivative(error, a);
            gradients[l] = layer.Gradient(delta, trace.Inputs[l], a);
            if (l > 0)
            {
                error = layer.Transposed(delta, feedback?[l]);
            }
        }

        return gradients;
    }
}
