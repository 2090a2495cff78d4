using GaitProp.Storage;

namespace GaitProp.Data;

/// <summary>
/// The places in which data sets are looked for, in this order: a named folder, the one that <c>GAITPROP_DATA</c> names, <c>./data</c>,
/// the user's cache folder.
/// </summary>
/// <param name="FromEnvironment">The value of <c>GAITPROP_DATA</c>; null or empty where it is not set.</param>
/// <param name="InWorkingDirectory">The folder <c>data</c> of the working directory.</param>
/// <param name="InCache">The folder <c>data</c> of the user's cache folder.</param>
internal sealed record DataPlaces(string? FromEnvironment, string InWorkingDirectory, string InCache)
{
    /// <summary>The environment variable that names the folder of the data sets.</summary>
    public const string Variable = "GAITPROP_DATA";

    /// <summary>The places of this process as they are now.</summary>
    public static DataPlaces Current =>
        new(
            Environment.GetEnvironmentVariable(Variable),
            Path.Combine(Environment.CurrentDirectory, "data"),
            Path.Combine(UserCache.Root, "data")
        );

    /// <summary>Finds a set. In each place its files may lie in the folder itself or in one of the set's name inside it.</summary>
    /// <param name="set">The set.</param>
    /// <param name="named">The folder that the user named, if any.</param>
    /// <returns>
    /// The set, which may still be damaged (<see cref="FolderDataSet.Read"/> says so), or null where no place holds one.
    /// </returns>
    /// <exception cref="GaitPropException">The named folder, or the one of the environment variable, does not hold it.</exception>
    public FoundData? Find(FolderDataSet set, string? named = null)
    {
        if (named is not null)
        {
            return new FoundData(Require(set, named, "--data"), DataRule.Named);
        }

        if (!string.IsNullOrWhiteSpace(FromEnvironment))
        {
            return new FoundData(Require(set, FromEnvironment, Variable), DataRule.Environment);
        }

        return set.FindIn(InWorkingDirectory) is { } local ? new FoundData(local, DataRule.WorkingDirectory)
            : set.FindIn(InCache) is { } cached ? new FoundData(cached, DataRule.Cache)
            : null;
    }

    /// <summary>Tells in a sentence how <c>gaitprop</c> gets to use a set that lies in a folder.</summary>
    /// <param name="set">The set.</param>
    /// <param name="folder">The folder with its files.</param>
    public string Explain(FolderDataSet set, string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        FoundData? found = null;
        var hindrance = "";
        try
        {
            found = Find(set);
        }
        catch (GaitPropException)
        {
            hindrance = $" ({Variable} is set to {FromEnvironment}, where there is none)";
        }

        if (found?.Folder == full)
        {
            return found.Rule switch
            {
                DataRule.Environment => $"gaitprop finds it through {Variable}.",
                DataRule.WorkingDirectory =>
                    $"gaitprop finds it when it runs in {Path.GetDirectoryName(Path.GetFullPath(InWorkingDirectory))}.",
                _ => "gaitprop finds it from any folder.",
            };
        }

        if (found is not null)
        {
            hindrance = $" (without, it uses {found})";
        }

        var place = Path.GetFileName(full) == set.FolderName ? Path.GetDirectoryName(full)! : full;
        return $"gaitprop uses it with --data {place}, or after setting {Variable} to that folder{hindrance}.";
    }

    private static string Require(FolderDataSet set, string place, string rule)
    {
        if (string.IsNullOrWhiteSpace(place))
        {
            throw new GaitPropException($"{rule} is empty: give the folder that holds {set.Title}.");
        }

        var folder = HomePath.Expand(place);
        return set.FindIn(folder)
            ?? throw new GaitPropException(
                $"{folder} (from {rule}) {set.Lack(folder)}: give a folder that holds {set.FolderName}"
                    + $"{(set.Fetch(folder) is { } fetch ? $", or fetch it with {fetch}" : "")}."
            );
    }
}
