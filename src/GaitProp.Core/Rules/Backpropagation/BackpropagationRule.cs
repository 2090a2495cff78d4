using static TorchSharp.torch;

namespace GaitProp.Rules.Backpropagation;

/// <summary>
/// Backpropagation, written out by hand: <c>delta = D e</c> with the derivative <c>D = g f'(z)</c>, and <c>e_below = W^T delta</c>. It
/// needs no autograd graph and keeps only what the other rules keep, so that their costs compare.
/// </summary>
[Rule("bp", "BP")]
internal sealed class BackpropagationRule : DescentRule
{
    /// <inheritdoc/>
    public override bool NeedsSquareLayers => false;

    /// <inheritdoc/>
    protected override Inversion Below(LayerStep at, Tensor sent) => at.Layer.Feedback(sent, at.Input);
}
