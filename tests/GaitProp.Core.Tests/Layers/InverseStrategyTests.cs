using CsCheck;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class InverseStrategyTests
{
    /// <summary>What <see cref="Tolerant"/> may leave of the right-hand side.</summary>
    internal const double Tolerance = 0.002;

    internal static InverseStrategy Tolerant { get; } = InverseStrategy.Within(Tolerance);

    internal static IReadOnlyList<InverseStrategy> All { get; } =
    [
        InverseStrategy.Exact,
        InverseStrategy.Solve,
        InverseStrategy.PseudoInverse,
        InverseStrategy.Refined(1),
        InverseStrategy.Refined(3),
        InverseStrategy.Transpose,
        Tolerant,
        InverseStrategy.Folded(8),
    ];

    /// <summary>Rows, columns (as many or more), known rows of the right-hand side, points, seed.</summary>
    private static readonly Gen<(int Rows, int Columns, int Known, int Points, int Seed)> Problems =
        from columns in Gen.Int[1, 12]
        from rows in Gen.Int[1, columns]
        from known in Gen.Int[1, rows]
        from square in Gen.Bool
        from points in Gen.Int[1, 4]
        from seed in Gen.Int[0, 9999]
        select (square ? columns : rows, columns, known, points, seed);

    /// <summary>Singular values between 1 - deviation and 1 + deviation.</summary>
    internal static Tensor NearlyOrthogonal(int rows, int columns, double deviation, int seed)
    {
        using var scope = NewDisposeScope();
        var least = Math.Min(rows, columns);
        var left = OrthogonalInitialisation.Draw(rows, least, (ulong)seed, ScalarType.Float64);
        var right = OrthogonalInitialisation.Draw(least, columns, (ulong)seed + 77, ScalarType.Float64);
        var singular = 1 + (deviation * ((2 * Numbers.Uniform(seed, least)) - 1));
        return (left * singular).matmul(right).MoveToOuterDisposeScope();
    }

    [Fact]
    public void What_is_found_maps_to_the_right_hand_side_and_has_no_part_that_the_weight_cannot_see() =>
        Problems.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var w = NearlyOrthogonal(t.Rows, t.Columns, 0.5, t.Seed);
                var p = Numbers.Normal(t.Seed + 1, t.Points, t.Known);
                var whole = nn.functional.pad(p, [0, t.Rows - t.Known]);
                var expected = whole.matmul(linalg.pinv(w).t());
                foreach (var strategy in All.Take(3))
                {
                    var x = strategy.Apply(w, p);
                    Numbers.AssertClose(whole, x.matmul(w.t()), 1e-11, strategy.Name);
                    Numbers.AssertClose(expected, x, 1e-11, strategy.Name);
                    Numbers.AssertClose(
                        linalg.pinv(w).narrow(1, 0, t.Known),
                        strategy.Matrix(w, t.Known),
                        1e-11,
                        $"matrix of {strategy.Name}"
                    );
                }
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void Whether_it_was_the_bare_transpose_is_said()
    {
        using var scope = NewDisposeScope();
        var w = NearlyOrthogonal(6, 8, 0.1, 1);
        var p = Numbers.Normal(2, 5, 6);
        (InverseStrategy Strategy, bool IsTranspose)[] cases =
        [
            (InverseStrategy.Transpose, true),
            (InverseStrategy.Refined(1), false),
            (InverseStrategy.Within(0.9), true),
            (InverseStrategy.Within(1e-6), false),
            (InverseStrategy.Exact, false),
            (InverseStrategy.Solve, false),
            (InverseStrategy.PseudoInverse, false),
            (InverseStrategy.Folded(2), false),
        ];
        Assert.All(cases, c => Assert.Equal(c.IsTranspose, c.Strategy.Invert(w, p).IsTranspose));
    }

    [Fact]
    public void Refinement_errs_by_the_defect_to_the_power_of_its_steps_and_one() =>
        Problems.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var w = NearlyOrthogonal(t.Rows, t.Columns, 0.2, t.Seed);
                var p = Numbers.Normal(t.Seed + 1, t.Points, t.Known);
                var exact = InverseStrategy.Exact.Apply(w, p);
                var defect = linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble();
                foreach (var steps in (int[])[0, 1, 2, 5])
                {
                    var strategy = steps == 0 ? InverseStrategy.Transpose : InverseStrategy.Refined(steps);
                    Numbers.AssertClose(
                        exact,
                        strategy.Apply(w, p),
                        Math.Pow(defect, steps + 1) + 1e-13,
                        $"{strategy.Name}, defect {defect:g3}"
                    );
                    Numbers.AssertClose(
                        strategy.Apply(w, p),
                        p.matmul(strategy.Matrix(w, t.Known).t()),
                        1e-13,
                        $"matrix of {strategy.Name}"
                    );
                }
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void A_tolerance_is_met_for_every_weight_however_far_from_orthogonal() =>
        (
            from problem in Problems
            from deviation in Gen.Double[0, 0.95]
            from tolerance in Gen.OneOf(Gen.Const(0.2), Gen.Const(0.01), Gen.Const(1e-6))
            select (problem, deviation, tolerance)
        ).Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var w = NearlyOrthogonal(t.problem.Rows, t.problem.Columns, t.deviation, t.problem.Seed);
                var p = Numbers.Normal(t.problem.Seed + 1, t.problem.Points, t.problem.Known);
                var whole = nn.functional.pad(p, [0, t.problem.Rows - t.problem.Known]);
                var strategy = InverseStrategy.Within(t.tolerance);

                // Up to 32 points every one of them is looked at.
                Assert.InRange(Numbers.RelativeError(whole, strategy.Apply(w, p).matmul(w.t())), 0, t.tolerance);
                var identity = nn.functional.pad(eye(t.problem.Known, dtype: ScalarType.Float64), [0, t.problem.Rows - t.problem.Known]);
                Assert.InRange(Numbers.RelativeError(identity, strategy.Matrix(w, t.problem.Known).t().matmul(w.t())), 0, t.tolerance);
            },
            iter: 200,
            threads: 1
        );

    [Theory]
    [InlineData(0.0199, 0.02, 0)]
    [InlineData(0.0201, 0.02, 1)]
    [InlineData(0.15, 0.023, 1)]
    [InlineData(0.16, 0.023, 2)]
    public void As_many_corrections_are_made_as_the_tolerance_takes_and_no_more(double defect, double tolerance, int corrections)
    {
        using var scope = NewDisposeScope();
        var w = Math.Sqrt(1 + defect) * NearlyOrthogonal(40, 40, 0, 1);
        var p = Numbers.Normal(2, 100, 40);
        var expected = corrections == 0 ? InverseStrategy.Transpose : InverseStrategy.Refined(corrections);

        // The residual of a square root of (1 + d) times Q is d^(n + 1) after n corrections.
        Assert.Equal(0, Numbers.RelativeError(expected.Apply(w, p), InverseStrategy.Within(tolerance).Apply(w, p)));
    }

    [Fact]
    public void A_tolerance_is_met_where_the_first_points_have_no_error_at_all()
    {
        using var scope = NewDisposeScope();
        var w = NearlyOrthogonal(60, 60, 0.3, 1);
        var p = Numbers.Normal(2, 200, 60);
        p.narrow(0, 0, 100).zero_();

        var x = InverseStrategy.Within(0.01).Apply(w, p);

        // Measured on 32 random mixtures of the points, so to within the scatter of those.
        Assert.InRange(Numbers.RelativeError(p, x.matmul(w.t())), 0, 0.015);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1e3)]
    [InlineData(1e4)]
    public void The_pseudo_inverse_of_float32_errs_by_the_condition_number_and_not_by_its_square(double condition)
    {
        using var scope = NewDisposeScope();
        var left = OrthogonalInitialisation.Draw(20, 20, 1, ScalarType.Float64);
        var right = OrthogonalInitialisation.Draw(20, 50, 2, ScalarType.Float64);
        var w = (left * logspace(0, -Math.Log10(condition), 20, dtype: ScalarType.Float64)).matmul(right).to(ScalarType.Float32);
        var p = Numbers.Normal(3, 7, 20);
        var expected = p.matmul(linalg.pinv(w.to(ScalarType.Float64)).t());

        Numbers.AssertClose(expected, InverseStrategy.PseudoInverse.Apply(w, p.to(ScalarType.Float32)), 20 * Math.Pow(2, -24) * condition);
    }

    [Fact]
    public void Where_corrections_do_not_converge_the_pseudo_inverse_is_taken()
    {
        using var scope = NewDisposeScope();
        var w = 2 * NearlyOrthogonal(6, 8, 0, 1);
        var p = Numbers.Normal(2, 5, 6);

        Numbers.AssertClose(InverseStrategy.PseudoInverse.Apply(w, p), InverseStrategy.Within(0.01).Apply(w, p), 1e-14);
    }

    [Fact]
    public void A_right_hand_side_of_zero_or_without_an_end_comes_back_as_such()
    {
        using var scope = NewDisposeScope();
        var w = 1.5 * NearlyOrthogonal(4, 4, 0, 1);

        Assert.Equal(0, InverseStrategy.Within(0.01).Apply(w, zeros(3, 4, ScalarType.Float64)).abs().sum().ToDouble());
        Assert.False(InverseStrategy.Within(0.01).Apply(w, full(3, 4, double.NaN, ScalarType.Float64)).isfinite().any().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_weight_that_is_orthogonal_but_for_its_size_meets_the_bound_of_refinement_exactly(int steps)
    {
        using var scope = NewDisposeScope();
        var w = 1.1 * NearlyOrthogonal(8, 8, 0, 1);
        var p = Numbers.Normal(2, 3, 8);

        var error = Numbers.RelativeError(InverseStrategy.Exact.Apply(w, p), InverseStrategy.Refined(steps).Apply(w, p));

        // The defect of 1.1 Q is 1.1^2 - 1 in every direction.
        Assert.Equal(Math.Pow(0.21, steps + 1), error, 1e-10);
    }

    [Fact]
    public void On_orthogonal_weights_the_transpose_is_the_inverse() =>
        Problems.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var w = NearlyOrthogonal(t.Rows, t.Columns, 0, t.Seed);
                var p = Numbers.Normal(t.Seed + 1, t.Points, t.Known);

                Numbers.AssertClose(InverseStrategy.Exact.Apply(w, p), InverseStrategy.Transpose.Apply(w, p), 1e-12);
                Numbers.AssertClose(p.matmul(w.narrow(0, 0, t.Known)), InverseStrategy.Transpose.Apply(w, p), 1e-13);
            },
            iter: 50,
            threads: 1
        );

    /// <summary>
    /// Where a look would be a wait nothing may be decided by one: the same inverse as on a CPU, of ill-conditioned weights too.
    /// </summary>
    [Theory]
    [InlineData(ScalarType.Float32, 1)]
    [InlineData(ScalarType.Float32, 300)]
    [InlineData(ScalarType.Float32, 1e4)]
    [InlineData(ScalarType.Float64, 1)]
    [InlineData(ScalarType.Float64, 300)]
    [InlineData(ScalarType.Float64, 1e5)]
    public void Inverses_as_on_a_device_read_nothing_and_are_those_of_the_CPU(ScalarType type, double condition)
    {
        using var scope = NewDisposeScope();
        foreach (var columns in new[] { 40, 70 })
        {
            var spread = logspace(0, -Math.Log10(condition), 40, dtype: ScalarType.Float64).unsqueeze(1);
            var w = NearlyOrthogonal(40, 40, 0, 1).matmul(NearlyOrthogonal(40, columns, 0, 2) * spread).to(type);
            var p = Numbers.Normal(3, 5, 30).to(type);
            var expected = p.to(ScalarType.Float64).matmul(linalg.pinv(w.to(ScalarType.Float64)).narrow(1, 0, 30).t());
            using var device = HostRead.AsOnDevice();
            var waits = HostRead.Waits;

            foreach (var strategy in (InverseStrategy[])[InverseStrategy.PseudoInverse, InverseStrategy.Exact, InverseStrategy.Solve])
            {
                // Solve and the inverse of a square weight go through its own products, at the square of its condition.
                var power = strategy == InverseStrategy.Solve && columns > 40 ? 2 : 1;
                var bound = 100 * Math.Pow(2, type == ScalarType.Float32 ? -24 : -53) * Math.Pow(condition, power);
                if (bound < 1)
                {
                    Numbers.AssertClose(expected, strategy.Apply(w, p), bound, $"{strategy.Name}, 40 x {columns}");
                }
            }

            Assert.Equal(waits, HostRead.Waits);
        }
    }

    [Fact]
    public void A_singular_weight_gives_values_that_are_not_finite_where_a_look_would_be_a_wait()
    {
        using var scope = NewDisposeScope();
        var p = Numbers.Normal(1, 2, 3);
        using var device = HostRead.AsOnDevice();

        Assert.False(InverseStrategy.PseudoInverse.Apply(zeros(3, 5, ScalarType.Float64), p).isfinite().any().item<bool>());
        Assert.False(InverseStrategy.Exact.Apply(zeros(3, 3, ScalarType.Float64), p).isfinite().any().item<bool>());
        Assert.False(InverseStrategy.Solve.Apply(zeros(3, 3, ScalarType.Float64), p).isfinite().any().item<bool>());

        // Six rows in two directions: rounding decides whether there is a factor, and where there is none what is left of one gives large
        // numbers.
        var failed = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var w = Numbers.Normal(seed, 6, 2).matmul(Numbers.Normal(seed + 100, 2, 9));
            if (linalg.cholesky_ex(w.matmul(w.t())).info.item<int>() != 0)
            {
                failed++;
                Assert.False(InverseStrategy.PseudoInverse.Apply(w, p).isfinite().any().item<bool>());
            }
        }

        Assert.InRange(failed, 1, 20);
    }

    [Fact]
    public void A_strategy_is_read_back_from_its_name()
    {
        Assert.All(All, strategy => Assert.Equal(strategy, InverseStrategy.Parse(strategy.Name)));
        Assert.Equal(InverseStrategy.Refined(1), InverseStrategy.Parse(" Refined "));
        Assert.Equal(InverseStrategy.Folded(32), InverseStrategy.Parse("folded"));
        Assert.Equal("refined(2)", InverseStrategy.Parse("refined(2)").ToString());
        Assert.Equal("within(0.002)", InverseStrategy.Parse(" Within(2e-3)").ToString());
    }

    [Theory]
    [InlineData("exakt", "unknown inverse 'exakt': choose exact, solve, pinv, folded(K), refined(K), within(TOLERANCE) or transpose.")]
    [InlineData("within(0)", "within(0): the tolerance must be above 0 and below 1.")]
    [InlineData("within(1)", "within(1): the tolerance must be above 0 and below 1.")]
    [InlineData("within(NaN)", "within(NaN): the tolerance must be above 0 and below 1.")]
    [InlineData("within(x)", "unknown inverse 'within(x)'")]
    [InlineData("refined(-1)", "unknown inverse 'refined(-1)'")]
    [InlineData("folded(0)", "folded(0): the number of directions must be 1 or more.")]
    [InlineData("folded(x)", "unknown inverse 'folded(x)'")]
    [InlineData("refined(0)", "refined(0): the number of corrections must be 1 or more.")]
    public void A_name_that_means_nothing_is_refused(string name, string message) =>
        Assert.StartsWith(message, Assert.Throws<GaitPropException>(() => InverseStrategy.Parse(name)).Message, StringComparison.Ordinal);
}
