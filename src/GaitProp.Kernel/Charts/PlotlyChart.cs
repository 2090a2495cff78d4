using Microsoft.FSharp.Collections;
using Plotly.NET;

namespace GaitProp.Kernel.Charts;

/// <summary>The charts of one figure: its traces, laid out for one window or another.</summary>
internal sealed class PlotlyChart
{
    private readonly Figure _figure;
    private readonly FigureLegend _legend;
    private readonly IReadOnlyList<PanelView> _views;
    private readonly PlotlyTraces _traces;

    public PlotlyChart(Figure figure)
    {
        _figure = figure;
        _legend = new FigureLegend(figure);
        _views = [.. figure.Panels.Select(panel => new PanelView(panel))];
        _traces = new PlotlyTraces(StaticTheme.Of(figure), _legend);
    }

    /// <summary>The grid on a page of some width: heat maps alone stand one below another, for the names of their rows need room.</summary>
    public static PanelGrid WideGrid(Figure figure) =>
        figure.Panels.All(panel => panel.Kind == PanelKind.HeatMap) ? PanelGrid.InOneColumn(figure) : PanelGrid.Of(figure);

    /// <summary>The chart with its panels in a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="withTexts">Whether title and caption are part of the chart, because no page around it says them.</param>
    /// <param name="narrow">Whether it is for a phone: less than <see cref="PlotlyColumns.LeastWide"/>.</param>
    public GenericChart Chart(PanelGrid grid, bool withTexts, bool narrow)
    {
        var columns = PlotlyColumns.Of(_views, grid, withTexts, narrow);
        var traces = _legend
            .Entries.Select(_traces.OfEntry)
            .Concat(_views.SelectMany((view, index) => _traces.OfPanel(view, index + 1, columns.WidthOf(index), isFixed: withTexts)));
        var chart = GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces));
        chart = GenericChart.setLayout(PlotlyLayout.Of(_figure, _legend, _views, grid, columns, withTexts, narrow), chart);
        return GenericChart.setConfig(Config(), chart);
    }

    private Config Config()
    {
        var config = new Config();
        config.SetProperty("displaylogo", false);
        config.SetProperty("responsive", false);
        config.SetProperty("showTips", false);
        config.SetProperty(
            "toImageButtonOptions",
            new Dictionary<string, object>
            {
                ["format"] = "png",
                ["filename"] = _figure.Name,
                ["scale"] = 2,
            }
        );
        return config;
    }
}
