using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Runtime;

/// <summary>
/// JSON that is checked as a whole when it is read. <see cref="JsonNode"/> finds a field that stands there twice, and a text with half a character (a surrogate without its other half),
/// only when somebody asks for it, and then with exceptions that no reader of files expects.
/// </summary>
internal static class WholeJson
{
    /// <summary>Reads JSON.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">How; fields that stand there twice are refused in any case.</param>
    /// <exception cref="JsonException">It is no JSON, a field stands there twice, or a text holds half a character.</exception>
    public static JsonNode? Parse(string text, JsonDocumentOptions options = default)
    {
        options.AllowDuplicateProperties = false;
        var json = JsonNode.Parse(text, documentOptions: options);
        try
        {
            using var nowhere = new Utf8JsonWriter(Stream.Null);
            json?.WriteTo(nowhere);
            return json;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text holds half of a character (\\uD800 to \\uDFFF come in pairs).", e);
        }
    }
}
