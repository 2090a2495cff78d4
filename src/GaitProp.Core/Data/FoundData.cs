namespace GaitProp.Data;

/// <summary>Where a data set was found.</summary>
/// <param name="Folder">The full path of the folder that holds its files.</param>
/// <param name="Rule">Which rule found it.</param>
internal sealed record FoundData(string Folder, DataRule Rule)
{
    /// <summary>The folder and the rule in words, such as <c>/home/me/data/cifar-10-batches-bin (./data)</c>.</summary>
    public override string ToString() => $"{Folder} ({Words})";

    /// <summary>The rule in words.</summary>
    internal string Words =>
        Rule switch
        {
            DataRule.Named => "--data",
            DataRule.Environment => DataPlaces.Variable,
            DataRule.WorkingDirectory => "./data",
            _ => "the cache folder",
        };
}
