using CsCheck;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class InvertibleDenseTests
{
    private static readonly Gen<(int Units, int Keep, int Batch, int Seed)> Sizes =
        from units in Gen.Int[1, 12]
        from keep in Gen.Int[1, units]
        from batch in Gen.Int[1, 4]
        from seed in Gen.Int[0, 9999]
        select (units, keep, batch, seed);

    [Fact]
    public void Forward_transposed_step_and_gradient_are_autograds() =>
        Sizes.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                using var layer = Square(t.Units, t.Keep, t.Seed);
                var x = Numbers.Normal(t.Seed + 2, t.Batch, t.Units).requires_grad_();
                var weight = layer.Weight.clone().requires_grad_();
                var bias = layer.Bias.clone().requires_grad_();
                var z = nn.functional.linear(x, weight, bias);
                var delta = Numbers.Normal(t.Seed + 3, z.shape);
                z.backward([delta]);

                var gradient = layer.Gradient(delta, x.detach());

                Numbers.AssertClose(nn.functional.leaky_relu(z, 0.1).detach(), layer.Forward(x.detach()), 1e-14, "a");
                Numbers.AssertClose(x.grad!, layer.Transposed(delta), 1e-13, "dL/dx");
                Numbers.AssertClose(weight.grad!, gradient.Weight, 1e-13, "dL/dW");
                Numbers.AssertClose(bias.grad!, gradient.Bias, 1e-13, "dL/db");
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void The_inverse_of_the_forward_pass_is_the_input() =>
        Sizes.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                using var layer = Square(t.Units, t.Keep, t.Seed);
                var x = Numbers.Normal(t.Seed + 2, t.Batch, t.Units);
                foreach (var strategy in InverseStrategyTests.All.Take(3))
                {
                    Numbers.AssertClose(
                        x,
                        layer.Inverted(layer.Activation.Inverse(layer.Forward(x)) - layer.Bias, strategy),
                        1e-12,
                        strategy.Name
                    );
                }
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void Rows_that_are_not_given_count_as_zero() =>
        Sizes.Sample(
            t =>
            {
                using var scope = NewDisposeScope();
                using var layer = Square(t.Units, t.Keep, t.Seed);
                var x = Numbers.Normal(t.Seed + 2, t.Batch, t.Units);
                var kept = Numbers.Normal(t.Seed + 3, t.Batch, t.Keep);
                var whole = nn.functional.pad(kept, [0, t.Units - t.Keep]);

                Numbers.AssertClose([layer.Gradient(whole, x)], [layer.Gradient(kept, x)], 1e-14);
                Numbers.AssertClose(layer.Transposed(whole), layer.Transposed(kept), 1e-14);
                foreach (var strategy in InverseStrategyTests.All)
                {
                    Numbers.AssertClose(layer.Inverted(whole, strategy), layer.Inverted(kept, strategy), 1e-12, strategy.Name);
                }
            },
            iter: 50,
            threads: 1
        );

    [Fact]
    public void Images_are_flattened_on_the_way_up_and_get_their_shape_back_on_the_way_down()
    {
        using var scope = NewDisposeScope();
        using var layer = new InvertibleDense(
            "layer 1",
            InverseStrategyTests.NearlyOrthogonal(12, 12, 0.1, 1),
            zeros(12, ScalarType.Float64),
            LeakyReLU.Hidden,
            5,
            12,
            [3, 2, 2]
        );
        var x = Numbers.Normal(2, 4, 3, 2, 2);

        Assert.Equal([4, 12], layer.Forward(x).shape);
        Assert.Equal([4, 3, 2, 2], layer.Transposed(zeros(4, 5, ScalarType.Float64)).shape);
        Numbers.AssertClose(x, layer.Inverted(layer.Activation.Inverse(layer.Forward(x)), InverseStrategy.Exact), 1e-13);
    }

    [Fact]
    public void Units_parameters_and_operations_follow_from_the_shapes()
    {
        using var scope = NewDisposeScope();
        using var layer = new InvertibleDense("layer 2", zeros(3, 8), zeros(3), LeakyReLU.Hidden, 3, 8, [8]);

        Assert.Equal((8, 27, 48, 8), (layer.Units, layer.Parameters, layer.Flops, layer.FanIn));
        Assert.True(layer.IsSquare);
        Assert.Equal(AuxiliaryUnits.Implicit, layer.Auxiliary);
    }

    public static TheoryData<string, Action> Impossible =>
        new()
        {
            { "layer 7: keep 5 of 4 outputs is not possible; keep must be 1 to 4.", () => Layer(4, 4, keep: 5, outputs: 4) },
            { "layer 7: keep 0 of 4 outputs is not possible", () => Layer(4, 4, keep: 0, outputs: 4) },
            { "layer 7: a leaky ReLU of slope 0 has no inverse; the slope must be above 0.", () => Layer(4, 4, 4, 4, slope: 0) },
            { "layer 7: a leaky ReLU of slope -0.1 has no inverse", () => Layer(4, 4, 4, 4, slope: -0.1) },
            { "layer 7: a leaky ReLU of slope NaN has no inverse", () => Layer(4, 4, 4, 4, slope: double.NaN) },
            { "layer 7: a weight of 3 x 4 and a bias of 3 do not make 4 outputs, 2 kept.", () => Layer(3, 4, 2, 4) },
            { "layer 7: a weight of 4 x 4 does not take inputs of 5.", () => Layer(4, 4, 4, 4, inputs: 5) },
            { "layer 7 takes inputs of batch x 4, not 2 x 3.", () => Layer(4, 4, 4, 4).Forward(zeros(2, 3)) },
            {
                "layer 7 lies on cpu, and its inputs on meta: move one of them with To(...).",
                () => Layer(4, 4, 4, 4).Forward(zeros(2, 4, device: META))
            },
            { "layer 7 takes inputs of batch x 4, not 4.", () => Layer(4, 4, 4, 4).Forward(zeros(4)) },
            {
                "layer 7 has 3 outputs and 4 inputs: only a square layer can be inverted.",
                () => Layer(3, 4, 3, 3).Inverted(zeros(1, 3), InverseStrategy.Exact)
            },
        };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void What_is_not_possible_is_refused_with_the_layer_and_the_numbers(string message, Action act)
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith(message, Assert.Throws<GaitPropException>(act).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exact", 1)]
    [InlineData("solve", 1)]
    [InlineData("pinv", 1)]
    [InlineData("exact", 4)]
    [InlineData("solve", 4)]
    [InlineData("pinv", 4)]
    public void A_singular_weight_is_refused_with_the_layer_and_its_shape(string strategy, int keep)
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(4, 4, keep, 4);

        var e = Assert.Throws<GaitPropException>(() => layer.Inverted(ones(2, keep), InverseStrategy.Parse(strategy)));
        Assert.Equal("layer 7: the weight (4 x 4) is singular and has no inverse.", e.Message);
    }

    [Theory]
    [InlineData("exact", double.NaN)]
    [InlineData("solve", double.NaN)]
    [InlineData("pinv", double.NaN)]
    [InlineData("exact", double.PositiveInfinity)]
    [InlineData("solve", double.PositiveInfinity)]
    [InlineData("pinv", double.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_refused_as_such(string strategy, double value)
    {
        using var scope = NewDisposeScope();
        using var layer = Square(4, 4, 1);
        layer.Weight[2, 1] = value;

        var e = Assert.Throws<GaitPropException>(() => layer.Inverted(ones(2, 4, ScalarType.Float64), InverseStrategy.Parse(strategy)));
        Assert.Equal("layer 1: the weight (4 x 4) holds values that are not finite.", e.Message);
    }

    private static InvertibleDense Layer(int rows, int columns, int keep, int outputs, double slope = 0.1, int? inputs = null) =>
        new("layer 7", zeros(rows, columns), zeros(rows), new LeakyReLU(slope), keep, outputs, [inputs ?? columns]);

    private static InvertibleDense Square(int units, int keep, int seed) =>
        new(
            "layer 1",
            InverseStrategyTests.NearlyOrthogonal(units, units, 0.5, seed),
            Numbers.Normal(seed + 1, units),
            LeakyReLU.Hidden,
            keep,
            units,
            [units]
        );
}
