using System.Runtime.CompilerServices;
using GaitProp.Data;

namespace GaitProp;

/// <summary>
/// The embedded set: 32 x 32 colour pictures of ten shapes, made from a seed, for when no real data was found. A shape varies in place,
/// size, tilt and colour, may be lighter or darker than its textured background, and noise lies over all of it. So a linear classifier
/// gets fewer than half of the test images right, while a fully connected network learns nine in ten within minutes on a laptop.
/// </summary>
/// <remarks>
/// The bytes are the same on every machine: integers, and of floating point only operations that IEEE 754 rounds exactly. An image
/// depends on the seed, its split and its number alone, so a smaller set is the beginning of a larger one.
/// </remarks>
public static class SyntheticImages
{
    /// <summary>The seed of the default set.</summary>
    internal const ulong DefaultSeed = 1;

    /// <summary>Training images of the default set.</summary>
    internal const int DefaultTrain = 10_000;

    /// <summary>Test images of the default set.</summary>
    internal const int DefaultTest = 2_000;

    /// <summary>Raised whenever the same seed would give other pixels.</summary>
    internal const int Version = 1;

    /// <summary>
    /// How a network sees the pixels: centred, and of about unit variance. Feedback alignment learns little within minutes where all inputs
    /// are positive.
    /// </summary>
    internal static PixelNormalisation Normalisation { get; } = new([0.5, 0.5, 0.5], [0.25, 0.25, 0.25]);

    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int Channels = 3;

    /// <summary>As many images as an array holds.</summary>
    private static readonly int MostImages = Array.MaxLength / (Channels * Plane);

    /// <summary>Cells of the background's texture along a side; a cell is 8 pixels.</summary>
    private const int Cells = 4;

    // Chosen so that ten classes stay easy to see, a linear classifier stays below one half, and a fully connected network gets most
    // of them right within twenty passes, but not all. Lengths are in pixels, light in intensities of 0 to 255.

    /// <summary>The farthest that a shape lies off the middle, along each axis.</summary>
    private const double Jitter = 2;

    /// <summary>The radius of a shape, from the least to the greatest.</summary>
    private const double LeastRadius = 9;
    private const double GreatestRadius = 12.5;

    /// <summary>The tangent of half the greatest tilt, which is thus about 9 degrees.</summary>
    private const double Tilt = 0.08;

    /// <summary>The range that colours are drawn from; what is left above and below is for shading, texture and noise.</summary>
    private const double Darkest = 30;
    private const double Lightest = 225;

    /// <summary>The least distance of the shape's colour from its background's, as points of the RGB cube.</summary>
    private const double LeastContrast = 56;

    /// <summary>How often the shape is the lighter one. The nearer to one half, the less is left to a linear classifier.</summary>
    private const double LighterShare = 0.68;

    /// <summary>The most that light gains or loses from the middle of the picture to an edge.</summary>
    private const double Shading = 30;

    /// <summary>The most that a knot of the background's texture is lighter or darker.</summary>
    private const double TextureDepth = 40;

    /// <summary>The standard deviation of the noise in each channel of a pixel.</summary>
    private const double NoiseDeviation = 20;

    /// <summary>The name that runs and captions show.</summary>
    internal const string Title = "embedded synthetic set";

    private static readonly Lazy<ImageDataset> Whole = new(() => Generate());

    /// <summary>The default set, drawn once a process: it takes half a second of a core.</summary>
    internal static ImageDataset Default => Whole.Value;

    private static readonly string[] Names =
    [
        "disc",
        "ring",
        "square",
        "frame",
        "diamond",
        "triangle",
        "cross",
        "saltire",
        "bars",
        "columns",
    ];

    /// <summary>One name for each shape.</summary>
    internal static IReadOnlyList<string> ClassNames => Names;

    /// <summary>What a random sequence is for; keeps the sequences of one seed apart.</summary>
    private enum Purpose : ulong
    {
        Order = 1,
        Picture = 2,
    }

    /// <summary>Which part of the set; the two share no images.</summary>
    private enum Split : ulong
    {
        Train = 1,
        Test = 2,
    }

    /// <summary>Makes the set. Every ten images in a row, counted from the first, hold each class once, in shuffled order.</summary>
    /// <param name="seed">Which set; each seed gives another.</param>
    /// <param name="train">How many training images.</param>
    /// <param name="test">How many test images.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or above the 699,050 images that fit into an array.</exception>
    public static ImageDataset Generate(ulong seed = DefaultSeed, int train = DefaultTrain, int test = DefaultTest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(train);
        ArgumentOutOfRangeException.ThrowIfNegative(test);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(train, MostImages);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(test, MostImages);
        var source = Text($"generated by SyntheticImages version {Version}, seed {seed}");
        return new ImageDataset(Title, source, Names, Make(seed, Split.Train, train), Make(seed, Split.Test, test), isEmbedded: true);
    }

    private static ImageSplit Make(ulong seed, Split split, int count)
    {
        var pixels = new byte[count * Channels * Plane];
        var labels = new byte[count];
        Parallel.For(
            0,
            (count + Names.Length - 1) / Names.Length,
            block =>
            {
                var order = Order(seed, split, block);
                var first = block * Names.Length;
                for (var i = first; i < Math.Min(first + order.Length, count); i++)
                {
                    labels[i] = order[i - first];
                    var random = SplitMix64.For(seed, (ulong)split, (ulong)Purpose.Picture, (ulong)i);
                    Paint((SyntheticShape)labels[i], ref random, pixels.AsSpan(i * Channels * Plane, Channels * Plane));
                }
            }
        );
        return new ImageSplit(pixels, labels, Channels, Side, Side) { Normalisation = Normalisation };
    }

