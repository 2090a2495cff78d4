using GaitProp.Figures;
using Plotly.NET;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The layout of an interactive figure: what goes where, the frame around it, and the axes and notes of each panel. Lengths are CSS pixels.
/// </summary>
internal sealed class PlotlyLayout
{
    /// <summary>Characters in a line of the legend, so that a phone shows them whole.</summary>
    public const int LegendWidth = 38;

    private const int PanelHeight = 270;
    private const int TitleHeight = 34;
    private const int AxisLabelHeight = 28;
    private const int TitleTextHeight = 21;
    private const int TickLineHeight = 16;
    private const int ToolHeight = 30;
    private const int LegendRowHeight = 21;
    private const int LegendLineHeight = 19;

    // Characters in a line of what is written inside a chart, so that the least window of a front end shows them whole.
    private const int CaptionWidth = 72;
    private const int TitleWidth = 40;

    private static readonly string[] UnusedTools = ["select", "lasso"];
    private static readonly string[] Tools = ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"];

    private readonly Figure _figure;
    private readonly FigureLegend _legend;
    private readonly PanelGrid _grid;
    private readonly bool _withTexts;
    private readonly bool _narrow;
    private readonly PlotlyStyle _style;
    private readonly PlotlyAxes _axes;
    private readonly PlotlyNotes _notes;
    private readonly PlotlyColumns _columns;
    private readonly IReadOnlyList<Room> _rooms;
    private readonly int _legendColumns;
    private readonly IReadOnlyList<int[]> _legendRows;
    private readonly IReadOnlyList<string> _titleLines;
    private readonly IReadOnlyList<string> _captionLines;
    private readonly Heights _heights;

    private readonly Layout _layout = new();
    private readonly List<object> _annotations = [];
    private readonly List<object> _images = [];

    /// <summary>Measures what there is to be laid out.</summary>
    private PlotlyLayout(
        Figure figure,
        FigureLegend legend,
        IReadOnlyList<PanelView> views,
        PanelGrid grid,
        PlotlyColumns columns,
        bool withTexts,
        bool narrow
    )
    {
        (_figure, _legend, _grid, _columns, _withTexts, _narrow) = (figure, legend, grid, columns, withTexts, narrow);
        _style = new PlotlyStyle(StaticTheme.Of(figure));
        _axes = new PlotlyAxes(_style);
        _notes = new PlotlyNotes(_style);
        _rooms = [.. views.Select(RoomOf)];
        _legendColumns = narrow ? 1 : LegendColumns(_columns.Plot);
        _legendRows = [.. legend.Entries.Select(entry => LegendLines(entry).Count).Chunk(_legendColumns)];
        _titleLines = withTexts ? TextLines.WrapEvenly(int.MaxValue, figure.Title, TitleWidth, line => line.Length) : [];
        _captionLines = withTexts && figure.Caption.Length > 0 ? TextLines.Wrap(figure.Caption, CaptionWidth, line => line.Length) : [];
        _heights = Measured();
    }

    /// <summary>Lays a figure out.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="legend">Its legend.</param>
    /// <param name="views">Its panels.</param>
    /// <param name="grid">Where they stand.</param>
    /// <param name="columns">What goes where from left to right.</param>
    /// <param name="withTexts">Whether title and caption are part of the chart.</param>
    /// <param name="narrow">Whether it is for a phone.</param>
    public static Layout Of(
        Figure figure,
        FigureLegend legend,
        IReadOnlyList<PanelView> views,
        PanelGrid grid,
        PlotlyColumns columns,
        bool withTexts,
        bool narrow
    ) => new PlotlyLayout(figure, legend, views, grid, columns, withTexts, narrow).Made();

    private Layout Made()
    {
        AddFrame();
        AddLegend();
        foreach (var room in _rooms)
        {
            AddPanel(room);
        }

        if (_withTexts)
        {
            AddTexts();
        }

        _layout.SetProperty("annotations", _annotations);
        if (_images.Count > 0)
        {
            _layout.SetProperty("images", _images);
        }

        return _layout;
    }

