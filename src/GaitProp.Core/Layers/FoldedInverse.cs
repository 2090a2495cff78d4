using System.Collections.Concurrent;
using GaitProp.Ranks;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// The inverse of a nearly orthogonal weight, corrected in the k directions in which the batch feels its defect most. With <c>E = I - W
/// W^T</c> the inverse is <c>W^T (I - E)^-1</c>. The batch's own displacements p probe E: <c>Q = orth(E P)</c>, where the columns of P are
/// the leading combinations of p. Then <c>E ~ Q Q^T E</c>, and Woodbury's identity gives <c>x = W^T p + T (I - S)^-1 F^T p</c> with <c>T =
/// W^T Q</c>, <c>F = E Q</c>, <c>S = Q^T F</c>: exact for what Q captures. The same T and F are the Newton-Schulz step of the retraction
/// (<see cref="DefectFactors"/>). <c>docs/equations.md</c> derives it.
/// </summary>
/// <param name="directions">k, 1 or more; the most of a batch. A small one has as many as it has points, and random ones up to
/// <see cref="WithRandom"/>.</param>
internal sealed class FoldedInverse(int directions) : InverseStrategy
{
    /// <summary>
    /// What is added to the diagonal of the Gram matrix of E P, relative to its mean and absolutely: it keeps the Cholesky factor where
    /// directions have no defect to show. The Gram matrix is float64, so this is far below the rounding of float32 products.
    /// </summary>
    private const double Ridge = 1e-13,
        Least = 1e-200;

    /// <summary>
    /// Directions up to which random ones stand beside those of a small batch. They find what it does not feel, for the retraction alone.
    /// </summary>
    private const long WithRandom = 64;

    private static readonly ConcurrentDictionary<(long Points, int directions, ScalarType Type, string Device), Tensor> Probes = new();

    public override string Name => $"folded({directions})";

    internal override bool IsExact => false;

    public override Tensor Apply(Tensor weight, Tensor p) => Invert(weight, p).Inputs;

    /// <summary>The identity has no leading directions, and a convolution has few rows.</summary>
    private protected override Inversion InvertIdentity(Tensor weight, long columns) => new(PseudoInverse.Matrix(weight, columns).t());

    public override Inversion Invert(Tensor weight, Tensor p)
    {
        var rows = weight.shape[0];
        if (5 * Math.Min(directions, WithRandom) >= 2 * Math.Min(rows, weight.shape[1]) || rows > weight.shape[1])
        {
            return new(PseudoInverse.Apply(weight, p));
        }

        var batch = BatchShare.At(p.shape[0]);
        var k = (int)Math.Min(Math.Min(directions, rows), Math.Max(batch.Whole, WithRandom));

        using var scope = NewDisposeScope();
        var x = p.matmul(weight.narrow(0, 0, p.shape[1]));

        // P = p^T C; E P = P - W (x^T C) needs one thin product with W, as x = W^T p is there already.
        var mix = Mix(p, batch, k);
        var probed = E(Padded(batch.Sum_(mix.matmul(p)), rows), batch.Sum_(mix.matmul(x)), weight);
        if (batch.Whole < k)
        {
            // A small batch leaves directions over. Random ones are of the batch's size, so that neither drowns the other.
            var random = Probe(rows, (int)(k - batch.Whole), p);
            var rest = E(random, random.matmul(weight), weight);
            probed = cat([probed, rest.mul_(probed.abs().amax([0, 1]) / rest.abs().amax([0, 1]).clamp_min(1e-30))], 0);
        }

        var q = Orthonormal(probed);
        var t = q.matmul(weight);
        var f = q.t().addmm(weight, t.t(), beta: 1, alpha: -1);

        // x + T (I - S)^-1 F^T p. S = Q^T E Q is symmetric, and I - S = Q^T W W^T Q positive definite.
        var left = q.matmul(f).to(ScalarType.Float64);
        left = left.add(left.t()).mul_(-0.5);
        left.diagonal().add_(1);
        var inverse = InverseFrom(linalg.cholesky_ex(left).L).to(weight.dtype);
        x.addmm_(p.matmul(f.narrow(0, 0, p.shape[1])).matmul(inverse), t, beta: 1, alpha: 1);
        return new(x.MoveToOuterDisposeScope(), new DefectFactors(f.MoveToOuterDisposeScope(), t.MoveToOuterDisposeScope()));
    }

    /// <summary>E of some rows, <c>[k, rows]</c>, of which <c>W^T</c> is known, <c>[k, fan-in]</c>.</summary>
    private static Tensor E(Tensor values, Tensor transposed, Tensor weight) => values.addmm(transposed, weight.t(), beta: 1, alpha: -1);

    /// <summary>
    /// An orthonormal basis of rows, <c>[k, n]</c>, found in float64: float32 would drown those that have little of their own. One that has
    /// nothing becomes nothing.
    /// </summary>
    private static Tensor Orthonormal(Tensor rows)
    {
        var wide = rows.to(ScalarType.Float64).contiguous();
        var gram = wide.matmul(wide.t());
        gram.diagonal().add_((gram.diagonal().mean() * Ridge).add_(Least));
        return linalg.solve_triangular(linalg.cholesky_ex(gram).L, wide, upper: false).to(rows.dtype);
    }

    /// <summary>
    /// The inverse of <c>L L^T</c>, <c>[k, k]</c>. libtorch's own looks on the host whether it succeeded; where that would be a wait, it is
    /// <c>L^-T L^-1</c>.
    /// </summary>
    /// <param name="factor">L, a Cholesky factor, <c>[k, k]</c>.</param>
    private static Tensor InverseFrom(Tensor factor)
    {
        if (HostRead.IsFree(factor))
        {
            return cholesky_inverse(factor);
        }

        var root = linalg.solve_triangular(factor, eye(factor.shape[0], dtype: factor.dtype, device: factor.device), upper: false);
        return root.t().matmul(root);
    }

    /// <summary>
    /// How samples are mixed into probes, <c>[k, points]</c>: random mixtures, turned once by <c>p p^T</c> (one step of the power method)
    /// towards the leading directions of p. Where there are no more samples than directions, each is a probe, and the rest are random.
    /// Mixtures are of the whole batch, whoever computes its samples: those of a rank are columns, and what they mix is summed over ranks.
    /// </summary>
    private static Tensor Mix(Tensor p, BatchShare batch, int k)
    {
        if (batch.Whole <= k)
        {
            return batch.Columns(eye(batch.Whole, dtype: p.dtype, device: p.device), p.shape[0]);
        }

        var probe = batch.Columns(Probe(batch.Whole, k, p), p.shape[0]);
        var first = batch.Sum_(probe.matmul(p));

        // The one size that is the same on all ranks takes the scale of p off twice.
        var size = first.abs().amax([0, 1]).clamp_min(1e-30);
        return first.div_(size).matmul(p.t()).div_(size);
    }

    /// <summary>Normal numbers, the same in every process.</summary>
    internal static Tensor Probe(long points, int directions, Tensor like) =>
        Probes.GetOrAdd(
            (points, directions, like.dtype, like.device.ToString()),
            key =>
            {
                using var scope = NewDisposeScope();
                using var generator = new Generator(Seeds.Derive(0, SeedUse.Probes, 0), CPU);
                return randn([key.directions, key.Points], dtype: ScalarType.Float64, device: CPU, generator: generator)
                    .to(like.dtype)
                    .to(like.device)
                    .DetachFromDisposeScope();
            }
        );
}
