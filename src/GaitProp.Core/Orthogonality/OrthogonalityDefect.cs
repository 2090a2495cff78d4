using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>How far a weight is from having orthonormal rows, and the gradient of the penalty that the paper puts on it.</summary>
public static class OrthogonalityDefect
{
    /// <summary><c>W W^T - I</c>, or <c>W^T W - I</c> for a weight with more rows than columns: the smaller of the two.</summary>
    /// <param name="weight">W, <c>[rows, columns]</c>.</param>
    internal static Tensor Matrix(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var gram = weight.shape[0] <= weight.shape[1] ? weight.matmul(weight.t()) : weight.t().matmul(weight);
        gram.diagonal().sub_(1);
        return gram;
    }

    /// <summary>Root mean square over the defect's rows of their norm: the typical relative error of taking W^T for W^-1.</summary>
    /// <param name="weight">W, <c>[rows, columns]</c>.</param>
    public static double RootMeanSquare(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var defect = Matrix(weight);
        return defect.norm().Number() / Math.Sqrt(defect.shape[0]);
    }

    /// <summary>Adds Gaussian noise to a weight, in place, until its defect has a given size.</summary>
    /// <param name="weight">W with orthonormal rows, <c>[rows, columns]</c>; changed.</param>
    /// <param name="defect">The root mean square defect it shall have, 0 or more.</param>
    /// <param name="seed">Fixes the noise.</param>
    /// <exception cref="GaitPropException"><paramref name="defect"/> is negative or not finite.</exception>
    internal static void Perturb_(Tensor weight, double defect, int seed)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (!(defect >= 0) || !double.IsFinite(defect))
        {
            throw new GaitPropException(Text($"defect {defect:R} is not possible: it must be 0 or more."));
        }

        if (defect == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)(uint)seed, CPU);
        var noise = randn(weight.shape, dtype: ScalarType.Float64, device: CPU, generator: generator).to(weight.dtype).to(weight.device);
        var start = weight.clone();

        // The defect grows with the noise, in proportion at first and with its square where it is large: a correction between the two
        // meets both.
        var size = defect / Math.Sqrt(2.0 * Math.Max(weight.shape[0], weight.shape[1]));
        for (var i = 0; i < 30; i++)
        {
            weight.copy_(start + (size * noise));
            size *= Math.Pow(defect / RootMeanSquare(weight), 0.6);
        }
    }

    /// <summary>
    /// Adds the gradient of <c>lambda ||W W^T - I||_F^2</c>, which is <c>4 lambda (W W^T - I) W</c>, to a gradient in place.
    /// </summary>
    /// <param name="gradient">dL/dW, <c>[rows, columns]</c>; changed.</param>
    /// <param name="weight">W, of the same shape.</param>
    /// <param name="lambda">The penalty's strength.</param>
    public static void AddPenaltyGradient_(Tensor gradient, Tensor weight, double lambda)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(weight);
        using var scope = NewDisposeScope();
        var defect = Matrix(weight).mul_(4 * lambda);
        _ =
            weight.shape[0] <= weight.shape[1]
                ? gradient.addmm_(defect, weight, beta: 1, alpha: 1)
                : gradient.addmm_(weight, defect, beta: 1, alpha: 1);
    }

    /// <summary>
    /// One Newton-Schulz step towards the nearest weight with orthonormal rows, <c>W &lt;- 1.5 W - 0.5 (W W^T) W</c>, in place. The defect
    /// falls to about three quarters of its square. It converges while every singular value lies between 0 and sqrt 3, and beyond sqrt 5 it
    /// leads away: then the learning rate is too large for it.
    /// </summary>
    /// <param name="weight">W, <c>[rows, columns]</c>; changed.</param>
    public static void Retract_(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        using var scope = NewDisposeScope();
        var defect = Matrix(weight);
        var correction = weight.shape[0] <= weight.shape[1] ? defect.matmul(weight) : weight.matmul(defect);
        weight.sub_(correction.mul_(0.5));
    }
}
