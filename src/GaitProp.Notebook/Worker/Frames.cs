using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Worker;

/// <summary>What the server and its worker tell each other, as JSON.</summary>
internal static class Frames
{
    /// <summary>What a frame is.</summary>
    public const string Kind = "kind";

    /// <summary>Which question or cell it belongs to.</summary>
    public const string Id = "id";

    /// <summary>A frame.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Which question or cell it belongs to.</param>
    public static JsonObject New(string kind, long id) => new() { [Kind] = kind, [Id] = id };

    /// <summary>A frame with an output.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Which question or cell it belongs to.</param>
    /// <param name="bundle">The output.</param>
    public static JsonObject New(string kind, long id, MimeBundle bundle)
    {
        var frame = bundle.Json();
        (frame[Kind], frame[Id]) = (kind, id);
        return frame;
    }

    /// <summary>The output of a frame.</summary>
    /// <param name="frame">The frame.</param>
    public static MimeBundle Bundle(JsonObject frame) => new(
        ((JsonObject)frame["data"]!).Where(f => f.Value is not null).ToDictionary(f => f.Key, f => f.Value!),
        frame["metadata"] as JsonObject is { Count: > 0 } hints ? hints : null);

    /// <summary>A text of a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="name">The text's name.</param>
    public static string Text(JsonObject frame, string name) => frame[name]!.GetValue<string>();

    /// <summary>How a cell ended.</summary>
    /// <param name="id">The cell.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="cut">Bytes of its text that were left out.</param>
    public static JsonObject Done(long id, CellResult result, long cut)
    {
        var frame = New("done", id);
        frame["status"] = result.Status.ToString();
        frame["cut"] = cut;
        if (result.Error is { } error)
        {
            frame["name"] = error.Name;
            frame["message"] = error.Message;
            frame["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)JsonValue.Create(line))]);
            if (error.Bundle is { } bundle)
            {
                frame["bundle"] = bundle.Json();
            }
        }

        return frame;
    }

    /// <summary>How a cell ended, out of <see cref="Done"/>.</summary>
    /// <param name="frame">The frame.</param>
    public static CellResult Result(JsonObject frame) => new(
        Enum.Parse<CellStatus>(Text(frame, "status")),
        frame["name"] is null ? null : new CellError(
            Text(frame, "name"),
            Text(frame, "message"),
            [.. ((JsonArray)frame["traceback"]!).Select(line => line!.GetValue<string>())],
            frame["bundle"] is JsonObject bundle ? Bundle(bundle) : null));

    /// <summary>Candidates at the caret.</summary>
    /// <param name="id">The question.</param>
    /// <param name="completion">The candidates.</param>
    public static JsonObject Completion(long id, CellCompletion completion)
    {
        var frame = New("answer", id);
        (frame["start"], frame["end"]) = (completion.Start, completion.End);
        frame["entries"] = new JsonArray([.. completion.Entries.Select(e => (JsonNode)new JsonArray(e.Text, e.Kind, e.Signature, e.Documentation))]);
        return frame;
    }

    /// <summary>Candidates at the caret, out of <see cref="Completion(long, CellCompletion)"/>.</summary>
    /// <param name="frame">The frame.</param>
    public static CellCompletion Completion(JsonObject frame) => new(
        frame["start"]!.GetValue<int>(),
        frame["end"]!.GetValue<int>(),
        [.. ((JsonArray)frame["entries"]!).Select(e => new CompletionEntry(e![0]!.GetValue<string>(), e[1]!.GetValue<string>(), e[2]!.GetValue<string>(), e[3]!.GetValue<string>()))]);
}
