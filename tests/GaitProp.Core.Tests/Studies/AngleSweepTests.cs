using GaitProp.Studies;
using static TorchSharp.torch;

namespace GaitProp.Tests.Studies;

/// <summary>A sweep is a study again and again; so that is its oracle.</summary>
public sealed class AngleSweepTests
{
    private static readonly AngleStudy Small = new()
    {
        Network = NetworkDefinition.Parse("n", [3, 4, 4], "dense 24, dense 24, dense 24, dense 5"),
    };

    [Theory]
    [InlineData(SweepParameter.Eta, "ngait")]
    [InlineData(SweepParameter.Gamma, "gait")]
    [InlineData(SweepParameter.Defect, "ngait")]
    public void Each_value_is_the_study_with_it(object over, string rule)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Batch(8, 3, 4, 4);
        double[] values = [1e-1, 1e-3];
        var sweep = new AngleSweep
        {
            Study = Small,
            Over = (SweepParameter)over,
            Values = values,
            Ways = [(TargetForm.Literal, ScalarType.Float64), (TargetForm.Displacement, ScalarType.Float32)],
        };

        var table = sweep.Measure([rule], x, y, TestContext.Current.CancellationToken);

        Assert.Equal(2, table.Curves.Count);
        foreach (var (curve, way) in table.Curves.Zip(sweep.Ways))
        {
            foreach (var (i, value) in values.Index())
            {
                var one = (SweepParameter)over switch
                {
                    SweepParameter.Eta => Small with { Eta = value },
                    SweepParameter.Gamma => Small with { Gamma = value },
                    _ => Small with { Defect = value },
                };
                var angles = (one with { Form = way.Form, Precision = way.Precision }).Measure([rule], x, y).Columns[0].Angles;
                Assert.Equal(angles.SkipLast(1).Average()!.Value, curve.Means[i]!.Value, 1e-9);
                Assert.Equal(angles.Max()!.Value, curve.Worst[i]!.Value, 1e-9);
            }
        }
    }

    /// <summary>Without ways a rule computes in its own precision, and its curve says in which.</summary>
    [Fact]
    public void Each_rule_is_computed_in_its_own_precision()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Batch(8, 3, 4, 4);

        var table = new AngleSweep
        {
            Study = Small,
            Over = SweepParameter.Eta,
            Values = [1e-3],
            Precisions = new Dictionary<string, ScalarType> { ["ngait"] = ScalarType.Float64 },
        }.Measure(["fa", "ngait"], x, y, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["FA, float32", "normalised GAIT, displacement float64"], table.Curves.Select(c => c.Label));
        foreach (var (curve, precision) in table.Curves.Zip((ScalarType[])[ScalarType.Float32, ScalarType.Float64]))
        {
            var angles = (Small with { Eta = 1e-3, Precision = precision }).Measure([curve.Rule], x, y).Columns[0].Angles;
            Assert.Equal(angles.Max()!.Value, curve.Worst[0]!.Value, 1e-9);
        }
    }

    [Fact]
    public void Depth_makes_the_network_of_that_many_hidden_layers()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Batch(4, 3, 4, 4);
        var study = new AngleStudy { Network = Architectures.Define("cifar-deep", [3, 4, 4], 10), Auxiliary = AuxiliaryUnits.Implicit };

        var table = new AngleSweep
        {
            Study = study,
            Over = SweepParameter.Depth,
            Values = [1, 2],
        }.Measure(["fa"], x, y, cancellation: TestContext.Current.CancellationToken);

        var two = (study with { Network = Architectures.Define("cifar-deep", [3, 4, 4], 10, 2) }).Measure(["fa"], x, y).Columns[0].Angles;
        Assert.Equal((2, 3), (table.Values.Count, two.Count));
        Assert.Equal(two.SkipLast(1).Average()!.Value, Assert.Single(table.Curves).Means[1]!.Value, 1e-9);
    }

    /// <summary>A pool trains nothing and has no angle, which is not an undefined one; nor is a mixing the output layer.</summary>
    [Theory]
    [InlineData("conv 3x3/1 8, maxpool 2, dense 24, dense 5")]
    [InlineData("conv 3x3/1 8, maxpool 2, dense 24, dense 5, mix")]
    public void A_layer_that_trains_nothing_takes_no_part(string layers)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Batch(8, 3, 4, 4);
        var study = new AngleStudy { Network = NetworkDefinition.Parse("n", [3, 4, 4], layers) };

        var table = new AngleSweep
        {
            Study = study,
            Over = SweepParameter.Eta,
            Values = [1e-3, 1e-5],
        }.Measure(["ngait"], x, y, cancellation: TestContext.Current.CancellationToken);

        var curve = Assert.Single(table.Curves);
        foreach (var (i, value) in table.Values.Index())
        {
            var angles = (study with { Eta = value }).Measure(["ngait"], x, y).Columns[0].Angles;
            Assert.Null(angles[1]);
            Assert.Equal((angles[0]!.Value + angles[2]!.Value) / 2, curve.Means[i]!.Value, 1e-9);
            Assert.Equal(angles.Max()!.Value, curve.Worst[i]!.Value, 1e-9);
        }
    }

    /// <summary>
    /// What the sweep is for: large eta flips signs in every form; small eta is lost to rounding in the literal form alone.
    /// </summary>
    [Fact]
    public void Large_eta_flips_signs_and_small_eta_drowns_in_the_literal_form()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Batch(16, 3, 4, 4);
        var table = new AngleSweep
        {
            Study = Small,
            Over = SweepParameter.Eta,
            Values = [1, 1e-7, 1e-15],
            Ways = [(TargetForm.Literal, ScalarType.Float64), (TargetForm.Displacement, ScalarType.Float64)],
        }.Measure(["ngait"], x, y, cancellation: TestContext.Current.CancellationToken);

        var (literal, displaced) = (table.Curves[0].Means, table.Curves[1].Means);
        Assert.InRange(displaced[0]!.Value, 1, 90);
        Assert.InRange(literal[1]!.Value, 0, 1e-3);
        Assert.InRange(displaced[1]!.Value, 0, 1e-3);
        Assert.InRange(literal[2]!.Value, 10, 120);
        Assert.InRange(displaced[2]!.Value, 0, 1e-3);
    }

    [Fact]
    public void What_is_not_possible_is_refused()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Batch(4, 3, 4, 4);
        string Error(SweepParameter over, params double[] values) =>
            Assert
                .Throws<GaitPropException>(() =>
                    new AngleSweep
                    {
                        Study = Small,
                        Over = over,
                        Values = values,
                    }.Measure(["fa"], x, y)
                )
                .Message;

        Assert.Equal("a sweep over eta needs a value at least.", Error(SweepParameter.Eta));
        Assert.Equal("depth 2.5 is not possible: it must be a whole number of layers, 1 to 1000.", Error(SweepParameter.Depth, 2.5));
        Assert.Equal("defect -1 is not possible: it must be 0 or more.", Error(SweepParameter.Defect, -1));
    }

    internal static (Tensor Images, Tensor Labels) Batch(int count, params long[] shape) =>
        (Numbers.Uniform(1, [count, .. shape]), tensor(Enumerable.Range(0, count).Select(i => (long)(i * 7 % 5)).ToArray()));
}
