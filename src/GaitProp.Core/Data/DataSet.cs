namespace GaitProp;

/// <summary>
/// A data set: its name, where it is found, how it is read, its classes, its normalisation and its licence are told by one object. Every
/// class of this assembly that is one is known; <see cref="DataSets.Register{TSet}"/> makes yours known. One that lies in files is a
/// <see cref="FolderDataSet"/>.
/// </summary>
public abstract class DataSet
{
    /// <summary>The name in experiments (field <c>data</c>) and commands, such as <c>cifar10</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The name in captions and messages, such as <c>CIFAR-10</c>.</summary>
    public abstract string Title { get; }

    /// <summary>The terms under which it may be used, in one phrase, or that its authors state none.</summary>
    public abstract string Licence { get; }

    /// <summary>One name for each class number; <see langword="null"/> where the files say it.</summary>
    public virtual IReadOnlyList<string>? ClassNames => null;

    /// <summary>Channels, height and width of an image; <see langword="null"/> where the files say it.</summary>
    public virtual IReadOnlyList<long>? Shape => null;

    /// <summary>How bytes become what a network sees, where a part that was read says nothing else. Default: divided by 255.</summary>
    public virtual PixelNormalisation Normalisation => PixelNormalisation.None;

    /// <summary>The images that an experiment gets.</summary>
    /// <param name="named">The folder that the user named, <see cref="DataSets.Embedded"/>, or <see langword="null"/>.</param>
    /// <returns>The images, and the title of the published set that they are used in place of, or <see langword="null"/>.</returns>
    /// <exception cref="GaitPropException">There are none, or what was found is damaged.</exception>
    public abstract (ImageDataset Data, string? StandsInFor) Open(string? named);

    /// <summary>The images with <see cref="Normalisation"/>, in the parts that have none of their own. They are not copied.</summary>
    /// <param name="data">The images as they were read.</param>
    /// <exception cref="GaitPropException">What was read is not what the set says of itself, or nothing.</exception>
    internal ImageDataset Normalised(ImageDataset data)
    {
        var normalised = data.With(data.Train.Normalised(Normalisation), data.Test.Normalised(Normalisation));
        Check(normalised.Train, "training", data.ClassNames.Count);
        Check(normalised.Test, "test", data.ClassNames.Count);
        return normalised;
    }

    private void Check(ImageSplit split, string part, int classes)
    {
        if (split.Count == 0)
        {
            throw new GaitPropException($"the data set {Name} has no {part} images: it must have one at least.");
        }

        long[] read = [split.Channels, split.Height, split.Width];
        if (Shape is { } said && !said.SequenceEqual(read))
        {
            throw new GaitPropException(
                $"the data set {Name} has {part} images of {string.Join(" x ", read)}, and its Shape says {string.Join(" x ", said)}: make them alike."
            );
        }

        if (!split.Normalisation.Fits(split.Channels))
        {
            throw new GaitPropException(
                $"the data set {Name} has {part} images of {Count(split.Channels, "channel")} and a normalisation of {Count(split.Normalisation.Mean.Count, "mean")}: give one for each channel, or one for all."
            );
        }

        // Of photos on the disk it is checked when they are prepared.
        var wrong = split.Labels.Span.IndexOfAnyExceptInRange((byte)0, (byte)Math.Clamp(classes - 1, 0, byte.MaxValue));
        if (wrong >= 0)
        {
            throw new GaitPropException(
                Text(
                    $"the data set {Name} has {classes} {(classes == 1 ? "class" : "classes")}, and {part} image {wrong} the label {split.Labels.Span[wrong]}: labels count from 0 to {classes - 1}."
                )
            );
        }
    }
}