    private Room RoomOf(PanelView view, int index)
    {
        var panel = view.Panel;
        var width = _columns.WidthOf(index);
        var across = _columns.Domains[index];
        var categories = panel.Kind == PanelKind.Rows ? null : Categories(view, (float)width);
        var ticks = panel.Kind is PanelKind.Drawing or PanelKind.Image
            ? 0
            : (int)(categories?.Height ?? TickLineHeight) + PlotlyAxes.TickMark + 3;
        var label = PlotlyNotes.XLabelLines(panel, width);
        var bar = panel.Kind == PanelKind.HeatMap ? new PlotlyColorBar(panel, _narrow || _withTexts || _grid.Columns > 1, _style) : null;
        var labelHeight =
            panel.X.Label.Length == 0 && panel.Kind == PanelKind.Drawing ? 6 : AxisLabelHeight + (label.Count - 1) * PlotlyNotes.LineHeight;
        return new(
            index + 1,
            view,
            across,
            _columns.RowLabels[index]?.Height ?? FrameHeight(panel, (across[1] - across[0]) * _columns.MiddlingPlot),
            categories,
            ticks,
            label,
            bar,
            ticks + labelHeight + (bar?.Height ?? 0)
        );
    }

    private Heights Measured()
    {
        var legendHeight = _legendRows.Sum(lines => LegendRowHeight + (lines.Max() - 1) * LegendLineHeight);
        var rows = _grid.PanelsByRow().ToList();
        var frames = rows.Select(row => row.Max(i => _rooms[i].Frame)).ToList();
        var axes = rows.Select((row, number) => row.Max(i => _rooms[i].Frame + _rooms[i].Below) - frames[number]).ToList();
        var legendTop = Math.Max(_narrow ? 0 : ToolHeight, _titleLines.Count == 0 ? 0 : 16 + (TitleTextHeight * _titleLines.Count));
        var rowTops = axes.Select((_, row) => axes.Take(row).Zip(frames, (axis, frame) => frame + axis + TitleHeight).Sum()).ToList();
        return new(
            legendTop,
            legendTop + legendHeight + 10 + TitleHeight,
            rowTops,
            rowTops[^1] + frames[^1],
            axes[^1],
            axes[^1] + (_captionLines.Count == 0 ? 0 : 14 + 17 * _captionLines.Count)
        );
    }

    private void AddFrame()
    {
        _layout.SetProperty("autosize", true);
        _layout.SetProperty("height", _heights.All);
        _layout.SetProperty("paper_bgcolor", _style.Page);
        _layout.SetProperty("plot_bgcolor", _style.Page);
        _layout.SetProperty("font", _style.Font(13));
        _layout.SetProperty(
            "margin",
            new Dictionary<string, object>
            {
                ["l"] = _columns.Left,
                ["r"] = _columns.Right,
                ["t"] = _heights.Top,
                ["b"] = _heights.Bottom,
                ["autoexpand"] = false,
            }
        );
        _layout.SetProperty("hovermode", "closest");
        _layout.SetProperty("barmode", "stack");

        // On a phone a finger on the figure scrolls the page, and the tools would lie on the legend.
        _layout.SetProperty("dragmode", _narrow ? false : "zoom");
        _layout.SetProperty(
            "modebar",
            new Dictionary<string, object>
            {
                ["remove"] = _narrow ? Tools : UnusedTools,
                ["bgcolor"] = "rgba(0,0,0,0)",
                ["color"] = _style.Faint,
                ["activecolor"] = _style.Ink,
            }
        );

        // Rules that the reader has switched off stay off when the panels are laid out again.
        _layout.SetProperty("uirevision", "figure");
    }

    private void AddLegend()
    {
        var legend = new Dictionary<string, object>
        {
            ["orientation"] = _narrow ? "v" : "h",
            ["traceorder"] = "normal",
            ["xref"] = "container",
            ["yref"] = "container",
            ["x"] = _narrow ? 0.02 : 0.5,
            ["xanchor"] = _narrow ? "left" : "center",
            ["y"] = 1 - (double)_heights.LegendTop / _heights.All,
            ["yanchor"] = "top",
            ["font"] = _style.Font(_withTexts ? 13 : 14),
            ["itemwidth"] = 48,
        };
        if (!_narrow && _legendRows.Count > 1)
        {
            // Columns of shares of the width, so that there are as many rows in every window as there is room for.
            legend["entrywidthmode"] = "fraction";
            legend["entrywidth"] = 0.97 / _legendColumns;
        }

        _layout.SetProperty("legend", legend);
    }

