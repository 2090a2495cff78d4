using System.Security;

namespace GaitProp.Storage;

/// <summary>The room on the disk that a folder lies on.</summary>
internal static class DiskSpace
{
    /// <summary>Bytes that this user may still write there; <see langword="null"/> where the system does not say.</summary>
    /// <param name="folder">The folder, which is there.</param>
    public static long? FreeIn(string folder)
    {
        try
        {
            // A file system of no size at all is one that does not count.
            var drive = new DriveInfo(Path.GetFullPath(folder));
            return drive.TotalSize > 0 && drive.AvailableFreeSpace is >= 0 and var free ? free : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or SecurityException)
        {
            return null;
        }
    }
}
