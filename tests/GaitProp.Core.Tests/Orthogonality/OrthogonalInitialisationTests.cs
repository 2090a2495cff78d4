using static TorchSharp.torch;

namespace GaitProp.Tests.Orthogonality;

public sealed class OrthogonalInitialisationTests
{
    [Theory]
    [InlineData(8, 8)]
    [InlineData(3, 10)]
    [InlineData(10, 3)]
    [InlineData(1, 7)]
    [InlineData(7, 1)]
    [InlineData(1, 1)]
    public void Rows_are_orthonormal_or_columns_where_they_are_fewer(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = OrthogonalInitialisation.Draw(rows, columns, 3, ScalarType.Float64);

        Assert.Equal([rows, columns], w.shape);
        var gram = rows <= columns ? w.matmul(w.t()) : w.t().matmul(w);
        Numbers.AssertClose(eye(Math.Min(rows, columns), dtype: ScalarType.Float64), gram, 1e-13);
    }

    [Fact]
    public void One_seed_gives_one_weight_and_another_seed_another()
    {
        using var scope = NewDisposeScope();
        var first = OrthogonalInitialisation.Draw(20, 30, 3);

        Numbers.AssertEqual(first, OrthogonalInitialisation.Draw(20, 30, 3));
        Assert.True(Numbers.RelativeError(first, OrthogonalInitialisation.Draw(20, 30, 4)) > 0.5);
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(5, 12)]
    [InlineData(11, 12)]
    [InlineData(8, 9)]
    public void The_first_rows_do_not_depend_on_how_many_follow(int kept, int all)
    {
        using var scope = NewDisposeScope();
        Numbers.AssertClose(
            OrthogonalInitialisation.Draw(all, 12, 3, ScalarType.Float64).narrow(0, 0, kept),
            OrthogonalInitialisation.Draw(kept, 12, 3, ScalarType.Float64),
            1e-12
        );
    }

    [Fact]
    public void Float32_is_float64_rounded()
    {
        using var scope = NewDisposeScope();
        Numbers.AssertEqual(
            OrthogonalInitialisation.Draw(6, 6, 3, ScalarType.Float64).to(ScalarType.Float32),
            OrthogonalInitialisation.Draw(6, 6, 3)
        );
    }

    [Fact]
    public void Directions_are_uniform_so_no_sign_is_preferred()
    {
        // Householder's signs left in would make the diagonal one-sided.
        using var scope = NewDisposeScope();
        var positive = Enumerable
            .Range(0, 200)
            .Count(seed => OrthogonalInitialisation.Draw(4, 4, (ulong)seed, ScalarType.Float64)[0, 0].item<double>() > 0);

        Assert.InRange(positive, 70, 130);
    }

    [Fact]
    public void Every_layer_of_a_network_starts_orthogonal_unlike_the_others_and_with_the_same_kept_rows_whatever_its_auxiliary_units()
    {
        using var scope = NewDisposeScope();
        var plan = new NetworkDefinition(
            "n",
            [2, 8, 8],
            [new ConvDefinition(3, 2, 4), new ConvDefinition(3, 2, 7), new DenseDefinition(13), new DenseDefinition(3)]
        );
        using var plain = Network.Build(plan, AuxiliaryUnits.None, 7, ScalarType.Float64);
        using var whole = Network.Build(plan, AuxiliaryUnits.Explicit, 7, ScalarType.Float64);
        using var hidden = Network.Build(plan, AuxiliaryUnits.Implicit, 7, ScalarType.Float64);

        foreach (var layer in whole.Layers)
        {
            Assert.True(OrthogonalityDefect.RootMeanSquare(layer.Weight) < 1e-13);
            Assert.Equal(0, layer.Bias.count_nonzero().item<long>());
        }

        foreach (var (l, layer) in plain.Layers.Index())
        {
            Numbers.AssertClose(layer.Weight, whole.Layers[l].Weight.narrow(0, 0, layer.Keep), 1e-12);
            Numbers.AssertEqual(layer.Weight, hidden.Layers[l].Weight);
        }

        Assert.All(whole.Layers.Skip(1), l => Assert.True(l.IsSquare && l.Auxiliary != AuxiliaryUnits.Implicit));
        Assert.All(hidden.Layers.Skip(1), l => Assert.True(l.IsSquare && l.Weight.shape[0] == l.Keep));
    }
}
