using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Random weights with orthonormal rows (or, where there are more rows than columns, orthonormal columns).</summary>
public static class OrthogonalInitialisation
{
    /// <summary>
    /// Draws a weight, uniform over such matrices: the orthogonal factor of a Gaussian matrix, signs fixed by the diagonal of the
    /// triangular one (Mezzadri 2007). It is computed in float64, and the first rows do not depend on how many follow: a network with
    /// auxiliary rows starts from the same kept rows as one without.
    /// </summary>
    /// <param name="rows">Rows (outputs).</param>
    /// <param name="columns">Columns (inputs of one output).</param>
    /// <param name="seed">Fixes the numbers.</param>
    /// <param name="dtype">Element type of the result.</param>
    /// <param name="device">Where the result lies; the numbers are the same on every device.</param>
    /// <returns>W, <c>[rows, columns]</c>.</returns>
    public static Tensor Draw(long rows, long columns, ulong seed, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);

        // torch draws normal numbers sixteen at a time, and the last sixteen anew if their count is no multiple of that: the first rows
        // would depend on how many follow.
        var count = rows * columns;
        var gaussian = randn([(count + 15) / 16 * 16], dtype: ScalarType.Float64, device: CPU, generator: generator)
            .narrow(0, 0, count)
            .reshape(rows, columns);
        var wide = rows <= columns;
        var (q, r) = linalg.qr(wide ? gaussian.t() : gaussian, linalg.QRMode.Reduced);
        var signs = r.diagonal().sign();
        q = q * where(signs.eq(0), ones_like(signs), signs);
        return (wide ? q.t() : q).contiguous().to(dtype).to(device ?? CPU).MoveToOuterDisposeScope();
    }
}
