using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Studies;

/// <summary>
/// What the inverse of a square convolution rebuilds of a picture where receptive fields overlap, and what comes down of a nudge: summed,
/// with the paper's correction (section 2.2.2), and divided by the number of fields instead. In float64, on random orthogonal weights.
/// </summary>
internal sealed record ConvolutionStudy
{
    /// <summary>
    /// The nudge, as a part of what is nudged: small enough that no activation changes its sign but for rare ones, which are left alone.
    /// </summary>
    private const double Nudge = 1e-6;

    /// <summary>Side of the kernel in pixels. Default: 5.</summary>
    public int Kernel { get; init; } = 5;

    /// <summary>Pixels from one receptive field to the next. Default: 2.</summary>
    public int Stride { get; init; } = 2;

    /// <summary>Fixes the weights and the nudge. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Sends a picture up through the convolution and down through its inverse.</summary>
    /// <param name="picture">Intensities, <c>[3, height, width]</c>.</param>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    /// <exception cref="GaitPropException">The picture has no three channels, or kernel and stride are not possible.</exception>
    public ConvolutionTable Measure(Tensor picture)
    {
        LibTorch.Load();
        if (picture.dim() != 3 || picture.shape[0] != 3)
        {
            throw new GaitPropException(
                $"a picture of {Shapes.Text(picture.shape)} is not possible: it needs three channels, height and width."
            );
        }

        using var scope = NewDisposeScope();
        var x = picture.to(ScalarType.Float64).unsqueeze(0);
        var channels = 3 * Kernel * Kernel;
        using var layer = new InvertibleConv2d(
            "convolution",
            OrthogonalInitialisation.Draw(channels, channels, Seeds.Derive(Seed, SeedUse.Weights, 0), ScalarType.Float64, x.device),
            zeros(channels, ScalarType.Float64, x.device),
            LeakyReLU.Hidden,
            channels,
            channels,
            picture.shape,
            Kernel,
            Stride
        );
        if (x.count_nonzero().Whole() == 0)
        {
            throw new GaitPropException("a picture without any light has no activations to invert: take another one.");
        }

        var a = layer.Forward(x);
        var count = layer.OverlapCount;
        var summed = Down(layer, a);
        var corrected = summed - ((count - 1) * x);
        var divided = summed / count;

        // A nudge of the outputs around the middle, of random direction; where it would carry an activation across zero there is none.
        var z = layer.Activation.Inverse(a);
        var delta = Bump(layer, a);
        delta = where(z.abs().gt(2 * Nudge * delta.abs()), delta, zeros_like(delta));
        var nudged = Down(layer, a + (Nudge * layer.Activation.TimesDerivative(delta, a)));
        var backpropagated = layer.Transposed(delta);
        return new ConvolutionTable(
            layer.OutputShape[1] * layer.OutputShape[2],
            count.clone().MoveToOuterDisposeScope(),
            summed[0].MoveToOuterDisposeScope(),
            Way("summed", summed, nudged),
            Way("corrected", corrected, nudged - ((count - 1) * x)),
            Way("divided", divided, nudged / count)
        )
        {
            Patch = PatchOf(layer, picture, a),
        };

        ConvolutionWay Way(string name, Tensor rebuilt, Tensor target)
        {
            // The displacement t - a of the layer below, whose activation is the picture.
            var carried = (target - x) / Nudge;
            return new(
                name,
                rebuilt[0].MoveToOuterDisposeScope(),
                RelativeError.Of(rebuilt, x)!.Value,
                carried[0].MoveToOuterDisposeScope(),
                UpdateAngle.Degrees(carried, backpropagated)!.Value,
                (carried.norm() / backpropagated.norm()).Number()
            );
        }
    }

    /// <summary>The receptive field in the middle of the picture, computed alone, as a dense layer.</summary>
    private ConvolutionPatch PatchOf(InvertibleConv2d layer, Tensor picture, Tensor activations)
    {
        var (rows, columns) = (new SamePadding(picture.shape[1], Kernel, Stride), new SamePadding(picture.shape[2], Kernel, Stride));
        var (row, column) = (rows.Output / 2, columns.Output / 2);
        var (top, left) = ((row * Stride) - rows.Before, (column * Stride) - columns.Before);
        if (top < 0 || left < 0 || top + Kernel > picture.shape[1] || left + Kernel > picture.shape[2])
        {
            throw new GaitPropException(
                $"a picture of {Shapes.Text(picture.shape)} is not possible: it is smaller than a receptive field of {Kernel} x {Kernel} pixels."
            );
        }

        var input = picture.to(ScalarType.Float64).narrow(1, top, Kernel).narrow(2, left, Kernel);
        var values = input.reshape(-1);
        var sums = layer.Weight.matmul(values) + layer.Bias;
        var a = activations[0].select(1, row).select(1, column);
        var recovered = layer.Activation.Inverse(a) - layer.Bias;
        var inverse = linalg.inv(layer.Weight);
        var rebuilt = inverse.matmul(recovered);
        return new(
            (int)left,
            (int)top,
            Out(input),
            Out(values),
            Out(layer.Weight),
            Out(sums),
            Out(a),
            Out(recovered),
            Out(inverse),
            Out(rebuilt),
            Out(rebuilt.reshape(input.shape)),
            // Of a black patch zero is rebuilt as zero.
            RelativeError.Of(rebuilt, values) ?? 0
        );

        static Tensor Out(Tensor tensor) => tensor.clone().MoveToOuterDisposeScope();
    }

