namespace GaitProp.Data;

/// <summary>A data set that lies whole and verified in a folder.</summary>
/// <param name="Folder">The full path of the folder that holds its files.</param>
/// <param name="Found">What the check said of a set that was there before, so that nothing had to be done; <see langword="null"/> if it was
/// put there now.</param>
internal sealed record InstalledData(string Folder, DataVerdict? Found)
{
    /// <summary>Whether it was there before, and nothing had to be done.</summary>
    public bool WasThere => Found is not null;
}
