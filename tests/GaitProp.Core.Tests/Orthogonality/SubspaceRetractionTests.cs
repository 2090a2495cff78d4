using GaitProp.Runtime;
using GaitProp.Tests.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Orthogonality;

public sealed class SubspaceRetractionTests
{
    public static TheoryData<int, int> Sizes =>
        new()
        {
            { 40, 40 },
            { 30, 70 },
            { 70, 30 },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_step_of_low_rank_is_taken_back_up_to_the_square_of_the_defect(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(rows, columns, 0, 1);

        // A step of rank 3 leaves a defect of rank 6 at most, and its square: eight directions hold all of it.
        w.add_(Numbers.Normal(2, rows, 3).matmul(Numbers.Normal(3, 3, columns)).mul_(1e-4));
        var before = linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble();
        using var retraction = new SubspaceRetraction(w, 8, 4);

        retraction.Apply_(w);

        Assert.InRange(before, 1e-3, 0.1);
        Assert.InRange(linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble(), 0, before * before);
    }

    [Fact]
    public void What_is_left_of_a_defect_of_all_directions_is_its_small_end()
    {
        using var scope = NewDisposeScope();
        var q = InverseStrategyTests.NearlyOrthogonal(120, 120, 0, 1);
        var eigenvalues = logspace(-2, -8, 120, dtype: ScalarType.Float64);
        var w = (q * (1 + eigenvalues).sqrt().unsqueeze(1)).matmul(InverseStrategyTests.NearlyOrthogonal(120, 120, 0, 2));
        w = InverseStrategyTests.NearlyOrthogonal(120, 120, 0, 3).matmul(w);
        using var retraction = new SubspaceRetraction(w, 20, 5);

        retraction.Apply_(w);

        // Halko, Martinsson and Tropp 2011, theorem 10.6, for a target rank of 10: (1 + sqrt(10 / 9)) sigma_11 + e sqrt(20) / 10 (sum of
        // sigma_j^2 from 11)^(1/2) on average; both sides of the symmetric defect share it, and the step itself leaves the square.
        var tail = eigenvalues[10..];
        var bound = ((1 + Math.Sqrt(10.0 / 9)) * tail[0].ToDouble()) + (Math.E * Math.Sqrt(20) / 10 * tail.norm().ToDouble());
        Assert.InRange(linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble(), 0, bound + 1e-4);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Orthonormal_weights_stay_as_they_are(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(rows, columns, 0, 1);
        var before = w.clone();
        using var retraction = new SubspaceRetraction(w, 8, 2);

        retraction.Apply_(w);

        Numbers.AssertClose(before, w, 1e-13);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void One_direction_far_ahead_of_all_others_is_taken_back(ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(250, 250, 0, 1);
        w.add_(Numbers.Normal(2, 250, 1).matmul(Numbers.Normal(3, 1, 250)).mul_(1e-3));
        w = w.to(precision);
        var before = linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble();
        using var retraction = new SubspaceRetraction(w, 80, 4);

        retraction.Apply_(w);

        Assert.InRange(before, 0.1, 1);
        Assert.InRange(linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble(), 0, before * before);
    }

    [Fact]
    public void A_weight_without_any_defect_is_not_touched()
    {
        using var scope = NewDisposeScope();
        var w = eye(16, dtype: ScalarType.Float64);
        using var retraction = new SubspaceRetraction(w, 4, 1);

        retraction.Apply_(w);

        Assert.Equal(eye(16, dtype: ScalarType.Float64), w);
    }

    [Theory]
    [InlineData(5, 9, true)]
    [InlineData(9, 5, true)]
    [InlineData(12, 40, true)]
    [InlineData(13, 40, false)]
    public void A_weight_of_few_rows_is_retracted_whole_because_that_is_cheaper(int rows, int columns, bool whole)
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(rows, columns, 0.2, 1);
        var expected = w.clone();
        OrthogonalityDefect.Retract_(expected);
        using var retraction = new SubspaceRetraction(w, 5, 1);

        retraction.Apply_(w);

        Assert.Equal(whole, expected.Equals(w));
    }

    [Fact]
    public void A_probe_depends_on_its_seed_alone()
    {
        using var scope = NewDisposeScope();
        var weights = Enumerable.Range(0, 3).Select(_ => InverseStrategyTests.NearlyOrthogonal(40, 40, 0.1, 1)).ToArray();
        foreach (var (weight, seed) in weights.Zip((ulong[])[7, 7, 8]))
        {
            using var retraction = new SubspaceRetraction(weight, 8, seed);
            retraction.Apply_(weight);
        }

        Assert.Equal(weights[0], weights[1]);
        Assert.NotEqual(weights[0], weights[2]);
    }

    [Fact]
    public void No_directions_are_refused() =>
        Assert.Contains(
            "0 directions",
            Assert.Throws<GaitPropException>(() => new SubspaceRetraction(eye(4), 0, 1)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void As_on_a_device_a_weight_without_any_defect_stays_as_it_is()
    {
        using var scope = NewDisposeScope();
        var w = eye(40, 70, ScalarType.Float64);
        using var retraction = new SubspaceRetraction(w, 8, 4);
        using var device = HostRead.AsOnDevice();

        retraction.Apply_(w);

        Numbers.AssertEqual(eye(40, 70, ScalarType.Float64), w);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void As_on_a_device_it_reads_nothing_and_takes_the_same_off(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        foreach (var noise in new[] { 0, 1e-4 })
        {
            var here = InverseStrategyTests.NearlyOrthogonal(rows, columns, 0, 1);
            here.add_(Numbers.Normal(2, rows, 3).matmul(Numbers.Normal(3, 3, columns)).mul_(noise));
            var start = here.clone();
            var there = here.clone();
            using var retraction = new SubspaceRetraction(here, 8, 4);
            retraction.Apply_(here);
            using var device = HostRead.AsOnDevice();
            var waits = HostRead.Waits;

            retraction.Apply_(there);

            // Of the 1e-6 of a ridge the two have other shares.
            Numbers.AssertClose(here, there, noise == 0 ? 1e-13 : 1e-9);
            Assert.Equal(noise > 0, Numbers.RelativeError(start, there) > 1e-6);
            Assert.Equal(waits, HostRead.Waits);
        }
    }
}
