using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Outputs;
using Plotly.NET;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>A figure as an interactive chart: for a notebook cell, and as a page of its own that needs no network.</summary>
internal static class PlotlyFigure
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string PageElement = "gaitprop-figure";

    /// <summary>The chart with title and caption inside it, for whatever draws Plotly charts.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>The chart.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static GenericChart Chart(Figure figure)
    {
        FigureCheck.Validate(figure);
        return new PlotlyChart(figure).Chart(PlotlyChart.WideGrid(figure), withTexts: true, narrow: false);
    }

    /// <summary>
    /// The chart as JSON with <c>data</c>, <c>layout</c> and <c>config</c>: what <c>application/vnd.plotly.v1+json</c> carries.
    /// </summary>
    /// <param name="figure">The figure.</param>
    /// <returns>One JSON object.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static string Json(Figure figure) => GenericChart.toJson(Chart(figure));

    /// <summary>A page that opens anywhere without a network: plotly.js is inside it, and it loads nothing.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>An HTML document of about 4 MB.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static string Html(Figure figure)
    {
        FigureCheck.Validate(figure);
        var title = HtmlText.Escape(figure.Title);
        var scheme = figure.Theme switch
        {
            FigureTheme.Dark => "dark",
            FigureTheme.Clear => "light dark",
            _ => "light",
        };
        var page = PageOf(figure);

        // The policy holds the page to its word: a browser refuses whatever it would load.
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="{{scheme}}">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
            <title>{{title}}</title>
            <style>
            html { color-scheme: {{scheme}}; background: {{page}}; }
            body { margin: 0; padding: 1rem clamp(0.5rem, 2vw, 2rem) 2rem; background: {{page}}; }
            .gaitprop-figure { max-width: 1280px; margin: 0 auto !important; }
            </style>
            </head>
            <body>
            <noscript><p>This figure is drawn by a script inside this page: allow scripts to see it.</p></noscript>
            <script>{{PlotlyScript.Source}}</script>
            {{Fragment(figure)}}
            </body>
            </html>

            """;
    }

    /// <summary>
    /// The height of the page (<see cref="Html"/>) where it is just wide enough for the layout of wide windows, in pixels of the screen:
    /// the chart with its title above, its caption below and the margins around them.
    /// </summary>
    /// <param name="figure">The figure.</param>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static int PageHeight(Figure figure)
    {
        FigureCheck.Validate(figure);

        // As the styles of the page say: its own margins and those of the figure, then lines and margins of the texts.
        const int margins = 16 + 32 + (2 * 8),
            titleLine = 26,
            titleMargin = 8,
            captionLine = 21,
            captionMargin = 12;
        var chart = new PlotlyChart(figure).Chart(PlotlyChart.WideGrid(figure), withTexts: false, narrow: false);
        return margins
            + (titleLine * Lines(figure.Title, InterFont.SemiBold, 20))
            + titleMargin
            + (int)GenericChart.getLayout(chart).GetPropertyValue("height")
            + captionMargin
            + (captionLine * Lines(figure.Caption, InterFont.Regular, 14));

        // The letters of the reader's machine may be wider by a tenth.
        static int Lines(string text, SKTypeface face, float size) =>
            text.Length == 0
                ? 0
                : TextLines.Wrap(text, PlotlyColumns.LeastWide / 1.1f, new StaticText(face, size, SKColors.Black).Measure).Count;
    }

    /// <summary>
    /// The figure as a piece of a page on which <see cref="PlotlyScript.Source"/> has run: heading, chart and caption, and the script that
    /// draws the chart.
    /// </summary>
    private static string Fragment(Figure figure)
    {
        var theme = StaticTheme.Of(figure);
        var (page, ink, muted) = (PageOf(figure), PlotlyStyle.Hex(theme.Ink), PlotlyStyle.Hex(theme.Muted));
        var charts = new PlotlyChart(figure);
        var wide = JsonNode.Parse(GenericChart.toJson(charts.Chart(PlotlyChart.WideGrid(figure), withTexts: false, narrow: false)))!;
        var narrow = JsonNode.Parse(GenericChart.toJson(charts.Chart(PanelGrid.InOneColumn(figure), withTexts: false, narrow: true)))!;
        return $$"""
            <style>
            .gaitprop-figure { display: block; box-sizing: border-box; margin: 0; padding: 0.5rem; background: {{page}}; color: {{ink}}; font-family: {{PlotlyStyle.FontFamily}}; }
            .gaitprop-figure h1 { margin: 0 0 0.5rem; font-size: 1.25rem; line-height: 1.3; font-weight: 600; color: {{ink}}; overflow-wrap: anywhere; }
            .gaitprop-figure figcaption { margin: 0.75rem 0 0; max-width: 75em; font-size: 0.875rem; line-height: 1.5; color: {{muted}}; overflow-wrap: anywhere; white-space: pre-line; }
            </style>
            <figure class="gaitprop-figure">
            <h1>{{HtmlText.Escape(figure.Title)}}</h1>
            <div id="{{PageElement}}"></div>
            <figcaption>{{HtmlText.Escape(figure.Caption)}}</figcaption>
            </figure>
            <script>
            (function () {
              var plot = document.getElementById("{{PageElement}}");
              var data = {{Json(wide["data"])}};
              var wide = {{Json(wide["layout"])}};
              var narrow = {{Json(narrow["layout"])}};
              var config = {{Json(wide["config"])}};
              if (!window.Plotly) { plot.textContent = "plotly.js did not start in this page."; return; }
              var shown = null, width = 0;
              function fit() {
                // Numbers of a heat map are there as long as its cells hold them; crosses are not wider than their cells.
                var changed = false;
                data.forEach(function (trace) {
                  if (!trace.meta) return;
                  var domain = shown[trace.xaxis.replace("x", "xaxis")].domain;
                  var cell = (width - shown.margin.l - shown.margin.r) * (domain[1] - domain[0]) / trace.meta.{{PlotlyHeatMap.MetaColumns}};
                  if (trace.meta.{{PlotlyHeatMap.MetaLeast}}) {
                    var visible = cell >= trace.meta.{{PlotlyHeatMap.MetaLeast}} && cell < trace.meta.{{PlotlyHeatMap.MetaBelow}};
                    changed = changed || visible !== trace.visible;
                    trace.visible = visible;
                  } else {
                    var size = Math.max(3, Math.min({{PlotlyHeatMap.CrossSize}}, 0.6 * cell));
                    changed = changed || size !== trace.marker.size;
                    trace.marker.size = size;
                  }
                });
                return changed;
              }
              function draw() {
                if (plot.clientWidth === 0 || plot.clientWidth === width) return;
                width = plot.clientWidth;
                var next = width < {{PlotlyColumns.LeastWide}} ? narrow : wide;
                var same = next === shown;
                shown = next;
                if (!fit() && same) { window.Plotly.Plots.resize(plot); return; }
                window.Plotly.react(plot, data, JSON.parse(JSON.stringify(next)), config);
              }
              draw();
              if (window.ResizeObserver) new ResizeObserver(draw).observe(plot); else window.addEventListener("resize", draw);
            })();
            </script>
            """;
    }

    private static string PageOf(Figure figure) =>
        StaticTheme.Of(figure).Page is { Alpha: > 0 } page ? PlotlyStyle.Hex(page) : "transparent";

    // Inside a script element only "<" could end it or open a comment; in JSON it occurs in strings alone, where an escape means the same.
    private static string Json(JsonNode? node) =>
        node!
            .ToJsonString(Relaxed)
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
            .Replace("\u2029", "\\u2029", StringComparison.Ordinal);
}
