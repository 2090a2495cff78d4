using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Server;

/// <summary>What the kernel says of itself.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Banner">The line with which a console begins.</param>
/// <param name="Links">What front ends offer under Help.</param>
internal sealed record KernelInfo(string Name, string Version, string Banner, IReadOnlyList<(string Text, string Url)> Links)
{
    /// <summary>The language as notebooks name it: front ends compare it with what is in the file, letter by letter.</summary>
    public static JsonObject Language =>
        new()
        {
            ["name"] = "C#",
            ["file_extension"] = ".cs",
            ["mimetype"] = "text/x-csharp",
            ["pygments_lexer"] = "csharp",
            ["version"] = "14.0",
        };

    /// <summary>The content of a <c>kernel_info_reply</c>.</summary>
    public JsonObject Reply =>
        new()
        {
            ["status"] = "ok",
            ["protocol_version"] = KernelSession.ProtocolVersion,
            ["implementation"] = Name,
            ["implementation_version"] = Version,
            ["language_info"] = Language,
            ["banner"] = Banner,
            ["debugger"] = false,
            ["supported_features"] = new JsonArray(),
            ["help_links"] = new JsonArray([.. Links.Select(l => (JsonNode)new JsonObject { ["text"] = l.Text, ["url"] = l.Url })]),
        };
}
