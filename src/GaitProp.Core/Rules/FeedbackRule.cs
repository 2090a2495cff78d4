using GaitProp.Networks;
using GaitProp.Orthogonality;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Rules;

/// <summary>A rule that sends errors down through weights of its own instead of the network's.</summary>
public abstract class FeedbackRule : LearningRule
{
    private Tensor[] _feedback = [];

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => false;

    /// <inheritdoc/>
    public sealed override void Prepare(Network network, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        Free();
        _feedback = [.. Enumerable.Range(0, network.Layers.Count).Select(l => Draw(network, l, seed).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> State => _feedback;

    /// <summary>The feedback weights, one a layer, once <see cref="Prepare"/> has drawn them.</summary>
    public IReadOnlyList<Tensor> Feedback => _feedback;

    /// <summary>Draws the feedback weights of a layer: unless a rule needs others, orthogonal ones of the forward weight's shape.</summary>
    /// <param name="network">The network.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    protected virtual Tensor Draw(Network network, int layer, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        var weight = network.Layers[layer].Weight;
        return Orthogonal(network, weight.shape[0], weight.shape[1], layer, seed);
    }

    /// <summary>Random weights with orthonormal rows or columns, unlike the forward weights of any seed.</summary>
    /// <param name="network">The network, for precision and place.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    protected static Tensor Orthogonal(Network network, long rows, long columns, int layer, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        return OrthogonalInitialisation.Draw(rows, columns, Seeds.Derive(seed, SeedUse.Feedback, layer), network.DataType, network.Device);
    }

    /// <summary>The feedback weights for a network.</summary>
    /// <param name="network">The network that is updated.</param>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    protected IReadOnlyList<Tensor> FeedbackFor(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return _feedback.Length == network.Layers.Count
            ? _feedback
            : throw new InvalidOperationException("Prepare the rule for the network before its first update.");
    }

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
        foreach (var feedback in _feedback)
        {
            feedback.Dispose();
        }

        _feedback = [];
    }
}
