using GaitProp.Data;
using GaitProp.Loading;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Labelled 8-bit images of one size: the training or the test part of a data set.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class ImageSplit
{
    /// <summary>Wraps the arrays; they are not copied.</summary>
    /// <param name="pixels">Intensities 0-255, <c>[count, channels, height, width]</c> in row-major order.</param>
    /// <param name="labels">Class numbers, <c>[count]</c>.</param>
    /// <param name="channels">Colour channels of an image.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <exception cref="ArgumentException">The pixels are not as many as the labels and the image size make.</exception>
    public ImageSplit(byte[] pixels, byte[] labels, int channels, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (pixels.LongLength != (long)labels.Length * channels * height * width)
        {
            throw new ArgumentException(
                $"{labels.Length} images of {channels} x {height} x {width} need {(long)labels.Length * channels * height * width} "
                    + $"pixel values, not {pixels.LongLength}.",
                nameof(pixels)
            );
        }

        Pixels = pixels;
        Labels = labels;
        Count = labels.Length;
        Channels = channels;
        Height = height;
        Width = width;
    }

    /// <summary>
    /// Intensities 0-255, <c>[count, channels, height, width]</c> in row-major order; empty where the images lie on the disk.
    /// </summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>Class numbers, <c>[count]</c>; empty where the images lie on the disk.</summary>
    public ReadOnlyMemory<byte> Labels { get; }

    /// <summary>The shards on the disk; <see langword="null"/> where the images are in memory.</summary>
    internal ShardStore? Store { get; }

    /// <summary>The number that the first image has in <see cref="Store"/>.</summary>
    internal int First { get; }

    /// <summary>How many images there are.</summary>
    public int Count { get; }

    /// <summary>The pixels of an image, <c>[channels, height, width]</c>, wherever they lie.</summary>
    /// <param name="image">Its number.</param>
    public ReadOnlySpan<byte> Image(int image) =>
        Store is null ? Pixels.Span.Slice(image * ValuesPerImage, ValuesPerImage) : Store.Image(First + image);

    /// <summary>The class number of an image, wherever it lies.</summary>
    /// <param name="image">Its number.</param>
    public int Label(int image) => Store is null ? Labels.Span[image] : Store.Labels[First + image];

    /// <summary>Colour channels of an image.</summary>
    public int Channels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>How bytes become what a network sees. Default: divided by 255.</summary>
    public PixelNormalisation Normalisation { get; init; } = PixelNormalisation.None;

    /// <summary>Values of one image: channels x height x width.</summary>
    internal int ValuesPerImage => Channels * Height * Width;

    /// <summary>The first images, without copying; all of them if there are fewer.</summary>
    /// <param name="count">How many at the most.</param>
    public ImageSplit Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count >= Count ? this : new ImageSplit(this, 0, count);
    }

    /// <summary>The images in batches of tensors, once each; the last batch may be smaller.</summary>
    /// <param name="size">Images a batch.</param>
    /// <param name="seed">Fixes the order: that in which a run of this seed takes them. Their own order if <see langword="null"/>.</param>
    /// <param name="epoch">The epoch whose order it is, from 1.</param>
    /// <param name="dtype">Element type of the images: float32 or another floating-point type.</param>
    /// <param name="device">Where the tensors lie; the CPU if <see langword="null"/>.</param>
    /// <param name="shuffleBuffer">The run's setting of that name; <see langword="null"/> for a run without it.</param>
    /// <returns>
    /// The batches: what a network sees, <c>[batch, channels, height, width]</c>, normalised as the data set says, and class numbers, int64
    /// <c>[batch]</c>. The tensors of one live until the next is taken, or the loop is left: clone what is kept. Every loop over them
    /// begins anew.
    /// </returns>
    /// <exception cref="GaitPropException">The size, the epoch or the buffer is less than 1, a buffer has no seed, or the element type is
    /// not floating-point.</exception>
    public IEnumerable<(Tensor Images, Tensor Labels)> Batches(
        int size,
        int? seed = null,
        int epoch = 1,
        ScalarType dtype = ScalarType.Float32,
        Device? device = null,
        int? shuffleBuffer = null
    ) =>
        size < 1 ? throw new GaitPropException($"batches of {size} images are not possible: take 1 or more.")
        : epoch < 1 ? throw new GaitPropException($"epoch {epoch} is not possible: the first is 1.")
        : shuffleBuffer < 1 ? throw new GaitPropException($"shuffleBuffer {shuffleBuffer} is not possible: it must be 1 or more.")
        : shuffleBuffer is not null && seed is null
            ? throw new GaitPropException("a shuffleBuffer without a seed is not possible: give the seed of the run.")
        : Taken(size, seed, epoch, FloatingPoint(dtype), device, shuffleBuffer);

    private IEnumerable<(Tensor Images, Tensor Labels)> Taken(
        int size,
        int? seed,
        int epoch,
        ScalarType dtype,
        Device? device,
        int? shuffleBuffer
    )
    {
        LibTorch.Load();
        using var images = TrainingImages.Of(this, dtype, device ?? CPU);
        using var order = seed is { } fix ? images.Ordered(fix, shuffleBuffer) : null;
        for (long start = 0; start < Count; start += size)
        {
            var batch = Detached(start, Math.Min(size, Count - start));
            try
            {
                yield return batch;
            }
            finally
            {
                batch.Images.Dispose();
                batch.Labels.Dispose();
            }
        }

        // No scope stays open while the loop's body runs: the tensors made there are not this one's.
        (Tensor Images, Tensor Labels) Detached(long start, long length)
        {
            using var scope = NewDisposeScope();
            var (pixels, labels) = order is null ? images.Range(start, length) : images.Batch(order, epoch, start, length);
            return (pixels.DetachFromDisposeScope(), labels.DetachFromDisposeScope());
        }
    }

    /// <summary>All images at once, as a network sees them, and their classes.</summary>
    /// <param name="dtype">Element type of the images: float32 or another floating-point type.</param>
    /// <param name="device">Where the tensors lie; the CPU if <see langword="null"/>.</param>
    /// <returns>Images, <c>[count, channels, height, width]</c>, normalised as the data set says, and class numbers, int64 <c>[count]</c>.
    /// They are the caller's.</returns>
    /// <exception cref="GaitPropException">The element type is not floating-point, or the images need more than half of the
    /// device's memory.</exception>
    public (Tensor Images, Tensor Labels) ToTensor(ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        LibTorch.Load();
        var place = device ?? CPU;
        var bytes =
            (double)Count
            * ValuesPerImage
            * (
                FloatingPoint(dtype) switch
                {
                    ScalarType.Float64 => 8,
                    ScalarType.Float32 => 4,
                    _ => 2,
                }
            );
        if (Memory(place) is { } memory && TooLarge(Count, bytes, memory, place) is { } refusal)
        {
            throw new GaitPropException(refusal);
        }

        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(this, dtype, place);
        var (pixels, labels) = images.Range(0, Count);
        return (pixels.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    /// <summary>Why images cannot become one tensor; <see langword="null"/> if they can.</summary>
    /// <param name="images">How many images.</param>
    /// <param name="bytes">Bytes of the tensor.</param>
    /// <param name="memory">Bytes of the device's memory.</param>
    /// <param name="device">Where the tensor would lie.</param>
    internal static string? TooLarge(int images, double bytes, double memory, Device device) =>
        bytes <= memory / 2
            ? null
            : Text(
                $"{images} images as one tensor need {bytes / 1e9:0.#} GB, more than half of the {memory / 1e9:0.#} GB of {(device.type == DeviceType.CPU ? "main memory" : device.ToString())}: take fewer with Take(COUNT).ToTensor(), or loop over Batches(SIZE)."
            );

    /// <summary>Bytes of a device's memory; <see langword="null"/> if it does not say.</summary>
    private static double? Memory(Device device) =>
        device.type switch
        {
            DeviceType.CPU => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            DeviceType.CUDA => CudaDriver.Device(Math.Max(device.index, 0))?.Bytes,
            _ => null,
        };

    /// <summary>The element type, if it is one that images can have: normalised, bytes are no whole numbers.</summary>
    private static ScalarType FloatingPoint(ScalarType dtype) =>
        dtype is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16
            ? dtype
            : throw new GaitPropException(
                $"images as {dtype.ToString().ToLowerInvariant()} are not possible: take a floating-point type, such as ScalarType.Float32."
            );

    /// <summary>The images with a normalisation, unless they have one. They are not copied.</summary>
    /// <param name="normalisation">The data set's.</param>
    internal ImageSplit Normalised(PixelNormalisation normalisation) =>
        Normalisation.Mean.Count > 0 || normalisation.Mean.Count == 0
            ? this
            : new ImageSplit(this, 0, Count) { Normalisation = normalisation };

    /// <summary>The images without the last ones, and those: a part that is held out of training. Neither is copied.</summary>
    /// <param name="count">How many are held out; none if 0.</param>
    /// <exception cref="GaitPropException">The count is negative, or there are no more images than that.</exception>
    internal (ImageSplit Kept, ImageSplit? HeldOut) HeldOut(int count) =>
        count == 0 ? (this, null)
        : count < 0 ? throw new GaitPropException(Text($"validationImages {count} is not possible: it must be 0 or more."))
        : count >= Count
            ? throw new GaitPropException(
                $"validationImages {count} is not possible: there are {Count} training images, and one at least must be left."
            )
        : (new ImageSplit(this, 0, Count - count), new ImageSplit(this, Count - count, count));

    /// <summary>
    /// Whether the images lie class by class; prepared photos do not, and where each has a class of its own the order says nothing.
    /// </summary>
    internal bool LiesByClass()
    {
        if (Store is not null)
        {
            return false;
        }

        var classes = 1;
        for (var image = 1; image < Count; image++)
        {
            var (before, now) = (Label(image - 1), Label(image));
            if (now < before)
            {
                return false;
            }

            classes += now > before ? 1 : 0;
        }

        return classes > 1 && classes < Count;
    }

    /// <summary>Wraps shards.</summary>
    internal ImageSplit(ShardStore store)
    {
        Store = store;
        Count = store.Labels.Length;
        Channels = 3;
        Height = store.Size;
        Width = store.Size;
    }

    private ImageSplit(ImageSplit whole, int from, int count)
    {
        Store = whole.Store;
        Normalisation = whole.Normalisation;
        First = whole.First + from;
        Count = count;
        if (Store is null)
        {
            Pixels = whole.Pixels.Slice(from * whole.ValuesPerImage, count * whole.ValuesPerImage);
            Labels = whole.Labels.Slice(from, count);
        }

        Channels = whole.Channels;
        Height = whole.Height;
        Width = whole.Width;
    }
}
