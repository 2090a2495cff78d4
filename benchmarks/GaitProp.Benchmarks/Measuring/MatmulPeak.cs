using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Measuring;

/// <summary>The matrix-product peak of the machine: a square product large enough that memory does not matter.</summary>
internal static class MatmulPeak
{
    /// <summary>A contestant that makes one such product.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="smoke">A small one.</param>
    /// <param name="device">Where; the CPU if null.</param>
    /// <param name="tf32">Whether factors may be rounded to TF32.</param>
    public static Contestant Of(ScalarType dtype, bool smoke, Device? device = null, bool tf32 = false)
    {
        var onCuda = device?.type == DeviceType.CUDA;
        var side =
            smoke ? 128L
            : onCuda ? 4096L
            : 2048L;
        var left = randn([side, side], dtype: dtype, device: device).DetachFromDisposeScope();
        var right = randn([side, side], dtype: dtype, device: device).DetachFromDisposeScope();
        var product = empty([side, side], dtype: dtype, device: device).DetachFromDisposeScope();
        return new Contestant(
            FormattableString.Invariant(
                $"matrix product of {side} x {side} x {side}, {(dtype == ScalarType.Float64 ? "float64" : tf32 ? "TF32" : "float32")}"
            ),
            () => Multiply(left, right, product, tf32)
        )
        {
            Settle = onCuda ? () => cuda.synchronize(device) : null,
            Operations = 2.0 * side * side * side,
            IsDouble = dtype == ScalarType.Float64,
        };
    }

    private static void Multiply(Tensor left, Tensor right, Tensor product, bool tf32)
    {
        using var products = Tf32.While(tf32);
        product.addmm_(left, right, beta: 0, alpha: 1);
    }
}
