using GaitProp.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class FusedPassTests
{
    /// <summary>Shapes below, at and beyond a vector, a sample of odd length, and more than one chunk.</summary>
    public static TheoryData<long[], ScalarType> Shapes =>
        new()
        {
            { [1, 1], ScalarType.Float32 },
            { [3, 5], ScalarType.Float64 },
            { [2, 3, 4, 7], ScalarType.Float32 },
            { [67, 1031], ScalarType.Float32 },
            { [33, 3, 41, 23], ScalarType.Float64 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_derivative_is_applied_to_the_bit_as_torchs_operations_do(long[] shape, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (v, a) = (Numbers.Normal(1, shape).to(dtype), Numbers.Normal(2, shape).to(dtype));
        a.view(-1)[0] = 0;
        var expected = where(a.gt(0), v, v * 0.1);

        Assert.True(FusedPass.Fits(v, a));
        Assert.Equal(0, (FusedPass.TimesDerivative(v, a, 0.1) - expected).abs().max().ToDouble());
    }

    /// <summary>In a vector, or in the rest behind the last one.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_second_pass_is_asked_for_only_where_an_activation_crosses_zero(long[] shape, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (v, normal) = (Numbers.Normal(1, shape).to(dtype), Numbers.Normal(2, shape));
        var a = (normal.sign() * (normal.abs() + 1)).to(dtype);
        var scale = full(shape[0], -1e7, dtype: dtype);

        Assert.False(Crosses(a));
        foreach (var place in (long[])[0, v.numel() - 1])
        {
            var near = a.clone();
            near.view(-1)[place] = 1e-12;
            v.view(-1)[place] = 1;
            Assert.True(Crosses(near));
        }

        bool Crosses(Tensor activations)
        {
            using var result = FusedPass.TimesDerivative(v, activations, 0.1, null, scale, out var crosses);
            return crosses;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Crossings_change_branch_and_nothing_else_changes(long[] shape, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var f = LeakyReLU.Hidden;
        var (q, a) = (Numbers.Normal(3, shape).to(dtype), Numbers.Normal(4, shape).to(dtype));

        // Some samples are nudged far, most of their units across zero; others hardly at all.
        var scale = -(Numbers.Normal(5, shape[0]).abs() + 0.01).to(dtype);
        scale[0] = -1e7;
        var perSample = scale.reshape([-1, .. Enumerable.Repeat(1L, shape.Length - 1)]);
        var step = f.TimesDerivative(q, a) / perSample;
        var crosses = a.gt(0).ne((a + step).gt(0));
        var expected = where(crosses, perSample * f.InverseDisplacement(a, step), q);
        Assert.True(q.numel() < 10 || crosses.sum().item<long>() > 0);

        var found = FusedPass.WithCrossings(q, a, scale, f.Slope);

        var rounding = dtype == ScalarType.Float32 ? 1e-5 : 1e-14;
        Assert.Equal(0, (found - expected).abs().div(expected.abs() + perSample.abs()).max().ToDouble(), rounding);
        Assert.Equal(0, where(crosses, zeros_like(q), found - q).abs().max().ToDouble());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gains_of_rows_go_into_the_derivative_the_crossings_and_the_activations(long[] shape, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var f = LeakyReLU.Hidden;
        var (q, a) = (Numbers.Normal(3, shape).to(dtype), Numbers.Normal(4, shape).to(dtype));
        var (gain, bias) = ((Numbers.Normal(10, shape[1]) + 1.5).to(dtype), Numbers.Normal(11, shape[1]).to(dtype));
        long[] rows = [1, -1, .. Enumerable.Repeat(1L, shape.Length - 2)];
        var (g, b) = (gain.reshape(rows), bias.reshape(rows));
        var rounding = dtype == ScalarType.Float32 ? 1e-5 : 1e-14;

        Assert.Equal(0, (FusedPass.TimesDerivative(q, a, 0.1, gain) - (where(a.gt(0), q, q * 0.1) * g)).abs().max().ToDouble(), rounding);

        // Half the samples are nudged far enough for most of their units to cross zero.
        var scale = -(Numbers.Normal(5, shape[0]).abs() + 0.01).to(dtype);
        var perSample = scale.reshape([-1, .. Enumerable.Repeat(1L, shape.Length - 1)]);
        var step = where(a.gt(0), q, q * 0.1) * g / perSample;

        // Where the sum is near zero, rounding may say of either side that it is the right one: both say nearly the same there.
        var crosses = a.gt(0).ne((a + step).gt(0));
        var expected = where(crosses, perSample * (f.Inverse(a + step) - f.Inverse(a)) / g, q);
        Assert.True(q.numel() < 10 || crosses.sum().item<long>() > 0);
        var found = FusedPass.WithCrossings(q, a, scale, f.Slope, gain);
        Assert.Equal(
            0,
            (found - expected).abs().div(expected.abs() + ((perSample.abs() * a.abs()) / g.abs())).max().ToDouble(),
            100 * rounding
        );

        var z = (g * q) + b;
        Assert.Equal(
            0,
            (FusedPass.Activated_(q.clone(), gain, bias, f.Slope) - where(z.gt(0), z, z * 0.1)).abs().max().ToDouble(),
            rounding
        );
    }

    [Theory]
    [InlineData(1, 1, ScalarType.Float64)]
    [InlineData(5, 3, ScalarType.Float32)]
    [InlineData(67, 1031, ScalarType.Float64)]
    public void The_gradient_of_a_gain_sums_over_the_batch(long batch, long rows, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (delta, a, bias) = (
            Numbers.Normal(1, batch, rows).to(dtype),
            Numbers.Normal(2, batch, rows).to(dtype),
            Numbers.Normal(3, rows + 2).to(dtype)
        );

        var expected = (delta * (where(a.gt(0), a, a / 0.1) - bias.narrow(0, 0, rows))).sum([0]);

        Numbers.AssertClose(expected, FusedPass.GainGradient(delta, a, bias, 0.1), dtype == ScalarType.Float32 ? 1e-5 : 1e-13);
    }

    [Fact]
    public void Values_with_gaps_are_taken_in_their_order()
    {
        using var scope = NewDisposeScope();
        var (v, a) = (Numbers.Normal(6, 7, 9).t(), Numbers.Normal(7, 9, 7));

        Assert.Equal(0, (FusedPass.TimesDerivative(v, a, 0.1) - where(a.gt(0), v, v * 0.1)).abs().max().ToDouble());
    }

    [Fact]
    public void Tensors_of_autograd_and_activations_with_gaps_are_left_to_torch()
    {
        using var scope = NewDisposeScope();
        var a = Numbers.Normal(8, 4, 4);

        Assert.False(FusedPass.Fits(a, a.t()));
        Assert.False(FusedPass.Fits(a.clone().requires_grad_(), a));
        Assert.False(FusedPass.Fits(a, Numbers.Normal(9, 4, 1)));
    }
}
