using CsCheck;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class LeakyReLUTests
{
    private static readonly Gen<(double Slope, double A, double Step)> Moves = Gen.Select(
        Gen.Double[0.01, 3],
        Gen.Double[-2, 2],
        Gen.Double[-4, 4]
    );

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_value_and_the_derivative_are_torchs(double slope)
    {
        using var scope = NewDisposeScope();
        var f = new LeakyReLU(slope);
        var z = Numbers.Normal(1, 5, 7).requires_grad_();
        var expected = nn.functional.leaky_relu(z, slope);
        expected.sum().backward();

        var a = f.Forward_(z.detach().clone());

        Numbers.AssertEqual(expected.detach(), a);
        Numbers.AssertEqual(z.grad!, f.Derivative(a));
        Numbers.AssertClose(z.grad! * 3, f.TimesDerivative(full_like(a, 3), a), 1e-15);
        Numbers.AssertClose(z.detach(), f.Inverse(a), 1e-15);
    }

    [Fact]
    public void At_zero_the_derivative_is_that_of_the_negative_half_as_torch_has_it()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.1, LeakyReLU.Hidden.Derivative(zeros(1, ScalarType.Float64)).item<double>());
    }

    [Fact]
    public void The_displacement_of_the_inverse_is_the_difference_of_two_inverses() =>
        Moves.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                var expected = Inverse(t.A + t.Step, t.Slope) - Inverse(t.A, t.Slope);

                var found = new LeakyReLU(t.Slope).InverseDisplacement(tensor(t.A), tensor(t.Step)).item<double>();

                Assert.Equal(expected, found, 1e-11 * Math.Max(1, Math.Abs(expected)));
            },
            iter: 1000,
            threads: 1
        );

    [Theory]
    [InlineData(1f, 1e-20f, 1e-20f)]
    [InlineData(1f, -1e-20f, -1e-20f)]
    [InlineData(-1f, 1e-20f, 1e-19f)]
    [InlineData(-1f, -1e-20f, -1e-19f)]
    [InlineData(0.25f, -0.5f, -2.75f)]
    [InlineData(-0.25f, 0.5f, 2.75f)]
    public void Steps_far_below_the_rounding_of_an_activation_are_kept_and_crossings_use_both_branches(float a, float step, float expected)
    {
        using var scope = NewDisposeScope();
        var found = LeakyReLU.Hidden.InverseDisplacement(tensor(a), tensor(step)).item<float>();

        Assert.Equal(expected, found, 1e-6f * Math.Abs(expected));
    }

    private static double Inverse(double a, double slope) => a > 0 ? a : a / slope;
}
