using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>How far an update is from a reference, in the reference's own length.</summary>
public static class RelativeError
{
    /// <summary><c>||update - reference|| / ||reference||</c>, computed in float64.</summary>
    /// <param name="update">One update, any shape.</param>
    /// <param name="reference">The other, of the same shape.</param>
    /// <returns><see langword="null"/> where it is undefined: the reference is zero, or a value is not finite.</returns>
    public static double? Of(Tensor update, Tensor reference)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(reference);
        Shapes.CheckAlike(update, reference);
        using var scope = NewDisposeScope();
        var exact = reference.to(ScalarType.Float64);
        var norm = exact.norm().Number();
        var error = (update.to(ScalarType.Float64) - exact).norm().Number() / norm;
        return norm > 0 && double.IsFinite(error) ? error : null;
    }
}
