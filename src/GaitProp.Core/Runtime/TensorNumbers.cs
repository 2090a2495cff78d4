using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Runtime;

/// <summary>
/// Reads the number of a tensor with one element. TorchSharp's own <c>ToDouble</c> lets go of the <see cref="Scalar"/> between reading its
/// handle and using it: a garbage collection in between frees it, libtorch finds nonsense, and the process ends. Here it is held.
/// </summary>
internal static class TensorNumbers
{
    /// <summary>The number, whatever the tensor's type and device.</summary>
    /// <param name="tensor">A tensor with one element.</param>
    public static double Number(this Tensor tensor)
    {
        using var scalar = tensor.ToScalar();
        GC.KeepAlive(tensor);
        return scalar.ToDouble();
    }
}
