namespace GaitProp.Data;

/// <summary>What reading a tar archive may come to.</summary>
internal static class TarArchive
{
    /// <summary>Whether reading ended so because of what stands in the archive.</summary>
    /// <param name="e">How it ended.</param>
    public static bool IsBroken(Exception e) =>
        e is IOException or InvalidDataException or FormatException or ArgumentException or NotSupportedException or OverflowException;
}
