using GaitProp.Layers;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// A convolution with SAME padding: the dense map <c>z = W x + b</c> for every patch of the input, square when it has as many output
/// channels as a patch has values.
/// </summary>
internal sealed class InvertibleConv2d : AffineLayer
{
    private readonly Window _window;
    private readonly SamePadding _rows;
    private readonly SamePadding _columns;

    /// <summary>Creates the layer around its parameters, which it owns from now on.</summary>
    /// <param name="name">What errors and tables call it.</param>
    /// <param name="weight">W, <c>[rows, channels x kernel x kernel]</c>, columns in the order (channel, ky, kx).</param>
    /// <param name="bias">b, <c>[rows]</c>.</param>
    /// <param name="activation">f.</param>
    /// <param name="keep">Output channels that go on.</param>
    /// <param name="outputs">All output channels, auxiliary ones included.</param>
    /// <param name="inputShape">Shape of one input: channels, height, width.</param>
    /// <param name="kernel">Side of the kernel in pixels.</param>
    /// <param name="stride">Pixels from one receptive field to the next.</param>
    /// <param name="gain">g, <c>[rows]</c>, or <c>[1]</c> for all rows; none if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together.</exception>
    public InvertibleConv2d(
        string name,
        Tensor weight,
        Tensor bias,
        LeakyReLU activation,
        int keep,
        int outputs,
        IReadOnlyList<long> inputShape,
        int kernel,
        int stride,
        Tensor? gain = null
    )
        : base(name, ConvDefinition.Sizes(name, inputShape, kernel, stride, keep, outputs), weight, bias, activation, gain)
    {
        if (weight.shape[1] != FanIn)
        {
            throw new GaitPropException(
                $"{name}: a weight of {Shapes.Text(weight.shape)} and a kernel of {kernel} x {kernel} do not take inputs of {Shapes.Text(inputShape)}."
            );
        }

        _window = new Window(kernel, stride);
        _rows = new SamePadding(inputShape[1], kernel, stride);
        _columns = new SamePadding(inputShape[2], kernel, stride);
        Products = HostRead.IsFree(weight) ? TriedProducts.OnThisProcessor : ConvolutionProducts.OfLibTorch;
        using var scope = NewDisposeScope();
        var ones = torch.ones(1, 1, _rows.Output, _columns.Output, dtype: weight.dtype, device: weight.device);
        OverlapCount = LaidDown(ones, torch.ones(1, kernel * kernel, dtype: weight.dtype, device: weight.device))[0, 0]
            .DetachFromDisposeScope();
    }

    /// <summary>Side of the kernel in pixels.</summary>
    public int Kernel => _window.Kernel;

    /// <summary>Pixels from one receptive field to the next.</summary>
    public int Stride => _window.Stride;

    /// <summary>
    /// How its products are computed. On a CPU NNPACK, which complains on the standard error of many virtual machines, is out of the way:
    /// libtorch takes it for nothing that is tried.
    /// </summary>
    internal ConvolutionProducts Products { get; init; }

    /// <inheritdoc/>
    public override string Kind => $"conv {Kernel}×{Kernel}/{Stride}";

    /// <inheritdoc/>
    public override Tensor OverlapCount { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var u = Products.Up(Padded(x), Weight, Gain is null ? Bias : null, _window);
        return Gain is null ? Activation.Forward_(u) : Activated_(u);
    }

