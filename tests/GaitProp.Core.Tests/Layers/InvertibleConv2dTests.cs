using CsCheck;
using GaitProp.Layers;
using GaitProp.Tests.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class InvertibleConv2dTests
{
    /// <summary>Kernel 1-5, stride 1-4, 1-3 channels, images of 1-9 pixels a side, batches of 1-3.</summary>
    private static readonly Gen<Shape> AnyShape = Gen.Select(
        Gen.Int[1, 5],
        Gen.Int[1, 4],
        Gen.Int[1, 3],
        Gen.Int[1, 9],
        Gen.Int[1, 9],
        Gen.Int[1, 3],
        Gen.Double[0, 1],
        Gen.Int[0, 9999],
        (kernel, stride, channels, height, width, batch, keep, seed) =>
            new Shape(kernel, stride, channels, height, width, batch, 1 + (int)(keep * ((channels * kernel * kernel) - 1)), seed)
    );

    [Fact]
    public void Flat_images_are_taken_as_images_and_another_precision_is_refused()
    {
        using var scope = NewDisposeScope();
        var plan = new NetworkDefinition("n", [3, 5, 5], [new ConvDefinition(3, 2, 4), new DenseDefinition(2)]);
        using var network = Network.Build(plan, AuxiliaryUnits.None, 1, ScalarType.Float64);
        var x = Numbers.Normal(1, 2, 3, 5, 5);

        Numbers.AssertEqual(network.Forward(x).Output, network.Forward(x.flatten(1)).Output);
        Assert.StartsWith(
            "layer 1 computes in float64, and its inputs are float32",
            Assert.Throws<GaitPropException>(() => network.Forward(x.to(ScalarType.Float32))).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "a network in bfloat16 is not possible",
            Assert.Throws<GaitPropException>(() => Network.Build(plan, AuxiliaryUnits.None, 1, ScalarType.BFloat16)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Forward_is_torchs_convolution_of_an_input_padded_by_hand() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                var x = s.Input();

                var a = layer.Forward(x);

                Assert.Equal([s.Batch, s.Outputs, (s.Height + s.Stride - 1) / s.Stride, (s.Width + s.Stride - 1) / s.Stride], a.shape);
                Assert.Equal([s.Keep, .. a.shape.Skip(2)], layer.OutputShape);
                Numbers.AssertClose(AutogradOracle.Forward(layer, x, layer.Weight, layer.Bias), a, 1e-13);
            },
            iter: 150,
            threads: 1
        );

    [Fact]
    public void The_odd_pixel_of_padding_lies_at_the_bottom_and_on_the_right()
    {
        using var scope = NewDisposeScope();
        // 4 x 4 pixels 1 to 16, kernel 3, stride 2: one pixel of padding in all. A kernel that sees its first pixel alone picks pixels of
        // the image when the padding comes last, and zeros when it comes first.
        var weight = zeros(1, 9, ScalarType.Float64);
        weight[0, 0] = 1;
        using var layer = new InvertibleConv2d("layer", weight, zeros(1, ScalarType.Float64), LeakyReLU.Identity, 1, 1, [1, 4, 4], 3, 2);

        var a = layer.Forward(arange(1, 17, ScalarType.Float64).reshape(1, 1, 4, 4));

        Assert.Equal([1, 3, 9, 11], a.data<double>().ToArray());
    }

    [Fact]
    public void The_inverse_of_the_forward_pass_less_what_is_rebuilt_twice_is_the_input() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                var x = s.Input();

                var rebuilt = layer.Inverted(
                    layer.Activation.Inverse(layer.Forward(x)) - layer.Bias.reshape(1, -1, 1, 1),
                    InverseStrategy.Exact
                );

                Numbers.AssertClose(x, rebuilt - ((layer.OverlapCount - 1) * x), 1e-11);
            },
            iter: 150,
            threads: 1
        );

    [Fact]
    public void The_overlap_count_of_a_pixel_is_the_number_of_fields_that_see_it() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                var expected = zeros(s.Height, s.Width, ScalarType.Float64);
                var (top, left) = (Before(s.Height), Before(s.Width));
                for (var y = 0; y < s.Height; y++)
                {
                    for (var x = 0; x < s.Width; x++)
                    {
                        expected[y, x] = Fields(s.Height, y, top) * Fields(s.Width, x, left);
                    }
                }

                Numbers.AssertEqual(expected, layer.OverlapCount);

                int Outputs(int size) => (size + s.Stride - 1) / s.Stride;
                int Before(int size) => Math.Max(0, ((Outputs(size) - 1) * s.Stride) + s.Kernel - size) / 2;
                int Fields(int size, int pixel, int before) =>
                    Enumerable
                        .Range(0, Outputs(size))
                        .Count(field => pixel >= (field * s.Stride) - before && pixel < (field * s.Stride) - before + s.Kernel);
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void The_transposed_step_and_the_gradient_are_autograds() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                var x = s.Input().requires_grad_();
                var weight = layer.Weight.clone().requires_grad_();
                var bias = layer.Bias.clone().requires_grad_();
                var kernels = weight.reshape(s.Outputs, s.Channels, s.Kernel, s.Kernel);
                var z = nn.functional.conv2d(AutogradOracle.SamePadded(x, s.Kernel, s.Stride), kernels, bias, [s.Stride, s.Stride]);
                var delta = Numbers.Normal(s.Seed + 3, z.shape);
                z.backward([delta]);

                var gradient = layer.Gradient(delta, x.detach());

                Numbers.AssertClose(x.grad!, layer.Transposed(delta), 1e-12, "dL/dx");
                Numbers.AssertClose(weight.grad!, gradient.Weight, 1e-12, "dL/dW");
                Numbers.AssertClose(bias.grad!, gradient.Bias, 1e-12, "dL/db");
            },
            iter: 150,
            threads: 1
        );

    [Fact]
    public void Float32_is_float64_within_its_rounding() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                using var single = new InvertibleConv2d(
                    "layer 1",
                    layer.Weight.to(ScalarType.Float32),
                    layer.Bias.to(ScalarType.Float32),
                    layer.Activation,
                    s.Keep,
                    s.Outputs,
                    layer.InputShape,
                    s.Kernel,
                    s.Stride
                );
                var x = s.Input();
                var delta = Numbers.Normal(s.Seed + 3, [s.Batch, .. layer.OutputShape]);
                var (x32, delta32) = (x.to(ScalarType.Float32), delta.to(ScalarType.Float32));

                Close(layer.Forward(x), single.Forward(x32), "forward");
                Close(layer.Transposed(delta), single.Transposed(delta32), "transposed");
                Close(layer.Gradient(delta, x).Weight, single.Gradient(delta32, x32).Weight, "gradient");
                Close(layer.Inverted(delta, InverseStrategy.Exact), single.Inverted(delta32, InverseStrategy.Exact), "inverted");

                static void Close(Tensor expected, Tensor actual, string what)
                {
                    Assert.Equal(ScalarType.Float32, actual.dtype);
                    Numbers.AssertClose(expected, actual.to(ScalarType.Float64), 1e-4, what);
                }
            },
            iter: 200,
            threads: 1
        );

    [Fact]
    public void The_way_of_other_devices_gives_the_same() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                using var other = new InvertibleConv2d(
                    "layer 1",
                    layer.Weight.clone(),
                    layer.Bias.clone(),
                    layer.Activation,
                    s.Keep,
                    s.Outputs,
                    layer.InputShape,
                    s.Kernel,
                    s.Stride
                )
                {
                    Products = ConvolutionProducts.OfLibTorch,
                };
                var delta = Numbers.Normal(s.Seed + 3, [s.Batch, .. layer.OutputShape]);

                Numbers.AssertClose(other.Forward(s.Input()), layer.Forward(s.Input()), 1e-13, "forward");
                Numbers.AssertClose(other.Transposed(delta), layer.Transposed(delta), 1e-13, "transposed");
                Numbers.AssertClose(
                    other.Inverted(delta, InverseStrategy.Exact),
                    layer.Inverted(delta, InverseStrategy.Exact),
                    1e-12,
                    "inverted"
                );
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void Rows_that_are_not_given_count_as_zero() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                var x = s.Input();
                var kept = Numbers.Normal(s.Seed + 3, [s.Batch, .. layer.OutputShape]);
                var whole = nn.functional.pad(kept, [0, 0, 0, 0, 0, s.Outputs - s.Keep]);

                Numbers.AssertClose([layer.Gradient(whole, x)], [layer.Gradient(kept, x)], 1e-13);
                Numbers.AssertClose(layer.Transposed(whole), layer.Transposed(kept), 1e-13);
                foreach (var strategy in InverseStrategyTests.All)
                {
                    var (expected, actual) = (layer.Inverted(whole, strategy), layer.Inverted(kept, strategy));
                    if (strategy.Name == InverseStrategyTests.Tolerant.Name)
                    {
                        // As a matrix, each leaves of its k columns of the identity at most the tolerance times their length, the root of
                        // k, which the inverse of W magnifies; a pixel adds up the patches that cover it. Of more than 32 columns what is
                        // left is estimated, from 32 random mixtures: twice as much leaves room for that.
                        var columns = Math.Sqrt(s.Outputs) + Math.Sqrt(s.Keep);
                        var magnified = columns / linalg.svdvals(layer.Weight).min().ToDouble();
                        var covered = Math.Ceiling((double)s.Kernel / s.Stride);
                        var bound = 2 * InverseStrategyTests.Tolerance * magnified * covered * kept.norm().ToDouble();
                        Assert.InRange((actual - expected).norm().ToDouble(), 0, bound);
                    }
                    else
                    {
                        Numbers.AssertClose(expected, actual, 1e-11, strategy.Name);
                    }
                }
            },
            iter: 50,
            threads: 1
        );

    [Fact]
    public void Every_strategy_inverts_patches_as_the_exact_inverse_does() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                using var layer = s.Layer();
                var p = Numbers.Normal(s.Seed + 3, [s.Batch, .. layer.OutputShape]);

                var exact = layer.Inverted(p, InverseStrategy.Exact);

                Numbers.AssertClose(exact, layer.Inverted(p, InverseStrategy.Solve), 1e-11, "solve");
                Numbers.AssertClose(exact, layer.Inverted(p, InverseStrategy.PseudoInverse), 1e-10, "pinv");
                Numbers.AssertClose(exact, layer.Inverted(p, InverseStrategy.Refined(30)), 1e-10, "refined(30)");
            },
            iter: 60,
            threads: 1
        );

    [Fact]
    public void Units_parameters_and_operations_follow_from_the_shapes()
    {
        using var layer = new Shape(3, 2, 2, 5, 7, 1, 4, 1).Layer();

        Assert.Equal((18 * 3 * 4, (18 * 18) + 18, 2 * 18 * 18 * 12), (layer.Units, layer.Parameters, layer.Flops));
        Assert.True(layer.IsSquare);
        Assert.Equal(AuxiliaryUnits.Explicit, layer.Auxiliary);
    }

    [Theory]
    [InlineData(3, 0, "layer 4: kernel 3 and stride 0")]
    [InlineData(0, 1, "layer 4: kernel 0 and stride 1")]
    public void A_kernel_or_stride_of_zero_is_refused(int kernel, int stride, string message)
    {
        var e = Assert.Throws<GaitPropException>(() =>
            new InvertibleConv2d("layer 4", zeros(9, 9), zeros(9), LeakyReLU.Hidden, 9, 9, [1, 4, 4], kernel, stride)
        );
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_that_does_not_fit_the_kernel_is_refused()
    {
        var e = Assert.Throws<GaitPropException>(() =>
            new InvertibleConv2d("layer 4", zeros(9, 9), zeros(9), LeakyReLU.Hidden, 9, 9, [2, 4, 4], 3, 1)
        );
        Assert.Contains(
            "layer 4: a weight of 9 x 9 and a kernel of 3 x 3 do not take inputs of 2 x 4 x 4",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_input_of_another_shape_is_refused()
    {
        using var layer = new Shape(3, 1, 1, 4, 4, 1, 9, 1).Layer();

        var e = Assert.Throws<GaitPropException>(() => layer.Forward(zeros(2, 1, 4, 5, ScalarType.Float64)));
        Assert.Contains("layer 1 takes inputs of batch x 1 x 4 x 4, not 2 x 1 x 4 x 5", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A square convolution and its input.</summary>
    internal sealed record Shape(int Kernel, int Stride, int Channels, int Height, int Width, int Batch, int Keep, int Seed)
    {
        public int Outputs => Channels * Kernel * Kernel;

        public InvertibleConv2d Layer() =>
            new(
                "layer 1",
                InverseStrategyTests.NearlyOrthogonal(Outputs, Outputs, 0.2, Seed),
                Numbers.Normal(Seed + 1, Outputs),
                LeakyReLU.Hidden,
                Keep,
                Outputs,
                [Channels, Height, Width],
                Kernel,
                Stride
            );

        public Tensor Input() => Numbers.Normal(Seed + 2, Batch, Channels, Height, Width);
    }
}
