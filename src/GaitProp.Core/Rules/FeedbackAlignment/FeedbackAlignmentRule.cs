using System.ComponentModel;
using System.Text.Json.Serialization;
using GaitProp.Rules;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Feedback alignment (Lillicrap et al. 2016): backpropagation with a fixed random matrix in the place of every transposed weight. The
/// matrices are orthogonal and of the forward weights' shapes. A layer without weights has its own transpose.
/// </summary>
/// <param name="options">What the feedback weights are drawn from.</param>
[Rule("fa", "FA", typeof(FeedbackAlignmentOptions))]
internal sealed class FeedbackAlignmentRule(FeedbackAlignmentOptions options) : FeedbackRule
{
    /// <summary>What the feedback weights are drawn from.</summary>
    public FeedbackAlignmentOptions Options { get; } = options;

    /// <inheritdoc/>
    protected override Inversion Below(LayerStep at, Tensor sent) => at.Layer.Feedback(sent, at.Input, FeedbackOf(at.Index));

    /// <inheritdoc/>
    protected override IEnumerable<Tensor> Draw(Network network, int layer, int seed)
    {
        var (own, weights) = (base.Draw(network, layer, seed), network.Layers[layer].Weights);
        return
            Options.Feedback == FeedbackSource.NextLayer
            && layer + 1 < network.Layers.Count
            && network.Layers[layer + 1].Weights is [var next]
            && weights is [var weight]
            && next.shape.SequenceEqual(weight.shape)
            ?
            [
                OrthogonalInitialisation.Draw(
                    weight.shape[0],
                    weight.shape[1],
                    Seeds.Derive(seed, SeedUse.Weights, layer + 1),
                    network.DataType,
                    network.Device
                ),
            ]
            : own;
    }
}

/// <summary>What the random feedback weights of FA are drawn from.</summary>
public enum FeedbackSource
{
    /// <summary>Seeds of their own: they are unlike any forward weights.</summary>
    Own,

    /// <summary>
    /// The seed of the next layer's forward weights, as in the paper's own code. Where both have one shape, a layer's feedback <i>is</i>
    /// the weight that the layer above began with. Where they have not, a seed fills another shape with other numbers; here they are then
    /// those of <see cref="Own"/>.
    /// </summary>
    NextLayer,
}

/// <summary>Settings of <see cref="FeedbackAlignmentRule"/>.</summary>
public sealed record FeedbackAlignmentOptions : RuleOptions
{
    /// <summary>What feedback weights are drawn from. Default: seeds of their own.</summary>
    [Description("What feedback weights are drawn from. Default: own.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FeedbackSource Feedback { get; init; }
}
