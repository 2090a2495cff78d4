using System.Diagnostics;
using GaitProp.Kernel.Terminal;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.CellCommands;

/// <summary>
/// A line in a cell that counts the seconds of something that takes long, and says at the end how long it took. Nothing is shown of what is
/// quick.
/// </summary>
internal sealed class BusySign : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly ICellOutput _output;
    private readonly string _what;
    private readonly Timer _timer;
    private bool _shown;
    private bool _ended;

    /// <summary>Begins to count.</summary>
    /// <param name="output">The cell.</param>
    /// <param name="what">What is under way.</param>
    public BusySign(ICellOutput output, string what)
    {
        (_output, _what) = (output, what);
        _timer = new Timer(_ => Show(ended: false), null, Patience, Patience);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Show(ended: true);
    }

    private void Show(bool ended)
    {
        lock (_gate)
        {
            if (_ended || (ended && !_shown))
            {
                _ended |= ended;
                return;
            }

            var text = Text($"{_what}{(ended ? ": done in" : " …")} {ProgressText.Duration(_watch.Elapsed)}");
            var bundle = MimeBundle.Of(
                (MimeBundle.Html, $"<div style=\"opacity:.75\">{HtmlText.Escape(text)}</div>"),
                (MimeBundle.PlainText, text)
            );
            if (_shown)
            {
                _output.Update(_id, bundle);
            }
            else
            {
                _output.Display(bundle, _id);
            }

            (_shown, _ended) = (true, ended);
        }
    }
}
