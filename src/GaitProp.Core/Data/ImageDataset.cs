using System.Security.Cryptography;
using System.Text;

namespace GaitProp;

/// <summary>A data set of labelled images, with a training and a test part.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class ImageDataset(
    string name,
    string source,
    IReadOnlyList<string> classNames,
    ImageSplit train,
    ImageSplit test,
    bool isEmbedded
)
{
    /// <summary>The name that runs and captions show, such as <c>CIFAR-10</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Where it came from: a folder, or how it was generated.</summary>
    public string Source { get; } = source;

    /// <summary>One name for each class number.</summary>
    public IReadOnlyList<string> ClassNames { get; } = classNames;

    /// <summary>The training part.</summary>
    public ImageSplit Train { get; } = train;

    /// <summary>The test part.</summary>
    public ImageSplit Test { get; } = test;

    /// <summary>Whether this is the embedded set that stands in where no real data was found.</summary>
    public bool IsEmbedded { get; } = isEmbedded;

    /// <summary>
    /// The first so many images of each part, without copying; a part whose number is <see langword="null"/> stays whole.
    /// </summary>
    /// <param name="train">Training images.</param>
    /// <param name="test">Test images.</param>
    public ImageDataset Cut(int? train, int? test) =>
        With(train is { } trainCount ? Train.Take(trainCount) : Train, test is { } testCount ? Test.Take(testCount) : Test);

    /// <summary>
    /// Why a training cannot begin with parts of these images: they lie class by class, as a walk through folders of classes gives them, so
    /// that the first or the last ones are of few classes; <see langword="null"/> if it can. A preparation shuffles photos.
    /// </summary>
    /// <param name="train">Training images of the set.</param>
    /// <param name="test">Test images.</param>
    /// <param name="validation">The last of the training images that are held out.</param>
    internal string? Disorder(int? train, int? test, int validation) =>
        train < Train.Count && Train.LiesByClass() ? Refusal("trainImages", train.Value, "training")
        : test < Test.Count && Test.LiesByClass() ? Refusal("testImages", test.Value, "test")
        : validation > 0 && Train.LiesByClass() ? Refusal("validationImages", validation, "training")
        : null;

    private string Refusal(string setting, int count, string part) =>
        Text(
            $"{setting} {count} is not possible: the {part} images of {Name} are in order of class, so that a part of them misses classes; shuffle them in Read, by a fixed seed."
        );

    /// <summary>The set with other parts.</summary>
    internal ImageDataset With(ImageSplit train, ImageSplit test) => new(Name, Source, ClassNames, train, test, IsEmbedded);

    /// <summary>SHA-256 of pixels and labels, training part first, in hexadecimal digits: equal for equal images in equal order.</summary>
    internal string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var split in (ImageSplit[])[Train, Test])
        {
            if (split.Store is { } store)
            {
                // The sums of the shards stand for their bytes: there may be hundreds of gigabytes.
                hash.AppendData(Encoding.UTF8.GetBytes(Text($"{split.Count}\n")));
                foreach (var shard in store.Shards)
                {
                    hash.AppendData(Encoding.UTF8.GetBytes($"{shard.PixelsSha256} {shard.LabelsSha256}\n"));
                }

                continue;
            }

            hash.AppendData(split.Pixels.Span);
            hash.AppendData(split.Labels.Span);
            if (split.Normalisation.Mean.Count > 0)
            {
                // Other numbers for a network are other data.
                hash.AppendData(Encoding.UTF8.GetBytes(split.Normalisation.ToString()));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
