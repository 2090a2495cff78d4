using GaitProp.Data;
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
    /// <returns>
    /// The batches: what a network sees, <c>[batch, channels, height, width]</c>, normalised as the data set says, and class numbers, int64
    /// <c>[batch]</c>. The tensors of one live until the next is taken, or the loop is left: clone what is kept. Every loop over them
    /// begins anew.
    /// </returns>
    /// <exception cref="GaitPropException">The size or the epoch is less than 1, or the element type is not floating-point.</exception>
    public IEnumerable<(Tensor Images, Tensor Labels)> Batches(
        int size,
        int? seed = null,
        int epoch = 1,
        ScalarType dtype = ScalarType.Float32,
        Device? device = null
    ) =>
        size < 1 ? throw new GaitPropException($"batches of {size} images are not possible: take 1 or more.")
        : epoch < 1 ? throw new GaitPropException($"epoch {epoch} is not possible: the first is 1.")
        : Taken(size, seed, epoch, FloatingPoint(dtype), device);

    private IEnumerable<(Tensor Images, Tensor Labels)> Taken(int size, int? seed, int epoch, ScalarType dtype, Device? device)
    {
        LibTorch.Load();
        using var images = TrainingImages.Of(this, dtype, device ?? CPU);
        using var order = seed is { } fix ? images.Ordered(fix) : null;
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
    /// memory.</exception>
    public (Tensor Images, Tensor Labels) ToTensor(ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        LibTorch.Load();
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
        if (bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2.0)
        {
            throw new GaitPropException(
                Text(
                    $"{Count} images as one tensor need {bytes / 1e9:0.#} GB: take fewer with Take(COUNT).ToTensor(), or loop over Batches(SIZE)."
                )
            );
        }

        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(this, dtype, device ?? CPU);
        var (pixels, labels) = images.Range(0, Count);
        return (pixels.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

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
    /// <exception cref="GaitPropException">There are no more images than that.</exception>
    internal (ImageSplit Kept, ImageSplit? HeldOut) HeldOut(int count) =>
        count == 0 ? (this, null)
        : count < Count ? (new ImageSplit(this, 0, Count - count), new ImageSplit(this, Count - count, count))
        : throw new GaitPropException(
            $"validationImages {count} is not possible: there are {Count} training images, and one at least must be left."
        );

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
