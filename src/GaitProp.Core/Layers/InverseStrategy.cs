using System.Globalization;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// How a layer's inverse is applied: finds x with <c>W x = [p; 0]</c> for a weight of r rows and n columns, where p holds the first k rows
/// and the auxiliary rows below them are zero. For a square weight x is <c>W^-1 [p; 0]</c>; for a wide one, whose missing rows are
/// implicit auxiliary units, the solution of least norm, <c>pinv(W) p</c>.
/// </summary>
public abstract record InverseStrategy
{
    /// <summary>LU inverse, made anew at every step (the paper's). On wide weights the exact pseudo-inverse.</summary>
    public static InverseStrategy Exact { get; } = new ExactInverse();

    /// <summary>LU factors, solved for the batch: no inverse matrix is formed.</summary>
    public static InverseStrategy Solve { get; } = new SolveInverse();

    /// <summary><c>W^T (W W^T)^-1</c> through a Cholesky factor; on a square weight the inverse itself.</summary>
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
    public static InverseStrategy Refined(int steps) => steps >= 1
        ? new RefinedInverse(steps)
        : throw new GaitPropException($"refined({steps}): the number of corrections must be 1 or more.");

    /// <summary>
    /// <c>x = W^T p</c>, corrected as in <see cref="Refined"/> as often as it takes: until <c>||p - W x||</c>, measured on some of the points, is no more than
    /// <paramref name="tolerance"/> times <c>||p||</c>. On weights that are orthogonal to within the tolerance that is no correction at all, and the feedback is
    /// then backpropagation's to that precision; where corrections do not converge, the pseudo-inverse.
    /// </summary>
    /// <param name="tolerance">The relative residual that is allowed, above 0 and below 1: about the angle in radians by which x may be off.</param>
    /// <exception cref="GaitPropException"><paramref name="tolerance"/> is out of range.</exception>
    public static InverseStrategy Within(double tolerance) => tolerance > 0 && tolerance < 1
        ? new WithinInverse(tolerance)
        : throw new GaitPropException($"within({tolerance:R}): the tolerance must be above 0 and below 1.");

    /// <summary>The name on the command line and in files: <c>exact</c>, <c>solve</c>, <c>pinv</c>, <c>transpose</c>, <c>refined(2)</c>, <c>within(0.0014)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether x is the inverse's to the last digits, whatever the weight; else it is the better the nearer the weight is to an orthogonal one.</summary>
    internal virtual bool IsExact => true;

    /// <summary>Applies the inverse to many points at once.</summary>
    /// <param name="weight">W, <c>[r, n]</c>.</param>
    /// <param name="p">The first k ≤ r rows of the right-hand side, <c>[points, k]</c>.</param>
    /// <returns>x, <c>[points, n]</c>.</returns>
    public abstract Tensor Apply(Tensor weight, Tensor p);

    /// <summary>The inverse as a matrix: its first k columns, <c>[n, k]</c>.</summary>
    /// <param name="weight">W, <c>[r, n]</c>.</param>
    /// <param name="columns">k ≤ r.</param>
    public virtual Tensor Matrix(Tensor weight, long columns) => Apply(weight, eye(columns, dtype: weight.dtype, device: weight.device)).t();

