using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Notebooks;

/// <summary>
/// Reads a notebook of format 4 and brings it to 4.5: every cell has an id and all of its parts, texts are in one piece. A .dib file
/// becomes one.
/// </summary>
internal static class NotebookReader
{
    private const int Format = 4;
    private const int Minor = 5;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="NotebookException">There is no such file, or it is no notebook that can be run: what is wrong, where, and what to
    /// do.</exception>
    public static NotebookDocument Read(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NotebookException(
                Directory.Exists(file)
                    ? $"'{file}' is a folder: name notebooks in it, such as {Path.Combine(file, "*.ipynb")}."
                    : $"There is no notebook '{file}': check the name.",
                e
            );
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException or ArgumentException)
        {
            throw new NotebookException(
                Directory.Exists(file)
                    ? $"'{file}' is a folder: name notebooks in it, such as {Path.Combine(file, "*.ipynb")}."
                    : $"Notebook '{file}' cannot be read: {e.Message.ReplaceLineEndings(" ")}",
                e
            );
        }

        return Path.GetExtension(file).Equals(DibFile.Extension, StringComparison.OrdinalIgnoreCase)
            ? DibFile.Parse(text, file)
            : Parse(text, file);
    }

    /// <summary>Reads a notebook's text.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="name">What the notebook is called in errors.</param>
    /// <exception cref="NotebookException">It is no notebook that can be run.</exception>
    public static NotebookDocument Parse(string text, string name)
    {
        JsonNode? root;
        try
        {
            // Programs print halves of characters, and other front ends keep them.
            root = WholeJson.Parse(WholeText.Of(text), new JsonDocumentOptions { MaxDepth = 512 });
        }
        catch (JsonException e)
        {
            throw new NotebookException($"'{name}' is no notebook: {(string.IsNullOrWhiteSpace(text) ? "it is empty." : Reason(e))}", e);
        }

        return Of(root, name);
    }

    /// <summary>Completes a notebook.</summary>
    /// <param name="root">All of it.</param>
    /// <param name="name">What the notebook is called in errors.</param>
    /// <exception cref="NotebookException">It is no notebook that can be run.</exception>
    public static NotebookDocument Of(JsonNode? root, string name)
    {
        if (root is not JsonObject notebook || Whole(notebook["nbformat"]) is not { } format)
        {
            throw new NotebookException(
                $"'{name}' is no notebook: it has no nbformat number. Notebooks end in .ipynb and are written by Jupyter or VS Code."
            );
        }

        if (format != Format)
        {
            throw new NotebookException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' is a notebook of format {format}, and format {Format} is needed: open it in Jupyter and save it anew."
                )
            );
        }

        if (notebook["cells"] is not JsonArray cells)
        {
            throw new NotebookException($"'{name}' is no complete notebook: it has no list of cells.");
        }

        Require(notebook, "metadata", () => new JsonObject(), name, "the notebook");
        notebook["nbformat_minor"] = Math.Max(Minor, Whole(notebook["nbformat_minor"]) ?? 0);
        foreach (var (index, cell) in cells.Index())
        {
            Complete(cell as JsonObject, string.Create(CultureInfo.InvariantCulture, $"cell {index + 1}"), name);
        }

        NameCells(cells);
        return new NotebookDocument(notebook);
    }

    /// <summary>The line in which a text is no JSON, or what is wrong with JSON as a whole.</summary>
    private static string Reason(JsonException e) =>
        e.LineNumber is { } line
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"it is not JSON in line {line + 1}. Notebooks end in .ipynb and are written by Jupyter or VS Code."
            )
            : $"its JSON is not as it should be: {e.Message.ReplaceLineEndings(" ")}";

    private static void Complete(JsonObject? cell, string which, string name)
    {
        if (cell is null || cell["cell_type"]?.GetValueKind() != JsonValueKind.String)
        {
            throw new NotebookException($"'{name}' is no complete notebook: {which} has no cell_type.");
        }

        Require(cell, "metadata", () => new JsonObject(), name, which);
        cell["source"] =
            MultilineText.Join(cell["source"] ?? new JsonArray())
            ?? throw new NotebookException($"'{name}' is no complete notebook: the source of {which} is no text.");
        foreach (var (_, attachment) in cell["attachments"] as JsonObject ?? [])
        {
            MultilineText.JoinBundle(attachment as JsonObject);
        }

        if (cell["cell_type"]!.GetValue<string>() != "code")
        {
            return;
        }

        cell.TryAdd("execution_count", null);
        Require(cell, "outputs", () => new JsonArray(), name, which);
        foreach (var output in ((JsonArray)cell["outputs"]!).OfType<JsonObject>())
        {
            MultilineText.JoinBundle(output["data"] as JsonObject);
            if (output["text"] is JsonArray lines && MultilineText.Join(lines) is { } text)
            {
                output["text"] = text;
            }
        }
    }

    private static void Require<T>(JsonObject node, string key, Func<T> otherwise, string name, string which)
        where T : JsonNode
    {
        if (node[key] is null)
        {
            node[key] = otherwise();
        }
        else if (node[key] is not T)
        {
            throw new NotebookException($"'{name}' is no complete notebook: the {key} of {which} are not as the format wants them.");
        }
    }

    /// <summary>
    /// Gives an id to every cell that has none of its own: the same one each time, so that running a notebook twice makes the same file.
    /// </summary>
    private static void NameCells(JsonArray cells)
    {
        var taken = new HashSet<string>();
        foreach (var (index, cell) in cells.Index())
        {
            if (
                cell!["id"] is { } id
                && id.GetValueKind() == JsonValueKind.String
                && IsId(id.GetValue<string>())
                && taken.Add(id.GetValue<string>())
            )
            {
                continue;
            }

            for (var attempt = 0; ; attempt++)
            {
                var seed = string.Create(CultureInfo.InvariantCulture, $"{index}/{attempt}/{cell["source"]}");
                var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)))[..8];
                if (
                    !cells.Any(c => c!["id"]?.GetValueKind() == JsonValueKind.String && c["id"]!.GetValue<string>() == name)
                    && taken.Add(name)
                )
                {
                    cell["id"] = name;
                    break;
                }
            }
        }
    }

    private static bool IsId(string id) => id.Length is >= 1 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static int? Whole(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) ? number : null;
}
