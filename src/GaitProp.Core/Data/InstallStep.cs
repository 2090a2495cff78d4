namespace GaitProp.Data;

/// <summary>What the installation of a data set is doing.</summary>
internal enum InstallStep
{
    /// <summary>Checks whether the set is there already.</summary>
    Looking,

    /// <summary>Receives the archive.</summary>
    Downloading,

    /// <summary>The connection broke; waits before it tries again.</summary>
    Waiting,

    /// <summary>Checks the md5 sum of the archive.</summary>
    Verifying,

    /// <summary>Unpacks or copies the files, and checks each.</summary>
    Unpacking,
}
