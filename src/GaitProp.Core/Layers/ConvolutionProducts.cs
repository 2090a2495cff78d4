using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// The three products of a convolution with its weight, on images that are padded already: up, down, and the gradient. Each can be made of
/// matrix products with patches, or by libtorch's own convolutions, which need no memory for patches and are faster.
/// </summary>
internal abstract class ConvolutionProducts
{
    /// <summary>Matrix products with patches.</summary>
    public static ConvolutionProducts OfPatches { get; } = new PatchProducts();

    /// <summary>libtorch's own.</summary>
    public static ConvolutionProducts OfLibTorch { get; } = new LibTorchProducts();

    /// <summary>Up: the weight times the patch at every position.</summary>
    /// <param name="x">Images, <c>[batch, channels, height, width]</c>.</param>
    /// <param name="weight"><c>[rows, channels x kernel x kernel]</c>.</param>
    /// <param name="bias">Added to each row, <c>[rows]</c>; nothing if <see langword="null"/>.</param>
    /// <param name="window">Kernel and stride.</param>
    /// <returns><c>[batch, rows, positions down, positions across]</c>.</returns>
    public abstract Tensor Up(Tensor x, Tensor weight, Tensor? bias, Window window);

    /// <summary>Down: lays a weighted patch at every position, and adds up where they overlap.</summary>
    /// <param name="values">Weights of the patches, <c>[batch, k, positions down, positions across]</c>.</param>
    /// <param name="patches">The patches as rows, <c>[k, channels x kernel x kernel]</c>.</param>
    /// <param name="window">Kernel and stride.</param>
    /// <returns>What the patches cover, <c>[batch, channels, height, width]</c>.</returns>
    public abstract Tensor Down(Tensor values, Tensor patches, Window window);

    /// <summary>The gradient by the weight of what <see cref="Up"/> computes, summed over the batch.</summary>
    /// <param name="delta">The gradient by its result, <c>[batch, rows, positions down, positions across]</c>.</param>
    /// <param name="x">Images, as there.</param>
    /// <param name="window">Kernel and stride.</param>
    /// <returns><c>[rows, channels x kernel x kernel]</c>.</returns>
    public abstract Tensor Gradient(Tensor delta, Tensor x, Window window);

    private sealed class PatchProducts : ConvolutionProducts
    {
        public override Tensor Up(Tensor x, Tensor weight, Tensor? bias, Window window)
        {
            var u = weight.matmul(Patches(x, window)).unflatten(2, [window.Positions(x.shape[2]), window.Positions(x.shape[3])]);
            return bias is null ? u : u.add_(bias.reshape(1, -1, 1, 1));
        }

        public override Tensor Down(Tensor values, Tensor patches, Window window) =>
            nn.functional.fold(
                patches.t().matmul(values.flatten(2)),
                (window.Covered(values.shape[2]), window.Covered(values.shape[3])),
                (window.Kernel, window.Kernel),
                stride: (window.Stride, window.Stride)
            );

        public override Tensor Gradient(Tensor delta, Tensor x, Window window) =>
            delta.flatten(2).bmm(Patches(x, window).transpose(1, 2)).sum([0]);

        /// <summary>Receptive fields, <c>[batch, fan-in, positions]</c>.</summary>
        private static Tensor Patches(Tensor x, Window window) =>
            nn.functional.unfold(x, (window.Kernel, window.Kernel), stride: (window.Stride, window.Stride));
    }

    private sealed class LibTorchProducts : ConvolutionProducts
    {
        /// <summary>
        /// TorchSharp has no function of its own for the gradient by the weight alone; autograd would take the way up again. Each stride
        /// has its own: a number that is handed to a script may be collected before libtorch has read it.
        /// </summary>
        private static readonly ConcurrentDictionary<int, Lazy<jit.CompilationUnit>> Backward = [];

        private static Lazy<jit.CompilationUnit> Compiled(int stride) =>
            new(() =>
                jit.compile(
                    $"""
                    def gradient(delta, x, kernels):
                        return torch.convolution_backward(
                            delta, x, kernels, None, [{stride}, {stride}], [0, 0], [1, 1], False, [0, 0], 1, [False, True, False])[1]

                    """
                )
            );

        public override Tensor Up(Tensor x, Tensor weight, Tensor? bias, Window window) =>
            nn.functional.conv2d(x, Kernels(weight, x.shape[1], window), bias, strides: [window.Stride, window.Stride]);

        public override Tensor Down(Tensor values, Tensor patches, Window window) =>
            nn.functional.conv_transpose2d(
                values,
                Kernels(patches, patches.shape[1] / (window.Kernel * window.Kernel), window),
                strides: [window.Stride, window.Stride]
            );

        /// <summary>
        /// On a device that adds in no fixed order it is made of patches, so that a run that goes on stays the same to the bit.
        /// </summary>
        public override Tensor Gradient(Tensor delta, Tensor x, Window window)
        {
            if (x.device_type != DeviceType.CPU)
            {
                return OfPatches.Gradient(delta, x, window);
            }

            // Of the kernels it needs the shape alone.
            using var kernels = empty([delta.shape[1], x.shape[1], window.Kernel, window.Kernel], dtype: x.dtype);
            return Backward.GetOrAdd(window.Stride, Compiled).Value.invoke<Tensor>("gradient", delta, x, kernels).flatten(1);
        }

        /// <summary>Rows as kernels, <c>[rows, channels, kernel, kernel]</c>.</summary>
        private static Tensor Kernels(Tensor rows, long channels, Window window) =>
            rows.reshape(rows.shape[0], channels, window.Kernel, window.Kernel);
    }
}

/// <summary>What moves over an image.</summary>
/// <param name="Kernel">Side of the kernel in pixels.</param>
/// <param name="Stride">Pixels from one position to the next.</param>
internal readonly record struct Window(int Kernel, int Stride)
{
    /// <summary>Its positions along so many pixels.</summary>
    public long Positions(long pixels) => ((pixels - Kernel) / Stride) + 1;

    /// <summary>The pixels that so many positions cover.</summary>
    public long Covered(long positions) => ((positions - 1) * Stride) + Kernel;
}
