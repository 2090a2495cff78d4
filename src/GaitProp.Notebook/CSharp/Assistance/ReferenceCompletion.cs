using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp.Assistance;

/// <summary>
/// What could stand between the quotes of <c>#r "…"</c>: packages that this machine has, their versions, and assemblies beside the
/// notebook.
/// </summary>
internal static class ReferenceCompletion
{
    private const string NuGet = "nuget: ";

    /// <summary>The candidates.</summary>
    /// <param name="text">What stands there up to the caret.</param>
    /// <param name="start">Its position in the cell.</param>
    public static CellCompletion Of(string text, int start)
    {
        var end = start + text.Length;
        if (!text.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
        {
            var files = Directory.Exists(Folder(text))
                ? Directory
                    .EnumerateFileSystemEntries(Folder(text))
                    .Where(f => Directory.Exists(f) || f.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                : [];
            var from = text.LastIndexOfAny(['/', '\\']) + 1;
            var names = files
                .Select(f => Directory.Exists(f) ? Path.GetFileName(f) + "/" : Path.GetFileName(f))
                .Where(n => n.StartsWith(text[from..], StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.OrdinalIgnoreCase);
            var entries = names.Select(n => new CompletionEntry(n, "path"));
            return new CellCompletion(
                start + from,
                end,
                [
                    .. NuGet.StartsWith(text, StringComparison.OrdinalIgnoreCase)
                        ? entries.Prepend(new CompletionEntry(NuGet, "module", "", "A package: #r \"nuget: Name, 1.2.3\""))
                        : entries,
                ]
            );
        }

        var rest = text["nuget:".Length..];
        var comma = rest.IndexOf(',', StringComparison.Ordinal);
        var word = (comma < 0 ? rest : rest[(comma + 1)..]).TrimStart();
        var folder = comma < 0 ? Packages() : Path.Combine(Packages(), rest[..comma].Trim().ToLowerInvariant());
        var known = Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)!) : [];
        var fitting = known.Where(n => n.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase);
        return new CellCompletion(
            end - word.Length,
            end,
            [.. (comma < 0 ? fitting : fitting.Reverse()).Select(n => new CompletionEntry(n, "module"))]
        );
    }

    private static string Folder(string text) =>
        Path.GetFullPath(text.LastIndexOfAny(['/', '\\']) is >= 0 and var slash ? text[..(slash + 1)] : ".");

    private static string Packages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? HomeFolder.Packages;
}
