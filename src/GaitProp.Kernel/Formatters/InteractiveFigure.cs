using GaitProp.Kernel.Charts;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// A figure that a reader can point at, with plotly.js inside the cell: works offline in every front end that runs scripts, and makes the
/// notebook 4 MB larger.
/// </summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class InteractiveFigure
{
    internal InteractiveFigure(Figure figure) => Figure = figure;

    internal Figure Figure { get; }

    /// <summary>A page in a frame of its own, so that the scripts of the front end and of the figure do not meet.</summary>
    internal string Html
    {
        get
        {
            var figure = CellFigures.Shown(Figure);
            return $"<iframe srcdoc=\"{HtmlText.Escape(PlotlyFigure.Html(figure))}\" sandbox=\"allow-scripts\" style=\"width:100%;height:{PlotlyFigure.PageHeight(figure)}px;border:0\" title=\"{HtmlText.Escape(Figure.Title)}\"></iframe>";
        }
    }
}

/// <summary>Ways to look at a figure.</summary>
public static class FigureExtensions
{
    /// <summary>
    /// The figure with plotly.js inside the cell (4 MB). Without it, front ends that draw Plotly charts themselves are interactive anyway.
    /// </summary>
    /// <param name="figure">The figure.</param>
    public static InteractiveFigure Interactive(this Figure figure) => new(figure);
}