    /// <summary>Reads a name, as <see cref="Name"/> writes it; <c>refined</c> alone is <c>refined(1)</c>.</summary>
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
            var other when other.StartsWith("refined(", StringComparison.Ordinal) && other.EndsWith(')')
                && int.TryParse(other["refined(".Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var steps) => Refined(steps),
            var other when other.StartsWith("within(", StringComparison.Ordinal) && other.EndsWith(')')
                && double.TryParse(other["within(".Length..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var tolerance) => Within(tolerance),
            _ => throw new GaitPropException($"unknown inverse '{name}': choose exact, solve, refined(K), within(TOLERANCE), pinv or transpose."),
        };
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    /// <summary>p with zero rows for the auxiliary units: <c>[points, r]</c>.</summary>
    private static Tensor Padded(Tensor p, long rows) =>
        p.shape[1] == rows ? p : nn.functional.pad(p, [0, rows - p.shape[1]]);

    private static bool IsWide(Tensor weight) => weight.shape[0] < weight.shape[1];

    private sealed record ExactInverse : InverseStrategy
    {
        public override string Name => "exact";

        public override Tensor Apply(Tensor weight, Tensor p) => p.matmul(Matrix(weight, p.shape[1]).t());

        public override Tensor Matrix(Tensor weight, long columns) =>
            IsWide(weight) ? PseudoInverse.Matrix(weight, columns) : linalg.inv(weight).narrow(1, 0, columns);
    }

    private sealed record SolveInverse : InverseStrategy
    {
        public override string Name => "solve";

        public override Tensor Apply(Tensor weight, Tensor p) => IsWide(weight)
            ? linalg.solve(weight.matmul(weight.t()), Padded(p, weight.shape[0]).t()).t().matmul(weight)
            : linalg.solve(weight, Padded(p, weight.shape[0]).t()).t();
    }

    private sealed record PseudoInverseStrategy : InverseStrategy
    {
        public override string Name => "pinv";

        public override Tensor Apply(Tensor weight, Tensor p)
        {
            var factor = linalg.cholesky(weight.matmul(weight.t()));
            return cholesky_solve(Padded(p, weight.shape[0]).t(), factor).t().matmul(weight);
        }
    }

    /// <summary><c>p - W x</c>, auxiliary rows included: <c>[points, r]</c>.</summary>
    private static Tensor Residual(Tensor weight, Tensor p, Tensor x) => addmm(Padded(p, weight.shape[0]), x, weight.t(), beta: 1, alpha: -1);

    /// <summary>W^T p: needs only the rows that p has.</summary>
    private static Tensor Transposed(Tensor weight, Tensor p) => p.matmul(weight.narrow(0, 0, p.shape[1]));

    private static void Correct_(Tensor x, Tensor weight, Tensor p) => x.addmm_(Residual(weight, p, x), weight, beta: 1, alpha: 1);

    private sealed record RefinedInverse(int Steps) : InverseStrategy
    {
        public override string Name => Steps == 0 ? "transpose" : $"refined({Steps})";

        internal override bool IsExact => false;

        public override Tensor Apply(Tensor weight, Tensor p)
        {
            var x = Transposed(weight, p);
            for (var i = 0; i < Steps; i++)
            {
                Correct_(x, weight, p);
            }

            return x;
        }
    }

    private sealed record WithinInverse(double Tolerance) : InverseStrategy
    {
        /// <summary>Points on which the residual is measured: an eighth of the published batch, and so an eighth of a product.</summary>
        private const int Sample = 32;

        public override string Name => string.Create(CultureInfo.InvariantCulture, $"within({Tolerance:R})");

        internal override bool IsExact => false;

        public override Tensor Apply(Tensor weight, Tensor p) => Corrected(weight, p, Math.Min(Sample, p.shape[0]));

        public override Tensor Matrix(Tensor weight, long columns) => Corrected(weight, eye(columns, dtype: weight.dtype, device: weight.device), columns).t();

        private Tensor Corrected(Tensor weight, Tensor p, long sample)
        {
            var x = Transposed(weight, p);
            var some = p.narrow(0, 0, sample);
            var size = some.norm().Number();
            for (var before = double.PositiveInfinity; ;)
            {
                var left = Residual(weight, some, x.narrow(0, 0, sample)).norm().Number();

                // What is not finite is for others to report, and must not go round for ever.
                if (!(left > Tolerance * size))
                {
                    return x;
                }

                if (left > 0.5 * before)
                {
                    return PseudoInverse.Apply(weight, p);
                }

                Correct_(x, weight, p);
                before = left;
            }
        }
    }
}
