using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Documents;

namespace GaitProp.Notebook.Notebooks;

/// <summary>A .dib file of Polyglot Notebooks: the texts of cells, each behind a line with its language. It keeps no outputs.</summary>
internal static class DibFile
{
    /// <summary>How its name ends.</summary>
    public const string Extension = ".dib";

    /// <summary>The languages that begin a cell, whether they are at hand or not: what other hosts have is a cell of its own too.</summary>
    private static readonly (string Name, string[] Aliases)[] Languages =
    [
        (NotebookCell.CSharp, ["c#", "C#", "cs"]),
        ("fsharp", ["f#", "F#"]),
        ("pwsh", ["powershell"]),
        ("html", []),
        ("javascript", ["js"]),
        ("markdown", ["md"]),
        ("mermaid", []),
        ("sql", []),
        ("kql", []),
        ("http", []),
        ("python", []),
        ("value", []),
        ("raw", []),
    ];

    /// <summary>Whether a word names a language that begins a cell.</summary>
    /// <param name="word">The word, without <c>#!</c>.</param>
    public static bool IsLanguage(string word) => Languages.Any(l => l.Name == word || l.Aliases.Contains(word));

    /// <summary>Reads its text as a notebook.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the file is called in errors.</param>
    /// <exception cref="NotebookException">It is no such file.</exception>
    public static NotebookDocument Parse(string text, string name)
    {
        InteractiveDocument read;
        try
        {
            read = CodeSubmission.Parse(text, new KernelInfoCollection { DefaultKernelName = NotebookCell.CSharp }.With(Languages));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new NotebookException(
                $"'{name}' is no .dib file that can be read: what follows #!meta is not as it should be ({e.Message}). Without those lines it can be.",
                e
            );
        }

        var document = new JsonObject
        {
            ["cells"] = new JsonArray([.. read.Elements.Select(Cell)]),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        if (read.Metadata.Count > 0)
        {
            document["metadata"]!["polyglot_notebook"] = JsonSerializer.SerializeToNode(read.Metadata);
        }

        return NotebookReader.Of(document, name);
    }

    /// <summary>The text of a notebook's file, without its outputs.</summary>
    /// <param name="notebook">The notebook.</param>
    public static string Text(NotebookDocument notebook)
    {
        var document = new InteractiveDocument();
        foreach (var cell in notebook.Cells)
        {
            document.Elements.Add(new InteractiveDocumentElement(cell.Source, cell.IsCode ? cell.Language : cell.Kind));
        }

        if (notebook.Metadata["polyglot_notebook"] is JsonObject polyglot)
        {
            foreach (var (key, value) in polyglot.Where(field => field.Value is not null))
            {
                document.Metadata[key] = key == "kernelInfo" ? Known(value!) : value!;
            }
        }

        return document.ToCodeSubmissionContent();
    }

    /// <summary>In the library's own order, whatever order the notebook has.</summary>
    private static object Known(JsonNode languages)
    {
        try
        {
            return languages.Deserialize<KernelInfoCollection>() ?? (object)languages;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return languages;
        }
    }

    private static JsonNode Cell(InteractiveDocumentElement element) =>
        element.KernelName switch
        {
            "markdown" or "raw" => new JsonObject
            {
                ["cell_type"] = element.KernelName,
                ["metadata"] = new JsonObject(),
                ["source"] = element.Contents,
            },
            var language => new JsonObject
            {
                ["cell_type"] = "code",
                ["metadata"] = new JsonObject
                {
                    ["polyglot_notebook"] = new JsonObject { ["kernelName"] = language },
                    ["dotnet_interactive"] = new JsonObject { ["language"] = language },
                },
                ["source"] = element.Contents,
            },
        };

    private static KernelInfoCollection With(this KernelInfoCollection known, IEnumerable<(string Name, string[] Aliases)> languages)
    {
        foreach (var (name, aliases) in languages)
        {
            known.Add(new KernelInfo(name, aliases: aliases));
        }

        return known;
    }
}
