using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Engine;

/// <summary>
/// A file that <c>#!import</c> runs: C#, a .dib file, or a notebook. More than the library's own: errors point into the file, .csx files
/// are run, and a file that imports itself ends.
/// </summary>
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
            ".ipynb" => [.. Notebook(name, File.ReadAllText(file))],
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
        IEnumerable<string> names = !Directory.Exists(folder)
            ? []
            : Directory
                .EnumerateFileSystemEntries(folder)
                .Where(f => Directory.Exists(f) || Kinds.Contains(Path.GetExtension(f)))
                .Select(f => Path.GetFileName(f) + (Directory.Exists(f) ? "/" : ""))
                .Where(n => n.StartsWith(before[slash..], StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.OrdinalIgnoreCase);
        return new CellCompletion(position - (before.Length - slash), position, [.. names.Select(n => new CompletionEntry(n, "path"))]);
    }

    private static IEnumerable<(string Name, string Text)> Notebook(string name, string text)
    {
        try
        {
            return NotebookReader
                .Parse(text, name)
                .Cells.Index()
                .Where(c => c.Item.IsCode)
                .Select(c => (string.Create(CultureInfo.InvariantCulture, $"{name} [{c.Index + 1}]"), c.Item.Code));
        }
        catch (NotebookException e)
        {
            throw new CellException(e.Message);
        }
    }
}