    /// <inheritdoc/>
    public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) =>
        LaidDown(delta, (feedback?[0] ?? Weight).narrow(0, 0, delta.shape[1]));

    /// <inheritdoc/>
    protected override Tensor WeightGradient(Tensor delta, Tensor x) => Products.Gradient(delta, Padded(x), _window);

    /// <summary>One matrix for all patches: the strategy inverts a batch that is the identity.</summary>
    /// <param name="p">Values or displacements of the weighted input, <c>[batch, k ≤ rows, height, width]</c>.</param>
    /// <param name="x">The inputs, which do not matter.</param>
    /// <param name="strategy">How the weight is inverted.</param>
    protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy)
    {
        var matrix = strategy.InvertMatrix(Weight, p.shape[1]);
        return matrix with { Inputs = LaidDown(p, matrix.Inputs) };
    }

    /// <inheritdoc/>
    protected override Layer Around(Tensor weight, Tensor bias, Tensor? gain) =>
        new InvertibleConv2d(Name, weight, bias, Activation, Keep, Outputs, InputShape, Kernel, Stride, gain);

    private Tensor Padded(Tensor x) =>
        _rows.Total == 0 && _columns.Total == 0
            ? Checked(x)
            : nn.functional.pad(Checked(x), [_columns.Before, _columns.After, _rows.Before, _rows.After]);

    /// <summary>Lays a weighted patch down at every position, adds up where they overlap, and cuts the padding off.</summary>
    /// <param name="values">Weights of the patches, <c>[batch, k, height, width]</c>.</param>
    /// <param name="patches">The patches as rows, <c>[k, channels x kernel x kernel]</c>.</param>
    private Tensor LaidDown(Tensor values, Tensor patches)
    {
        var laid = Products.Down(values, patches, _window);

        // With a stride beyond the kernel the last pixels may lie in no receptive field.
        var (bottom, right) = (_rows.Input + _rows.Before - laid.shape[2], _columns.Input + _columns.Before - laid.shape[3]);
        if (bottom > 0 || right > 0)
        {
            laid = nn.functional.pad(laid, [0, Math.Max(right, 0), 0, Math.Max(bottom, 0)]);
        }

        return laid.narrow(2, _rows.Before, _rows.Input).narrow(3, _columns.Before, _columns.Input);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            OverlapCount.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>The plan of a convolution with SAME padding.</summary>
/// <param name="Kernel">Side of the kernel in pixels.</param>
/// <param name="Stride">Pixels from one receptive field to the next.</param>
/// <param name="Channels">Output channels that go on.</param>
[LayerKind("conv", "KERNEL,STRIDE,CHANNELS", Pattern = @"(?<kernel>\d+)x\k<kernel>(/(?<stride>\d+))? +(?<channels>\d+)")]
internal sealed record ConvDefinition(int Kernel, int Stride, int Channels) : AffineDefinition
{
    /// <inheritdoc/>
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square)
    {
        if (Kernel < 1 || Stride < 1)
        {
            throw new GaitPropException("is not possible: kernel and stride must be 1 or more.");
        }

        if (inputShape.Count != 3)
        {
            throw new GaitPropException($"needs an input of channels x height x width, not {Shapes.Text(inputShape)}.");
        }

        return Sizes(inputShape, Kernel, Stride, Channels, OutputsOf(square, Channels, inputShape[0] * Kernel * Kernel), ToString());
    }

    /// <summary>A tap that is further out than the image is wide sees padding wherever the kernel stands.</summary>
    /// <param name="inputShape">Channels, height, width.</param>
    public override void CheckSense(IReadOnlyList<long> inputShape)
    {
        if (inputShape.Count == 3 && Math.Max(inputShape[1], inputShape[2]) is var side && Kernel > 2 * side)
        {
            throw new GaitPropException(
                $"has a kernel of {Kernel} pixels for images of {side}, most of which sees nothing but padding: make it {side} or less."
            );
        }
    }

    /// <inheritdoc/>
    protected override string Words => $"conv {Kernel}x{Kernel}/{Stride} {Channels}";

    /// <inheritdoc/>
    protected override Layer Build(LayerPlace place, LayerSize size, Tensor weight, Tensor bias, Tensor? gain) =>
        new InvertibleConv2d(
            place.Name,
            weight,
            bias,
            place.Activation,
            Channels,
            (int)size.Outputs,
            place.InputShape,
            Kernel,
            Stride,
            gain
        );

    /// <summary>The sizes of a layer that may have been made by hand.</summary>
    internal static LayerSize Sizes(string name, IReadOnlyList<long> inputShape, int kernel, int stride, long keep, long outputs) =>
        stride < 1 || kernel < 1
            ? throw new GaitPropException($"{name}: kernel {kernel} and stride {stride} are not possible; both must be 1 or more.")
        : inputShape.Count != 3
            ? throw new GaitPropException(
                $"{name}: a convolution of {kernel} x {kernel} does not take inputs of {Shapes.Text(inputShape)}."
            )
        : Sizes(inputShape, kernel, stride, keep, outputs, $"conv {kernel}x{kernel}/{stride} {keep}");

    private static LayerSize Sizes(IReadOnlyList<long> inputShape, int kernel, int stride, long keep, long outputs, string words) =>
        Sizes(
            words,
            inputShape,
            inputShape[0] * kernel * kernel,
            keep,
            outputs,
            [new SamePadding(inputShape[1], kernel, stride).Output, new SamePadding(inputShape[2], kernel, stride).Output]
        );
}
