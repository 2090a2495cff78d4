namespace GaitProp.Layers;

/// <summary>
/// Shapes without the batch: how they are written in messages and tables, <c>3 x 32 x 32</c>, how many units they have, and how values of
/// samples get one.
/// </summary>
internal static class Shapes
{
    public static string Text(IEnumerable<long> shape) => string.Join(" x ", shape);

    /// <summary>Refuses two tensors that are not of one shape: libtorch would repeat one of them without a word.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void CheckAlike(TorchSharp.torch.Tensor one, TorchSharp.torch.Tensor other)
    {
        if (!one.shape.AsSpan().SequenceEqual(other.shape))
        {
            throw new ArgumentException(
                $"tensors of {Text(one.shape)} and {Text(other.shape)} cannot be held against each other: they must have one shape."
            );
        }
    }

    /// <summary>A value of each sample, <c>[batch]</c>, shaped to multiply a tensor: <c>[batch, 1, …]</c>.</summary>
    /// <param name="value">The values.</param>
    /// <param name="like">The tensor.</param>
    public static TorchSharp.torch.Tensor PerSample(TorchSharp.torch.Tensor value, TorchSharp.torch.Tensor like) =>
        value.reshape([-1, .. Enumerable.Repeat(1L, (int)like.dim() - 1)]);

    public static long Units(IEnumerable<long> shape) => shape.Aggregate(1L, (units, side) => units * side);
}
