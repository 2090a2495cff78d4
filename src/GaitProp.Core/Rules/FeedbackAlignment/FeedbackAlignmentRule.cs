using GaitProp.Layers;
using GaitProp.Networks;
using GaitProp.Rules.Backpropagation;
using static TorchSharp.torch;

namespace GaitProp.Rules.FeedbackAlignment;

/// <summary>
/// Feedback alignment (Lillicrap et al. 2016): backpropagation with a fixed random matrix in the place of every transposed weight. The
/// matrices are orthogonal, of the forward weights' shapes, and drawn with another seed.
/// </summary>
/// <param name="options">None.</param>
[Rule("fa", "FA", typeof(NoOptions))]
public sealed class FeedbackAlignmentRule(NoOptions options) : FeedbackRule
{
    /// <summary>The rule has no options.</summary>
    public NoOptions Options { get; } = options;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        return BackwardPass.Run(network, trace, outputGradient, FeedbackFor(network));
    }
}
