using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Rules;

/// <summary>A rule that sends errors down through weights of its own instead of the network's.</summary>
internal abstract class FeedbackRule : DescentRule
{
    private Tensor[][] _feedback = [];

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => false;

    /// <inheritdoc/>
    public sealed override void Prepare(Network network, int seed)
    {
        Free();
        OutputLayer = network.OutputLayer;
        _feedback = [.. network.Layers.Select((_, l) => Draw(network, l, seed).Select(f => f.DetachFromDisposeScope()).ToArray())];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> State => Feedback;

    /// <summary>
    /// The feedback weights from the input up, once <see cref="Prepare"/> has drawn them: one for each weight, unless a rule needs others.
    /// </summary>
    public IReadOnlyList<Tensor> Feedback => [.. _feedback.SelectMany(f => f)];

    /// <summary>
    /// Draws the feedback weights of a layer: unless a rule needs others, for each weight an orthogonal one of its shape.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    protected virtual IEnumerable<Tensor> Draw(Network network, int layer, int seed) =>
        network
            .Layers[layer]
            .Weights.Select((weight, which) => Orthogonal(network, weight.shape[0], weight.shape[1], Seeds.Of(layer, which), seed));

    /// <summary>Random weights with orthonormal rows or columns, unlike the forward weights of any seed.</summary>
    /// <param name="network">The network, for precision and place.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="index">Which of the rule's weights they are; each has numbers of its own.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    protected static Tensor Orthogonal(Network network, long rows, long columns, int index, int seed)
    {
        return OrthogonalInitialisation.Draw(rows, columns, Seeds.Derive(seed, SeedUse.Feedback, index), network.DataType, network.Device);
    }

    /// <summary><see cref="Network.OutputLayer"/> of the network that the rule was prepared for.</summary>
    protected int OutputLayer { get; private set; }

    /// <summary>The feedback weights of a layer.</summary>
    /// <param name="layer">The layer, from 0.</param>
    protected IReadOnlyList<Tensor> FeedbackOf(int layer) => _feedback[layer];

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    protected override Carried Top(ForwardTrace trace, Tensor outputGradient) =>
        _feedback.Length == trace.Inputs.Count
            ? base.Top(trace, outputGradient)
            : throw new InvalidOperationException("Prepare the rule for the network before its first update.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Free();
        }

        base.Dispose(disposing);
    }

    private void Free()
    {
        foreach (var feedback in Feedback)
        {
            feedback.Dispose();
        }

        _feedback = [];
    }
}
