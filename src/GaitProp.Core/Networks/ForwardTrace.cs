using static TorchSharp.torch;

namespace GaitProp.Networks;

/// <summary>What a forward pass leaves behind for a learning rule.</summary>
/// <param name="Inputs">
/// What each layer saw, <c>[batch, …InputShape]</c>: the images, then the kept activations of the layer below.
/// </param>
/// <param name="Activations">What each layer computed, auxiliary units included: <c>[batch, rows]</c> or <c>[batch, rows, height, width]</c>.</param>
/// <param name="Output">The kept outputs of the last layer, <c>[batch, classes]</c>: the logits.</param>
public sealed record ForwardTrace(IReadOnlyList<Tensor> Inputs, IReadOnlyList<Tensor> Activations, Tensor Output)
{
    /// <summary>Samples in the batch.</summary>
    public long Batch => Output.shape[0];
}