    private void AddPanel(Room room)
    {
        var upper = 1 - (double)_heights.RowTops[_grid.PlaceOf(room.Number - 1).Row] / _heights.Plots;
        double[] down = [Math.Max(0, upper - (double)room.Frame / _heights.Plots), upper];
        switch (room.View.Panel.Kind)
        {
            case PanelKind.Drawing:
                AddDrawing(room, down);
                break;
            case PanelKind.Image:
                AddImage(room, down);
                break;
            case PanelKind.HeatMap:
                AddHeatMap(room, down);
                break;
            case PanelKind.Rows:
                AddRows(room, down);
                break;
            default:
                AddChart(room, down);
                break;
        }
    }

    private void AddDrawing(Room room, double[] down)
    {
        var drawing = DrawingOf(room.View.Panel)!;
        SetImageAxes(room, down, [0, drawing.Width], [drawing.Height, 0]);
        _images.Add(DrawnImage(drawing, room.Number));
        AddTitle(room, down);
        if (room.View.Panel.X.Label.Length > 0)
        {
            AddLabel(room, down, PlotlyAxes.TickMark + 3);
        }
    }

    private void AddImage(Room room, double[] down)
    {
        var image = room.View.Panel.Image!;
        SetImageAxes(room, down, [-0.5, image.Width - 0.5], [image.Height - 0.5, -0.5]);
        AddLabel(room, down, PlotlyAxes.TickMark + 3);
        AddTitle(room, down);
    }

    private void AddHeatMap(Room room, double[] down)
    {
        var bar = room.ColorBar!;
        var below = room.Below - bar.Height + 4;
        SetAxes(
            room,
            _axes.X(room.View, room.Categories, room.YName, room.Across, _columns.Plot),
            _axes.Rows(room.XName, down, _columns.RowLabels[room.Number - 1]!)
        );
        _layout.SetProperty(PlotlyHeatMap.ColorAxisId(room.Number), bar.Axis(room.Across, down[0] - (double)below / _heights.Plots));
        AddLabel(room, down, room.Ticks);
        AddTitle(room, down);
        _annotations.AddRange(bar.UndefinedKey(room.Across, down, below));
        if (room.View.Panel.Series.Count == 0)
        {
            _annotations.Add(_notes.Empty(room.Number));
        }
    }

    private void AddRows(Room room, double[] down)
    {
        SetAxes(
            room,
            _axes.AlongBars(room.View.Panel, room.YName, room.Across),
            _axes.Rows(room.XName, down, _columns.RowLabels[room.Number - 1]!)
        );
        AddLabel(room, down, room.Ticks);
        AddTitle(room, down);
    }

    private void AddChart(Room room, double[] down)
    {
        SetAxes(room, _axes.X(room.View, room.Categories, room.YName, room.Across, _columns.Plot), _axes.Y(room.View, room.XName, down));
        AddLabel(room, down, room.Ticks);
        _annotations.Add(_notes.YLabel(room.View.Panel.Y.Label, room.Across, down));
        AddTitle(room, down);
        if (room.View.IsEmpty)
        {
            _annotations.Add(_notes.Empty(room.Number));
        }
    }

    private void SetAxes(Room room, Dictionary<string, object> x, Dictionary<string, object> y)
    {
        _layout.SetProperty(PlotlyAxes.Name("xaxis", room.Number), x);
        _layout.SetProperty(PlotlyAxes.Name("yaxis", room.Number), y);
    }

    private void SetImageAxes(Room room, double[] down, double[] x, double[] y) =>
        SetAxes(
            room,
            PlotlyAxes.OfImage(room.YName, room.Across, x, scaledLike: null),
            PlotlyAxes.OfImage(room.XName, down, y, scaledLike: room.XName)
        );

    private void AddTitle(Room room, double[] down) =>
        _annotations.Add(_notes.PanelTitle(room.View.Panel, room.Across, down[1], _columns.Plot, _columns.Right));

    private void AddLabel(Room room, double[] down, int ticks) => _annotations.Add(_notes.XLabel(room.Label, room.Across, down, ticks));

    private void AddTexts()
    {
        // A note: plotly.js moves a title of several lines up, out of the page.
        var title = _notes.Note($"<b>{PlotlyText.Lines(_titleLines)}</b>", 16);
        title["name"] = "title";
        title["x"] = 0.5;
        title["xanchor"] = "center";
        title["xshift"] = (_columns.Right - _columns.Left) / 2;
        title["y"] = 1;
        title["yanchor"] = "top";
        title["yshift"] = _heights.Top - 8;
        _annotations.Add(title);
        if (_captionLines.Count == 0)
        {
            return;
        }

        var caption = _notes.Note(PlotlyText.Lines(_captionLines), 12);
        caption["x"] = 0;
        caption["xanchor"] = "left";
        caption["xshift"] = 10 - _columns.Left;
        caption["y"] = 0;
        caption["yanchor"] = "top";
        caption["yshift"] = -_heights.LastAxes - 4;
        caption["align"] = "left";
        _annotations.Add(caption);
    }

