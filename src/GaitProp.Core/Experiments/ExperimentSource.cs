namespace GaitProp.Experiments;

/// <summary>The text of an experiment file, and where it is from.</summary>
/// <param name="Label">The file as errors name it.</param>
/// <param name="Text">Its content.</param>
/// <param name="Path">Its full path; <see langword="null"/> for those of this assembly.</param>
internal sealed record ExperimentSource(string Label, string Text, string? Path)
{
    private const string Prefix = "GaitProp.Experiments.";

    /// <summary>The files of this assembly, by the names of their experiments.</summary>
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["cifar-shallow"] = "fig4.json",
        ["cifar-deep"] = "fig5.json",
        ["imagenet"] = "fig6.json",
        ["synthetic-shallow"] = "synthetic-shallow.json",
        ["synthetic-deep"] = "synthetic-deep.json",
        ["mnist-square"] = "mnist-square.json",
        ["mnist-tower"] = "mnist-tower.json",
    };

    /// <summary>The names of the built-in experiments.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [.. Files.Keys];

    /// <summary>What an experiment is called whose file gives no name.</summary>
    public string DefaultName => Path is null ? Files.Single(f => f.Value == Label).Key : System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Whether both are one file.</summary>
    public bool IsSame(ExperimentSource other) =>
        (Path is null) == (other.Path is null) && (Path is null ? Label == other.Label : Path == other.Path);

    /// <summary>Finds a built-in experiment by name, or reads a file.</summary>
    /// <exception cref="GaitPropException">There is no such experiment, or the file cannot be read.</exception>
    public static ExperimentSource Find(string nameOrPath) =>
        Files.TryGetValue(nameOrPath, out var resource) ? Resource(resource) : Read(nameOrPath, HomePath(nameOrPath), message => message);

    /// <summary>Finds what this file extends: a path from its folder, or a built-in experiment.</summary>
    /// <exception cref="GaitPropException">There is no such experiment, or the file cannot be read.</exception>
    public ExperimentSource Extended(string nameOrPath)
    {
        if (Files.TryGetValue(nameOrPath, out var resource) || (Path is null && Files.ContainsValue(resource = nameOrPath)))
        {
            return Resource(resource);
        }

        var path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", HomePath(nameOrPath));
        var source = Read(nameOrPath, path, message => $"{Label}: extends: {message}");
        return source with
        {
            Label = System.IO.Path.IsPathRooted(Label)
                ? source.Path!
                : System.IO.Path.GetRelativePath(Environment.CurrentDirectory, source.Path!),
        };
    }

    private static ExperimentSource Resource(string name)
    {
        using var stream = typeof(ExperimentSource).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return new(name, reader.ReadToEnd(), null);
    }

    private static ExperimentSource Read(string given, string path, Func<string, string> told)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            var meantAsPath =
                given.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                || given.Contains('/', StringComparison.Ordinal)
                || given.Contains('\\', StringComparison.Ordinal);
            throw new GaitPropException(
                told(
                    Directory.Exists(full)
                        ? $"{given} is a folder: give an experiment's .json file, or one of {string.Join(", ", BuiltIn)}."
                    : meantAsPath ? $"there is no file {given}: check the path, or choose from {string.Join(", ", BuiltIn)}."
                    : $"{Suggestion.Unknown("experiment", given, BuiltIn)[..^1]}, or give the path of a .json file."
                )
            );
        }

        try
        {
            return new(given, File.ReadAllText(full), full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException(told($"{given} cannot be read: {e.Message}"), e);
        }
    }

    private static string HomePath(string path) => Storage.HomePath.Expand(path);
}
