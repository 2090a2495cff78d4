using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.DirectFeedbackAlignment;

/// <summary>
/// Direct feedback alignment (Nøkland 2016): every hidden layer gets the output error itself, <c>delta = D (B dL/dy)</c>, through a fixed
/// random matrix B of its own with orthonormal columns.
/// </summary>
/// <param name="options">None.</param>
[Rule("dfa", "DFA", typeof(NoOptions))]
public sealed class DirectFeedbackAlignmentRule(NoOptions options) : FeedbackRule
{
    /// <summary>The rule has no options.</summary>
    public NoOptions Options { get; } = options;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputGradient);
        var feedback = FeedbackFor(network);
        return [.. network.Layers.Select((layer, l) =>
        {
            var a = layer.Kept(trace.Activations[l]);
            var error = l == network.Layers.Count - 1 ? outputGradient : outputGradient.matmul(feedback[l].t()).reshape(a.shape);
            return layer.Gradient(layer.TimesDerivative(error, a), trace.Inputs[l], a);
        })];
    }

    /// <inheritdoc/>
    /// <returns>B, <c>[kept units of the layer, classes]</c>.</returns>
    protected override Tensor Draw(Network network, int layer, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        var units = network.Layers[layer].OutputShape.Aggregate(1L, (a, b) => a * b);
        return Orthogonal(network, units, network.Layers[^1].Keep, layer, seed);
    }
}
