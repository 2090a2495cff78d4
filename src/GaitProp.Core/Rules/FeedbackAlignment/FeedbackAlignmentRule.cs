using GaitProp.Layers;
using GaitProp.Networks;
using GaitProp.Orthogonality;
using GaitProp.Rules.Backpropagation;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Rules.FeedbackAlignment;

/// <summary>
/// Feedback alignment (Lillicrap et al. 2016): backpropagation with a fixed random matrix in the place of every transposed weight. The
/// matrices are orthogonal and of the forward weights' shapes.
/// </summary>
/// <param name="options">What the feedback weights are drawn from.</param>
[Rule("fa", "FA", typeof(FeedbackAlignmentOptions))]
public sealed class FeedbackAlignmentRule(FeedbackAlignmentOptions options) : FeedbackRule
{
    /// <summary>What the feedback weights are drawn from.</summary>
    public FeedbackAlignmentOptions Options { get; } = options;

    /// <inheritdoc/>
    protected override Tensor Draw(Network network, int layer, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        var shape = network.Layers[layer].Weight.shape;
        return Options.Feedback == FeedbackSource.NextLayer && layer + 1 < network.Layers.Count && network.Layers[layer + 1].Weight.shape.SequenceEqual(shape)
            ? OrthogonalInitialisation.Draw(shape[0], shape[1], Seeds.Derive(seed, SeedUse.Weights, layer + 1), network.DataType, network.Device)
            : base.Draw(network, layer, seed);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        return BackwardPass.Run(network, trace, outputGradient, FeedbackFor(network));
    }
}