    /// <summary>The classes of ten images in a row: each once, in an order of the block's own.</summary>
    private static byte[] Order(ulong seed, Split split, int block)
    {
        var random = SplitMix64.For(seed, (ulong)split, (ulong)Purpose.Order, (ulong)block);
        var order = new byte[Names.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var other = random.Below(i + 1);
            order[i] = order[other];
            order[other] = (byte)i;
        }

        return order;
    }

    /// <summary>Draws one picture, <c>[channels, height, width]</c>.</summary>
    /// <remarks>
    /// Compiled with optimisation from the first call on: every process that uses the set draws it, and is done before the runtime would
    /// have compiled it a second time.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Paint(SyntheticShape shape, ref SplitMix64 random, Span<byte> picture)
    {
        var centreX = (Side / 2.0) + random.Between(-Jitter, Jitter);
        var centreY = (Side / 2.0) + random.Between(-Jitter, Jitter);
        var radius = random.Between(LeastRadius, GreatestRadius);

        // The tilt as a point of the unit circle, by its rational parametrisation: sines differ from one C library to the next.
        var t = random.Between(-Tilt, Tilt);
        var cos = (1 - (t * t)) / (1 + (t * t));
        var sin = 2 * t / (1 + (t * t));

        Span<double> ink = stackalloc double[Channels];
        Span<double> paper = stackalloc double[Channels];
        Colours(ref random, ink, paper);

        // Light falls off to one side, differently on the shape and on its background.
        var paperX = random.Between(-Shading, Shading);
        var paperY = random.Between(-Shading, Shading);
        var inkX = random.Between(-Shading, Shading);
        var inkY = random.Between(-Shading, Shading);
        Span<double> texture = stackalloc double[(Cells + 1) * (Cells + 1)];
        foreach (ref var knot in texture)
        {
            knot = random.Between(-TextureDepth, TextureDepth);
        }

        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                var x = column + 0.5 - centreX;
                var y = row + 0.5 - centreY;
                var depth = radius * SyntheticShapes.Depth(shape, ((x * cos) + (y * sin)) / radius, ((y * cos) - (x * sin)) / radius);
                var covered = Math.Clamp(depth + 0.5, 0, 1);
                var acrossX = ((column + 0.5) / (Side / 2.0)) - 1;
                var acrossY = ((row + 0.5) / (Side / 2.0)) - 1;
                var paperLight = (paperX * acrossX) + (paperY * acrossY) + Texture(texture, column, row);
                var inkLight = (inkX * acrossX) + (inkY * acrossY);
                for (var channel = 0; channel < Channels; channel++)
                {
                    var below = paper[channel] + paperLight;
                    var above = ink[channel] + inkLight;
                    picture[(channel * Plane) + (row * Side) + column] = Intensity(below + (covered * (above - below)) + Noise(ref random));
                }
            }
        }
    }

    /// <summary>Two colours that are well apart; the shape's is the lighter one in most of the pictures.</summary>
    private static void Colours(ref SplitMix64 random, Span<double> ink, Span<double> paper)
    {
        double difference;
        double distance;
        do
        {
            difference = 0;
            distance = 0;
            for (var channel = 0; channel < Channels; channel++)
            {
                ink[channel] = random.Between(Darkest, Lightest);
                paper[channel] = random.Between(Darkest, Lightest);
                difference += ink[channel] - paper[channel];
                distance += (ink[channel] - paper[channel]) * (ink[channel] - paper[channel]);
            }
        } while (distance < LeastContrast * LeastContrast);

        var lighter = random.Between(0, 1) < LighterShare;
        if (difference > 0 != lighter)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                (ink[channel], paper[channel]) = (paper[channel], ink[channel]);
            }
        }
    }

    /// <summary>The texture's light at a pixel: between the four knots around it, smoothly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Texture(ReadOnlySpan<double> knots, int column, int row)
    {
        const int size = Side / Cells;
        var corner = (row / size * (Cells + 1)) + (column / size);
        var x = Ease(((column % size) + 0.5) / size);
        var y = Ease(((row % size) + 0.5) / size);
        var top = knots[corner] + (x * (knots[corner + 1] - knots[corner]));
        var bottom = knots[corner + Cells + 1] + (x * (knots[corner + Cells + 2] - knots[corner + Cells + 1]));
        return top + (y * (bottom - top));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Ease(double t) => t * t * (3 - (2 * t));

    /// <summary>Noise of about normal distribution: the sum of four random bytes, less its mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Noise(ref SplitMix64 random)
    {
        const double deviationOfSum = 147.8;
        var bits = random.Next();
        var sum = (int)(bits & 255) + (int)((bits >> 8) & 255) + (int)((bits >> 16) & 255) + (int)((bits >> 24) & 255);
        return (sum - 510) * (NoiseDeviation / deviationOfSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Intensity(double value) => (byte)(Math.Clamp(value, 0, 255) + 0.5);
}
