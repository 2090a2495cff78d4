using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// A convolution with SAME padding: the dense map <c>z = W x + b</c> for every patch of the input, square when it has as many output
/// channels as a patch has values.
/// </summary>
public sealed class InvertibleConv2d : Layer
{
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
        string name, Tensor weight, Tensor bias, LeakyReLU activation, int keep, int outputs, IReadOnlyList<long> inputShape, int kernel, int stride, Tensor? gain = null)
        : base(name, weight, bias, activation, keep, outputs, inputShape, gain)
    {
        if (stride < 1 || kernel < 1)
        {
            throw new GaitPropException($"{name}: kernel {kernel} and stride {stride} are not possible; both must be 1 or more.");
        }

        if (inputShape.Count != 3 || FanIn != inputShape[0] * kernel * kernel)
        {
            throw new GaitPropException($"{name}: a weight of {Shapes.Text(weight.shape)} and a kernel of {kernel} x {kernel} do not take inputs of {Shapes.Text(inputShape)}.");
        }

        Kernel = kernel;
        Stride = stride;
        _rows = new SamePadding(inputShape[1], kernel, stride);
        _columns = new SamePadding(inputShape[2], kernel, stride);
        OutputShape = [Keep, _rows.Output, _columns.Output];
        TakesPatches = HostRead.IsFree(weight);
        using var scope = NewDisposeScope();
        var ones = torch.ones(1, 1, _rows.Output, _columns.Output, dtype: weight.dtype, device: weight.device);
        OverlapCount = Folded(ones, torch.ones(kernel * kernel, 1, dtype: weight.dtype, device: weight.device), channels: 1)[0, 0].DetachFromDisposeScope();
    }

    /// <summary>Side of the kernel in pixels.</summary>
    public int Kernel { get; }

    /// <summary>Pixels from one receptive field to the next.</summary>
    public int Stride { get; }

    /// <summary>
    /// Whether convolutions are matrix products with patches, as on a CPU, or libtorch's own, as elsewhere. On a CPU those cannot be relied on: oneDNN's
    /// float32 convolutions, transposed ones above all, are wrong on some processors for some small numbers of channels (libtorch 2.10 on an EPYC
    /// with AVX-512: relative errors near 1), and NNPACK complains on the standard error of many virtual machines.
    /// </summary>
    internal bool TakesPatches { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape { get; }

    /// <inheritdoc/>
    public override long Units => Outputs * _rows.Output * _columns.Output;

    /// <inheritdoc/>
    public override long Flops => 2 * Weight.numel() * _rows.Output * _columns.Output;

    /// <inheritdoc/>
    public override Tensor OverlapCount { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (!TakesPatches && Gain is null)
        {
            return Activation.Forward_(nn.functional.conv2d(Padded(Checked(x)), Kernels(Weight), Bias, strides: [Stride, Stride]));
        }

        var u = TakesPatches
            ? Weight.matmul(Patches(x)).view(x.shape[0], Weight.shape[0], _rows.Output, _columns.Output)
            : nn.functional.conv2d(Padded(Checked(x)), Kernels(Weight), strides: [Stride, Stride]);
        return Gain is null ? Activation.Forward_(u.add_(Bias.reshape(1, -1, 1, 1))) : Activated_(u);
    }

    /// <inheritdoc/>
    public override Tensor Transposed(Tensor delta, Tensor? feedback = null)
    {
        ArgumentNullException.ThrowIfNull(delta);
        return Folded(delta, (feedback ?? Weight).narrow(0, 0, delta.shape[1]).t(), InputShape[0]);
    }

    private protected override Tensor WeightGradient(Tensor delta, Tensor x) => delta.flatten(2).bmm(Patches(x).transpose(1, 2)).sum([0]);

    private protected override Layer WithParameters(Tensor weight, Tensor bias, Tensor? gain) =>
        new InvertibleConv2d(Name, weight, bias, Activation, Keep, Outputs, InputShape, Kernel, Stride, gain);

    /// <summary>One matrix for all patches: the strategy inverts a batch that is the identity.</summary>
    private protected override Inversion InvertedCore(Tensor p, InverseStrategy strategy)
    {
        var matrix = strategy.InvertMatrix(Weight, p.shape[1]);
        return matrix with { Inputs = Folded(p, matrix.Inputs.t(), InputShape[0]) };
    }

    /// <summary>Rows of a weight as kernels, <c>[rows, channels, kernel, kernel]</c>.</summary>
    private Tensor Kernels(Tensor rows) => rows.reshape(rows.shape[0], InputShape[0], Kernel, Kernel);

    private Tensor Padded(Tensor x) => _rows.Total == 0 && _columns.Total == 0
        ? x
        : nn.functional.pad(x, [_columns.Before, _columns.After, _rows.Before, _rows.After]);

    /// <summary>Receptive fields, <c>[batch, fan-in, positions]</c>.</summary>
    private Tensor Patches(Tensor x) => nn.functional.unfold(Padded(Checked(x)), (Kernel, Kernel), stride: (Stride, Stride));

    /// <summary>Lays a weighted patch down at every position, adds up where they overlap, and cuts the padding off.</summary>
    /// <param name="values">Weights of the patches, <c>[batch, k, height, width]</c>.</param>
    /// <param name="patches">The patches, columns of <c>[channels x kernel x kernel, k]</c>.</param>
    /// <param name="channels">Channels of the image.</param>
    private Tensor Folded(Tensor values, Tensor patches, long channels)
    {
        var laid = TakesPatches
            ? nn.functional.fold(patches.matmul(values.flatten(2)), (_rows.Input + _rows.Total, _columns.Input + _columns.Total), (Kernel, Kernel), stride: (Stride, Stride))
            : nn.functional.conv_transpose2d(values, patches.t().reshape(values.shape[1], channels, Kernel, Kernel), strides: [Stride, Stride]);

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
