using System.Globalization;
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

    /// <summary>The name on the command line and in files: <c>exact</c>, <c>solve</c>, <c>pinv</c>, <c>transpose</c>, <c>refined(2)</c>.</summary>
    public abstract string Name { get; }

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
            _ => throw new GaitPropException($"unknown inverse '{name}': choose exact, solve, refined(K), pinv or transpose."),
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

    private sealed record RefinedInverse(int Steps) : InverseStrategy
    {
        public override string Name => Steps == 0 ? "transpose" : $"refined({Steps})";

        public override Tensor Apply(Tensor weight, Tensor p)
        {
            // The first product needs only the rows that p has; the corrections see the auxiliary rows as well.
            var x = p.matmul(weight.narrow(0, 0, p.shape[1]));
            for (var i = 0; i < Steps; i++)
            {
                var residual = addmm(Padded(p, weight.shape[0]), x, weight.t(), beta: 1, alpha: -1);
                x.addmm_(residual, weight, beta: 1, alpha: 1);
            }

            return x;
        }
    }
}
