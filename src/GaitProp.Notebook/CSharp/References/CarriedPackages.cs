using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>The packages that the program itself stands on: cells use its versions, since they share one process with it.</summary>
/// <param name="kit">What the program brings along.</param>
internal sealed class CarriedPackages(Kit kit)
{
    private static readonly Lazy<Dictionary<string, string>> All = new(Read);
    private static readonly Lazy<HashSet<string>> Names = new(() =>
        new HashSet<string>(
            ScriptReferences.Default.Select(r => Path.GetFileNameWithoutExtension(r.Display)).OfType<string>(),
            StringComparer.OrdinalIgnoreCase
        )
    );

    /// <summary>The version that the kit carries, or <see langword="null"/> if it carries none.</summary>
    /// <param name="package">A package's name.</param>
    public string? Version(string package) => All.Value.GetValueOrDefault(package) ?? kit.CarriedVersion(package);

    /// <summary>Whether an assembly is the kit's, or .NET's.</summary>
    /// <param name="file">Its file, or its name.</param>
    public static bool HasAssembly(string file) => Names.Value.Contains(Path.GetFileNameWithoutExtension(file));

    private static Dictionary<string, string> Read()
    {
        var packages = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var files = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(
            [';', Path.PathSeparator],
            StringSplitOptions.RemoveEmptyEntries
        );
        foreach (
            var file in files.Where(f =>
                File.Exists(f) && Path.GetDirectoryName(f) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)
            )
        )
        {
            foreach (var (key, library) in JsonNode.Parse(File.ReadAllText(file))!["libraries"]?.AsObject() ?? [])
            {
                if ((string?)library!["type"] == "package" && key.Split('/') is [var name, var version])
                {
                    packages[name] = version;
                }
            }
        }

        return packages;
    }
}
