using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// A learning rule: turns the error at the output into an update for every layer. All rules return the gradient of the same loss
/// (what an optimiser descends), so that they can be compared and swapped.
/// </summary>
public abstract class LearningRule : IDisposable
{
    /// <summary>Whether layers must be square: with auxiliary units, all layers but the first.</summary>
    public abstract bool NeedsSquareLayers { get; }

    /// <summary>
    /// The tensors that belong to the rule itself, in a fixed order, once it is prepared: weights it has drawn, and whatever its updates change. They are
    /// saved in checkpoints and put back in place, so that a resumed run goes on as if nothing had happened.
    /// </summary>
    public virtual IReadOnlyList<Tensor> State => [];

    /// <summary>Gets the rule ready for a network, before its first update; rules with weights of their own draw them here.</summary>
    /// <param name="network">The network that will be trained.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    public virtual void Prepare(Network network, int seed)
    {
    }

    /// <summary>The update of every layer, as dL/dW and dL/db.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass on a batch.</param>
    /// <param name="outputGradient">dL/dy by the kept outputs, <c>[batch, classes]</c>.</param>
    /// <returns>One gradient a layer, from the input up; tensors of the caller's dispose scope.</returns>
    public abstract LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the rule's own weights.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
