using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Server;

/// <summary>The cells that were run since the kernel began, as far as they were to be stored.</summary>
internal sealed class SessionHistory
{
    /// <summary>This session's number; there are no others.</summary>
    private const int Session = 0;

    /// <summary>What is kept of a cell's result.</summary>
    private const int LongestResult = 10_000;

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a cell.</summary>
    /// <param name="number">Its execution count.</param>
    /// <param name="code">Its text.</param>
    /// <param name="result">Its value as text, or <see langword="null"/>.</param>
    public void Add(int number, string code, string? result)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(number, code, result is null ? null : CutText.Start(result, LongestResult)));
        }
    }

    /// <summary>The content of a <c>history_reply</c>.</summary>
    /// <param name="request">Which cells: the last ones, a range, or those that a pattern fits.</param>
    public JsonObject Reply(JupyterMessage request)
    {
        var output = request.Flag("output", false);
        IEnumerable<Entry> chosen;
        lock (_gate)
        {
            chosen = request.Text("hist_access_type", "tail") switch
            {
                "range" => Range(request),
                "search" => Search(request),
                _ => _entries.TakeLast(request.Number("n") ?? int.MaxValue),
            };
            chosen = [.. chosen];
        }

        return new JsonObject { ["status"] = "ok", ["history"] = new JsonArray([.. chosen.Select(e => e.Write(output))]) };
    }

    private IEnumerable<Entry> Range(JupyterMessage request)
    {
        var (start, stop) = (request.Number("start") ?? 1, request.Number("stop") ?? int.MaxValue);
        return (request.Number("session") ?? Session) == Session ? _entries.Where(e => e.Number >= start && e.Number < stop) : [];
    }

    private IEnumerable<Entry> Search(JupyterMessage request)
    {
        var pattern = Glob(request.Text("pattern", "*"));
        var found = _entries.Where(e => pattern.IsMatch(e.Code));
        if (request.Flag("unique", false))
        {
            // The last of those with one text, at its place.
            found = found.Reverse().DistinctBy(e => e.Code).Reverse();
        }

        return found.TakeLast(request.Number("n") ?? int.MaxValue);
    }

    private static Regex Glob(string pattern) =>
        new(
            $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$",
            RegexOptions.Singleline | RegexOptions.NonBacktracking
        );

    private sealed record Entry(int Number, string Code, string? Result)
    {
        public JsonArray Write(bool output) => new JsonArray(Session, Number, output ? new JsonArray(Code, Result) : Code);
    }
}
