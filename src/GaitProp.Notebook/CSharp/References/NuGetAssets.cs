using System.Text.Json.Nodes;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>What a restore has found: the packages and the files in them that count here.</summary>
/// <param name="Packages">Names and versions of all packages.</param>
/// <param name="Compile">Assemblies that cells may name.</param>
/// <param name="Runtime">Assemblies that are loaded.</param>
/// <param name="Native">Native libraries.</param>
internal sealed record NuGetAssets(
    IReadOnlyList<(string Name, string Version)> Packages,
    IReadOnlyList<string> Compile,
    IReadOnlyList<string> Runtime,
    IReadOnlyList<string> Native
)
{
    /// <summary>Whether all files are there.</summary>
    public bool AreThere => Compile.Concat(Runtime).Concat(Native).All(File.Exists);

    /// <summary>Reads <c>project.assets.json</c>.</summary>
    /// <param name="file">The file.</param>
    public static NuGetAssets Read(string file)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var folders = root["packageFolders"]!.AsObject().Select(f => f.Key).ToArray();
        var targets = root["targets"]!.AsObject();

        // The target with a runtime identifier has native files and assemblies of the platform in it.
        var target = (
            targets.FirstOrDefault(t => t.Key.Contains('/', StringComparison.Ordinal)).Value ?? targets.First().Value
        )!.AsObject();
        var packages = new List<(string, string)>();
        var (compile, runtime, native) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (key, library) in target)
        {
            if ((string?)library!["type"] != "package")
            {
                continue;
            }

            var (name, version) = (
                key[..key.IndexOf('/', StringComparison.Ordinal)],
                key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]
            );
            packages.Add((name, version));
            var path = (string)root["libraries"]![key]!["path"]!;
            Take("compile", compile);
            Take("runtime", runtime);
            Take("native", native);

            void Take(string kind, List<string> into) =>
                into.AddRange(
                    (library[kind]?.AsObject() ?? [])
                        .Select(f => f.Key)
                        .Where(f => !f.EndsWith("_._", StringComparison.Ordinal))
                        .Select(f =>
                            folders.Select(folder => Path.GetFullPath(Path.Combine(folder, path, f))).FirstOrDefault(File.Exists)
                            ?? Path.GetFullPath(Path.Combine(folders[0], path, f))
                        )
                );
        }

        return new NuGetAssets(packages, [.. compile.Where(IsAssembly)], [.. runtime.Where(IsAssembly)], native);
    }

    private static bool IsAssembly(string file) => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
}
