namespace GaitProp.Data;

/// <summary>One file as it is downloaded.</summary>
/// <param name="Address">Where it is published.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Md5">Its md5 sum.</param>
internal sealed record DataDownload(Uri Address, long Length, string Md5)
{
    /// <summary>The name of the file.</summary>
    public string Name => Address.Segments[^1];
}

/// <summary>What the authors of a set publish: what is downloaded, and the files that a whole set has.</summary>
/// <param name="Downloads">An archive that holds <paramref name="Files"/>, or those files themselves.</param>
/// <param name="Files">The files of the set: those of the training part in order, then those of the test part.</param>
internal sealed record DataRelease(IReadOnlyList<DataDownload> Downloads, IReadOnlyList<DataFile> Files)
{
    /// <summary>Whether the files come in an archive.</summary>
    public bool IsArchive { get; init; }

    /// <summary>What the archive is called in words: <c>the binary version</c>.</summary>
    public string Edition { get; init; } = "";

    /// <summary>
    /// The file with the names of the classes, one a line, which may be missing; <see langword="null"/> if there is no such file.
    /// </summary>
    public string? NamesFile { get; init; }

    /// <summary>Other files that come with the set and that the kit does not read.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Names by which other editions of the set are told that people take for this one, and what those are.</summary>
    public IReadOnlyList<(string Mark, string Edition)> OtherEditions { get; init; } = [];

    /// <summary>What stands in a record of a file; <see langword="null"/> if files have no records.</summary>
    public RecordLayout? Records { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Length => Files.Sum(f => f.Length);

    /// <summary>The other edition to which an entry of an archive belongs, or null.</summary>
    /// <param name="entry">The name of the entry, with <c>/</c> between its parts.</param>
    public string? OtherEditionOf(string entry)
    {
        var parts = entry.Split('/');
        return OtherEditions.FirstOrDefault(other => parts.Contains(other.Mark)).Edition;
    }

    /// <summary>The other edition that lies in a folder, or null.</summary>
    /// <param name="folder">The folder.</param>
    public string? OtherEditionIn(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return OtherEditions.FirstOrDefault(other => other.Mark == name || Path.Exists(Path.Combine(folder, other.Mark))).Edition;
    }
}

/// <summary>A record of a binary file: labels, a byte each, and the bytes of an image.</summary>
/// <param name="Classes">How many classes each label tells apart; the last label is the image's class.</param>
/// <param name="ImageBytes">Bytes of the image after the labels.</param>
internal sealed record RecordLayout(IReadOnlyList<int> Classes, int ImageBytes)
{
    /// <summary>Bytes of a record.</summary>
    public int Bytes => Classes.Count + ImageBytes;
}
