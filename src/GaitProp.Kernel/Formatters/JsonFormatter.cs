using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Kernel.Formatters;

/// <summary>JSON as it is written: indented, and cut where it is long.</summary>
internal static class JsonFormatter
{
    /// <summary>Letters that are shown.</summary>
    private const int Most = 8000;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<JsonNode>(
            node => CellHtml.Verbatim(Text(node.ToJsonString(Indented))),
            node => Text(node.ToJsonString(Indented))
        );
        RichFormatter.Register<JsonElement>(element => CellHtml.Verbatim(Text(Written(element))), element => Text(Written(element)));
        RichFormatter.Register<JsonDocument>(
            document => CellHtml.Verbatim(Text(Written(document.RootElement))),
            document => Text(Written(document.RootElement))
        );
    }

    private static string Written(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? "undefined" : JsonSerializer.Serialize(element, Indented);

    private static string Text(string json) =>
        json.Length <= Most
            ? json
            : $"{json[..(char.IsHighSurrogate(json[Most - 1]) ? Most - 1 : Most)]}\n… ({Number.Whole(json.Length - Most)} more characters)";
}
