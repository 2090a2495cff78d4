using GaitProp.Networks;
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

    /// <summary>The feedback weights, one a layer, once <see cref="Prepare"/> has drawn them.</summary>
    public IReadOnlyList<Tensor> Feedback => _feedback;

    /// <summary>Draws the feedback weights of a layer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    protected abstract Tensor Draw(Network network, int layer, int seed);

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
