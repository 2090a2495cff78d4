using GaitProp.Metrics;
using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Metrics;

public sealed class OtherMeasuresTests
{
    [Fact]
    public void Sign_agreement_counts_elements_of_which_neither_is_zero()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(2.0 / 3, SignAgreement.Share(tensor(new[] { 1.0, -2, 3, 0 }), tensor(new[] { 5.0, -1, -1, 7 })));
        Assert.Null(SignAgreement.Share(zeros(3), ones(3)));
        Assert.Null(SignAgreement.Share(tensor(new[] { double.NaN, 1 }), ones(2, ScalarType.Float64)));
    }

    [Fact]
    public void Relative_error_is_in_the_references_length()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0.2, RelativeError.Of(tensor(new[] { 3.0, 5 }), tensor(new[] { 3.0, 4 }))!.Value, 1e-15);
        Assert.Null(RelativeError.Of(ones(2), zeros(2)));
        Assert.Null(RelativeError.Of(tensor(new[] { double.PositiveInfinity }), ones(1, ScalarType.Float64)));
    }

    /// <summary>libtorch would repeat the smaller one.</summary>
    [Fact]
    public void Tensors_of_two_shapes_are_not_held_against_each_other()
    {
        using var scope = NewDisposeScope();
        var (row, square) = (ones(1, 3), ones(3, 3));
        Func<object?>[] measures =
        [
            () => UpdateAngle.Degrees(row, square),
            () => RelativeError.Of(row, square),
            () => SignAgreement.Share(row, square),
        ];

        Assert.All(
            measures,
            m => Assert.Contains("1 x 3 and 3 x 3", Assert.Throws<ArgumentException>(m).Message, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_effective_rank_of_equal_singular_values_is_their_number(int rank)
    {
        using var scope = NewDisposeScope();
        var basis = linalg.qr(Numbers.Normal(1, 7, rank)).Q;

        Assert.Equal(
            rank,
            EffectiveRank
                .Of(3 * basis.matmul(Numbers.Normal(2, rank, rank).triu().mul(0).add(eye(rank, dtype: ScalarType.Float64))))!
                .Value,
            1e-9
        );
        Assert.Null(EffectiveRank.Of(zeros(3, 3)));
    }

    [Fact]
    public void Below_the_output_the_target_distance_of_normalised_gait_is_eta()
    {
        using var scope = NewDisposeScope();
        using var network = SampleNetworks.Perturbed(
            new("n", [9], [new DenseDefinition(9), new DenseDefinition(9), new DenseDefinition(4)]),
            AuxiliaryUnits.Explicit,
            2,
            noise: 0
        );
        var trace = network.Forward(Numbers.Uniform(3, 5, 9));
        var loss = Loss.CrossEntropySum(trace.Output, tensor(new long[] { 0, 1, 2, 3, 0 }));

        var targets = new NormalisedGaitRule(new NormalisedGaitOptions { Eta = 1e-6 }).Targets(network, trace, loss.Gradient);

        // The identity output layer with orthogonal weights passes the normalised length on; below it f' may shrink it, by no more than its
        // slope.
        Assert.Equal(1e-6, TargetDistance.RootMeanSquare(targets[1], network.Layers[1].Units), 1e-12);
        Assert.InRange(TargetDistance.RootMeanSquare(targets[0], network.Layers[0].Units), 1e-7, 1.0000001e-6);
    }
}
