using System.Text;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.CellCommands;

/// <summary>A curve of a panel.</summary>
/// <param name="Label">What the legend says.</param>
/// <param name="Color">Its colour, as CSS.</param>
/// <param name="Points">Its points in order; <see langword="null"/> leaves a gap.</param>
/// <param name="Dashed">Whether the line is dashed.</param>
internal sealed record PanelCurve(string Label, string Color, IReadOnlyList<(double X, double? Y)> Points, bool Dashed = false);

/// <summary>A small chart as SVG, drawn again twice a second: axes, curves, legend, nothing else.</summary>
internal static class PanelChart
{
    private const int Width = 400;
    private const int Height = 176;
    private const int Left = 40;
    private const int Right = 8;
    private const int Top = 34;
    private const int Bottom = 20;

    /// <summary>A grey that is read on the white and on the dark pages of front ends alike.</summary>
    private const string Grey = "#767d87";

    /// <summary>The colour of the words around a drawing that is part of a page.</summary>
    private const string PageInk = "currentColor";

    /// <summary>Legend entries that fit beside each other; of more, the first and the last are named.</summary>
    private const int MostLabels = 12;

    /// <summary>Draws it.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="x">What the horizontal axis spans.</param>
    /// <param name="y">What the vertical axis spans.</param>
    /// <param name="curves">The curves, in the order of the legend.</param>
    /// <param name="ink">The colour of axes and words; that of the page around it if it is part of the page.</param>
    public static string Svg(string title, AxisRange x, AxisRange y, IReadOnlyList<PanelCurve> curves, string ink = PageInk)
    {
        // Numbers are paler than words where the page's own ink leaves room for it.
        var pale = ink == PageInk ? " fill-opacity=\".75\"" : "";
        var svg = new StringBuilder();
        svg.Append(
            Text(
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" style=\"max-width:100%;height:auto;color:inherit\" role=\"img\" aria-label=\"{HtmlText.Escape(title)}\" font-size=\"11\" font-family=\"sans-serif\">"
            )
        );
        svg.Append(Text($"<text x=\"{Left}\" y=\"12\" fill=\"{ink}\" font-weight=\"600\">{HtmlText.Escape(title)}</text>"));
        foreach (var (position, label) in AxisTicks.Of(y, 4, wholeNumbers: false))
        {
            svg.Append(
                Text(
                    $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(position):0.#}\" y2=\"{Y(position):0.#}\" stroke=\"{ink}\" stroke-opacity=\".15\"/>"
                )
            );
            svg.Append(Text($"<text x=\"{Left - 5}\" y=\"{Y(position) + 4:0.#}\" fill=\"{ink}\"{pale} text-anchor=\"end\">{label}</text>"));
        }

        foreach (var (position, label) in AxisTicks.Of(x, 5, wholeNumbers: true))
        {
            svg.Append(
                Text(
                    $"<text x=\"{X(position):0.#}\" y=\"{Height - 6}\" fill=\"{ink}\"{pale} text-anchor=\"{(position > x.Min + (0.97 * (x.Max - x.Min)) ? "end" : "middle")}\">{label}</text>"
                )
            );
        }

        svg.Append(
            Text($"<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\" fill=\"none\" stroke=\"{ink}\" stroke-opacity=\".5\"/>")
        );
        Legend(svg, curves, ink);
        foreach (var curve in curves)
        {
            Curve(svg, curve);
        }

        return svg.Append("</svg>").ToString();

        double X(double value) => Left + ((Width - Left - Right) * (value - x.Min) / (x.Max - x.Min));
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (value - y.Min) / (y.Max - y.Min));

        void Curve(StringBuilder svg, PanelCurve curve)
        {
            var path = new StringBuilder();
            var pen = 'M';
            foreach (var (px, py) in curve.Points)
            {
                if (py is { } value && double.IsFinite(value))
                {
                    path.Append(Text($"{pen}{X(px):0.#} {Y(value):0.#}"));
                    pen = 'L';
                }
                else
                {
                    pen = 'M';
                }
            }

            if (path.Length > 0)
            {
                svg.Append(
                    $"<path d=\"{path}\" fill=\"none\" stroke=\"{curve.Color}\" stroke-width=\"1.8\" stroke-linejoin=\"round\"{(curve.Dashed ? " stroke-dasharray=\"5 3\"" : "")}/>"
                );
            }

            // A single point has no line; the last one is marked in any case.
            if (curve.Points is [.., (var lastX, { } lastY)] && double.IsFinite(lastY))
            {
                svg.Append(Text($"<circle cx=\"{X(lastX):0.#}\" cy=\"{Y(lastY):0.#}\" r=\"2.4\" fill=\"{curve.Color}\"/>"));
            }
        }
    }

    /// <summary>
    /// The chart as a picture, for pages that are kept: whoever cleans up HTML takes drawings out of it and leaves their words, but leaves
    /// pictures alone.
    /// </summary>
    public static string Image(string title, AxisRange x, AxisRange y, IReadOnlyList<PanelCurve> curves) =>
        Text(
            $"<img width=\"{Width}\" height=\"{Height}\" style=\"max-width:100%\" alt=\"{HtmlText.Escape(Words(title, curves))}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(Svg(title, x, y, curves, Grey)))}\">"
        );

    /// <summary>What the chart shows, for those who do not see it: its title and where each curve ends.</summary>
    private static string Words(string title, IReadOnlyList<PanelCurve> curves)
    {
        var ends = curves
            .Select(c => (c.Label, Last: c.Points.LastOrDefault(p => p.Y is { } y && double.IsFinite(y)).Y))
            .Where(c => c.Last is not null)
            .Select(c => $"{c.Label} = {Number.Short(c.Last!.Value)}")
            .ToArray();
        return ends.Length == 0 ? title : $"{title}, last: {string.Join(", ", ends)}";
    }

    private static void Legend(StringBuilder svg, IReadOnlyList<PanelCurve> curves, string ink)
    {
        IEnumerable<PanelCurve> shown = curves.Count <= MostLabels ? curves : [curves[0], curves[^1]];
        double at = Left;
        foreach (var curve in shown)
        {
            svg.Append(
                Text(
                    $"<line x1=\"{at:0.#}\" x2=\"{at + 12:0.#}\" y1=\"23\" y2=\"23\" stroke=\"{curve.Color}\" stroke-width=\"2.4\"{(curve.Dashed ? " stroke-dasharray=\"5 2\"" : "")}/>"
                )
            );
            svg.Append(Text($"<text x=\"{at + 15:0.#}\" y=\"27\" fill=\"{ink}\">{HtmlText.Escape(curve.Label)}</text>"));
            at += 21 + (6.5 * curve.Label.Length);
            if (curves.Count > MostLabels && ReferenceEquals(curve, curves[0]))
            {
                svg.Append(Text($"<text x=\"{at:0.#}\" y=\"27\" fill=\"{ink}\">…</text>"));
                at += 16;
            }
        }
    }
}
