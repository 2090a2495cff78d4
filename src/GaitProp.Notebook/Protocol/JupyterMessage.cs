using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Protocol;

/// <summary>A message that came in.</summary>
/// <param name="Identities">Who sent it: the frames that an answer begins with.</param>
/// <param name="Header">Its header as it was sent, which answers carry as their parent's.</param>
/// <param name="Id">Its name: <c>msg_id</c>.</param>
/// <param name="Type">What it wants: <c>execute_request</c>.</param>
/// <param name="ParentId">The name of the message that it answers, or an empty text.</param>
/// <param name="Content">What it says.</param>
internal sealed record JupyterMessage(
    IReadOnlyList<byte[]> Identities,
    byte[] Header,
    string Id,
    string Type,
    string ParentId,
    JsonObject Content
)
{
    /// <summary>A text of the content.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if the sender left it out.</param>
    public string Text(string name, string otherwise = "") =>
        Content[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : otherwise;

    /// <summary>A yes or no of the content.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if the sender left it out.</param>
    public bool Flag(string name, bool otherwise) =>
        Content[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : otherwise;

    /// <summary>A whole number of the content, or <see langword="null"/> if the sender left it out.</summary>
    /// <param name="name">Its name.</param>
    public int? Number(string name) =>
        Content[name] is not JsonValue value ? null
        : value.TryGetValue<int>(out var whole) ? whole
        : value.TryGetValue<double>(out var number) ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
        : null;
}