    /// <summary>The per-patch inverse of some activations, summed where fields overlap: the paper's G before its correction.</summary>
    private static Tensor Down(InvertibleConv2d layer, Tensor a) => layer.Inverted(layer.Activation.Inverse(a), InverseStrategy.Exact);

    private Tensor Bump(InvertibleConv2d layer, Tensor like)
    {
        using var generator = new Generator(Seeds.Derive(Seed, SeedUse.Torch, 0), CPU);
        var (height, width) = (layer.OutputShape[1], layer.OutputShape[2]);
        var y = linspace(-3, 3, height, ScalarType.Float64).square().unsqueeze(1);
        var x = linspace(-3, 3, width, ScalarType.Float64).square().unsqueeze(0);
        return (randn(like.shape, ScalarType.Float64, CPU, generator: generator) * (-(x + y)).exp()).to(like.device);
    }
}

/// <summary>What a <see cref="ConvolutionStudy"/> found.</summary>
/// <param name="Fields">Receptive fields of the picture.</param>
/// <param name="Count">Receptive fields that each pixel lies in, <c>[height, width]</c>.</param>
/// <param name="Sum">The patches' inverses, summed, <c>[3, height, width]</c>.</param>
/// <param name="Summed">Left as they sum up.</param>
/// <param name="Corrected">Less <c>(count - 1) x</c>: the paper's.</param>
/// <param name="Divided">Divided by the count.</param>
internal sealed record ConvolutionTable(
    long Fields,
    Tensor Count,
    Tensor Sum,
    ConvolutionWay Summed,
    ConvolutionWay Corrected,
    ConvolutionWay Divided
)
{
    /// <summary>The three ways.</summary>
    public IReadOnlyList<ConvolutionWay> Ways => [Summed, Corrected, Divided];

    /// <summary>One receptive field on its way up and down again.</summary>
    internal ConvolutionPatch? Patch { get; init; }
}

/// <summary>One receptive field on its way through a square convolution and through its inverse; n is the number of its values.</summary>
/// <param name="Left">Its left column in the picture.</param>
/// <param name="Top">Its upper row.</param>
/// <param name="Input">Its pixels, <c>[3, kernel, kernel]</c>.</param>
/// <param name="Values">The same as a vector, <c>[n]</c>.</param>
/// <param name="Weight">W, <c>[n, n]</c>.</param>
/// <param name="Sums">z = W x + b, <c>[n]</c>.</param>
/// <param name="Activations">a = f(z), as the convolution has computed it, <c>[n]</c>.</param>
/// <param name="Recovered">f^-1(a) - b, <c>[n]</c>.</param>
/// <param name="Inverse">W^-1, <c>[n, n]</c>.</param>
/// <param name="RebuiltValues">W^-1 (f^-1(a) - b), <c>[n]</c>.</param>
/// <param name="Rebuilt">The same as pixels, <c>[3, kernel, kernel]</c>.</param>
/// <param name="Error">Its relative error.</param>
internal sealed record ConvolutionPatch(
    int Left,
    int Top,
    Tensor Input,
    Tensor Values,
    Tensor Weight,
    Tensor Sums,
    Tensor Activations,
    Tensor Recovered,
    Tensor Inverse,
    Tensor RebuiltValues,
    Tensor Rebuilt,
    double Error
);

/// <summary>One way to put overlapping patches together.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rebuilt">The picture that comes down of its own activations, <c>[3, height, width]</c>.</param>
/// <param name="Error">Its relative error.</param>
/// <param name="Carried">How far the target that comes down of a nudge lies from the picture, in units of the nudge, <c>[3, height,
/// width]</c>.</param>
/// <param name="Angle">Its angle to what backpropagation carries down of the same nudge, degrees.</param>
/// <param name="Length">Its length over that of backpropagation.</param>
internal sealed record ConvolutionWay(string Name, Tensor Rebuilt, double Error, Tensor Carried, double Angle, double Length);
