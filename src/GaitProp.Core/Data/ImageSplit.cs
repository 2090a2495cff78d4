namespace GaitProp.Data;

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
            throw new ArgumentException($"{labels.Length} images of {channels} x {height} x {width} need {(long)labels.Length * channels * height * width} "
                + $"pixel values, not {pixels.LongLength}.", nameof(pixels));
        }

        Pixels = pixels;
        Labels = labels;
        Count = labels.Length;
        Channels = channels;
        Height = height;
        Width = width;
    }

    /// <summary>Intensities 0-255, <c>[count, channels, height, width]</c> in row-major order; empty where the images lie on the disk.</summary>
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
    public ReadOnlySpan<byte> Image(int image) => Store is null ? Pixels.Span.Slice(image * ValuesPerImage, ValuesPerImage) : Store.Image(First + image);

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
    public int ValuesPerImage => Channels * Height * Width;

    /// <summary>The first images, without copying; all of them if there are fewer.</summary>
    /// <param name="count">How many at the most.</param>
    public ImageSplit Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count >= Count ? this : new ImageSplit(this, 0, count);
    }

    /// <summary>The images without the last ones, and those: a part that is held out of training. Neither is copied.</summary>
    /// <param name="count">How many are held out; none if 0.</param>
    /// <exception cref="GaitPropException">There are no more images than that.</exception>
    internal (ImageSplit Kept, ImageSplit? HeldOut) HeldOut(int count) =>
        count == 0 ? (this, null)
        : count < Count ? (new ImageSplit(this, 0, Count - count), new ImageSplit(this, Count - count, count))
        : throw new GaitPropException($"validationImages {count} is not possible: there are {Count} training images, and one at least must be left.");

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
