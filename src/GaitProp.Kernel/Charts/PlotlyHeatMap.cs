using Plotly.NET;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The traces of a heat map: the coloured cells, the grey ones with crosses, and the numbers. How wide a cell is, only the browser knows:
/// the trace of numbers says by <see cref="MetaLeast"/> from which width on it is to be seen, and another trace has the numbers in fewer
/// digits.
/// </summary>
internal sealed class PlotlyHeatMap
{
    /// <summary>Of <c>meta</c>: the number of columns that share the width of the axis.</summary>
    public const string MetaColumns = "columns";

    /// <summary>Of <c>meta</c>: the least width of a column, in pixels, at which the trace is shown.</summary>
    public const string MetaLeast = "least";

    /// <summary>Of <c>meta</c>: the width of a column, in pixels, from which on the trace gives way to another.</summary>
    public const string MetaBelow = "below";

    private const int NumberSize = 12;
    private const int SmallNumberSize = 10;
    public const int CrossSize = 9;
    private const int LeastDigits = 2;

    // Of a number's size, before any browser has measured it.
    private const double CharacterWidth = 0.575;
    private const double Around = 0.58;

    private readonly HeatCells _cells;
    private readonly HeatScale _scale;
    private readonly int _number;
    private readonly double _width;
    private readonly int _size;

    /// <summary>The heat map of a panel.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="number">Its number, counted from 1.</param>
    /// <param name="width">The width of its frame in the least window, in pixels.</param>
    /// <param name="isFixed">Whether no script of a page chooses the numbers: small ones are then better than none.</param>
    public PlotlyHeatMap(Panel panel, int number, double width, bool isFixed)
    {
        _width = width;
        _cells = new HeatCells(panel);
        _scale = HeatScale.Of(panel);
        _number = number;
        _size =
            isFixed && LeastOf(Texts(LeastDigits), NumberSize) > CellWidth && LeastOf(Texts(LeastDigits), SmallNumberSize) <= CellWidth
                ? SmallNumberSize
                : NumberSize;
    }

    private double CellWidth => _width / _cells.Columns;

    public IEnumerable<Trace> Traces()
    {
        yield return ColorTrace();
        if (_cells.HasUndefined)
        {
            yield return UndefinedTrace();
            yield return CrossTrace();
        }

        var widest = double.MaxValue;
        for (var digits = CellNumber.MostDigits; digits >= LeastDigits; digits--)
        {
            var trace = NumberTrace(digits, widest, out widest);
            if (trace is not null)
            {
                yield return trace;
            }
        }
    }

    private Trace ColorTrace()
    {
        var trace = NewTrace("heatmap");
        SetCells(trace, defined: true, _scale.Position);
        trace.SetProperty(
            "customdata",
            Table((row, column) => double.IsNaN(_cells[row, column]) ? string.Empty : CellNumber.Text(_cells[row, column], 5))
        );
        trace.SetProperty("coloraxis", ColorAxisId(_number));
        trace.SetProperty("hovertemplate", "%{text}: %{customdata}<extra></extra>");
        return trace;
    }

    private Trace UndefinedTrace()
    {
        var trace = NewTrace("heatmap");
        SetCells(trace, defined: false, _ => 0);
        trace.SetProperty("colorscale", new object[] { new object[] { 0, HeatScale.Undefined }, new object[] { 1, HeatScale.Undefined } });
        trace.SetProperty("zmin", 0);
        trace.SetProperty("zmax", 1);
        trace.SetProperty("showscale", false);
        trace.SetProperty("hovertemplate", $"%{{text}}: {HeatScale.UndefinedNote}<extra></extra>");
        return trace;
    }

    private Trace CrossTrace()
    {
        var trace = CellTrace([.. _cells.Where(defined: false)], "markers");
        trace.SetProperty(
            "marker",
            new Dictionary<string, object>
            {
                ["symbol"] = "x-thin",
                ["size"] = CrossSize,
                ["line"] = new Dictionary<string, object> { ["width"] = 1.3, ["color"] = HeatScale.UndefinedMark },
            }
        );
        trace.SetProperty("meta", new Dictionary<string, object> { [MetaColumns] = _cells.Columns });
        return trace;
    }

