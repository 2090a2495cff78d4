namespace GaitProp.Kernel.Charts;

/// <summary>
/// The notes of an interactive figure: whatever is said beside the panels and the legend. Labels of axes are among them: plotly.js moves an
/// axis title about with the ticks, into the next panel if need be.
/// </summary>
/// <param name="style">Colours and letters.</param>
internal sealed class PlotlyNotes(PlotlyStyle style)
{
    /// <summary>The height of a line of a label, in pixels.</summary>
    public const int LineHeight = 17;

    /// <summary>A note that is still to be placed.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="size">The size of its letters.</param>
    public Dictionary<string, object> Note(string text, int size) =>
        new()
        {
            ["text"] = text,
            ["showarrow"] = false,
            ["xref"] = "paper",
            ["yref"] = "paper",
            ["borderpad"] = 0,
            ["font"] = style.Font(size),
        };

    /// <summary>The lines of the label below a panel.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">The width of its frame.</param>
    public static IReadOnlyList<string> XLabelLines(Panel panel, double width)
    {
        const double character = 7;
        return TextLines.WrapEvenly(
            2,
            panel.Kind == PanelKind.Rows ? panel.Y.Label : panel.X.Label,
            (float)Math.Max(16, (width + 30) / character),
            line => line.Length
        );
    }

    /// <summary>The label below a panel.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="across">From where to where the panel goes.</param>
    /// <param name="down">The same from bottom to top.</param>
    /// <param name="ticks">What is between it and the frame, in pixels.</param>
    public Dictionary<string, object> XLabel(IReadOnlyList<string> lines, double[] across, double[] down, int ticks)
    {
        var note = Note(PlotlyText.Lines(lines), 13);
        note["x"] = (across[0] + across[1]) / 2;
        note["xanchor"] = "center";
        note["y"] = down[0];
        note["yanchor"] = "top";
        note["yshift"] = -ticks;
        return note;
    }

    /// <summary>The label beside a panel.</summary>
    public Dictionary<string, object> YLabel(string label, double[] across, double[] down)
    {
        var note = Note(PlotlyText.Label(label, 38, lines: 2), 13);
        note["textangle"] = -90;
        note["x"] = across[0];
        note["xanchor"] = "right";
        note["xshift"] = -40;
        note["y"] = (down[0] + down[1]) / 2;
        note["yanchor"] = "middle";
        return note;
    }

    /// <summary>Letter and title above a panel.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="across">From where to where it goes.</param>
    /// <param name="upper">Where it ends.</param>
    /// <param name="plotWidth">The width of all panels, in pixels.</param>
    /// <param name="rightMargin">The margin beside them, in pixels.</param>
    public Dictionary<string, object> PanelTitle(Panel panel, double[] across, double upper, double plotWidth, int rightMargin)
    {
        // Before any browser has measured it; where it may be too long it is set in smaller letters, then on two lines of them.
        var room = Math.Min(plotWidth + rightMargin - (across[0] * plotWidth), (across[1] + 0.06 - across[0]) * plotWidth);
        var size = (panel.Title.Length + 3) * 7.8 <= room ? 15 : 13;
        var lines =
            (panel.Title.Length + 3) * 6.9 <= room
                ? [panel.Title]
                : TextLines.WrapEvenly(2, panel.Title, (float)Math.Max(12, (room / 6.0) - 3), line => line.Length);
        var note = Note($"<b>{PlotlyText.Label(panel.Letter)}</b>  {PlotlyText.Lines(lines)}", lines.Count > 1 ? 12 : size);
        note["align"] = "left";
        note["x"] = across[0];
        note["xanchor"] = "left";
        note["y"] = upper;
        note["yanchor"] = "bottom";
        note["yshift"] = 3;
        return note;
    }

    /// <summary>What stands in a panel without a value.</summary>
    /// <param name="number">The panel's number, counted from 1.</param>
    public Dictionary<string, object> Empty(int number)
    {
        var note = Note(StaticFigure.EmptyPanelNote, 13);
        note["xref"] = $"{PlotlyAxes.Name("x", number)} domain";
        note["yref"] = $"{PlotlyAxes.Name("y", number)} domain";
        note["x"] = 0.5;
        note["y"] = 0.5;
        note["bgcolor"] = style.Page;
        return note;
    }
}
