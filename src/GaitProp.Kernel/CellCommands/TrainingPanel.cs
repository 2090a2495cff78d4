using System.Diagnostics;
using GaitProp.Kernel.Terminal;
using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.CellCommands;

/// <summary>A run in a cell: what was told of it so far, redrawn at most twice a second.</summary>
internal sealed class TrainingPanel : IProgress<TrainingProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly ICellOutput _output;
    private readonly string _label;
    private readonly TrainingHistory _history = new();
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private TrainingProgress? _last;
    private bool _drawn;

    /// <summary>Announces a run.</summary>
    /// <param name="output">The cell.</param>
    /// <param name="label">What the run is called.</param>
    public TrainingPanel(ICellOutput output, string label)
    {
        (_output, _label) = (output, label);
        _output.Display(Bundle(PanelState.Waiting), _id);
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        lock (_gate)
        {
            _history.Add(value);
            _last = value;
            if (_drawn && _since.Elapsed < Interval && value.Phase != TrainingPhase.Finished)
            {
                return;
            }

            _drawn = true;
            _since.Restart();
            _output.Update(_id, Bundle(value.Phase == TrainingPhase.Finished ? PanelState.Done : PanelState.Running));
        }
    }

    /// <summary>Nothing more will be told.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_last is not { Phase: TrainingPhase.Finished })
            {
                _output.Update(_id, Bundle(_last is null ? PanelState.NotBegun : PanelState.Stopped));
            }
        }
    }

    private MimeBundle Bundle(PanelState state) =>
        MimeBundle.Of(
            (MimeBundle.Html, PanelHtml.Of(_label, state, _last, _history)),
            (MimeBundle.PlainText, _last is { } last ? $"{_label, -6} {ProgressText.Line(last)}" : $"{_label, -6} {PanelHtml.Word(state)}")
        );
}
