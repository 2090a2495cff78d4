using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Jupyter.Notebooks;

/// <summary>A notebook of format 4.5 in memory. What this kit does not know of stays as it was read.</summary>
internal sealed class Notebook
{
    /// <summary>The kernel that notebooks name; see <c>gaitprop jupyter install</c>.</summary>
    public const string KernelName = "gaitprop-csharp";

    /// <summary>Takes a notebook that <see cref="NotebookReader"/> has completed.</summary>
    public Notebook(JsonObject root)
    {
        Root = root;
        Cells = [.. ((JsonArray)root["cells"]!).Select(c => new NotebookCell((JsonObject)c!))];
    }

    /// <summary>All of it.</summary>
    public JsonObject Root { get; }

    /// <summary>Its cells in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>Its metadata.</summary>
    public JsonObject Metadata => (JsonObject)Root["metadata"]!;

    /// <summary>What its kernelspec calls the language: <c>C#</c>, <c>python</c>; <see langword="null"/> if it names none.</summary>
    public string? Language =>
        (Metadata["kernelspec"] as JsonObject)?["language"] is JsonValue language && language.GetValueKind() == JsonValueKind.String ? language.GetValue<string>() : null;

    /// <summary>Names this kit's kernel and C# in the metadata, as every front end looks for them, unless the notebook names another kernel.</summary>
    public void NameKernel()
    {
        if (Metadata["kernelspec"] is JsonObject spec && spec["name"]?.ToString() is { } name && name != KernelName)
        {
            return;
        }

        Metadata["kernelspec"] = new JsonObject { ["display_name"] = "C# (GaitProp)", ["language"] = "C#", ["name"] = KernelName };
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
                ["items"] = new JsonArray(new JsonObject { ["name"] = "csharp", ["languageName"] = "C#", ["aliases"] = new JsonArray() }),
            },
        };
        foreach (var cell in Cells.Where(c => c.IsCode))
        {
            cell.NameLanguage();
        }
    }

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

    /// <summary>Writes a file, which is complete on the disk before it takes its name.</summary>
    /// <param name="file">The file; its folder is created if needed.</param>
    /// <exception cref="GaitPropException">It cannot be written: why, where, and what to do.</exception>
    public void Write(string file) => WriteFile(file, Text());

    /// <summary>Writes a text as a file, which is complete on the disk before it takes its name.</summary>
    /// <param name="file">The file; its folder is created if needed.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="GaitPropException">It cannot be written.</exception>
    public static void WriteFile(string file, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using var set = new FileSet();
            set.Add(Path.GetFullPath(file), Encoding.UTF8.GetBytes(text));
            set.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException or ArgumentException)
        {
            throw new GaitPropException($"'{file}' was not written: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Name a place that you may write to.", e);
        }
    }
}
