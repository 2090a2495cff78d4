using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace GaitProp;

/// <summary>
/// JSON that is checked as a whole when it is read. <see cref="JsonNode"/> finds a field that stands there twice, and a text with half a
/// character (a surrogate without its other half), only when somebody asks for it, and then with exceptions that no reader of files
/// expects.
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
        try
        {
            var json = JsonNode.Parse(text, documentOptions: options);
            using var nowhere = new Utf8JsonWriter(Stream.Null);
            json?.WriteTo(nowhere);
            return json;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new JsonException("a text holds half of a character (\\uD800 to \\uDFFF come in pairs).", e);
        }
    }

    /// <summary>Reads JSON from bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="JsonException">As above, or they are no UTF-8: a flipped bit makes no other text of one.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) ? Parse(Encoding.UTF8.GetString(bytes)) : throw new JsonException("it is no UTF-8.");
}
