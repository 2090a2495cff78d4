using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// The leaky rectifier <c>f(z) = z</c> for <c>z &gt; 0</c> and <c>slope z</c> otherwise, with its inverse and derivative. A slope of 1 is
/// the identity. Because f keeps the sign, the derivative can be read off the activation, and pre-activations need not be kept.
/// </summary>
public readonly struct LeakyReLU(double slope)
{
    /// <summary>The slope of the negative half; above 0, else f has no inverse.</summary>
    public double Slope { get; } = slope;

    /// <summary>The activation of output layers: f(z) = z.</summary>
    public static LeakyReLU Identity => new(1);

    /// <summary>The activation of the published networks' hidden layers.</summary>
    public static LeakyReLU Hidden => new(0.1);

    /// <summary>Whether f is the identity.</summary>
    internal bool IsIdentity => Slope == 1;

    /// <summary>a = f(z), in the memory of <paramref name="z"/>.</summary>
    /// <param name="z">Pre-activations, any shape; overwritten.</param>
    internal Tensor Forward_(Tensor z) => IsIdentity ? z : z.leaky_relu_(Slope);

    /// <summary>f'(z), of the shape of a.</summary>
    /// <param name="a">Activations f(z), any shape.</param>
    public Tensor Derivative(Tensor a) =>
        IsIdentity ? ones_like(a) : where(a.gt(0), ones(1, a.dtype, a.device), full(1, Slope, a.dtype, a.device));

    /// <summary>v f'(z): a gradient or displacement carried through f.</summary>
    /// <param name="v">Any tensor of the shape of a.</param>
    /// <param name="a">Activations f(z).</param>
    public Tensor TimesDerivative(Tensor v, Tensor a) =>
        IsIdentity ? v
        : FusedPass.Fits(v, a) ? FusedPass.TimesDerivative(v, a, Slope)
        : where(a.gt(0), v, v * Slope);

    /// <summary>z = f^-1(a).</summary>
    /// <param name="a">Activations, any shape.</param>
    public Tensor Inverse(Tensor a) => IsIdentity ? a : where(a.gt(0), a, a / Slope);

    /// <summary>
    /// <c>f^-1(a + step) - f^-1(a)</c> without subtracting large numbers where a and a + step have one sign: there it is
    /// <c>step / f'</c>, exactly.
    /// </summary>
    /// <param name="a">Activations, any shape.</param>
    /// <param name="step">Displacements of the activations, of the same shape.</param>
    internal Tensor InverseDisplacement(Tensor a, Tensor step)
    {
        if (IsIdentity)
        {
            return step;
        }

        var moved = a + step;
        var positive = a.gt(0);
        var within = where(positive, step, step / Slope);
        return where(positive.eq(moved.gt(0)), within, Inverse(moved) - Inverse(a));
    }
}
