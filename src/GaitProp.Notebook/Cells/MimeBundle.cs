using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Cells;

/// <summary>One output in several forms, of which a front end takes the richest that it can draw (nbformat's <c>mimebundle</c>).</summary>
/// <param name="Data">The forms by MIME type: text as a JSON string, binary as base64 text, JSON types as they are.</param>
/// <param name="Metadata">Hints by MIME type, such as a picture's width; empty if <see langword="null"/>.</param>
internal sealed record MimeBundle(IReadOnlyDictionary<string, JsonNode> Data, JsonObject? Metadata = null)
{
    /// <summary>The type that every front end can show.</summary>
    public const string PlainText = "text/plain";

    /// <summary>The type of HTML.</summary>
    public const string Html = "text/html";

    /// <summary>The type of a PNG picture, base64 in <see cref="Data"/>.</summary>
    public const string Png = "image/png";

    /// <summary>The bundle as Jupyter's protocol writes it.</summary>
    public JsonObject Json()
    {
        var data = new JsonObject();
        foreach (var (mime, form) in Data)
        {
            data[mime] = form.DeepClone();
        }

        return new JsonObject { ["data"] = data, ["metadata"] = Metadata?.DeepClone() ?? new JsonObject() };
    }

    /// <summary>A bundle of texts.</summary>
    /// <param name="forms">MIME types and texts.</param>
    public static MimeBundle Of(params IEnumerable<(string Mime, string Text)> forms) =>
        new(forms.ToDictionary(f => f.Mime, f => (JsonNode)JsonValue.Create(f.Text)));

    /// <summary>A bundle of plain text.</summary>
    /// <param name="text">The text.</param>
    public static MimeBundle OfText(string text) => Of((PlainText, text));
}
