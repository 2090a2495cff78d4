using static TorchSharp.torch;

namespace GaitProp;

/// <summary>What a forward pass leaves behind for a learning rule.</summary>
public sealed class ForwardTrace
{
    internal ForwardTrace(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> activations, Tensor output) =>
        (Inputs, Activations, Output) = (inputs, activations, output);

    /// <summary>
    /// What each layer saw, <c>[batch, …InputShape]</c>: the images, then the kept activations of the layer below.
    /// </summary>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>What each layer computed, auxiliary units included: <c>[batch, rows]</c> or <c>[batch, rows, height, width]</c>.</summary>
    public IReadOnlyList<Tensor> Activations { get; }

    /// <summary>The kept outputs of the last layer, <c>[batch, classes]</c>: the logits.</summary>
    public Tensor Output { get; }

    /// <summary>Samples in the batch.</summary>
    public long Batch => Output.shape[0];

    /// <summary>The same numbers in another type.</summary>
    /// <param name="type">The type.</param>
    internal ForwardTrace To(ScalarType type) =>
        new([.. Inputs.Select(t => t.to(type))], [.. Activations.Select(t => t.to(type))], Output.to(type));
}
