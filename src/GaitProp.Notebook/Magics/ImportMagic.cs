using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!import FILE</c>: runs a C# file, a .dib file or the code cells of a notebook here.</summary>
/// <param name="run">Runs a text as a cell does.</param>
/// <param name="find">Finds a magic by its name.</param>
internal sealed class ImportMagic(CellRunner run, Func<string, IMagic?> find) : SimpleMagic
{
    private const int Deepest = 16;

    private static readonly AsyncLocal<int> Depth = new();
    private static readonly string[] Kinds = [".cs", ".csx", ".dib", ".ipynb"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!import"];

    /// <inheritdoc/>
    public override string Description => "Runs a file here: .cs, .csx, .dib, or the code cells of an .ipynb.";

    /// <inheritdoc/>
    public override string Example => "#!import common.cs";

    /// <inheritdoc/>
    public override async Task RunAsync(MagicCall call, CancellationToken interrupt)
    {
        if (call.Arguments.Length == 0)
        {
            throw new CellException("#!import needs a file: .cs, .csx, .dib or .ipynb.");
        }

        var file = Path.GetFullPath(call.Arguments.Trim().Trim('"'));
        if (!File.Exists(file))
        {
            throw new CellException($"There is no file '{file}': #!import takes a path from the working directory.");
        }

        if (Depth.Value >= Deepest)
        {
            throw new CellException($"'{Path.GetFileName(file)}' imports itself: {Deepest} imports within each other are the limit.");
        }

        Depth.Value++;
        try
        {
            foreach (var (name, text) in Cells(file))
            {
                await run(text, name, call, interrupt).ConfigureAwait(false);
            }
        }
        finally
        {
            Depth.Value--;
        }
    }

    /// <inheritdoc/>
    public override CellCompletion Complete(string arguments, int position)
    {
        var before = arguments[..position].TrimStart('"');
        var slash = before.LastIndexOfAny(['/', '\\']) + 1;
        var folder = Path.GetFullPath(slash == 0 ? "." : before[..slash]);
        var start = position - (before.Length - slash);
        if (!Directory.Exists(folder))
        {
            return new CellCompletion(position, position, []);
        }

        var names = Directory.EnumerateFileSystemEntries(folder)
            .Where(f => Directory.Exists(f) || Kinds.Contains(Path.GetExtension(f)))
            .Select(f => Path.GetFileName(f) + (Directory.Exists(f) ? "/" : ""))
            .Where(n => n.StartsWith(before[slash..], StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase);
        return new CellCompletion(start, position, [.. names.Select(n => new CompletionEntry(n, "path"))]);
    }

    private List<(string Name, string Text)> Cells(string file)
    {
        var name = Path.GetFileName(file);
        var text = File.ReadAllText(file);
        switch (Path.GetExtension(file).ToLowerInvariant())
        {
            case ".ipynb":
                return Notebook(name, text);
            case ".dib":
                // Its prose belongs to the file, not to who imports it.
                foreach (var prose in CellSections.Parse(text, find).OfType<MagicSection>().Where(s => s.Magic is MarkdownMagic))
                {
                    text = text[..prose.Start] + new string([.. text[prose.Start..prose.End].Select(c => c == '\n' ? '\n' : ' ')]) + text[prose.End..];
                }

                return [(name, text)];
            case ".cs" or ".csx":
                return [(name, text)];
            default:
                throw new CellException($"#!import does not know what '{name}' is: it takes {string.Join(", ", Kinds)}.");
        }
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