    private Trace? NumberTrace(int digits, double below, out double least)
    {
        var cells = _cells.Where(defined: true).ToArray();
        var texts = Texts(digits);
        least = LeastOf(texts, _size);
        if (cells.Length == 0 || least >= below)
        {
            return null;
        }

        var trace = CellTrace(cells, "text");
        trace.SetProperty("text", texts);
        trace.SetProperty(
            "textfont",
            new Dictionary<string, object>
            {
                ["family"] = PlotlyStyle.FontFamily,
                ["size"] = _size,
                ["color"] = cells.Select(cell => _scale.InkOn(cell.Value)).ToArray(),
            }
        );
        trace.SetProperty(
            "meta",
            new Dictionary<string, object>
            {
                [MetaColumns] = _cells.Columns,
                [MetaLeast] = least,
                [MetaBelow] = Math.Min(below, 1e6),
            }
        );

        // What draws the chart without the script of the page gets the numbers of a narrow window: none rather than some that lie on each
        // other.
        trace.SetProperty("visible", CellWidth >= least && CellWidth < below);
        return trace;
    }

    private string[] Texts(int digits) => [.. _cells.Where(defined: true).Select(cell => CellNumber.Text(cell.Value, digits))];

    /// <summary>The least width of a cell for numbers of a size.</summary>
    private static double LeastOf(string[] texts, int size) =>
        size * (Around + (CharacterWidth * texts.Select(text => text.Length).DefaultIfEmpty(0).Max()));

    private Trace CellTrace((int Row, int Column, double Value)[] cells, string mode)
    {
        var trace = NewTrace("scatter");
        trace.SetProperty("x", cells.Select(cell => cell.Column).ToArray());
        trace.SetProperty("y", cells.Select(cell => cell.Row).ToArray());
        trace.SetProperty("mode", mode);
        trace.SetProperty("hoverinfo", "skip");
        trace.SetProperty("cliponaxis", true);
        return trace;
    }

    private Trace NewTrace(string type)
    {
        var trace = new Trace(type);
        trace.SetProperty("showlegend", false);
        trace.SetProperty("xaxis", PlotlyAxes.Name("x", _number));
        trace.SetProperty("yaxis", PlotlyAxes.Name("y", _number));
        return trace;
    }

    private void SetCells(Trace trace, bool defined, Func<double, double> position)
    {
        var gap = _cells.Columns <= 20 ? 1 : 0.5;
        trace.SetProperty("x", Enumerable.Range(0, _cells.Columns).ToArray());
        trace.SetProperty("y", Enumerable.Range(0, _cells.Rows).ToArray());
        trace.SetProperty(
            "z",
            Table(double? (row, column) => double.IsNaN(_cells[row, column]) == defined ? null : position(_cells[row, column]))
        );
        trace.SetProperty("text", Table((row, column) => PlotlyText.Label($"{_cells.Labels[row]}, {_cells.Categories[column]}")));
        trace.SetProperty("hoverongaps", false);
        trace.SetProperty("xgap", gap);
        trace.SetProperty("ygap", 1);
    }

    private T[][] Table<T>(Func<int, int, T> cell) =>
        [
            .. Enumerable
                .Range(0, _cells.Rows)
                .Select(row => Enumerable.Range(0, _cells.Columns).Select(column => cell(row, column)).ToArray()),
        ];

    /// <summary>The name of a panel's colour axis: each panel has a colour bar under it.</summary>
    public static string ColorAxisId(int number) => PlotlyAxes.Name("coloraxis", number);

    /// <summary>The colour axis with its bar.</summary>
    /// <param name="scale">What its colours mean.</param>
    /// <param name="title">What stands over the bar.</param>
    /// <param name="y">The top of the title, as a share of the plots' height.</param>
    /// <param name="length">The length of the bar, in pixels.</param>
    /// <param name="style">Colours and letters.</param>
    public static Dictionary<string, object> ColorAxis(HeatScale scale, string title, double y, int length, PlotlyStyle style) =>
        new()
        {
            ["cmin"] = 0,
            ["cmax"] = 1,
            ["colorscale"] = HeatScale
                .Colors.Select((color, i) => new object[] { (double)i / (HeatScale.Colors.Count - 1), color })
                .ToArray(),
            ["colorbar"] = new Dictionary<string, object>
            {
                ["orientation"] = "h",
                ["y"] = y,
                ["yanchor"] = "top",
                ["lenmode"] = "pixels",
                ["len"] = length,
                ["thickness"] = 12,
                ["xpad"] = 0,
                ["ypad"] = 0,
                ["outlinewidth"] = 1,
                ["outlinecolor"] = style.Ink,
                ["ticks"] = "outside",
                ["ticklen"] = 4,
                ["tickcolor"] = style.Ink,
                ["tickfont"] = style.Font(12),
                ["tickangle"] = 0,
                ["tickvals"] = scale.Ticks.Select(tick => scale.Position(tick.Value)).ToArray(),
                ["ticktext"] = scale.Ticks.Select(tick => tick.Label).ToArray(),
                ["title"] = new Dictionary<string, object>
                {
                    ["text"] = title,
                    ["side"] = "top",
                    ["font"] = style.Font(13),
                },
            },
        };
}
