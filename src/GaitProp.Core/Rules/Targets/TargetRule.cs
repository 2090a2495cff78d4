using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// Gradient adjusted incremental target propagation: every layer learns from a target next to its activation, and the target of the layer
/// below is the inverse image of a nudge towards it. What a member of the family decides is the increment factor.
/// </summary>
/// <param name="options">Form, inverse and target step.</param>
public abstract class TargetRule(TargetOptions options) : LearningRule
{
    /// <inheritdoc/>
    public sealed override bool NeedsSquareLayers => true;

    /// <summary>The increment factor gamma of each sample: what part of the way to the target the layer is nudged.</summary>
    /// <param name="distance">The target distance ||t - a||_2, <c>[batch]</c>; above 0.</param>
    /// <param name="activation">The layer's kept activations, <c>[batch, keep, …]</c>.</param>
    /// <param name="units">Outputs of the layer, auxiliary ones included.</param>
    /// <returns>gamma, <c>[batch]</c>.</returns>
    protected internal abstract Tensor IncrementFactor(Tensor distance, Tensor activation, long units);

    /// <summary>The targets of every layer, from the input up.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass on a batch.</param>
    /// <param name="outputGradient">dL/dy by the kept outputs, <c>[batch, classes]</c>.</param>
    /// <exception cref="GaitPropException">A layer above the first is not square, or not invertible.</exception>
    public IReadOnlyList<LayerTarget> Targets(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputGradient);
        return options.Form == TargetForm.Literal
            ? LiteralTargets.Propagate(network, trace, outputGradient, options, IncrementFactor)
            : DisplacedTargets.Propagate(network, trace, outputGradient, options, IncrementFactor);
    }

    /// <inheritdoc/>
    public sealed override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        var targets = Targets(network, trace, outputGradient);
        return [.. targets.Select((target, l) =>
        {
            var layer = network.Layers[l];
            var a = target.Delta.shape[1] == layer.Keep ? layer.Kept(trace.Activations[l]) : trace.Activations[l];
            return layer.Gradient(target.Delta, trace.Inputs[l], a) with { Inversion = target.Inversion };
        })];
    }

    /// <summary>A value of each sample, shaped to multiply <paramref name="like"/>.</summary>
    internal static Tensor PerSample(Tensor value, Tensor like) => value.reshape([-1, .. Enumerable.Repeat(1L, (int)like.dim() - 1)]);

    /// <summary>||v||_2 of each sample, <c>[batch]</c>.</summary>
    internal static Tensor Norm(Tensor v) => v.flatten(1).square().sum(1).sqrt_();
}
