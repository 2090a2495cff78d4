using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>The share of a weight's elements that two updates move the same way.</summary>
public static class SignAgreement
{
    /// <summary>The share, 0 to 1, of those elements of which neither update is zero.</summary>
    /// <param name="update">One update, any shape.</param>
    /// <param name="reference">The other, of the same shape.</param>
    /// <returns><see langword="null"/> where it is undefined: no such element, or a value is not finite.</returns>
    public static double? Share(Tensor update, Tensor reference)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(reference);
        Shapes.CheckAlike(update, reference);
        using var scope = NewDisposeScope();
        if (!update.isfinite().all().IsTrue() || !reference.isfinite().all().IsTrue())
        {
            return null;
        }

        var product = update.sign() * reference.sign();
        var compared = product.count_nonzero().Whole();
        return compared == 0 ? null : product.gt(0).sum().Whole() / (double)compared;
    }
}
