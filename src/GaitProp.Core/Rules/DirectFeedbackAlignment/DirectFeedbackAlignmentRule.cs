using static TorchSharp.torch;

namespace GaitProp.Rules.DirectFeedbackAlignment;

/// <summary>
/// Direct feedback alignment (Nøkland 2016): every hidden layer gets the output error itself, <c>delta = D (B dL/dy)</c>, through a fixed
/// random matrix B of its own with orthonormal columns. Nothing goes from layer to layer but that error.
/// </summary>
[Rule("dfa", "DFA")]
internal sealed class DirectFeedbackAlignmentRule : FeedbackRule
{
    /// <inheritdoc/>
    protected override UnitStep Delta(LayerStep at, Carried from)
    {
        if (at.Layer.Trained.Count == 0)
        {
            return new(from.Value, from.Value);
        }

        var error = at.Index == LayerCount - 1 ? from.Value : from.Value.matmul(FeedbackOf(at.Index)[0].t()).reshape(at.Activation.shape);
        return new(at.Layer.TimesDerivative(error, at.Activation), from.Value);
    }

    /// <inheritdoc/>
    protected override Inversion Below(LayerStep at, Tensor sent) => sent;

    /// <inheritdoc/>
    /// <returns>B, <c>[kept units of the layer, classes]</c>.</returns>
    protected override IEnumerable<Tensor> Draw(Network network, int layer, int seed)
    {
        var at = network.Layers[layer];
        return at.Trained.Count == 0 ? [] : [Orthogonal(network, at.Size.KeptUnits, network.Layers[^1].Size.KeptUnits, layer, seed)];
    }
}