    private static IReadOnlyList<string> LegendLines(LegendEntry entry) => TextLines.Wrap(entry.Label, LegendWidth, line => line.Length);

    /// <summary>
    /// Entries side by side: all of them where they fit into the least window, else as many as the longest of them leaves room for.
    /// </summary>
    private int LegendColumns(double width)
    {
        if (_legend.Entries.Count == 0)
        {
            return 1;
        }

        // Before any browser has measured them: on the safe side.
        const double character = 7.2,
            symbol = 64;
        var widths = _legend.Entries.Select(entry => symbol + character * LegendLines(entry).Max(line => line.Length)).ToList();
        return widths.Sum() <= width ? widths.Count : Math.Clamp((int)(width / widths.Max()), 1, widths.Count);
    }

    private Drawing? DrawingOf(Panel panel) => _narrow ? panel.Drawing?.Narrow : panel.Drawing;

    /// <summary>
    /// The height of a frame: that of a drawing or a picture on a page of middling width, or on a phone; one number for what has axes.
    /// </summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">The width of its frame on such a page.</param>
    private int FrameHeight(Panel panel, double width) =>
        DrawingOf(panel) is { } drawing ? (int)Math.Ceiling(drawing.Height * Math.Min(_narrow ? 1.3 : 1, width / drawing.Width))
        : panel.Image is { } image ? (int)Math.Ceiling(Math.Min(PanelHeight, width * image.Height / image.Width))
        : PanelHeight;

    private Dictionary<string, object> DrawnImage(Drawing drawing, int number) =>
        new()
        {
            ["source"] = DrawingCanvas.DataUri(drawing, StaticTheme.Of(_figure)),
            ["xref"] = PlotlyAxes.Name("x", number),
            ["yref"] = PlotlyAxes.Name("y", number),
            ["x"] = 0,
            ["y"] = 0,
            ["sizex"] = drawing.Width,
            ["sizey"] = drawing.Height,
            ["xanchor"] = "left",
            ["yanchor"] = "top",
            ["sizing"] = "stretch",
            ["layer"] = "above",
        };

    private static CategoryLabels? Categories(PanelView view, float frame)
    {
        const float character = 6.8f;
        return view.Categories is { } names
            ? CategoryLabels.Fit(names, frame, TickLineHeight, text => character * text.Length, PlotlyColumns.LeftMargin)
            : null;
    }

    /// <summary>What a panel takes.</summary>
    /// <param name="Number">Its number, counted from 1.</param>
    /// <param name="View">The panel.</param>
    /// <param name="Across">From where to where it goes, as shares of the width.</param>
    /// <param name="Frame">The height of its frame.</param>
    /// <param name="Categories">The names below the frame, if there are any.</param>
    /// <param name="Ticks">The height of the ticks and what they say.</param>
    /// <param name="Label">The lines of the label below them.</param>
    /// <param name="ColorBar">What stands below a heat map.</param>
    /// <param name="Below">The height of all that is below the frame.</param>
    private sealed record Room(
        int Number,
        PanelView View,
        double[] Across,
        int Frame,
        CategoryLabels? Categories,
        int Ticks,
        IReadOnlyList<string> Label,
        PlotlyColorBar? ColorBar,
        int Below
    )
    {
        public string XName => PlotlyAxes.Name("x", Number);

        public string YName => PlotlyAxes.Name("y", Number);
    }

    /// <summary>What goes where from top to bottom.</summary>
    /// <param name="LegendTop">Where the legend begins.</param>
    /// <param name="Top">Where the uppermost frames begin: the upper margin.</param>
    /// <param name="RowTops">Where the frames of each row begin, below that.</param>
    /// <param name="Plots">The height from the uppermost frames to the end of the lowest.</param>
    /// <param name="LastAxes">What stands below the lowest frames at their axes.</param>
    /// <param name="Bottom">The lower margin.</param>
    private sealed record Heights(int LegendTop, int Top, IReadOnlyList<int> RowTops, int Plots, int LastAxes, int Bottom)
    {
        public int All => Top + Plots + Bottom;
    }
}
