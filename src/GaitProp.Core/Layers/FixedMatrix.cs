using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// A matrix that a layer never trains, in float64 whatever the network's precision: rounded to float32 and back it would be orthogonal to
/// seven digits alone, and the literal form would see the rest.
/// </summary>
/// <param name="exact">The matrix, float64.</param>
internal sealed class FixedMatrix(Tensor exact) : IDisposable
{
    private Tensor? _single;

    /// <summary>The matrix in the element type of what it is multiplied with.</summary>
    public Tensor As(ScalarType type) => type == exact.dtype ? exact : _single ??= exact.to(type).DetachFromDisposeScope();

    /// <summary>Frees the rounded copy; the matrix itself is the layer's.</summary>
    public void Dispose() => _single?.Dispose();
}
