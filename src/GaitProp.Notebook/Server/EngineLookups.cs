using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Server;

/// <summary>
/// Requests that ask the engine without running a cell. One that takes too long is answered as if nothing had been found: an editor waits
/// for it.
/// </summary>
/// <param name="engine">Knows the notebook's state.</param>
internal sealed class EngineLookups(ICellEngine engine)
{
    /// <summary>How long an answer may take: the first one after a start finds the compiler cold.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The content of a <c>complete_reply</c>.</summary>
    /// <param name="request">The code and the caret.</param>
    public async Task<JsonObject> CompleteAsync(JupyterMessage request)
    {
        var (code, caret) = Caret(request);
        var found = await InTime(cancellation => engine.CompleteAsync(code, caret, cancellation), new CellCompletion(caret, caret, []));
        var (start, end) = (CodePoints.Before(code, found.Start), CodePoints.Before(code, found.End));
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. found.Entries.Select(e => (JsonNode)JsonValue.Create(e.Text))]),
            ["cursor_start"] = start,
            ["cursor_end"] = end,
            ["metadata"] = new JsonObject
            {
                ["_jupyter_types_experimental"] = new JsonArray([
                    .. found.Entries.Select(e =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["start"] = start,
                                ["end"] = end,
                                ["text"] = e.Text,
                                ["type"] = e.Kind,
                                ["signature"] = e.Signature,
                                ["documentation"] = e.Documentation,
                            }
                    ),
                ]),
            },
        };
    }

    /// <summary>The content of an <c>inspect_reply</c>.</summary>
    /// <param name="request">The code and the caret.</param>
    public async Task<JsonObject> InspectAsync(JupyterMessage request)
    {
        var (code, caret) = Caret(request);
        var found = await InTime(cancellation => engine.InspectAsync(code, caret, request.Number("detail_level") ?? 0, cancellation), null);
        var reply = found is null ? new JsonObject { ["data"] = new JsonObject(), ["metadata"] = new JsonObject() } : found.Json();
        reply["status"] = "ok";
        reply["found"] = found is not null;
        return reply;
    }

    /// <summary>The content of an <c>is_complete_reply</c>.</summary>
    /// <param name="request">The code.</param>
    public async Task<JsonObject> IsCompleteAsync(JupyterMessage request)
    {
        var found = await InTime<CellCompleteness?>(
            async cancellation => await engine.IsCompleteAsync(request.Text("code"), cancellation),
            null
        );
        var reply = new JsonObject
        {
            ["status"] = found?.Status switch
            {
                Completeness.Complete => "complete",
                Completeness.Incomplete => "incomplete",
                Completeness.Invalid => "invalid",
                _ => "unknown",
            },
        };
        if (found is { Status: Completeness.Incomplete })
        {
            reply["indent"] = found.Indent;
        }

        return reply;
    }

    /// <summary>The values of an <c>execute_request</c>'s <c>user_expressions</c>, each with its own success.</summary>
    /// <param name="request">The request.</param>
    /// <param name="interrupt">The stop button.</param>
    public async Task<JsonObject> EvaluateAsync(JupyterMessage request, CancellationToken interrupt)
    {
        var values = new JsonObject();
        foreach (var (name, expression) in request.Content["user_expressions"] as JsonObject ?? [])
        {
            try
            {
                var value = (await engine.EvaluateAsync(expression?.ToString() ?? "", interrupt)).Json();
                value["status"] = "ok";
                values[name] = value;
            }
            catch (Exception e) when (e is CellException or OperationCanceledException)
            {
                var kind = e is CellException cell ? cell.Name : "Interrupted";
                values[name] = new JsonObject
                {
                    ["status"] = "error",
                    ["ename"] = kind,
                    ["evalue"] = e.Message,
                    ["traceback"] = new JsonArray($"{kind}: {e.Message}"),
                };
            }
        }

        return values;
    }

    private static (string Code, int Caret) Caret(JupyterMessage request)
    {
        var code = request.Text("code");
        return (code, CodePoints.ToIndex(code, request.Number("cursor_pos")));
    }

    private static async Task<T> InTime<T>(Func<CancellationToken, Task<T>> ask, T otherwise)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return await ask(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return otherwise;
        }
    }
}
