using GaitProp.Data;
using GaitProp.Storage;

namespace GaitProp;

/// <summary>The data sets there are: every <see cref="DataSet"/> of this assembly, and those that users register.</summary>
public static class DataSets
{
    /// <summary>The name of the embedded set, and the value of <c>--data</c> that asks for it although CIFAR-10 may be there.</summary>
    public const string Embedded = "embedded";

    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<string, DataSet> Entries = new(StringComparer.Ordinal);

    static DataSets()
    {
        foreach (var type in typeof(DataSets).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(DataSet)) && !t.IsAbstract))
        {
            Register((DataSet)Activator.CreateInstance(type)!);
        }
    }

    /// <summary>The names by which experiments choose their images, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(s => s.Name)];

    /// <summary>All sets, in alphabetical order of their names.</summary>
    public static IReadOnlyList<DataSet> All
    {
        get
        {
            lock (Gate)
            {
                return [.. Entries.Values];
            }
        }
    }

    /// <summary>Adds a data set, or replaces the one of that name (a cell that is run again).</summary>
    /// <typeparam name="TSet">Its class.</typeparam>
    /// <exception cref="GaitPropException">What it says of itself is not possible: its name, shape, classes or files.</exception>
    public static void Register<TSet>()
        where TSet : DataSet, new() => Register(new TSet());

    /// <summary>A data set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="GaitPropException">There is no such data set.</exception>
    public static DataSet Find(string name)
    {
        lock (Gate)
        {
            return Entries.TryGetValue(name, out var set)
                ? set
                : throw new GaitPropException(Suggestion.Unknown("data", name, Entries.Keys));
        }
    }

    /// <summary>The images that an experiment asks for.</summary>
    /// <param name="data">Its field <c>data</c>, one of <see cref="Names"/>.</param>
    /// <param name="named">The folder that the user named, <see cref="Embedded"/>, or <see langword="null"/>.</param>
    /// <returns>The images, and the published data set that they are used in place of, or <see langword="null"/>.</returns>
    /// <exception cref="GaitPropException">There is no such data, the named folder holds none, or what was found is damaged.</exception>
    public static (ImageDataset Data, string? StandsInFor) Of(string data, string? named)
    {
        var set = Find(data);
        var (images, standsInFor) = set.Open(named);
        return (set.Normalised(images), standsInFor);
    }

    /// <summary>Loads CIFAR-10, or generates the embedded set in its place; the result says which it is.</summary>
    /// <param name="named">The folder that the user named, <see cref="Embedded"/>, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The named folder holds no CIFAR-10, or what was found is damaged.</exception>
    internal static ImageDataset Cifar10OrEmbedded(string? named) => Cifar10.Official.Open(named).Data;

    /// <summary>The images of a folder, of whichever set they are; of CIFAR-10 where a folder holds more than one.</summary>
    /// <param name="named">The folder that the user named, <see cref="Embedded"/>, or <see langword="null"/>, which are as for
    /// <see cref="Cifar10OrEmbedded"/>.</param>
    /// <exception cref="GaitPropException">The folder holds no set, one that is damaged, or several of which none is meant.</exception>
    public static ImageDataset In(string? named) =>
        named is null or Embedded || Held(HomePath.Expand(named)) is not { } found
            ? Cifar10OrEmbedded(named)
            : found.Set.Normalised(found.Set.Read(found.Folder));

    /// <summary>The images of a folder: of the set that is wanted where the folder holds it, else of whichever it holds.</summary>
    /// <param name="named">The folder that the user named, or <see cref="Embedded"/>.</param>
    /// <param name="wanted">The name of the set that is wanted.</param>
    /// <exception cref="GaitPropException">It holds none, or several others and not CIFAR-10.</exception>
    internal static ImageDataset In(string named, string wanted) =>
        named != Embedded && Find(wanted) is FolderDataSet set && set.FindIn(Path.GetFullPath(HomePath.Expand(named))) is not null
            ? Of(wanted, named).Data
            : In(named);

    /// <summary>The set that a folder holds, in itself or in a folder inside; <see langword="null"/> if it holds none.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="GaitPropException">It holds several, and not CIFAR-10.</exception>
    internal static (FolderDataSet Set, string Folder)? Held(string folder)
    {
        if (string.IsNullOrWhiteSpace(folder))
        {
            return null;
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var found = All.OfType<FolderDataSet>()
            .Select(set => (Set: set, Folder: set.FindIn(full)!))
            .Where(f => f.Folder is not null)
            .ToArray();
        var bare = found.Where(f => f.Folder == full).ToArray();
        var held = bare.Length > 0 ? bare : found;
        return held.Length == 0 ? null
            : held.Length == 1 ? held[0]
            : Array.Find(held, f => f.Set is Cifar10) is { Set: not null } cifar ? cifar
            : throw new GaitPropException(
                bare.Length > 0
                    ? $"{folder} may be {Listed(held)}, whose files have the same names: call the folder {string.Join(" or ", held.Select(f => f.Set.FolderName))}."
                    : $"{folder} holds {Listed(held)}: name the folder of one of them."
            );

        static string Listed((FolderDataSet Set, string Folder)[] held) =>
            $"{string.Join(", ", held[..^1].Select(f => f.Set.Title))} {(held[0].Folder == held[^1].Folder ? "or" : "and")} {held[^1].Set.Title}";
    }

    private static void Register(DataSet set)
    {
        if (!RegisteredName.Fits(set.Name))
        {
            throw new GaitPropException(
                $"{set.GetType().Name} cannot be a data set of the name '{set.Name}': a name {RegisteredName.Rule}."
            );
        }

        if (Wrong(set) is { } wrong)
        {
            throw new GaitPropException($"the data set {set.Name} is not possible: {wrong}.");
        }

        lock (Gate)
        {
            Entries[set.Name] = set;
        }
    }

    /// <summary>What is not possible of what a set says of itself; <see langword="null"/> if nothing is.</summary>
    private static string? Wrong(DataSet set) =>
        set.Shape is { } shape && (shape.Count != 3 || shape.Any(side => side < 1))
            ? $"its Shape must be channels, height and width, each 1 or more, not {string.Join(" x ", shape)}"
        : set.ClassNames is { Count: < 1 or > 256 } names
            ? Text($"it must have 1 to 256 ClassNames, as a label is a byte, not {names.Count}")
        : set.Shape is [var channels, ..] && !set.Normalisation.Fits(channels)
            ? $"its Normalisation has {Count(set.Normalisation.Mean.Count, "mean")}, and its Shape {Count(channels, "channel")}: give one for each channel, or one for all"
        : set is FolderDataSet { Marks.Count: 0 } ? "its Marks must name a file at least, by which it is recognised"
        : null;
}
