using CsCheck;
using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class FoldedInverseTests
{
    private const int Directions = 6;

    /// <summary>Rows (so many that they are not few), more columns, known rows of the right-hand side, points, seed.</summary>
    private static readonly Gen<(int Rows, int Columns, int Known, int Points, int Seed)> Problems =
        from rows in Gen.Int[16, 40]
        from more in Gen.Int[0, 20]
        from known in Gen.Int[1, rows]
        from points in Gen.Int[Directions, 30]
        from seed in Gen.Int[0, 9999]
        select (rows, rows + more, known, points, seed);

    private static readonly InverseStrategy Folded = InverseStrategy.Folded(Directions);

    [Fact]
    public void A_defect_of_no_more_directions_than_are_folded_is_corrected_exactly_and_retracted_as_a_whole() =>
        Gen.Select(Problems, Gen.Int[1, Directions])
            .Sample(
                (t, rank) =>
                {
                    using var scope = NewDisposeScope();
                    var w = WithDefect(t.Rows, t.Columns, rank, t.Seed);
                    var p = Numbers.Normal(t.Seed + 1, t.Points, t.Rows);

                    var inversion = Folded.Invert(w, p);

                    var bound = 1e-9 + (10 * Ridged(w, p, rank));
                    Numbers.AssertClose(InverseStrategy.Exact.Apply(w, p), inversion.Inputs, bound);
                    var (one, whole) = (w.clone(), w.clone());
                    inversion.Defect!.Retract_(one);
                    OrthogonalityDefect.Retract_(whole);
                    Numbers.AssertClose(whole, one, bound);
                },
                iter: 100,
                threads: 1
            );

    /// <summary>
    /// How much of the weakest of the probed directions the ridge of the Gram matrix hides: what 1e-13 of the mean square is of its own
    /// square.
    /// </summary>
    private static double Ridged(Tensor w, Tensor p, int rank)
    {
        var probe = FoldedInverse.Probe(p.shape[0], Directions, p);
        var probes = p.shape[0] <= Directions ? p : probe.matmul(p).matmul(p.t()).matmul(p);
        var squares = linalg.svdvals(OrthogonalityDefect.Matrix(w).matmul(probes.t())).square();
        return 1e-13 * squares.mean().item<double>() / squares[rank - 1].item<double>();
    }

    [Fact]
    public void With_a_direction_for_every_point_the_error_is_of_second_order() =>
        Problems.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var w = InverseStrategyTests.NearlyOrthogonal(t.Rows, t.Columns, 0.02, t.Seed);
                var p = Numbers.Normal(t.Seed + 1, Directions, t.Known);
                var defect = linalg.norm(OrthogonalityDefect.Matrix(w), 2).item<double>();

                Numbers.AssertClose(InverseStrategy.Exact.Apply(w, p), Folded.Apply(w, p), 2 * defect * defect);
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void What_it_corrects_it_makes_better_and_never_worse() =>
        Problems.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var w = InverseStrategyTests.NearlyOrthogonal(t.Rows, t.Columns, 0.05, t.Seed);
                var p = Numbers.Normal(t.Seed + 1, t.Points, t.Known);
                var exact = InverseStrategy.Exact.Apply(w, p);

                var transposed = Numbers.RelativeError(exact, InverseStrategy.Transpose.Apply(w, p));
                Assert.InRange(Numbers.RelativeError(exact, Folded.Apply(w, p)), 0, transposed + 1e-12);
            },
            iter: 100,
            threads: 1
        );

    /// <summary>
    /// Displacements of 30 points, large in six directions and a twentieth of that in the others: the oracle probes with the six of their
    /// singular value decomposition.
    /// </summary>
    [Fact]
    public void The_directions_are_nearly_the_leading_ones_of_the_batch()
    {
        var (found, best) = (0.0, 0.0);
        for (var seed = 0; seed < 20; seed++)
        {
            using var scope = NewDisposeScope();
            var w = InverseStrategyTests.NearlyOrthogonal(40, 40, 0.05, seed);
            var sizes = cat([ones(Directions, ScalarType.Float64), full(30 - Directions, 0.05, ScalarType.Float64)]);
            var points = OrthogonalInitialisation.Draw(30, 30, (ulong)seed + 100, ScalarType.Float64);
            var p = (points * sizes).matmul(OrthogonalInitialisation.Draw(30, 40, (ulong)seed + 200, ScalarType.Float64));
            var exact = InverseStrategy.Exact.Apply(w, p);

            var e = eye(40, dtype: ScalarType.Float64) - w.matmul(w.t());
            var q = linalg.qr(e.matmul(points.narrow(1, 0, Directions).t().matmul(p).t())).Q;
            var (t, f) = (w.t().matmul(q), e.matmul(q));
            var corrected =
                p.matmul(w) + p.matmul(f).matmul(linalg.inv(eye(Directions, dtype: ScalarType.Float64) - q.t().matmul(f))).matmul(t.t());

            found += Numbers.RelativeError(exact, Folded.Apply(w, p));
            best += Numbers.RelativeError(exact, corrected);
        }

        // Mixtures that are not turned towards the leading directions err by three times as much.
        Assert.InRange(found / best, 0.99, 1.2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_batch_of_fewer_points_than_directions_is_probed_point_by_point(int points)
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(30, 30, 1, 3);
        var p = Numbers.Normal(4, points, 30);

        Numbers.AssertClose(InverseStrategy.Exact.Apply(w, p), Folded.Apply(w, p), 1e-7);
    }

    /// <summary>Directions that a small batch leaves over find the defect that it does not feel.</summary>
    [Fact]
    public void A_small_batch_retracts_as_many_directions_as_a_large_one()
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(40, 50, Directions, 7);
        var (one, whole) = (w.clone(), w.clone());

        Folded.Invert(w, Numbers.Normal(8, 2, 40)).Defect!.Retract_(one);
        OrthogonalityDefect.Retract_(whole);

        Numbers.AssertClose(whole, one, 1e-7);
    }

    /// <summary>As figure 6's preset fast: a batch of many points has a direction for each, and a small one no more random ones than it had.</summary>
    [Fact]
    public void Of_many_directions_a_batch_has_as_many_as_it_has_points_and_random_ones_up_to_sixty_four()
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(300, 310, 0.01, 3);
        var (few, many) = (Numbers.Normal(4, 20, 300), Numbers.Normal(5, 100, 300));

        Numbers.AssertEqual(InverseStrategy.Folded(64).Apply(w, few), InverseStrategy.Folded(256).Apply(w, few));
        var (narrow, wide) = (InverseStrategy.Folded(64).Apply(w, many), InverseStrategy.Folded(256).Apply(w, many));
        Numbers.AssertEqual(InverseStrategy.Folded(100).Apply(w, many), wide);
        var exact = InverseStrategy.Exact.Apply(w, many);
        Assert.InRange(Numbers.RelativeError(exact, wide), 0, Numbers.RelativeError(exact, narrow) / 10);

        // Few rows are as few to many directions as to sixty-four, and no batch has more directions than a layer has rows.
        Assert.Null(InverseStrategy.Folded(256).Invert(w.narrow(0, 0, 160), many.narrow(1, 0, 160)).Defect);
        Assert.NotNull(InverseStrategy.Folded(256).Invert(w.narrow(0, 0, 161), many.narrow(1, 0, 161)).Defect);
        var more = Numbers.Normal(6, 256, 170);
        Numbers.AssertEqual(
            InverseStrategy.Folded(170).Apply(w.narrow(0, 0, 170), more),
            InverseStrategy.Folded(256).Apply(w.narrow(0, 0, 170), more)
        );
    }

    /// <summary>Three points and three random probes find a defect of six directions together, however small the points are.</summary>
    [Fact]
    public void Random_probes_do_not_drown_a_small_batch()
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(40, 40, Directions, 5);
        var p = Numbers.Normal(6, 3, 40) * 1e-20;

        Numbers.AssertClose(InverseStrategy.Exact.Apply(w, p), Folded.Apply(w, p), 1e-7);
    }

    [Theory]
    [InlineData(1e-30, 20)]
    [InlineData(1, 20)]
    [InlineData(1e20, 20)]
    [InlineData(1e-30, 3)]
    [InlineData(1e20, 3)]
    public void The_size_of_the_displacements_does_not_matter_in_float32(double size, int points)
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(40, 40, 3, 5);
        var p = Numbers.Normal(6, points, 40) * size;

        var single = Folded.Apply(w.to(ScalarType.Float32), p.to(ScalarType.Float32));

        Numbers.AssertClose(InverseStrategy.Exact.Apply(w, p), single, 1e-5);
    }

    [Fact]
    public void Nothing_comes_back_as_nothing_and_what_is_not_finite_as_such()
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(30, 40, 2, 1);

        Assert.Equal(0, Folded.Apply(w, zeros(9, 30, ScalarType.Float64)).abs().sum().item<double>());
        Assert.Equal(
            0,
            Folded.Apply(InverseStrategyTests.NearlyOrthogonal(30, 40, 0, 1), zeros(9, 30, ScalarType.Float64)).abs().sum().item<double>()
        );
        Assert.False(Folded.Apply(w, full(9, 30, double.NaN, ScalarType.Float64)).isfinite().any().item<bool>());
    }

    [Fact]
    public void Equal_batches_are_inverted_equally()
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(40, 40, 9, 5);
        var p = Numbers.Normal(6, 20, 40);

        Numbers.AssertEqual(Folded.Apply(w, p), Folded.Apply(w.clone(), p.clone()));
    }

    /// <summary>A small batch, and one with more points than directions.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    public void As_on_a_device_it_is_the_inverse_of_the_CPU(int points)
    {
        using var scope = NewDisposeScope();
        var w = WithDefect(40, 50, 9, 5);
        var p = Numbers.Normal(6, points, 40);
        var expected = Folded.Invert(w, p);

        using var device = HostRead.AsOnDevice();
        var waits = HostRead.Waits;
        var actual = Folded.Invert(w, p);

        Numbers.AssertClose(expected.Inputs, actual.Inputs, 1e-12);
        Assert.NotNull(actual.Defect);
        Assert.Equal(waits, HostRead.Waits);
    }

    [Fact]
    public void Layers_of_few_rows_take_the_pseudo_inverse()
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(15, 40, 0.3, 1);
        var p = Numbers.Normal(2, 9, 15);

        var inversion = Folded.Invert(w, p);

        Numbers.AssertEqual(InverseStrategy.PseudoInverse.Apply(w, p), inversion.Inputs);
        Assert.Null(inversion.Defect);
        Numbers.AssertEqual(InverseStrategy.PseudoInverse.InvertMatrix(w, 4).Inputs, Folded.InvertMatrix(w, 4).Inputs);
    }

    [Fact]
    public void A_convolution_takes_the_pseudo_inverse_for_its_patches()
    {
        using var scope = NewDisposeScope();
        using var network = Network.Build(
            new NetworkBuilder("n", 4, 6, 6).Conv(1, 1, 4).Conv(3, 2, 30).Dense(3).Definition,
            AuxiliaryUnits.Implicit,
            1,
            ScalarType.Float64
        );
        var p = Numbers.Normal(2, 5, 30, 3, 3);

        Numbers.AssertEqual(
            network.Layers[1].Inverted(p, InverseStrategy.PseudoInverse),
            network.Layers[1].Inverted(p, InverseStrategy.Folded(2))
        );
    }

    /// <summary>Orthonormal rows but for a few directions, which are stretched or pressed by up to a fifth.</summary>
    private static Tensor WithDefect(int rows, int columns, int rank, int seed)
    {
        using var scope = NewDisposeScope();
        var left = OrthogonalInitialisation.Draw(rows, rows, (ulong)seed, ScalarType.Float64);
        var right = OrthogonalInitialisation.Draw(rows, columns, (ulong)seed + 77, ScalarType.Float64);
        var singular = ones(rows, ScalarType.Float64);
        singular.narrow(0, 0, rank).add_(0.2 * ((2 * Numbers.Uniform(seed, rank)) - 1));
        return (left * singular).matmul(right).MoveToOuterDisposeScope();
    }
}
