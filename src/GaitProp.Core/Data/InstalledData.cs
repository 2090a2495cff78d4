namespace GaitProp.Data;

/// <summary>A data set that lies whole and verified in a folder.</summary>
/// <param name="Folder">The full path of the folder that holds its files.</param>
/// <param name="WasThere">Whether it was there before, and nothing had to be done.</param>
internal sealed record InstalledData(string Folder, bool WasThere);
