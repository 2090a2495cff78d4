using System.Collections.Concurrent;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// The fast products where they are right, the sure ones elsewhere. oneDNN's float32 convolutions, transposed ones above all, are wrong on
/// some processors for some numbers of channels (libtorch 2.10 on an EPYC with AVX-512: relative errors near 1). So each product is tried
/// once in a process for each shape that it is asked for, on numbers drawn for it, and what came out is remembered. In float64, and for one
/// image, libtorch has other code that is no faster: nothing is tried there.
/// </summary>
/// <param name="sure">What is right.</param>
/// <param name="fast">What may be.</param>
internal sealed class TriedProducts(ConvolutionProducts sure, ConvolutionProducts fast) : ConvolutionProducts
{
    /// <summary>
    /// How far a value may be off, as a part of the root mean square of all. Rounding leaves a tenth of it at the most; reduced precision,
    /// such as bfloat16's, does not pass.
    /// </summary>
    private const double Tolerance = 1e-4;

    /// <summary>How many numbers are drawn; they are repeated. It is prime, so that no row of an image is like another.</summary>
    private const int Drawn = 10007;

    private readonly ConcurrentDictionary<Asked, bool> _right = new();

    /// <summary>libtorch's own convolutions, tried, for this process.</summary>
    public static TriedProducts OnThisProcessor { get; } = new(OfPatches, OfLibTorch);

    /// <summary>How many shapes were tried, and for how many of them the fast product was right.</summary>
    public (int Right, int All) Found => (_right.Count(r => r.Value), _right.Count);

    /// <inheritdoc/>
    public override Tensor Up(Tensor x, Tensor weight, Tensor? bias, Window window) =>
        Chosen("up", x, weight, bias, window, (p, a, b, c) => p.Up(a, b, c, window));

    /// <inheritdoc/>
    public override Tensor Down(Tensor values, Tensor patches, Window window) =>
        Chosen("down", values, patches, null, window, (p, a, b, _) => p.Down(a, b, window));

    /// <inheritdoc/>
    public override Tensor Gradient(Tensor delta, Tensor x, Window window) =>
        Chosen("gradient", delta, x, null, window, (p, a, b, _) => p.Gradient(a, b, window));

    /// <summary>
    /// The product, by whichever is right. What is tried depends on the shapes alone, so that a run that goes on finds the same.
    /// </summary>
    private Tensor Chosen(
        string product,
        Tensor a,
        Tensor b,
        Tensor? added,
        Window window,
        Func<ConvolutionProducts, Tensor, Tensor, Tensor?, Tensor> compute
    )
    {
        if (a.dtype != ScalarType.Float32 || a.shape[0] < 2)
        {
            return compute(sure, a, b, added);
        }

        var asked = new Asked(product, window, Shapes.Text(a.shape), Shapes.Text(b.shape), added is not null, get_num_threads());
        return compute(_right.GetOrAdd(asked, _ => IsRight(a.shape, b.shape, added?.shape, compute)) ? fast : sure, a, b, added);
    }

    private bool IsRight(long[] first, long[] second, long[]? third, Func<ConvolutionProducts, Tensor, Tensor, Tensor?, Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var numbers = randn([Drawn], dtype: ScalarType.Float32, device: CPU, generator: generator);
        var (a, b, added) = (Of(first), Of(second), third is null ? null : Of(third));
        var right = compute(sure, a, b, added);
        var off = compute(fast, a, b, added).sub_(right).abs_().max().Number();
        return off <= Tolerance * Math.Sqrt(right.square().mean().Number());

        Tensor Of(long[] shape)
        {
            var count = Shapes.Units(shape);
            return numbers.repeat([(count / Drawn) + 1]).narrow(0, 0, count).reshape(shape);
        }
    }

    /// <summary>One product of one shape, with a bias or without, and with so many threads.</summary>
    private sealed record Asked(string Product, Window Window, string First, string Second, bool HasBias, int Threads);
}
