using static TorchSharp.torch;

namespace GaitProp.Tests.Studies;

public sealed class AngleStudyTests
{
    private static readonly AngleStudy Study = new()
    {
        Network = new NetworkBuilder("n", 1, 6, 6).Conv(3, 2, 4).Dense(24).Dense(24).Dense(5).Definition,
    };

    [Fact]
    public void Backpropagation_in_float64_is_its_own_reference_and_in_float32_off_by_rounding()
    {
        Assert.All(Measure(Study with { Precision = ScalarType.Float64 }, "bp"), angle => Assert.Equal(0, angle));
        Assert.All(Measure(Study, "bp"), angle => Assert.InRange(angle!.Value, 1e-7, 1e-3));
    }

    [Theory]
    [InlineData(TargetForm.Literal)]
    [InlineData(TargetForm.Displacement)]
    [InlineData(TargetForm.Limit)]
    public void On_orthogonal_weights_normalised_gait_is_backpropagation_in_every_form(TargetForm form) =>
        Assert.All(
            Measure(Study with { Precision = ScalarType.Float64, Form = form }, "ngait"),
            angle => Assert.InRange(angle!.Value, 0, 0.01)
        );

    [Fact]
    public void The_angle_grows_with_the_defect_that_is_asked_for()
    {
        double Worst(double defect) => Measure(Study with { Precision = ScalarType.Float64, Defect = defect }, "ngait").Max()!.Value;

        Assert.InRange(Worst(0.01), 1e-3, 3);
        Assert.InRange(Worst(0.1) / Worst(0.01), 7, 14);
    }

    [Fact]
    public void With_the_transpose_for_the_inverse_it_is_backpropagation_whatever_the_defect() =>
        Assert.All(
            Measure(
                Study with
                {
                    Precision = ScalarType.Float64,
                    Defect = 0.3,
                    Inverse = InverseStrategy.Transpose,
                    Form = TargetForm.Limit,
                },
                "ngait"
            ),
            angle => Assert.InRange(angle!.Value, 0, 1e-6)
        );

    [Fact]
    public void A_defect_below_zero_is_refused() =>
        Assert.Contains(
            "defect -1",
            Assert.Throws<GaitPropException>(() => Measure(Study with { Defect = -1 }, "bp")).Message,
            StringComparison.Ordinal
        );

    private static IReadOnlyList<double?> Measure(AngleStudy study, string rule)
    {
        using var scope = NewDisposeScope();
        return study.Measure([rule], Numbers.Uniform(1, 7, 1, 6, 6), tensor(new long[] { 0, 1, 2, 3, 4, 0, 1 })).Columns.Single().Angles;
    }
}
