using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>What target propagation finds for one layer.</summary>
/// <param name="Delta">
/// dL/du by the weighted input u = W x as the rule sees it, <c>-(1/k) m (t - a) D</c> with D = g f'(z): <c>[batch, rows, …]</c>, or the kept rows alone where the others are zero.
/// </param>
/// <param name="Scaled">The displacement t - a times <paramref name="Scale"/>, of the same shape.</param>
/// <param name="Scale">The factor of each sample, <c>[batch, 1, …]</c>, or <see langword="null"/> for 1.</param>
public readonly record struct LayerTarget(Tensor Delta, Tensor Scaled, Tensor? Scale = null)
{
    /// <summary>How the rule went below this layer; the default at the first, and in the literal form.</summary>
    public Inversion Inversion { get; init; }

    /// <summary>t - a, <c>[batch, rows, …]</c>. In the limit form, where it would vanish, the displacement before any increment factor.</summary>
    public Tensor Displacement => Scale is null ? Scaled : Scaled / Scale;
}
