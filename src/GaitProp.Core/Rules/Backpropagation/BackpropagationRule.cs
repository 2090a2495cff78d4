using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Backpropagation;

/// <summary>
/// Backpropagation, written out by hand. It needs no autograd graph and keeps only what the other rules keep, so that their costs
/// compare.
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
        return BackwardPass.Run(network, trace, outputGradient);
    }
}
