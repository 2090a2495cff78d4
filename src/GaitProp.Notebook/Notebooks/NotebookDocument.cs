using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks;

/// <summary>The kernel that notebooks name.</summary>
/// <param name="Name">The name of its specification.</param>
/// <param name="Title">What people read.</param>
internal sealed record NotebookKernel(string Name, string Title);

/// <summary>A notebook of format 4.5 in memory. What this kit does not know of stays as it was read.</summary>
internal sealed class NotebookDocument
{
    /// <summary>Takes a notebook that <see cref="NotebookReader"/> has completed.</summary>
    public NotebookDocument(JsonObject root)
    {
        Root = root;
        var language =
            Word((Metadata["polyglot_notebook"] as JsonObject)?["kernelInfo"], "defaultKernelName")
            ?? (Language == "F#" ? "fsharp" : NotebookCell.CSharp);
        Cells = [.. ((JsonArray)root["cells"]!).Select(c => new NotebookCell((JsonObject)c!, language))];
    }

    /// <summary>All of it.</summary>
    public JsonObject Root { get; }

    /// <summary>Its cells in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>Its metadata.</summary>
    public JsonObject Metadata => (JsonObject)Root["metadata"]!;

    /// <summary>
    /// What its kernelspec calls the language, or else its language_info, which is there before anybody has chosen a kernel: <c>C#</c>,
    /// <c>python</c>, <c>polyglot-notebook</c>; <see langword="null"/> if it names none.
    /// </summary>
    public string? Language => Word(Metadata["kernelspec"], "language") ?? Word(Metadata["language_info"], "name");

    /// <summary>
    /// Names this kit's kernel and C# in the metadata, as every front end looks for them, unless the notebook names another kernel.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    public void NameKernel(NotebookKernel kernel)
    {
        if (Metadata["kernelspec"] is JsonObject spec && spec["name"]?.ToString() is { } name && name != kernel.Name)
        {
            return;
        }

        Metadata["kernelspec"] = new JsonObject
        {
            ["display_name"] = kernel.Title,
            ["language"] = "C#",
            ["name"] = kernel.Name,
        };
        Metadata["language_info"] = new JsonObject
        {
            ["name"] = "C#",
            ["file_extension"] = ".cs",
            ["mimetype"] = "text/x-csharp",
            ["pygments_lexer"] = "csharp",
            ["version"] = "14.0",
        };
        Metadata["polyglot_notebook"] ??= new JsonObject
        {
            ["kernelInfo"] = new JsonObject
            {
                ["defaultKernelName"] = "csharp",
                ["items"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "csharp",
                        ["languageName"] = "C#",
                        ["aliases"] = new JsonArray(),
                    }
                ),
            },
        };
        foreach (var cell in Cells.Where(c => c.IsCode))
        {
            cell.NameLanguage();
        }
    }

    private static string? Word(JsonNode? group, string key) =>
        group is JsonObject fields && fields[key]?.GetValueKind() == JsonValueKind.String ? fields[key]!.GetValue<string>() : null;

    /// <summary>The text of its file, as Jupyter writes it.</summary>
    public string Text()
    {
        var root = Root.DeepClone();
        var metadata = (JsonObject)root["metadata"]!;
        foreach (var key in (string[])["orig_nbformat", "orig_nbformat_minor", "signature"])
        {
            metadata.Remove(key);
        }

        foreach (var cell in ((JsonArray)root["cells"]!).Select(c => (JsonObject)c!))
        {
            ((JsonObject)cell["metadata"]!).Remove("trusted");
            cell["source"] = MultilineText.Split(cell["source"]!.GetValue<string>());
            foreach (var (_, attachment) in cell["attachments"] as JsonObject ?? [])
            {
                MultilineText.SplitBundle(attachment as JsonObject);
            }

            foreach (var output in (cell["outputs"] as JsonArray ?? []).OfType<JsonObject>())
            {
                MultilineText.SplitBundle(output["data"] as JsonObject);
                if (output["text"] is { } text && text.GetValueKind() == JsonValueKind.String)
                {
                    output["text"] = MultilineText.Split(text.GetValue<string>());
                }
            }
        }

        return NotebookJson.Text(root);
    }
}
