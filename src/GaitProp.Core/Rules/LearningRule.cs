using System.Reflection;
using GaitProp.Layers;
using GaitProp.Ranks;
using GaitProp.Rules;
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
    /// The tensors that belong to the rule itself, in a fixed order, once it is prepared: weights it has drawn, and whatever its updates
    /// change. They are saved in checkpoints and put back in place, so that a resumed run goes on as if nothing had happened.
    /// </summary>
    public virtual IReadOnlyList<Tensor> State => [];

    /// <summary>Gets the rule ready for a network, before its first update; rules with weights of their own draw them here.</summary>
    /// <param name="network">The network that will be trained.</param>
    /// <param name="seed">Fixes what is drawn.</param>
    public virtual void Prepare(Network network, int seed) { }

    /// <summary>The update of every layer, as dL/dW and dL/db.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass on a batch.</param>
    /// <param name="outputGradient">dL/dy by the kept outputs, <c>[batch, classes]</c>.</param>
    /// <returns>One gradient a layer, from the input up; tensors of the caller's dispose scope.</returns>
    public abstract LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient);

    /// <summary>
    /// <see cref="Update(Network, ForwardTrace, Tensor)"/>, and a look at what a rule of anybody's returns before somebody goes on with it.
    /// Where ranks share the batch it is summed over all of them.
    /// </summary>
    /// <exception cref="GaitPropException">There is not one update for each layer, or one does not fit its layer: which, and what it should
    /// be.</exception>
    internal LayerGradient[] CheckedUpdate(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        if (BatchShare.Current is not { } share)
        {
            return Fitting(network, Update(network, trace, outputGradient));
        }

        var sum = new GradientSum(share);
        var update = Update(network, trace, outputGradient, sum);
        sum.Wait();
        return update;
    }

    /// <summary>
    /// The update, each layer's sum over ranks begun: from the top down, so that it is under way as early as the rule allows.
    /// </summary>
    private protected virtual LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient, GradientSum sum)
    {
        var update = Fitting(network, Update(network, trace, outputGradient));
        for (var l = update.Length - 1; l >= 0; l--)
        {
            update[l] = sum.Begin(update[l]);
        }

        return update;
    }

    /// <summary>An update of this rule that fits the network.</summary>
    private protected LayerGradient[] Fitting(Network network, LayerGradient[] update)
    {
        Check($"rule '{GetType().GetCustomAttribute<RuleAttribute>()?.Name ?? GetType().Name}' returned", network, update);
        return update;
    }

    /// <summary>Whether updates fit a network: one for each layer, with a tensor for each that the layer trains.</summary>
    /// <param name="returned">How an error begins: <c>rule 'mine' returned</c>.</param>
    /// <param name="network">The network.</param>
    /// <param name="update">The updates, from the input up.</param>
    /// <exception cref="GaitPropException">They do not: which, and what it should be.</exception>
    internal static void Check(string returned, Network network, IReadOnlyList<LayerGradient> update)
    {
        if (update is null || update.Count != network.Layers.Count)
        {
            throw new GaitPropException(
                $"{returned} {Count(update?.Count ?? 0, "update")} for {Count(network.Layers.Count, "layer")}: there must be one for each layer of the network, from the input up."
            );
        }

        foreach (var (layer, gradient) in network.Layers.Zip(update))
        {
            if (gradient.Trained.Count != layer.Trained.Count)
            {
                throw new GaitPropException(
                    $"{returned} {Count(gradient.Trained.Count, "gradient")} for {layer.Name}, which trains {Count(layer.Trained.Count, "tensor")}: layer.Gradient(delta, input) makes what fits."
                );
            }

            foreach (var (gradientOf, trained) in gradient.Trained.Zip(layer.Trained))
            {
                if (gradientOf is null || !gradientOf.shape.AsSpan().SequenceEqual(trained.shape))
                {
                    throw new GaitPropException(
                        $"{returned} a gradient of {(gradientOf is null ? "nothing" : Shapes.Text(gradientOf.shape))} for a tensor of {Shapes.Text(trained.shape)} in {layer.Name}: layer.Gradient(delta, input) makes what fits."
                    );
                }

                if (gradientOf.dtype != trained.dtype)
                {
                    throw new GaitPropException(
                        $"{returned} a gradient in {gradientOf.dtype.ToString().ToLowerInvariant()} for {layer.Name}, whose parameters are {trained.dtype.ToString().ToLowerInvariant()}: convert it with .to(...)."
                    );
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the rule's own weights.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing) { }
}
