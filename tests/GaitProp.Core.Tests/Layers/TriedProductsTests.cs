using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

/// <summary>Fast products that are right, wrong in one number, or of reduced precision, beside sure ones.</summary>
public sealed class TriedProductsTests
{
    private static readonly Window Window = new(3, 2);

    public TriedProductsTests() => LibTorch.Load();

    [Fact]
    public void What_is_right_is_taken_and_tried_once_for_a_shape()
    {
        using var scope = NewDisposeScope();
        var fast = new Counted(right => right);
        var tried = new TriedProducts(ConvolutionProducts.OfPatches, fast);
        var (x, weight, delta) = Drawn(batch: 4);

        for (var time = 0; time < 3; time++)
        {
            tried.Up(x, weight, null, Window);
            tried.Down(delta, weight, Window);
            tried.Gradient(delta, x, Window);
        }

        Assert.Equal(3 * 4, fast.Asked);
        Assert.Equal((3, 3), tried.Found);
        tried.Up(Drawn(batch: 5).X, weight, null, Window);
        Assert.Equal((4, 4), tried.Found);

        // What adds a bias is another call of libtorch.
        tried.Up(x, weight, ones(5), Window);
        Assert.Equal((5, 5), tried.Found);
    }

    public static TheoryData<string> Wrongs => [.. Wrong.Keys];

    private static readonly Dictionary<string, Func<Tensor, Tensor>> Wrong = new()
    {
        ["one number"] = right =>
        {
            right.flatten()[-1].add_(1);
            return right;
        },
        ["reduced precision"] = right => right.to(ScalarType.BFloat16).to(ScalarType.Float32),
        ["not a number"] = right => right.fill_(double.NaN),
        ["half"] = right => right / 2,
    };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void What_is_wrong_is_never_handed_out(string how)
    {
        using var scope = NewDisposeScope();
        var sure = ConvolutionProducts.OfPatches;
        var tried = new TriedProducts(sure, new Counted(Wrong[how]));
        var (x, weight, delta) = Drawn(batch: 4);

        Same(sure.Up(x, weight, null, Window), tried.Up(x, weight, null, Window));
        Same(sure.Down(delta, weight, Window), tried.Down(delta, weight, Window));
        Same(sure.Gradient(delta, x, Window), tried.Gradient(delta, x, Window));
        Assert.Equal((0, 3), tried.Found);
    }

    /// <summary>A run that goes on has another bias than at its beginning, and must find the same.</summary>
    [Fact]
    public void What_is_tried_does_not_depend_on_the_numbers_of_a_layer()
    {
        using var scope = NewDisposeScope();
        var tried = new TriedProducts(ConvolutionProducts.OfPatches, new Counted(right => right));
        var (x, weight, _) = Drawn(batch: 4);

        tried.Up(x, weight, full(5, double.NaN, ScalarType.Float32), Window);

        Assert.Equal((1, 1), tried.Found);
    }

    /// <summary>libtorch takes other code there, which is no faster.</summary>
    [Theory]
    [InlineData(ScalarType.Float64, 4)]
    [InlineData(ScalarType.Float32, 1)]
    public void In_float64_and_for_one_image_nothing_is_tried(ScalarType type, int batch)
    {
        using var scope = NewDisposeScope();
        var fast = new Counted(right => right);
        var tried = new TriedProducts(ConvolutionProducts.OfPatches, fast);
        var (x, weight, _) = Drawn(batch);

        tried.Up(x.to(type), weight.to(type), null, Window);

        Assert.Equal((0, 0), (fast.Asked, tried.Found.All));
    }

    /// <summary>Whatever libtorch's own are on this processor, for the numbers of channels that were wrong on another.</summary>
    [Fact]
    public void On_this_processor_products_are_right_to_float32()
    {
        foreach (
            var (channels, rows, side) in new[] { (1, 1, 5), (3, 27, 9), (3, 5, 12), (8, 24, 7), (16, 3, 8), (24, 216, 6), (32, 64, 8) }
        )
        {
            using var scope = NewDisposeScope();
            var x = Numbers.Normal(1, 4, channels, side, side);
            var weight = Numbers.Normal(2, rows, channels * 9);
            var delta = Numbers.Normal(3, 4, rows, Window.Positions(side), Window.Positions(side));
            var (sure, here) = (ConvolutionProducts.OfPatches, TriedProducts.OnThisProcessor);

            Close(sure.Up(x, weight, null, Window), here.Up(Narrow(x), Narrow(weight), null, Window));
            Close(sure.Down(delta, weight, Window), here.Down(Narrow(delta), Narrow(weight), Window));
            Close(sure.Gradient(delta, x, Window), here.Gradient(Narrow(delta), Narrow(x), Window));
        }

        static Tensor Narrow(Tensor wide) => wide.to(ScalarType.Float32);

        static void Close(Tensor expected, Tensor actual) =>
            Assert.InRange(
                (actual.to(ScalarType.Float64) - expected).abs().max().item<double>(),
                0,
                2e-5 * expected.square().mean().sqrt().item<double>()
            );
    }

    private static (Tensor X, Tensor Weight, Tensor Delta) Drawn(int batch) =>
        (
            Numbers.Normal(1, batch, 3, 9, 9).to(ScalarType.Float32),
            Numbers.Normal(2, 5, 27).to(ScalarType.Float32),
            Numbers.Normal(3, batch, 5, 4, 4).to(ScalarType.Float32)
        );

    private static void Same(Tensor expected, Tensor actual) => Assert.True(actual.eq(expected).all().item<bool>());

    /// <summary>Products of patches, made into something else.</summary>
    private sealed class Counted(Func<Tensor, Tensor> made) : ConvolutionProducts
    {
        public int Asked { get; private set; }

        public override Tensor Up(Tensor x, Tensor weight, Tensor? bias, Window window) => Made(OfPatches.Up(x, weight, bias, window));

        public override Tensor Down(Tensor values, Tensor patches, Window window) => Made(OfPatches.Down(values, patches, window));

        public override Tensor Gradient(Tensor delta, Tensor x, Window window) => Made(OfPatches.Gradient(delta, x, window));

        private Tensor Made(Tensor right)
        {
            Asked++;
            return made(right);
        }
    }
}
