using System.Globalization;
using GaitProp.Layers;
using GaitProp.Ranks;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// How a layer's inverse is applied: finds x with <c>W x = [p; 0]</c> for a weight of r rows and n columns, where p holds the first k rows
/// and the auxiliary rows below them are zero. For a square weight x is <c>W^-1 [p; 0]</c>; for a wide one, whose missing rows are
/// implicit auxiliary units, the solution of least norm, <c>pinv(W) p</c>.
/// </summary>
public abstract class InverseStrategy
{
    /// <summary>LU inverse, made anew at every step (the paper's). On wide weights the exact pseudo-inverse.</summary>
    public static InverseStrategy Exact { get; } = new ExactInverse();

    /// <summary>LU factors, solved for the batch: no inverse matrix is formed.</summary>
    public static InverseStrategy Solve { get; } = new SolveInverse();

    /// <summary>
    /// <c>W^T (W W^T)^-1</c> through a Cholesky factor of <c>W W^T</c>, or where that would lose too many digits through a QR factor of
    /// <c>W^T</c>; on a square weight the inverse itself.
    /// </summary>
    public static InverseStrategy PseudoInverse { get; } = new PseudoInverseStrategy();

    /// <summary>
    /// <c>W^T</c>: weight transport, which makes a target rule backpropagation. A named baseline, never a default.
    /// </summary>
    public static InverseStrategy Transpose { get; } = new RefinedInverse(0);

    /// <summary>
    /// <c>x = W^T p</c>, then <paramref name="steps"/> times <c>x += W^T (p - W x)</c>: the error falls as the orthogonality defect to the
    /// power steps + 1.
    /// </summary>
    /// <param name="steps">How many corrections; at least 1 (0 is <see cref="Transpose"/>).</param>
    /// <exception cref="GaitPropException"><paramref name="steps"/> is below 1.</exception>
    public static InverseStrategy Refined(int steps) =>
        steps >= 1
            ? new RefinedInverse(steps)
            : throw new GaitPropException($"refined({steps}): the number of corrections must be 1 or more.");

    /// <summary>
    /// <c>x = W^T p</c>, corrected as in <see cref="Refined"/> as often as it takes: until <c>||p - W x||</c>, measured on some of the
    /// points, is no more than <paramref name="tolerance"/> times <c>||p||</c>. On weights that are orthogonal to within the tolerance that
    /// is no correction at all, and the feedback is then backpropagation's to that precision; where corrections do not converge, the
    /// pseudo-inverse.
    /// </summary>
    /// <param name="tolerance">The relative residual that is allowed, above 0 and below 1: about the angle in radians by which x may be
    /// off.</param>
    /// <exception cref="GaitPropException"><paramref name="tolerance"/> is out of range.</exception>
    public static InverseStrategy Within(double tolerance) =>
        tolerance > 0 && tolerance < 1
            ? new WithinInverse(tolerance)
            : throw new GaitPropException(Text($"within({tolerance:R}): the tolerance must be above 0 and below 1."));

    /// <summary>
    /// The transpose, corrected in the few directions in which the batch feels the weight's defect most, and the same step of the
    /// retraction after the optimiser (the preset <c>fast</c>). Layers of few rows take the pseudo-inverse. It is for weights that a
    /// retraction keeps nearly orthogonal: what the directions leave out is off by the defect.
    /// </summary>
    /// <param name="directions">
    /// k, 1 or more. A layer of no more than 2.5 times as many rows, counting at most 64 directions, takes the pseudo-inverse.
    /// </param>
    /// <exception cref="GaitPropException"><paramref name="directions"/> is below 1.</exception>
    public static InverseStrategy Folded(int directions) =>
        directions >= 1
            ? new FoldedInverse(directions)
            : throw new GaitPropException($"folded({directions}): the number of directions must be 1 or more.");

    /// <summary>
    /// The name on the command line and in files: <c>exact</c>, <c>solve</c>, <c>pinv</c>, <c>folded(32)</c>, <c>transpose</c>,
    /// <c>refined(2)</c>, <c>within(0.0014)</c>.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether x is the inverse's to the last digits, whatever the weight; else it is the better the nearer the weight is to an orthogonal
    /// one.
    /// </summary>
    internal virtual bool IsExact => true;

    /// <summary>Applies the inverse to many points at once.</summary>
    /// <param name="weight">W, <c>[r, n]</c>.</param>
    /// <param name="p">The first k ≤ r rows of the right-hand side, <c>[points, k]</c>.</param>
    /// <returns>x, <c>[points, n]</c>.</returns>
    public abstract Tensor Apply(Tensor weight, Tensor p);

