using GaitProp.Tests.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Orthogonality;

public sealed class OrthogonalityDefectTests
{
    public static TheoryData<int, int> Sizes =>
        new()
        {
            { 6, 6 },
            { 4, 9 },
            { 9, 4 },
            { 1, 5 },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_penaltys_gradient_is_autograds_and_is_added(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = Numbers.Normal(1, rows, columns).requires_grad_();
        var gram = rows <= columns ? w.matmul(w.t()) : w.t().matmul(w);
        (3.5 * (gram - eye(gram.shape[0], dtype: ScalarType.Float64)).square().sum()).backward();
        var gradient = Numbers.Normal(2, rows, columns);
        var expected = gradient + w.grad!;

        OrthogonalityDefect.AddPenaltyGradient_(gradient, w.detach(), 3.5);

        Numbers.AssertClose(expected, gradient, 1e-13);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Retraction_squares_the_defect_and_ends_at_the_nearest_orthogonal_weight(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(rows, columns, 0.3, 1);
        var (u, _, vh) = linalg.svd(w, fullMatrices: false);
        var nearest = u.matmul(vh);
        var defect = linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble();
        for (var i = 0; i < 6; i++)
        {
            OrthogonalityDefect.Retract_(w);
            var left = linalg.norm(OrthogonalityDefect.Matrix(w), 2).ToDouble();

            // sigma^2 - 1 = d turns into -(3/4) d^2 + O(d^3): exactly d^2 (d - 3) / 4.
            Assert.True(left <= (defect * defect * (3 + defect) / 4) + 1e-14, $"{defect:g3} -> {left:g3}");
            defect = left;
        }

        Assert.InRange(defect, 0, 1e-13);
        Numbers.AssertClose(nearest, w, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_defect_is_zero_for_orthonormal_weights_and_known_for_scaled_ones(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var w = InverseStrategyTests.NearlyOrthogonal(rows, columns, 0, 1);

        Assert.InRange(OrthogonalityDefect.RootMeanSquare(w), 0, 1e-14);

        // (1.1 Q)(1.1 Q)^T - I = 0.21 I: every row of it has norm 0.21.
        Assert.Equal(0.21, OrthogonalityDefect.RootMeanSquare(w * 1.1), 1e-12);
    }

    /// <summary>Small defects grow with the noise, large ones with its square.</summary>
    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.1)]
    [InlineData(3)]
    [InlineData(30)]
    [InlineData(100)]
    public void Noise_makes_the_defect_that_is_asked_for(double defect)
    {
        using var scope = NewDisposeScope();
        var weight = OrthogonalInitialisation.Draw(128, 128, 1, ScalarType.Float64, CPU);

        OrthogonalityDefect.Perturb_(weight, defect, seed: 2);

        Assert.Equal(1, OrthogonalityDefect.RootMeanSquare(weight) / defect, 1e-6);
    }
}
