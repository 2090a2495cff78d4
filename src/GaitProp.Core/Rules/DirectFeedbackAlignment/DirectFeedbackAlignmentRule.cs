using static TorchSharp.torch;

namespace GaitProp.Rules.DirectFeedbackAlignment;

/// <summary>
/// Direct feedback alignment (Nøkland 2016): every hidden layer gets the output error itself, <c>delta = D (B dL/dy)</c>, through a fixed
/// random matrix B of its own with orthonormal columns (rows, in a layer of fewer units than outputs). Nothing goes from layer to layer but
/// that error. The output layer is the last one that trains something; through what lies above it the error comes as in backpropagation.
/// </summary>
[Rule("dfa", "DFA")]
internal sealed class DirectFeedbackAlignmentRule : FeedbackRule
{
    /// <inheritdoc/>
    protected override UnitStep Delta(LayerStep at, Carried from)
    {
        if (at.Index > OutputLayer)
        {
            return base.Delta(at, from);
        }

        if (at.Layer.Trained.Count == 0)
        {
            return new(from.Value, from.Value);
        }

        var error =
            at.Index == OutputLayer ? from.Value : from.Value.flatten(1).matmul(FeedbackOf(at.Index)[0].t()).reshape(at.Activation.shape);
        return new(at.Layer.TimesDerivative(error, at.Activation), from.Value);
    }

    /// <inheritdoc/>
    protected override Inversion Below(LayerStep at, Tensor sent) => at.Index > OutputLayer ? at.Layer.Feedback(sent, at.Input) : sent;

    /// <inheritdoc/>
    /// <returns>B, <c>[kept units of the layer, those of the output layer]</c>.</returns>
    protected override IEnumerable<Tensor> Draw(Network network, int layer, int seed)
    {
        var at = network.Layers[layer];
        var outputs = network.Layers[network.OutputLayer].Size.KeptUnits;
        return at.Trained.Count == 0 ? [] : [Orthogonal(network, at.Size.KeptUnits, outputs, layer, seed)];
    }
}