    /// <summary>
    /// Applies the inverse, and keeps what it found out about the weight: what <c>Inverse</c> of a layer with weights calls, once for each
    /// of them.
    /// </summary>
    /// <param name="weight">W, <c>[r, n]</c>.</param>
    /// <param name="p">The first k ≤ r rows of the right-hand side, <c>[points, k]</c>, in the units of <c>W x</c>.</param>
    /// <returns>x, <c>[points, n]</c>, and what is known of the weight's defect.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">On a CPU an exact strategy found the weight singular;
    /// <see cref="Layer.Invert"/> makes one line of it. Elsewhere x is not finite then.</exception>
    public virtual Inversion Invert(Tensor weight, Tensor p) => new(Apply(weight, p));

    /// <summary>
    /// The inverse of an identity, for a layer that applies one weight at many places: what all patches of a convolution share.
    /// </summary>
    /// <param name="weight">W, <c>[r, n]</c>.</param>
    /// <param name="columns">k ≤ r.</param>
    /// <returns>The first k columns of the inverse, as rows, <c>[k, n]</c>, and what is known of the weight's defect.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">As in <see cref="Invert"/>.</exception>
    public Inversion InvertMatrix(Tensor weight, long columns)
    {
        using var whole = BatchShare.None();
        return IsExact ? new(Matrix(weight, columns).t()) : InvertIdentity(weight, columns);
    }

    private protected virtual Inversion InvertIdentity(Tensor weight, long columns) =>
        Invert(weight, eye(columns, dtype: weight.dtype, device: weight.device));

    /// <summary>The inverse as a matrix: its first k columns, <c>[n, k]</c>.</summary>
    /// <param name="weight">W, <c>[r, n]</c>.</param>
    /// <param name="columns">k ≤ r.</param>
    internal virtual Tensor Matrix(Tensor weight, long columns) =>
        Apply(weight, eye(columns, dtype: weight.dtype, device: weight.device)).t();

