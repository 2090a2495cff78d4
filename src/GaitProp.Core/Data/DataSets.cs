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

    /// <summary>Loads CIFAR-10, or generates the embedded set in its place; the result says which it is.</summary>
    /// <param name="named">The folder that the user named, <see cref="Embedded"/>, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The named folder holds no CIFAR-10, or what was found is damaged.</exception>
    public static ImageDataset Cifar10OrEmbedded(string? named) =>
        named == Embedded ? SyntheticImages.Generate()
        : DataPlaces.Current.FindCifar10(named) is { } found ? Cifar10.Read(found.Folder)
        : SyntheticImages.Generate();
}
