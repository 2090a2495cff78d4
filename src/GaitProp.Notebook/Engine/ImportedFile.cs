using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Engine;

/// <summary>A file that <c>#!import</c> runs: C#, a .dib file, or a notebook. More than the library's own: errors point into the file, .csx files are run, and a file that imports itself ends.</summary>
internal static class ImportedFile
{
    private static readonly string[] Kinds = [".cs", ".csx", ".dib", ".ipynb"];

    /// <summary>The texts that a file consists of, with their names in stack traces.</summary>
    /// <param name="words">The path, maybe in quotes.</param>
    /// <exception cref="CellException">It cannot be imported.</exception>
    public static IReadOnlyList<(string Name, string Text)> Read(string words)
    {
        if (words.Length == 0)
        {
            throw new CellException("#!import needs a file: .cs, .csx, .dib or .ipynb.");
        }

        var file = Path.GetFullPath(words.Trim('"'));
        if (!File.Exists(file))
        {
            throw new CellException($"There is no file '{file}': #!import takes a path from the working directory.");
        }

        var name = Path.GetFileName(file);
        return Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".ipynb" => Notebook(name, File.ReadAllText(file)),
            ".cs" or ".csx" or ".dib" => [(name, File.ReadAllText(file))],
            _ => throw new CellException($"#!import does not know what '{name}' is: it takes {string.Join(", ", Kinds)}."),
        };
    }

    /// <summary>The files that could stand at a position.</summary>
    /// <param name="words">What stands there up to the caret.</param>
    /// <param name="position">The caret in the cell.</param>
    public static CellCompletion Complete(string words, int position)
    {
        var before = words.TrimStart('"');
        var slash = before.LastIndexOfAny(['/', '\\']) + 1;
        var folder = Path.GetFullPath(slash == 0 ? "." : before[..slash]);
        IEnumerable<string> names = !Directory.Exists(folder) ? [] : Directory.EnumerateFileSystemEntries(folder)
            .Where(f => Directory.Exists(f) || Kinds.Contains(Path.GetExtension(f)))
            .Select(f => Path.GetFileName(f) + (Directory.Exists(f) ? "/" : ""))
            .Where(n => n.StartsWith(before[slash..], StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase);
        return new CellCompletion(position - (before.Length - slash), position, [.. names.Select(n => new CompletionEntry(n, "path"))]);
    }

    private static List<(string Name, string Text)> Notebook(string name, string text)
    {
        try
        {
            var cells = JsonNode.Parse(text)?["cells"]?.AsArray() ?? [];
            return [.. cells.Select((cell, i) => (Cell: cell!, Number: i + 1))
                .Where(c => (string?)c.Cell["cell_type"] == "code")
                .Select(c => ($"{name} [{c.Number}]", Language(c.Cell) + Source(c.Cell["source"])))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CellException($"'{name}' is no notebook: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string Source(JsonNode? source) => source is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : (string?)source ?? "";

    /// <summary>The line that switches to the language of a cell that is not C#.</summary>
    private static string Language(JsonNode cell)
    {
        var language = (string?)cell["metadata"]?["polyglot_notebook"]?["kernelName"] ?? (string?)cell["metadata"]?["dotnet_interactive"]?["language"];
        return language is null or "csharp" ? "" : $"#!{language}\n";
    }
}
