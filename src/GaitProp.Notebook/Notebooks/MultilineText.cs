using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks;

/// <summary>
/// Text that a notebook may hold as one string or as a list of lines (nbformat's <c>multiline_string</c>): one string in memory, lines in
/// the file.
/// </summary>
internal static class MultilineText
{
    /// <summary>The text as one string; <see langword="null"/> if the value is neither a string nor a list of strings.</summary>
    public static string? Join(JsonNode? node) =>
        node switch
        {
            JsonValue when node.GetValueKind() == JsonValueKind.String => node.GetValue<string>(),
            JsonArray lines when lines.All(l => l?.GetValueKind() == JsonValueKind.String) => string.Concat(
                lines.Select(l => l!.GetValue<string>())
            ),
            _ => null,
        };

    /// <summary>The text as a list of lines, each with its end.</summary>
    public static JsonArray Split(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length; )
        {
            var end = start;
            while (end < text.Length && !EndsLine(text[end]))
            {
                end++;
            }

            end +=
                end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? 2
                : end < text.Length ? 1
                : 0;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    /// <summary>Joins the texts of a bundle in memory.</summary>
    public static void JoinBundle(JsonObject? bundle) =>
        Change(bundle, (mime, value) => !IsJson(mime) && value is JsonArray && Join(value) is { } text ? text : null);

    /// <summary>Splits the texts of a bundle for the file: Jupyter splits what people might read, not pictures in base64.</summary>
    public static void SplitBundle(JsonObject? bundle) =>
        Change(bundle, (mime, value) => IsText(mime) && value is JsonValue && Join(value) is { } text ? Split(text) : null);

    /// <summary>Whether people read a form: it is text or JSON, and no drawing.</summary>
    public static bool IsReadable(string mime) => IsJson(mime) || (IsText(mime) && mime != "image/svg+xml");

    private static void Change(JsonObject? bundle, Func<string, JsonNode?, JsonNode?> change)
    {
        foreach (var (mime, value) in bundle?.ToArray() ?? [])
        {
            if (change(mime, value) is { } changed)
            {
                bundle![mime] = changed;
            }
        }
    }

    private static bool IsJson(string mime) =>
        mime == "application/json"
        || (mime.StartsWith("application/", StringComparison.Ordinal) && mime.EndsWith("+json", StringComparison.Ordinal));

    private static bool IsText(string mime) =>
        mime.StartsWith("text/", StringComparison.Ordinal) || mime is "application/javascript" or "image/svg+xml";

    /// <summary>What ends a line for Python, which writes the notebooks of others.</summary>
    private static bool EndsLine(char c) =>
        c is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';
}
