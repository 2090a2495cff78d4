namespace GaitProp.Data;

/// <summary>The images that an experiment runs on: CIFAR-10 where it is found, the embedded set where it is not.</summary>
public static class DataSets
{
    /// <summary>The value of <c>--data</c> that asks for the embedded set although CIFAR-10 may be there.</summary>
    public const string Embedded = "embedded";

    /// <summary>The names by which experiments choose their images.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cifar10", Embedded, "imagenet"];

    /// <summary>How many classes the images have; <see langword="null"/> where that depends on the folder (ImageNet and its parts).</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static int? Classes(string name) => name is "cifar10" or Embedded ? 10 : null;

    /// <summary>Channels, height and width of the images whose number of classes is known.</summary>
    internal static IReadOnlyList<long> Shape { get; } = [3, 32, 32];

    /// <summary>The images that an experiment asks for.</summary>
    /// <param name="data">Its field <c>data</c>: <c>cifar10</c>, <c>embedded</c> or <c>imagenet</c>.</param>
    /// <param name="named">The folder that the user named, <see cref="Embedded"/>, or <see langword="null"/>.</param>
    /// <returns>The images, and the published data set that they are used in place of, or <see langword="null"/>.</returns>
    /// <exception cref="GaitPropException">There is no such data, the named folder holds none, or what was found is damaged.</exception>
    public static (ImageDataset Data, string? StandsInFor) Of(string data, string? named)
    {
        switch (data)
        {
            case "cifar10":
                var images = Cifar10OrEmbedded(named);
                return (images, images.IsEmbedded ? "CIFAR-10" : null);
            case Embedded when named is null or Embedded:
                return (SyntheticImages.Generate(), null);
            case Embedded:
                throw new GaitPropException($"the experiment uses the embedded set, not images in {named}: leave out --data, or add --set data=cifar10.");
            case "imagenet":
                return (PreparedPhotos.Read(named), null);
            default:
                throw new GaitPropException(Suggestion.Unknown("data", data, Names));
        }
    }

    /// <summary>Loads CIFAR-10, or generates the embedded set in its place; the result says which it is.</summary>
    /// <param name="named">The folder that the user named, <see cref="Embedded"/>, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The named folder holds no CIFAR-10, or what was found is damaged.</exception>
    public static ImageDataset Cifar10OrEmbedded(string? named) =>
        named == Embedded ? SyntheticImages.Generate()
        : DataPlaces.Current.FindCifar10(named) is { } found ? Cifar10.Read(found.Folder)
        : SyntheticImages.Generate();
}
