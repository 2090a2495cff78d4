using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// A Newton-Schulz step confined to the few directions in which a weight leaves orthogonality fastest. Adam's steps are nearly of low rank,
/// and so is the defect <c>E = I - W W^T</c> that they leave: on CIFAR-10 a handful of its eigenvalues make almost all of the angle between
/// <c>W^-1</c> and <c>W^T</c>. They are found with a random probe (Halko, Martinsson and Tropp 2011, algorithm 4.1): <c>Q = orth(E P)</c>,
/// and <c>W &lt;- W + 1/2 (E Q) Q^T W</c> takes them off. For rank r it costs five products of rows x columns x r in place of two of rows x
/// rows x columns. Nothing is remembered from step to step.
/// </summary>
public sealed class SubspaceRetraction : IDisposable
{
    /// <summary>
    /// What keeps the Cholesky factor of <c>Y^T Y</c> from breaking down where a direction has no defect to show, relative to the mean of
    /// those that have.
    /// </summary>
    private const double Ridge = 1e-6;

    /// <summary>What keeps a factor where there is no defect at all.</summary>
    private const double Least = 1e-200;

    private readonly Tensor? _probe;

    /// <summary>Draws the probe of one weight.</summary>
    /// <param name="weight">W, <c>[rows, columns]</c>; its shape, type and device count, its numbers do not.</param>
    /// <param name="rank">Directions, 1 or more. A weight with no more than 2.5 times as many rows (or columns, whichever are fewer) is
    /// retracted whole, which is no dearer.</param>
    /// <param name="seed">Fixes the probe.</param>
    /// <exception cref="GaitPropException"><paramref name="rank"/> is below 1.</exception>
    public SubspaceRetraction(Tensor weight, int rank, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (rank < 1)
        {
            throw new GaitPropException($"a retraction of {rank} directions is not possible: it must be 1 or more.");
        }

        var rows = Math.Min(weight.shape[0], weight.shape[1]);
        if (5L * rank >= 2 * rows)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        _probe = randn([rows, rank], dtype: ScalarType.Float64, device: CPU, generator: generator)
            .to(weight.dtype)
            .to(weight.device)
            .DetachFromDisposeScope();
    }

    /// <summary>Takes the leading directions of the defect off a weight, in place.</summary>
    /// <param name="weight">W, <c>[rows, columns]</c>, of the shape that the probe was drawn for; changed.</param>
    public void Apply_(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (_probe is null)
        {
            OrthogonalityDefect.Retract_(weight);
            return;
        }

        using var scope = NewDisposeScope();
        var w = weight.shape[0] <= weight.shape[1] ? weight : weight.t();
        var y = _probe - w.matmul(w.t().matmul(_probe));
        if (!HostRead.IsFree(w))
        {
            Unseen_(w, y);
            return;
        }

        var gram = y.t().matmul(y);
        var size = gram.diagonal().mean().Number();
        if (!(size > 0) || !double.IsFinite(size))
        {
            // Nothing to take off; and what is not finite is the training loop's to report.
            return;
        }

        var q = linalg.solve_triangular(Factor(gram, Ridge * size), y.t(), upper: false).t();
        TakeOff_(w, q);
    }

    /// <inheritdoc/>
    public void Dispose() => _probe?.Dispose();

    /// <summary>
    /// The same where to look at the Gram matrix would be a wait: in float64 the smallest ridge is far above the rounding, so that there
    /// always is a factor, and a weight without a defect stays as it is by itself.
    /// </summary>
    private static void Unseen_(Tensor w, Tensor y)
    {
        var wide = y.to(ScalarType.Float64);
        var gram = wide.t().matmul(wide);
        gram.diagonal().add_((gram.diagonal().mean() * Ridge).add_(Least));
        TakeOff_(w, linalg.solve_triangular(linalg.cholesky_ex(gram).L, wide.t(), upper: false).t().to(w.dtype));
    }

    private static void TakeOff_(Tensor w, Tensor q)
    {
        var turned = w.t().matmul(q);
        w.addmm_(q - w.matmul(turned), turned.t(), beta: 1, alpha: 0.5f);
    }

    /// <summary>
    /// The Cholesky factor of a Gram matrix with a ridge, which grows until there is one: where one direction is far ahead of all others,
    /// the rounding of its square alone is more than the smallest ridge.
    /// </summary>
    private static Tensor Factor(Tensor gram, double ridge)
    {
        var most = 1e8 * ridge;
        while (true)
        {
            gram.diagonal().add_(ridge);
            var (factor, info) = linalg.cholesky_ex(gram);
            if (info.Whole() == 0 || ridge > most)
            {
                // A hundred times the matrix itself and no factor: it is not finite, and that is the training loop's to report.
                return factor;
            }

            ridge *= 10;
        }
    }
}