    /// <summary>
    /// Reads a name, as <see cref="Name"/> writes it; <c>refined</c> alone is <c>refined(1)</c>, <c>folded</c> is <c>folded(32)</c>.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <exception cref="GaitPropException">There is no such strategy.</exception>
    public static InverseStrategy Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Trim().ToLowerInvariant() switch
        {
            "exact" => Exact,
            "solve" => Solve,
            "pinv" => PseudoInverse,
            "transpose" => Transpose,
            "refined" => Refined(1),
            "folded" => Folded(32),
            var other
                when other.StartsWith("folded(", StringComparison.Ordinal)
                    && other.EndsWith(')')
                    && int.TryParse(other["folded(".Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var directions) =>
                Folded(directions),
            var other
                when other.StartsWith("refined(", StringComparison.Ordinal)
                    && other.EndsWith(')')
                    && int.TryParse(other["refined(".Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var steps) =>
                Refined(steps),
            var other
                when other.StartsWith("within(", StringComparison.Ordinal)
                    && other.EndsWith(')')
                    && double.TryParse(other["within(".Length..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var tolerance) =>
                Within(tolerance),
            _ => throw new GaitPropException(
                $"unknown inverse '{name}': choose exact, solve, pinv, folded(K), refined(K), within(TOLERANCE) or transpose."
            ),
        };
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    /// <summary>Strategies of one name do the same.</summary>
    public sealed override bool Equals(object? obj) => obj is InverseStrategy other && other.Name == Name;

    /// <inheritdoc/>
    public sealed override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>p with zero rows for the auxiliary units: <c>[points, r]</c>.</summary>
    private protected static Tensor Padded(Tensor p, long rows) => p.shape[1] == rows ? p : nn.functional.pad(p, [0, rows - p.shape[1]]);

    private static bool IsWide(Tensor weight) => weight.shape[0] < weight.shape[1];

    private sealed class ExactInverse : InverseStrategy
    {
        public override string Name => "exact";

        public override Tensor Apply(Tensor weight, Tensor p) => p.matmul(Matrix(weight, p.shape[1]).t());

        internal override Tensor Matrix(Tensor weight, long columns) =>
            IsWide(weight) ? PseudoInverse.Matrix(weight, columns) : Inverse(weight).narrow(1, 0, columns);

        /// <summary>
        /// A singular matrix is refused on the host; elsewhere, where that would be a wait, it gives values that are not finite.
        /// (TorchSharp's own <c>inv_ex</c> returns something else than the inverse.)
        /// </summary>
        private static Tensor Inverse(Tensor matrix) =>
            HostRead.IsFree(matrix)
                ? linalg.inv(matrix)
                : linalg.solve_ex(matrix, eye(matrix.shape[0], dtype: matrix.dtype, device: matrix.device), check_errors: false).result;
    }

    private sealed class SolveInverse : InverseStrategy
    {
        public override string Name => "solve";

        public override Tensor Apply(Tensor weight, Tensor p) =>
            IsWide(weight)
                ? Solution(weight.matmul(weight.t()), Padded(p, weight.shape[0]).t()).t().matmul(weight)
                : Solution(weight, Padded(p, weight.shape[0]).t()).t();

        private static Tensor Solution(Tensor matrix, Tensor right) =>
            HostRead.IsFree(matrix) ? linalg.solve(matrix, right) : linalg.solve_ex(matrix, right, check_errors: false).result;
    }

    private sealed class PseudoInverseStrategy : InverseStrategy
    {
        public override string Name => "pinv";

        /// <summary>
        /// How much the diagonal of the Cholesky factor may vary: that is a lower bound of the weight's condition number, whose square
        /// multiplies the rounding. Beyond it QR is taken, where it is the condition number itself.
        /// </summary>
        private const double Spread = 8;

        public override Tensor Apply(Tensor weight, Tensor p)
        {
            var right = Padded(p, weight.shape[0]).t();
            if (!HostRead.IsFree(weight))
            {
                return Unseen(weight, right);
            }

            var (factor, info) = linalg.cholesky_ex(weight.matmul(weight.t()));
            var diagonal = factor.diagonal();
            if (info.Whole() == 0 && diagonal.max().Number() <= Spread * diagonal.min().Number())
            {
                return cholesky_solve(right, factor).t().matmul(weight);
            }

            // W^T = Q R: x = Q R^-T p. The solver refuses an R that is singular.
            var (q, r) = linalg.qr(weight.t(), linalg.QRMode.Reduced);
            return q.matmul(linalg.solve(r.t(), right)).t();
        }

        /// <summary>
        /// The same where to look at the factor would be a wait: the factor is always made in float64, which has digits enough for
        /// condition numbers up to a million, and float64 weights get a correction by what the solution leaves. A weight that has no factor
        /// gives values that are not finite.
        /// </summary>
        private static Tensor Unseen(Tensor weight, Tensor right)
        {
            var (wide, p) = (weight.to(ScalarType.Float64), right.to(ScalarType.Float64));
            var (factor, info) = linalg.cholesky_ex(wide.matmul(wide.t()));
            var x = cholesky_solve(p, factor).t().matmul(wide);
            if (weight.dtype == ScalarType.Float64)
            {
                x = x.add_(cholesky_solve(p - wide.matmul(x.t()), factor).t().matmul(wide));
            }

            return x.masked_fill_(info.ne(0), double.NaN).to(weight.dtype);
        }
    }

    /// <summary><c>p - W x</c>, auxiliary rows included: <c>[points, r]</c>.</summary>
    private static Tensor Residual(Tensor weight, Tensor p, Tensor x) =>
        addmm(Padded(p, weight.shape[0]), x, weight.t(), beta: 1, alpha: -1);

    /// <summary>W^T p: needs only the rows that p has.</summary>
    private static Tensor Transposed(Tensor weight, Tensor p) => p.matmul(weight.narrow(0, 0, p.shape[1]));

    private static void Correct_(Tensor x, Tensor weight, Tensor p) => x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: 1);

    private sealed class RefinedInverse(int steps) : InverseStrategy
    {
        public override string Name => steps == 0 ? "transpose" : $"refined({steps})";

        internal override bool IsExact => false;

        public override Inversion Invert(Tensor weight, Tensor p) => new(Apply(weight, p)) { IsTranspose = steps == 0 };

        public override Tensor Apply(Tensor weight, Tensor p)
        {
            var x = Transposed(weight, p);
            for (var i = 0; i < steps; i++)
            {
                Correct_(x, weight, p);
            }

            return x;
        }
    }

    private sealed class WithinInverse(double tolerance) : InverseStrategy
    {
        /// <summary>
        /// Mixtures of points on which the residual is measured: an eighth of the published batch, and so an eighth of a product.
        /// </summary>
        private const int Sample = 32;

        public override string Name => Text($"within({tolerance:R})");

        internal override bool IsExact => false;

        public override Tensor Apply(Tensor weight, Tensor p) => Corrected(weight, p).X;

        public override Inversion Invert(Tensor weight, Tensor p)
        {
            var (x, corrections) = Corrected(weight, p);
            return new(x) { IsTranspose = corrections == 0 };
        }

        private (Tensor X, int Corrections) Corrected(Tensor weight, Tensor p)
        {
            var x = Transposed(weight, p);

            // Random mixtures of all points: some of the points alone may have no error at all.
            var batch = BatchShare.At(p.shape[0]);
            var mix =
                batch.Whole > Sample ? FoldedInverse.Probe(batch.Whole, Sample, p)
                : batch.Ranks.IsAlone ? null
                : eye(batch.Whole, dtype: p.dtype, device: p.device);
            var some = Mixed(p);
            var size = some.norm().Number();
            var before = double.PositiveInfinity;
            for (var corrections = 0; ; corrections++)
            {
                var left = Residual(weight, some, Mixed(x)).norm().Number();

                // What is not finite is for others to report, and must not go round for ever.
                if (!(left > tolerance * size))
                {
                    return (x, corrections);
                }

                if (left > 0.5 * before)
                {
                    return (PseudoInverse.Apply(weight, p), corrections + 1);
                }

                Correct_(x, weight, p);
                before = left;
            }

            Tensor Mixed(Tensor values) => mix is null ? values : batch.Sum_(batch.Columns(mix, values.shape[0]).matmul(values));
        }
    }
}
