namespace GaitProp.Data;

/// <summary>Recognises the editions of CIFAR that people take for the binary version of CIFAR-10.</summary>
internal static class Cifar10Editions
{
    private static readonly (string Mark, string Edition)[] Marks =
    [
        ("cifar-10-batches-py", "the Python version of CIFAR-10"),
        ("data_batch_1", "the Python version of CIFAR-10"),
        ("cifar-10-batches-mat", "the MATLAB version of CIFAR-10"),
        ("data_batch_1.mat", "the MATLAB version of CIFAR-10"),
        ("cifar-100-binary", "CIFAR-100"),
        ("cifar-100-python", "CIFAR-100"),
    ];

    /// <summary>The edition to which an entry of an archive belongs, or null.</summary>
    /// <param name="entry">The name of the entry, with <c>/</c> between its parts.</param>
    public static string? OfEntry(string entry)
    {
        var parts = entry.Split('/');
        return Array.Find(Marks, mark => parts.Contains(mark.Mark)).Edition;
    }

    /// <summary>The edition that lies in a folder, or null.</summary>
    /// <param name="folder">The folder.</param>
    public static string? InFolder(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return Array.Find(Marks, mark => mark.Mark == name || Path.Exists(Path.Combine(folder, mark.Mark))).Edition;
    }
}
