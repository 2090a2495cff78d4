using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests;

/// <summary>Random tensors from seeds of their own, and comparisons of tensors that say how far off they are.</summary>
internal static class Numbers
{
    public static Tensor Normal(int seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, dtype: ScalarType.Float64, generator: generator);
    }

    public static Tensor Uniform(int seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return rand(shape, dtype: ScalarType.Float64, generator: generator);
    }

    /// <summary>||actual - expected|| / ||expected||, in float64; the numerator alone where the expected value is zero.</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var reference = expected.to(ScalarType.Float64);
        var norm = reference.norm().ToDouble();
        var error = (actual.to(ScalarType.Float64) - reference).norm().ToDouble();
        return norm > 0 ? error / norm : error;
    }

    public static void AssertEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.eq(actual).all().item<bool>(), "values differ");
    }

    public static void AssertClose(Tensor expected, Tensor actual, double bound, string what = "value")
    {
        var error = RelativeError(expected, actual);
        Assert.True(error <= bound, $"{what}: relative error {error:g3}, bound {bound:g3}");
    }

    public static void AssertClose(IReadOnlyList<LayerGradient> expected, IReadOnlyList<LayerGradient> actual, Func<int, double> bound)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var l = 0; l < expected.Count; l++)
        {
            AssertClose(expected[l].Weight, actual[l].Weight, bound(l), $"dL/dW of layer {l + 1}");
            AssertBiasClose(expected[l], actual[l], bound(l), $"dL/db of layer {l + 1}");
            Assert.Equal(expected[l].Gain is null, actual[l].Gain is null);
            if (expected[l].Gain is { } gain)
            {
                AssertSmallBeside(gain, actual[l].Gain!, expected[l].Weight, bound(l), $"dL/dg of layer {l + 1}");
            }
        }
    }

    /// <summary>
    /// A bias gradient is a sum over positions and samples that may cancel to any small number; its rounding is that of its terms. So its
    /// error is measured against the layer's gradient, weights included.
    /// </summary>
    private static void AssertBiasClose(LayerGradient expected, LayerGradient actual, double bound, string what) =>
        AssertSmallBeside(expected.Bias, actual.Bias, expected.Weight, bound, what);

    /// <summary>
    /// ||actual - expected|| is at most the bound times ||beside||, which is where the rounding comes from: a sum that cancels to a small
    /// number has the rounding of its terms.
    /// </summary>
    public static void AssertSmallBeside(Tensor expected, Tensor actual, Tensor beside, double bound, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var size = Math.Max(Norm(expected), Norm(beside));
        var error = Norm(actual.to(ScalarType.Float64) - expected.to(ScalarType.Float64));
        Assert.True(error <= bound * size, $"{what}: error {error:g3} of {size:g3}, bound {bound:g3}");

        static double Norm(Tensor tensor) => tensor.to(ScalarType.Float64).norm().ToDouble();
    }

    public static void AssertClose(IReadOnlyList<LayerGradient> expected, IReadOnlyList<LayerGradient> actual, double bound) =>
        AssertClose(expected, actual, _ => bound);

    /// <summary>The angle of each layer's weight update to another rule's, degrees.</summary>
    public static double[] Angles(IReadOnlyList<LayerGradient> update, IReadOnlyList<LayerGradient> reference) =>
        [.. update.Zip(reference, (u, r) => UpdateAngle.Degrees(u.Weight, r.Weight) ?? double.NaN)];

    public static bool AllFinite(IEnumerable<LayerGradient> update) =>
        update.All(u => u.Weight.isfinite().all().item<bool>() && u.Bias.isfinite().all().item<bool>());
}
