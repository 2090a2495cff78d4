namespace GaitProp.Kernel.Charts;

/// <summary>
/// What stands below an interactive heat map: the bar of its colours with a title, and what a grey cell with a cross means. Lengths are CSS
/// pixels.
/// </summary>
internal sealed class PlotlyColorBar
{
    private const int BarHeight = 66;
    private const int WideLength = 300;
    private const int CompactLength = 225;
    private const int UndefinedKeyHeight = 30;

    // Characters in a line of the title.
    private const int TitleWidth = 70;
    private const int CompactTitleWidth = 40;

    private readonly bool _compact;
    private readonly PlotlyStyle _style;
    private readonly PlotlyNotes _notes;
    private readonly HeatScale _scale;
    private readonly bool _hasUndefined;
    private readonly IReadOnlyList<string> _title;

    /// <summary>What stands below a heat map.</summary>
    /// <param name="panel">The heat map.</param>
    /// <param name="compact">Whether there is little room: on a phone and beside other panels.</param>
    /// <param name="style">Colours and letters.</param>
    public PlotlyColorBar(Panel panel, bool compact, PlotlyStyle style)
    {
        (_compact, _style) = (compact, style);
        _notes = new PlotlyNotes(style);
        _scale = HeatScale.Of(panel);
        _hasUndefined = new HeatCells(panel).HasUndefined;
        _title = TextLines.WrapEvenly(2, _scale.Title(panel.Y.Label), compact ? CompactTitleWidth : TitleWidth, line => line.Length);
    }

    /// <summary>The height of all of it.</summary>
    public int Height => BarHeight + MoreTitleHeight + (_compact && _hasUndefined ? UndefinedKeyHeight : 0);

    private int MoreTitleHeight => (_title.Count - 1) * PlotlyNotes.LineHeight;

    private int Length => _compact ? CompactLength : WideLength;

    /// <summary>The colour axis with its bar.</summary>
    /// <param name="across">From where to where the cells go.</param>
    /// <param name="y">The top of the title, as a share of the plots' height.</param>
    public Dictionary<string, object> Axis(double[] across, double y)
    {
        var axis = PlotlyHeatMap.ColorAxis(_scale, PlotlyText.Lines(_title), y, Length, _style);
        var bar = (Dictionary<string, object>)axis["colorbar"];

        // On a phone and beside other panels the bar may be wider than the cells: it ends where they do.
        bar["x"] = _compact ? across[1] : (across[0] + across[1]) / 2;
        bar["xanchor"] = _compact ? "right" : "center";
        return axis;
    }

    /// <summary>What a grey cell with a cross means: beside the colour bar, or under it where there is no room.</summary>
    /// <param name="across">From where to where the cells go.</param>
    /// <param name="down">The same from bottom to top.</param>
    /// <param name="below">The top of the title, in pixels below the cells.</param>
    public IEnumerable<Dictionary<string, object>> UndefinedKey(double[] across, double[] down, int below)
    {
        if (!_hasUndefined)
        {
            yield break;
        }

        var (right, lower) = _compact
            ? (-CompactLength / 2 - 35, below + MoreTitleHeight + BarHeight + 8)
            : (WideLength / 2 + 54, below + MoreTitleHeight + 27);
        foreach (var (text, shift) in new[] { ("×", 0), (HeatScale.UndefinedNote, 16) })
        {
            var note = _notes.Note(text, 12);
            note["x"] = _compact ? across[1] : (across[0] + across[1]) / 2;
            note["xanchor"] = shift == 0 ? "center" : "left";
            note["xshift"] = right + shift;
            note["y"] = down[0];
            note["yanchor"] = "middle";
            note["yshift"] = -lower;
            if (shift == 0)
            {
                note["font"] = _style.Font(12, HeatScale.UndefinedMark);
                note["bgcolor"] = HeatScale.Undefined;
                note["bordercolor"] = _style.Ink;
                note["borderpad"] = 2;
                note["width"] = 16;
            }

            yield return note;
        }
    }
}
