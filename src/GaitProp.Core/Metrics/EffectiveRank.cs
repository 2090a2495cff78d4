using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>How many directions a matrix really has.</summary>
public static class EffectiveRank
{
    /// <summary>
    /// The exponential of the entropy of the normalised singular values (Roy and Vetterli 2007): 1 for rank one, n for an orthogonal n x n.
    /// </summary>
    /// <param name="matrix">A matrix, <c>[rows, columns]</c>.</param>
    /// <returns><see langword="null"/> where it is undefined: the matrix is zero or not finite.</returns>
    public static double? Of(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var scope = NewDisposeScope();
        if (!matrix.isfinite().all().IsTrue())
        {
            return null;
        }

        var values = linalg.svdvals(matrix.to(ScalarType.Float64));
        var sum = values.sum().Number();
        return sum > 0 ? Math.Exp(special.entr(values / sum).sum().Number()) : null;
    }
}
