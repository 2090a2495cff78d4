using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Server;

/// <summary>The outputs of one cell as messages. What comes after the cell's end still carries its name.</summary>
/// <param name="session">Sends them.</param>
/// <param name="request">The request that runs the cell.</param>
/// <param name="number">Its execution count.</param>
/// <param name="silent">Whether nothing may be shown.</param>
/// <param name="questions">Asks the user.</param>
internal sealed class CellPublisher(KernelSession session, JupyterMessage request, int number, bool silent, UserQuestions questions)
    : ICellOutput
{
    /// <summary>Letters that a cell may show in pictures, tables and other rich forms.</summary>
    private const long MostShown = 128_000_000;

    private readonly Lock _gate = new();
    private readonly TextBudget _text = new();
    private readonly TextBudget _rich = new(MostShown);

    /// <summary>The value of the cell as text, once there is one.</summary>
    public string? ResultText { get; private set; }

    /// <inheritdoc/>
    public void Write(CellStream stream, string text)
    {
        if (silent || text.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            var whole = _text.Cut == 0;
            var shown = _text.Take(text);
            if (shown.Length > 0)
            {
                Stream(stream, shown);
            }

            if (whole && _text.Cut > 0)
            {
                Stream(
                    CellStream.Error,
                    $"\n[{TextBudget.Words(TextBudget.Most)} of text are shown; what follows is counted, not shown]\n"
                );
            }
        }
    }

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string? displayId = null) => Show("display_data", bundle, displayId);

    /// <inheritdoc/>
    public void Update(string displayId, MimeBundle bundle) => Show("update_display_data", bundle, displayId);

    /// <inheritdoc/>
    public void Result(MimeBundle bundle)
    {
        ResultText = bundle.Data.TryGetValue(MimeBundle.PlainText, out var text) ? text.ToString() : null;
        Show("execute_result", bundle, null);
    }

    /// <inheritdoc/>
    public void Clear(bool wait)
    {
        if (silent)
        {
            return;
        }

        lock (_gate)
        {
            _text.Clear();
            _rich.Clear();
            session.Publish(request, "clear_output", new JsonObject { ["wait"] = wait });
        }
    }

    /// <inheritdoc/>
    public string Input(string prompt, bool password, CancellationToken cancellation) =>
        questions.Ask(request, prompt, password, cancellation);

    /// <inheritdoc/>
    public void LeftOut(long bytes)
    {
        lock (_gate)
        {
            _text.Add(bytes);
        }
    }

    /// <summary>Says how much was not shown.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (!silent && _text.Cut > 0)
            {
                Stream(CellStream.Error, $"\n[… {TextBudget.Words(_text.Cut)} more were not shown]\n");
            }

            if (!silent && _rich.Cut > 0)
            {
                Stream(
                    CellStream.Error,
                    $"\n[{TextBudget.Words(MostShown)} of displays are shown; {TextBudget.Words(_rich.Cut)} more were not]\n"
                );
            }
        }
    }

    private void Stream(CellStream stream, string text) =>
        session.Publish(request, "stream", new JsonObject { ["name"] = stream == CellStream.Out ? "stdout" : "stderr", ["text"] = text });

    private void Show(string type, MimeBundle bundle, string? displayId)
    {
        if (silent)
        {
            return;
        }

        lock (_gate)
        {
            // An update takes the place of what was there before.
            if (type != "update_display_data" && !_rich.Fits(Letters(bundle)))
            {
                return;
            }

            var content = bundle.Json();
            content["transient"] = displayId is null ? new JsonObject() : new JsonObject { ["display_id"] = displayId };
            if (type == "execute_result")
            {
                content["execution_count"] = number;
            }

            session.Publish(request, type, content);
        }
    }

    private static long Letters(MimeBundle bundle) =>
        bundle.Data.Values.Sum(form =>
            form is JsonValue value && value.TryGetValue<string>(out var text) ? text.Length : (long)form.ToJsonString().Length
        );
}
