using System.Globalization;
using System.Text;
using GaitProp.Kernel.Charts;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// A figure: an interactive chart for front ends that draw Plotly's JSON themselves, and a PNG for all others and for pages that show
/// notebooks. plotly.js is not in it. HTML is not among what a cell keeps: where it is, every front end prefers it, and pages that clean
/// HTML up show nothing of it.
/// </summary>
internal static class FigureFormatter
{
    /// <summary>The type of Plotly's JSON.</summary>
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary>Characters of JSON that a cell keeps; a figure of more has its picture alone.</summary>
    private const int MostJson = 150_000;

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<Figure>(
            figure => PlotlyFigure.Json(CellFigures.Shown(figure)) is { Length: <= MostJson } json ? json : "",
            Plotly
        );
        RichFormatter.Register<Figure>(Html, MimeBundle.Html);
        RichFormatter.Register<Figure>(Text, MimeBundle.PlainText);
        RichFormatter.RegisterPng<Figure>(figure => StaticFigure.Light(figure, StaticTheme.Of(CellFigures.Shown(figure))));
        Formatter.SetPreferredMimeTypesFor(typeof(Figure), Plotly, MimeBundle.Png, MimeBundle.PlainText);
        RichFormatter.Register<InteractiveFigure>(figure => figure.Html, MimeBundle.Html);
        RichFormatter.Register<InteractiveFigure>(figure => Text(figure.Figure), MimeBundle.PlainText);
        RichFormatter.RegisterPng<InteractiveFigure>(figure =>
            StaticFigure.Light(figure.Figure, StaticTheme.Of(CellFigures.Shown(figure.Figure)))
        );
        Formatter.SetPreferredMimeTypesFor(typeof(InteractiveFigure), MimeBundle.Html, MimeBundle.PlainText);
    }

    private static string Html(Figure figure) =>
        $"<figure style=\"margin:4px 0\">{CellHtml.Chart(figure, titled: true)}<figcaption style=\"{CellHtml.Muted};font-size:12px;max-width:800px\">{HtmlText.Escape(figure.Caption)}</figcaption></figure>";

    /// <summary>A figure in words: its title, a line for each panel with its series, and its caption.</summary>
    /// <param name="figure">The figure.</param>
    public static string Text(Figure figure)
    {
        var text = new StringBuilder(figure.Title);
        foreach (var panel in figure.Panels)
        {
            // Pictures and drawings have no axes: what stands below them is a note. Names of series may have commas.
            var axes = panel.Y.Label.Length > 0 ? $"{panel.Y.Label} over {panel.X.Label}" : panel.X.Label;
            var words = new[] { axes, string.Join("; ", panel.Series.Select(s => s.Label).Distinct()) }.Where(w => w.Length > 0).ToArray();
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{panel.Letter}  {panel.Title}{(words.Length == 0 ? "" : $": {string.Join("; ", words)}")}"
            );
        }

        return figure.Caption.Length == 0 ? text.ToString() : text.Append('\n').Append(figure.Caption).ToString();
    }
}
