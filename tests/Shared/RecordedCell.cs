using System.Text;
using GaitProp.Notebook.Cells;

namespace GaitProp.Tests;

/// <summary>A cell that keeps what it is told to show.</summary>
internal sealed class RecordedCell : ICellOutput
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly List<(string Kind, string? Id, MimeBundle? Bundle, TimeSpan Time)> _events = [];
    private int _asked;

    /// <summary>Everything up to now, in order: <c>display</c>, <c>update</c>, <c>result</c>, <c>clear</c>.</summary>
    public IReadOnlyList<(string Kind, string? Id, MimeBundle? Bundle, TimeSpan Time)> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>What is asked for, one answer after the other.</summary>
    public Queue<string> Answers { get; } = new();

    /// <summary>How often something was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Whether a question without an answer waits until it is cancelled.</summary>
    public bool WaitsForAnswers { get; set; }

    public string Out => Read(_out);

    public string Error => Read(_error);

    /// <summary>What stands in the cell at the end: updates in the place of what they replace.</summary>
    public IReadOnlyList<MimeBundle> Shown
    {
        get
        {
            var events = Events;
            return
            [
                .. events
                    .Where(e => e.Kind is "display" or "result")
                    .Select(e => events.LastOrDefault(u => u.Kind == "update" && u.Id == e.Id && e.Id is not null).Bundle ?? e.Bundle!),
            ];
        }
    }

    public void Write(CellStream stream, string text)
    {
        lock (_gate)
        {
            (stream == CellStream.Out ? _out : _error).Append(text);
        }
    }

    public void Display(MimeBundle bundle, string? displayId = null) => Add("display", displayId, bundle);

    public void Update(string displayId, MimeBundle bundle) => Add("update", displayId, bundle);

    public void Clear(bool wait) => Add("clear", null, null);

    public void Result(MimeBundle bundle) => Add("result", null, bundle);

    public string Input(string prompt, bool password, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        if (Answers.TryDequeue(out var answer))
        {
            return answer;
        }

        if (WaitsForAnswers)
        {
            cancellation.WaitHandle.WaitOne();
            cancellation.ThrowIfCancellationRequested();
        }

        throw new CellException("There is nobody to ask.");
    }

    private void Add(string kind, string? id, MimeBundle? bundle)
    {
        lock (_gate)
        {
            _events.Add((kind, id, bundle, TimeSpan.FromMilliseconds(Environment.TickCount64)));
        }
    }

    private string Read(StringBuilder text)
    {
        lock (_gate)
        {
            return text.ToString();
        }
    }
}
