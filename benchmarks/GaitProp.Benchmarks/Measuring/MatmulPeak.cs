using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Measuring;

/// <summary>The matrix-product peak of the machine: a square product large enough that memory does not matter.</summary>
internal static class MatmulPeak
{
    /// <summary>A contestant that makes one such product.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="smoke">A small one.</param>
    public static Contestant Of(ScalarType dtype, bool smoke)
    {
        var side = smoke ? 128L : 2048L;
        var left = randn([side, side], dtype: dtype).DetachFromDisposeScope();
        var right = randn([side, side], dtype: dtype).DetachFromDisposeScope();
        var product = empty([side, side], dtype: dtype).DetachFromDisposeScope();
        return new Contestant(FormattableString.Invariant($"matrix product of {side} x {side} x {side}, {(dtype == ScalarType.Float64 ? "float64" : "float32")}"), () => _ = matmul(left, right, product))
        {
            Operations = 2.0 * side * side * side,
            IsDouble = dtype == ScalarType.Float64,
        };
    }

    private static Tensor matmul(Tensor left, Tensor right, Tensor product)
    {
        product.addmm_(left, right, beta: 0, alpha: 1);
        return product;
    }
}
