using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// Max-pooling as a layer that sorts (beyond the paper): of every window the largest value goes on, and the others, in their order, are
/// auxiliary units. That is a permutation of the window's pixels, another one for every window: orthogonal and invertible, so the rule's
/// update through it is backpropagation's.
/// </summary>
/// <param name="name">What errors and tables call it.</param>
/// <param name="size">Its sizes: <see cref="WindowDefinition.SizeAt"/>.</param>
/// <param name="auxiliary">Whether the other values are computed.</param>
/// <param name="side">Pixels of a window's side.</param>
internal sealed class MaxPool(string name, LayerSize size, AuxiliaryUnits auxiliary, int side) : WindowLayer(name, size, auxiliary, side)
{
    /// <inheritdoc/>
    public override string Kind => $"maxpool {Side}×{Side}";

    /// <inheritdoc/>
    protected override bool DependsOnInput => true;

    /// <inheritdoc/>
    protected override Tensor Turned(Tensor windows, int values) =>
        values == 1 ? windows.amax([-1], keepdim: true) : windows.gather(-1, Order(windows));

    /// <inheritdoc/>
    protected override Tensor TurnedBack(Tensor values, Tensor windows)
    {
        var places = values.shape[4] == 1 ? Largest(windows) : Order(windows);
        return zeros(windows.shape, values.dtype, values.device).scatter_(-1, places, values);
    }

    /// <inheritdoc/>
    protected override Layer Around(IReadOnlyList<Tensor> owned) => new MaxPool(Name, Size, Auxiliary, Side);

    /// <summary>The place of the largest pixel; the first of those that are equal.</summary>
    private static Tensor Largest(Tensor windows) => windows.argmax(-1, keepdim: true);

    /// <summary>The place of the largest pixel, then those of the others as they stand.</summary>
    private static Tensor Order(Tensor windows)
    {
        var places = arange(windows.shape[4], ScalarType.Int64, windows.device).expand(windows.shape);
        return places.scatter(-1, Largest(windows), -1 * ones_like(Largest(windows))).argsort(-1);
    }
}

/// <summary>The plan of max-pooling.</summary>
/// <param name="Side">Pixels of a window's side.</param>
/// <param name="Stride">Pixels from one window to the next: the side, which 0 stands for.</param>
[LayerKind("maxpool", "SIDE")]
internal sealed record MaxPoolDefinition(int Side, int Stride = 0) : WindowDefinition(Side, Stride)
{
    /// <inheritdoc/>
    public override Layer Build(LayerPlace place)
    {
        return new MaxPool(place.Name, SizeAt(place.InputShape, place.IsSquare), place.Auxiliary, Side);
    }
}
