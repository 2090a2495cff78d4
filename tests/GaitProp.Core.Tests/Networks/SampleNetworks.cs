using CsCheck;
using static TorchSharp.torch;

namespace GaitProp.Tests.Networks;

/// <summary>Networks for tests: orthogonal ones pushed off by noise, their copies in another precision, and random plans.</summary>
internal static class SampleNetworks
{
    /// <summary>Gains of one kind or another, or none: property tests take one by their seed.</summary>
    public static UnitGain GainOf(int seed) => (UnitGain)(seed % 3);

    /// <summary>
    /// Orthogonal weights plus noise of a given spectral size or so, biases around zero, and gains around 1, some of them negative;
    /// float64.
    /// </summary>
    public static Network Perturbed(
        NetworkDefinition definition,
        AuxiliaryUnits auxiliary,
        int seed,
        double noise = 0.1,
        double biases = 0.1,
        UnitGain gain = UnitGain.None
    )
    {
        using var scope = NewDisposeScope();
        var network = Network.Build(definition, auxiliary, seed, ScalarType.Float64, gain: gain);
        foreach (var (l, layer) in network.Layers.Index())
        {
            // Half the noise is the spectral norm of a square Gaussian matrix with entries of variance noise^2 / 16 n.
            layer.Weight.add_(Numbers.Normal((1000 * seed) + l, layer.Weight.shape) * (noise / 4 / Math.Sqrt(layer.FanIn)));
            if (layer.Gain is { } gains)
            {
                gains.copy_(
                    (Numbers.Normal((1000 * seed) + 700 + l, gains.shape) * 0.4).exp()
                        * (Numbers.Normal((1000 * seed) + 800 + l, gains.shape) + 1).sign()
                );
            }

            layer.Bias.add_(Numbers.Normal((1000 * seed) + 500 + l, layer.Bias.shape) * biases);
        }

        return network;
    }

    /// <summary>
    /// Gaussian weights that leave a signal about as large as it is, and biases of zero; float64. Drawing orthogonal weights of the
    /// published sizes takes seconds.
    /// </summary>
    public static Network Gaussian(NetworkDefinition definition, int seed)
    {
        using var scope = NewDisposeScope();
        var network = Network.Blank(definition, AuxiliaryUnits.None, ScalarType.Float64, CPU, UnitGain.None, null);
        foreach (var (l, layer) in network.Layers.Index())
        {
            layer.Weight.copy_(Numbers.Normal((1000 * seed) + l, layer.Weight.shape) / Math.Sqrt(layer.FanIn));
        }

        return network;
    }

    /// <summary>The same network in another precision.</summary>
    public static Network As(this Network network, ScalarType dtype) => network.To(dtype);

    /// <summary>
    /// The same network with its implicit auxiliary units made explicit: an orthonormal basis of what the kept rows leave out, with biases
    /// that do not matter.
    /// </summary>
    public static Network WithExplicitComplement(this Network network) =>
        network.With(
            (l, layer) =>
            {
                if (layer.Auxiliary != AuxiliaryUnits.Implicit)
                {
                    return (layer.Weight.clone(), layer.Bias.clone(), layer.Gain?.clone());
                }

                var missing = layer.Outputs - layer.Keep;
                var basis = linalg.qr(layer.Weight.t(), linalg.QRMode.Complete).Q.narrow(1, layer.Keep, missing).t();
                var gain = layer.UnitGain == UnitGain.Row ? cat([layer.Gain!, ones(missing, ScalarType.Float64)], 0) : layer.Gain?.clone();
                return (cat([layer.Weight, basis], 0), cat([layer.Bias, Numbers.Normal(l, missing) * 0.1], 0), gain);
            }
        );

    /// <summary>The same layers around other numbers.</summary>
    public static Network With(this Network network, Func<int, Layer, (Tensor Weight, Tensor Bias, Tensor? Gain)> numbers) =>
        new(
            network.Name,
            [
                .. network.Layers.Select(
                    (layer, l) =>
                    {
                        var (weight, bias, gain) = numbers(l, layer);
                        return layer is InvertibleConv2d conv
                            ? (Layer)
                                new InvertibleConv2d(
                                    conv.Name,
                                    weight,
                                    bias,
                                    conv.Activation,
                                    conv.Keep,
                                    conv.Outputs,
                                    conv.InputShape,
                                    conv.Kernel,
                                    conv.Stride,
                                    gain
                                )
                            : new InvertibleDense(
                                layer.Name,
                                weight,
                                bias,
                                layer.Activation,
                                layer.Keep,
                                layer.Outputs,
                                layer.InputShape,
                                gain
                            );
                    }
                ),
            ]
        );

    /// <summary>Dense plans: 2 to 4 layers of up to 9 units, down to one.</summary>
    public static Gen<NetworkDefinition> DensePlans { get; } =
        from inputs in Gen.Int[1, 9]
        from first in Gen.Int[1, 9]
        from shares in Gen.Double[0, 1].Array[1, 3]
        select new NetworkDefinition("dense", [inputs], [.. Narrowing(first, shares).Select(u => new DenseDefinition(u))]);

    /// <summary>
    /// Convolutional plans: one or two convolutions of kernel 1-5 and stride 1-4 on images of 1-7 by 1-7 pixels, so that strides seldom
    /// divide sizes, and a dense layer. A layer keeps one of its channels, all of them, or something between.
    /// </summary>
    public static Gen<NetworkDefinition> ConvPlans { get; } =
        from channels in Gen.Int[1, 2]
        from height in Gen.Int[1, 7]
        from width in Gen.Int[1, 7]
        from first in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[1, 3])
        from second in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 4], Gen.Double[0, 1])
        from classes in Gen.Double[0, 1]
        from keepAll in Gen.Bool
        select ConvPlan([channels, height, width], first, second, classes, keepAll);

    public static Gen<NetworkDefinition> Plans { get; } = Gen.OneOf(DensePlans, ConvPlans);

    private static IEnumerable<int> Narrowing(int first, double[] shares)
    {
        yield return first;
        foreach (var share in shares)
        {
            first = Part(share, first);
            yield return first;
        }
    }

    private static NetworkDefinition ConvPlan(
        long[] shape,
        (int Kernel, int Stride, int Keep) first,
        (int Kernel, int Stride, double Keep) second,
        double classes,
        bool keepAll
    )
    {
        var fanIn = first.Keep * second.Kernel * second.Kernel;
        var keep = keepAll && fanIn <= 12 ? fanIn : Part(second.Keep, Math.Min(fanIn, 4));
        var height = Ceiling(Ceiling((int)shape[1], first.Stride), second.Stride);
        var width = Ceiling(Ceiling((int)shape[2], first.Stride), second.Stride);
        return new NetworkDefinition(
            "conv",
            shape,
            [
                new ConvDefinition(first.Kernel, first.Stride, first.Keep),
                new ConvDefinition(second.Kernel, second.Stride, keep),
                new DenseDefinition(Part(classes, Math.Min(keep * height * width, 10))),
            ]
        );
    }

    private static int Part(double share, int most) => 1 + (int)(share * (most - 1) + 0.5);

    private static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;
}
