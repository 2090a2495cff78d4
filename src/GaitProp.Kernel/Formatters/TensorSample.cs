using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// The numbers of a tensor that a formatter looks at: all of them, or, of a large tensor, every so many along its longest axes.
/// </summary>
/// <param name="Values">The values in row-major order; of complex numbers the magnitudes, of truth values 0 and 1.</param>
/// <param name="Shape">The shape of what was taken.</param>
/// <param name="Whole">Whether all of the tensor was taken.</param>
internal sealed record TensorSample(double[] Values, long[] Shape, bool Whole)
{
    /// <summary>Takes at most so many numbers of a tensor that has some.</summary>
    /// <param name="tensor">The tensor, of any type and on any device.</param>
    /// <param name="most">How many at the most.</param>
    public static TensorSample Of(Tensor tensor, long most)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var view = tensor.detach();
        if (view.is_sparse)
        {
            view = view.to_dense();
        }

        var shape = view.shape;
        while (Shapes.Units(shape) > most)
        {
            // Every second along the longest axis, until it is few enough.
            var longest = Array.IndexOf(shape, shape.Max());
            view = view.index([.. shape.Select((_, axis) => axis == longest ? TensorIndex.Slice(null, null, 2) : TensorIndex.Slice())]);
            shape = view.shape;
        }

        if (view.is_complex())
        {
            view = view.abs();
        }

        var values = view.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        return new TensorSample(values, shape, shape.SequenceEqual(tensor.shape));
    }
}
