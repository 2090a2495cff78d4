using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Worker;

/// <summary>The outputs of one cell, in the worker: they go to the server.</summary>
/// <param name="cell">The cell.</param>
/// <param name="queue">Sends them.</param>
/// <param name="ask">Asks the user, by way of the server.</param>
internal sealed class WorkerOutput(long cell, OutputQueue queue, Func<long, string, bool, CancellationToken, string> ask) : ICellOutput
{
    private readonly Lock _gate = new();

    /// <summary>A little more than may be shown: the server sees that there is more, and says so.</summary>
    private readonly TextBudget _budget = new(TextBudget.Most + 1000);

    /// <summary>The first half of a letter whose second half has not come yet, by stream.</summary>
    private readonly char?[] _half = new char?[2];

    /// <summary>Bytes of text that were left out.</summary>
    public long Cut
    {
        get
        {
            lock (_gate)
            {
                return _budget.Cut;
            }
        }
    }

    /// <inheritdoc/>
    public void Write(CellStream stream, string text)
    {
        lock (_gate)
        {
            if (_half[(int)stream] is { } half)
            {
                text = half + text;
                _half[(int)stream] = null;
            }

            if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
            {
                _half[(int)stream] = text[^1];
                text = text[..^1];
            }

            text = _budget.Take(text);
        }

        if (text.Length > 0)
        {
            queue.Write(cell, stream, text);
        }
    }

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string? displayId = null) =>
        queue.Add(cell, new Displayed(bundle, displayId) { Id = cell }, Length(bundle));

    /// <inheritdoc/>
    public void Update(string displayId, MimeBundle bundle) =>
        queue.Add(cell, new Updated(displayId, bundle) { Id = cell }, Length(bundle), displayId);

    /// <inheritdoc/>
    public void Clear(bool wait)
    {
        lock (_gate)
        {
            _budget.Clear();
        }

        queue.Clear(cell, wait);
    }

    /// <inheritdoc/>
    public void Result(MimeBundle bundle) => queue.Add(cell, new Returned(bundle) { Id = cell }, Length(bundle));

    /// <inheritdoc/>
    public string Input(string prompt, bool password, CancellationToken cancellation)
    {
        queue.Flush();
        return ask(cell, prompt, password, cancellation);
    }

    private static long Length(MimeBundle bundle) =>
        bundle.Data.Values.Sum(form => form is JsonValue value && value.TryGetValue<string>(out var text) ? text.Length : 1000L);
}
