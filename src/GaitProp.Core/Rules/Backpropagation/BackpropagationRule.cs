using static TorchSharp.torch;

namespace GaitProp.Rules.Backpropagation;

/// <summary>
/// Backpropagation, written out by hand: <c>delta = D e</c> with the derivative <c>D = g f'(z)</c>, and <c>e_below = W^T delta</c>. It
/// needs no autograd graph and keeps only what the other rules keep, so that their costs compare.
/// </summary>
/// <param name="options">None.</param>
[Rule("bp", "BP", typeof(NoOptions))]
internal sealed class BackpropagationRule(NoOptions options) : DescentRule
{
    /// <summary>Creates the rule.</summary>
    public BackpropagationRule()
        : this(new NoOptions()) { }

    /// <summary>The rule has no options.</summary>
    public NoOptions Options { get; } = options;

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => false;

    /// <inheritdoc/>
    protected override Inversion Below(LayerStep at, Tensor sent) => at.Layer.Feedback(sent, at.Input);
}
