using GaitProp.Data;

namespace GaitProp;

/// <summary>A data set that lies in the files of a folder, which is looked for in the places of <see cref="DataPlaces"/>.</summary>
public abstract class FolderDataSet : DataSet
{
    /// <summary>The folder that is looked for in each place. Default: <see cref="DataSet.Name"/>.</summary>
    public virtual string FolderName => Name;

    /// <summary>
    /// Files by which it is recognised: a folder with one of them holds the set, whole or not. The first stands in messages.
    /// </summary>
    public abstract IReadOnlyList<string> Marks { get; }

    /// <summary>What is published, for fetching and checking; <see langword="null"/> where nothing is known of it.</summary>
    internal virtual DataRelease? Release => null;

    /// <summary>Looks for the set in a folder: first under <see cref="FolderName"/>, then in the folder itself.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <returns>The full path of the folder in which one of <see cref="Marks"/> lies, or null. <see cref="Read"/> tells what is wrong with
    /// a set that is not whole.</returns>
    public virtual string? FindIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Array.Find([Path.Combine(full, FolderName), full], place => Marks.Any(mark => File.Exists(Path.Combine(place, mark))));
    }

    /// <summary>Reads the set.</summary>
    /// <param name="folder">The folder of its files, or one that contains it under <see cref="FolderName"/>.</param>
    /// <returns>All its images.</returns>
    /// <exception cref="GaitPropException">A file is missing or damaged; one line says which, how, and what to do.</exception>
    public abstract ImageDataset Read(string folder);

    /// <summary>Checks every file.</summary>
    /// <param name="folder">The folder of its files, or one that contains it under <see cref="FolderName"/>.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>What was checked. Default: that it can be read.</returns>
    /// <exception cref="GaitPropException">A file is missing or damaged; the message names the first.</exception>
    internal virtual DataVerdict Verify(string folder, CancellationToken cancellationToken = default)
    {
        var data = Read(folder);
        return new DataVerdict(
            data.Name,
            $"{ByteCount.Digits(data.Train.Count)} training and {ByteCount.Digits(data.Test.Count)} test images can be read"
        );
    }

    /// <inheritdoc/>
    public override (ImageDataset Data, string? StandsInFor) Open(string? named) =>
        named == DataSets.Embedded ? throw new GaitPropException($"the embedded set cannot stand in for {Title}: {WaysOut}.")
        : DataPlaces.Current.Find(this, named) is { } found ? (Normalised(Read(found.Folder)), null)
        : throw new GaitPropException($"no {Title} was found: {WaysOut}.");

    /// <summary>
    /// The command that puts a whole set where this one was found, in quotes; <see langword="null"/> where there is none.
    /// </summary>
    /// <param name="folder">The folder, or the folder above it.</param>
    internal string? Fetch(string folder)
    {
        if (Release is null)
        {
            return null;
        }

        var full = Above(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var to =
            full == DataPlaces.Current.InCache ? ""
            : full.Contains(' ', StringComparison.Ordinal) ? $" --to \"{full}\""
            : $" --to {full}";
        return $"'gaitprop data fetch {Name}{to}'";
    }

    /// <summary>The folder in which a set is looked for that was found here: the one above, where this one has the set's name.</summary>
    /// <param name="full">The folder, whole.</param>
    private protected virtual string Above(string full) =>
        Path.GetFileName(full) == FolderName ? Path.GetDirectoryName(full) ?? full : full;

    /// <summary>What a folder has instead of the set, after <c>it</c>: <c>does not exist</c>.</summary>
    /// <param name="folder">The folder.</param>
    internal string Lack(string folder) =>
        File.Exists(folder) ? "is a file, not a folder"
        : !Directory.Exists(folder) ? "does not exist"
        : Release?.OtherEditionIn(folder) is { } edition ? $"holds {edition}, not {Release.Edition} of {Title}"
        : $"holds no {Title}, neither {Marks[0]} nor a folder {FolderName} with it";

    /// <summary>The folder of the set's files.</summary>
    /// <param name="folder">That folder, or one that contains it.</param>
    /// <exception cref="GaitPropException">It is not there.</exception>
    protected string Require(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (FindIn(folder) is { } found)
        {
            return found;
        }

        var state =
            Directory.Exists(folder) ? $"holds none of the files of {Title} ({Marks[0]} and so on)"
            : File.Exists(folder) ? $"is a file, not a folder with {Title}"
            : "does not exist";
        throw new GaitPropException(
            $"{folder} {state}: {(Fetch(folder) is { } fetch ? $"fetch the set with {fetch}" : "name another folder")}."
        );
    }

    private string WaysOut =>
        $"{(Fetch(DataPlaces.Current.InCache) is { } fetch ? $"fetch it with {fetch}, or " : "")}name the folder that holds it with --data DIR";
}

/// <summary>What a check of a set's files came to.</summary>
/// <param name="Name">The set, as its files say.</param>
/// <param name="Words">What was checked and is right: <c>all md5 sums are right</c>.</param>
internal sealed record DataVerdict(string Name, string Words)
{
    /// <summary>Whether it has all images of the published set.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>What is wrong, a line each; empty if nothing is.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}
