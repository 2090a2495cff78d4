using CsCheck;
using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

public sealed class ConvolutionProductsTests
{
    /// <summary>Kernel 1-5, stride 1-4, 1-3 channels, 1-6 rows, images of 5-9 pixels a side, batches of 1-3.</summary>
    private static readonly Gen<(Window Window, long[] Images, int Rows, int Seed)> AnyShape = Gen.Select(
        Gen.Int[1, 5],
        Gen.Int[1, 4],
        Gen.Int[1, 3],
        Gen.Int[5, 9],
        Gen.Int[5, 9],
        Gen.Int[1, 3],
        Gen.Int[1, 6],
        Gen.Int[0, 9999],
        (kernel, stride, channels, height, width, batch, rows, seed) =>
            (new Window(kernel, stride), new long[] { batch, channels, height, width }, rows, seed)
    );

    public ConvolutionProductsTests() => LibTorch.Load();

    /// <summary>One of them is the loops of the definition.</summary>
    [Fact]
    public void Up_is_the_weight_times_the_patch_at_every_position() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                var (x, weight, delta) = Drawn(s);
                var window = s.Window;
                var bias = Numbers.Normal(s.Seed + 2, s.Rows);
                var (expected, terms) = (zeros_like(delta), zeros_like(delta));
                for (var y = 0; y < delta.shape[2]; y++)
                {
                    for (var across = 0; across < delta.shape[3]; across++)
                    {
                        var patch = x.narrow(2, y * window.Stride, window.Kernel).narrow(3, across * window.Stride, window.Kernel);
                        expected.select(3, across).select(2, y).copy_(patch.flatten(1).matmul(weight.t()) + bias);
                        terms.select(3, across).select(2, y).copy_(patch.abs().flatten(1).matmul(weight.abs().t()) + bias.abs());
                    }
                }

                Numbers.AssertSmallBeside(expected, ConvolutionProducts.OfPatches.Up(x, weight, bias, window), terms, 1e-13, "up");
            },
            iter: 100,
            threads: 1
        );

    /// <summary><c>&lt;Up(x), d&gt; = &lt;x, Down(d)&gt; = &lt;W, Gradient(d, x)&gt;</c>, where patches cover all of x.</summary>
    [Fact]
    public void Down_is_the_transpose_of_up_and_the_gradient_is_its_derivative() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                var (x, weight, delta) = Drawn(s);
                var products = ConvolutionProducts.OfPatches;

                var up = (products.Up(x, weight, null, s.Window) * delta).sum().item<double>();
                var down = products.Down(delta, weight, s.Window);

                Assert.Equal(up, (x.narrow(2, 0, down.shape[2]).narrow(3, 0, down.shape[3]) * down).sum().item<double>(), 1e-10);
                Assert.Equal(up, (weight * products.Gradient(delta, x, s.Window)).sum().item<double>(), 1e-10);
            },
            iter: 100,
            threads: 1
        );

    [Fact]
    public void Libtorchs_own_are_the_same() =>
        AnyShape.Sample(
            s =>
            {
                using var scope = NewDisposeScope();
                var (x, weight, delta) = Drawn(s);
                var bias = Numbers.Normal(s.Seed + 2, s.Rows);
                var (sure, own) = (ConvolutionProducts.OfPatches, ConvolutionProducts.OfLibTorch);

                // Beside the same products of sizes, which cannot cancel.
                void Same(Func<ConvolutionProducts, Tensor> of, Tensor terms, string what) =>
                    Numbers.AssertSmallBeside(of(sure), of(own), terms, 1e-13, what);
                var (sizes, weights, deltas) = (x.abs(), weight.abs(), delta.abs());
                var up = sure.Up(sizes, weights, null, s.Window);
                Same(p => p.Up(x, weight, bias, s.Window), up + bias.abs().reshape(1, -1, 1, 1), "up");
                Same(p => p.Up(x, weight, null, s.Window), up, "up without bias");
                Same(p => p.Down(delta, weight, s.Window), sure.Down(deltas, weights, s.Window), "down");
                Same(p => p.Gradient(delta, x, s.Window), sure.Gradient(deltas, sizes, s.Window), "gradient");
            },
            iter: 100,
            threads: 1
        );

    private static (Tensor X, Tensor Weight, Tensor Delta) Drawn((Window Window, long[] Images, int Rows, int Seed) s) =>
        (
            Numbers.Normal(s.Seed, s.Images),
            Numbers.Normal(s.Seed + 1, s.Rows, s.Images[1] * s.Window.Kernel * s.Window.Kernel),
            Numbers.Normal(s.Seed + 3, s.Images[0], s.Rows, s.Window.Positions(s.Images[2]), s.Window.Positions(s.Images[3]))
        );
}
