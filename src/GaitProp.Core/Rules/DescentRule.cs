using GaitProp.Rules;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// A rule that goes down the network once, layer by layer. At a layer something comes from above: <see cref="Delta"/> says what the layer
/// learns from and what it sends on, at its units; <see cref="Below"/> how that goes through its weights. Backpropagation's are <c>delta =
/// D e</c> and <c>e_below = W^T delta</c>; a rule is what differs.
/// </summary>
public abstract class DescentRule : LearningRule
{
    /// <summary>What comes to the output layer. Backpropagation: the gradient dL/dy itself.</summary>
    /// <param name="trace">The forward pass.</param>
    /// <param name="outputGradient">dL/dy by the kept outputs, <c>[batch, classes]</c>.</param>
    protected virtual Carried Top(ForwardTrace trace, Tensor outputGradient) => new(outputGradient);

    /// <summary>What a layer learns from, and what it sends on. Backpropagation: both are <c>D e</c>.</summary>
    /// <param name="at">The layer, and what it saw and computed.</param>
    /// <param name="from">What came from above.</param>
    protected virtual UnitStep Delta(LayerStep at, Carried from)
    {
        var delta = at.Layer.TimesDerivative(from.Value, at.Activation);
        return new(delta, delta);
    }

    /// <summary>
    /// How what a layer sends on goes through its weights. Backpropagation: <c>W^T</c>, which is <c>at.Layer.Feedback(sent, at.Input)</c>.
    /// The first layer is not asked.
    /// </summary>
    /// <param name="at">The layer, and what it saw and computed.</param>
    /// <param name="sent">What it sends on, <c>[batch, rows or fewer, …]</c>.</param>
    /// <returns>What comes to the layer below, of the shape of its outputs; a tensor will do.</returns>
    protected abstract Inversion Below(LayerStep at, Tensor sent);

    /// <inheritdoc/>
    public sealed override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) =>
        Update(network, trace, outputGradient, gradient => gradient);

    /// <summary>A layer's gradient is summed while the rule goes through its weights to the next.</summary>
    private protected sealed override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient, GradientSum sum) =>
        Fitting(network, Update(network, trace, outputGradient, sum.Begin));

    private LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient, Func<LayerGradient, LayerGradient> found)
    {
        ArgumentNullException.ThrowIfNull(network);
        var gradients = new LayerGradient[network.Layers.Count];
        Descend(
            network,
            trace,
            outputGradient,
            (at, _, step) =>
            {
                gradients[at.Index] = found(
                    at.Layer.Gradient(step.Delta, at.Input, step.Delta.shape[1] == at.Layer.Keep ? at.Activation : at.All)
                );
            },
            (at, below) => gradients[at.Index] = gradients[at.Index] with { Inversion = below }
        );
        return gradients;
    }

    /// <summary>What each layer learns from, from the input up: dL/du as the rule sees it.</summary>
    internal Tensor[] Deltas(Network network, ForwardTrace trace, Tensor outputGradient) =>
        OfEach(network, trace, outputGradient, (_, _, step) => step.Delta);

    /// <summary>One thing of each layer, from the input up.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass.</param>
    /// <param name="outputGradient">dL/dy.</param>
    /// <param name="found">The thing, of what came to a layer and what it learns from.</param>
    private protected T[] OfEach<T>(Network network, ForwardTrace trace, Tensor outputGradient, Func<LayerStep, Carried, UnitStep, T> found)
    {
        ArgumentNullException.ThrowIfNull(network);
        var things = new T[network.Layers.Count];
        Descend(network, trace, outputGradient, (at, from, step) => things[at.Index] = found(at, from, step));
        return things;
    }

    /// <summary>The way down: every rule's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass.</param>
    /// <param name="outputGradient">dL/dy.</param>
    /// <param name="learn">Told what came to a layer, and what it learns from.</param>
    /// <param name="left">Told how a layer was left, for the one below.</param>
    private void Descend(
        Network network,
        ForwardTrace trace,
        Tensor outputGradient,
        Action<LayerStep, Carried, UnitStep> learn,
        Action<LayerStep, Inversion>? left = null
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputGradient);
        var carried = Top(trace, outputGradient);
        for (var l = network.Layers.Count - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var at = new LayerStep
            {
                Index = l,
                Layer = layer,
                Input = trace.Inputs[l],
                Activation = layer.Kept(trace.Activations[l]),
                All = trace.Activations[l],
            };
            var step = Delta(at, carried);
            learn(at, carried, step);
            if (l > 0)
            {
                var below = Below(at, step.Sent);
                left?.Invoke(at, below);
                carried = new(below.Inputs, step.Scale);
            }
        }
    }
}

/// <summary>A layer on the way down, with what it saw and computed.</summary>
public readonly struct LayerStep
{
    /// <summary>Its place from the input up, from 0.</summary>
    public int Index { get; internal init; }

    /// <summary>The layer.</summary>
    public Layer Layer { get; internal init; }

    /// <summary>Its inputs, <c>[batch, …InputShape]</c>.</summary>
    public Tensor Input { get; internal init; }

    /// <summary>Its kept activations, <c>[batch, keep, …]</c>.</summary>
    public Tensor Activation { get; internal init; }

    /// <summary>All its activations, auxiliary ones included, <c>[batch, rows, …]</c>.</summary>
    public Tensor All { get; internal init; }

    /// <summary>Whether nothing lies below but the images.</summary>
    public bool IsFirst => Index == 0;
}

/// <summary>What comes to a layer from above.</summary>
/// <param name="value">A gradient, a displacement or a target, <c>[batch, keep, …]</c>.</param>
/// <param name="scale">A factor of each sample that a rule carries with it, <c>[batch]</c>; <see langword="null"/> for 1.</param>
public readonly struct Carried(Tensor value, Tensor? scale = null)
{
    /// <summary>A gradient, a displacement or a target.</summary>
    public Tensor Value { get; } = value;

    /// <summary>A factor of each sample that a rule carries with it.</summary>
    public Tensor? Scale { get; } = scale;
}

/// <summary>What happens at a layer's units.</summary>
/// <param name="delta">What the layer learns from: dL/du by the weighted input, <c>[batch, rows, …]</c>, or the kept rows alone where the
/// others are zero.</param>
/// <param name="sent">What it sends through its weights, of the same shape or with the kept rows alone.</param>
/// <param name="scale">The factor of each sample that goes with it.</param>
public readonly struct UnitStep(Tensor delta, Tensor sent, Tensor? scale = null)
{
    /// <summary>What the layer learns from.</summary>
    public Tensor Delta { get; } = delta;

    /// <summary>What it sends through its weights.</summary>
    public Tensor Sent { get; } = sent;

    /// <summary>The factor of each sample that goes with it.</summary>
    public Tensor? Scale { get; } = scale;
}
