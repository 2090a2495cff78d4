using System.Globalization;
using System.Text;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Diagrams;

/// <summary>Draws a flowchart as SVG, in colours that are read on light and on dark pages.</summary>
internal static class FlowSvg
{
    private const string Ink = "#1f2740";
    private const string Fill = "#e8edfb";
    private const string Stroke = "#5468b0";
    private const string LinkStroke = "#7b8299";
    private const string Paper = "#f6f7fb";

    /// <summary>How far the point of an arrow reaches, in pixels.</summary>
    private const double Arrow = 8;

    /// <summary>The picture of a flowchart.</summary>
    /// <param name="picture">The flowchart, everything in its place.</param>
    public static string Of(FlowPicture picture)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{HtmlText.Escape(Said(picture.Chart))}" viewBox="0 0 {picture.Width:0.#} {picture.Height:0.#}" width="{picture.Width:0.#}" height="{picture.Height:0.#}" style="max-width:100%;height:auto" font-family="system-ui, sans-serif" font-size="{TextSize.Font}">"""
        );
        foreach (
            var (frame, group) in picture
                .Groups.Zip(picture.Chart.Groups)
                .Where(g => g.First is not null)
                .Select(g => (g.First!.Value, g.Second))
        )
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<rect x="{frame.Left:0.#}" y="{frame.Top:0.#}" width="{frame.Width:0.#}" height="{frame.Height:0.#}" rx="6" fill="{LinkStroke}" fill-opacity="0.1" stroke="{LinkStroke}"/>"""
            );
            var (w, h) = FlowLayout.LabelSize(group.Text);
            Label(svg, new Spot(frame.Middle.X, frame.Top + 4 + (h / 2)), (w, h), group.Text, "600");
        }

        foreach (var (way, link) in picture.Ways.Zip(picture.Chart.Links).Where(l => l.Second.Line != FlowLine.Unseen))
        {
            // A link meets nodes along the flow, and one from a node to itself from the side.
            Link(svg, way.Way, link, (picture.Chart.Flow is Flow.Right or Flow.Left) != (link.From == link.To));
        }

        foreach (
            var (way, link) in picture
                .Ways.Zip(picture.Chart.Links)
                .Where(l => l.First.Label is not null && l.Second.Line != FlowLine.Unseen)
        )
        {
            Label(svg, way.Label!.Value, FlowLayout.LabelSize(link.Text), link.Text, "400");
        }

        foreach (var (frame, node) in picture.Nodes.Zip(picture.Chart.Nodes))
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<g fill="{Fill}" stroke="{Stroke}">{Outline(frame, node.Shape)}</g>""");
            Text(svg, frame.Middle with { Y = frame.Middle.Y + (node.Shape == FlowShape.Cylinder ? 6 : 0) }, node.Text, "400");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>What a flowchart says, for who cannot see it.</summary>
    /// <param name="chart">The flowchart.</param>
    public static string Said(Flowchart chart)
    {
        var links = chart
            .Links.Where(l => l.Line != FlowLine.Unseen)
            .Select(l =>
                $"{One(chart.Nodes[l.From].Text)} to {One(chart.Nodes[l.To].Text)}{(l.Text.Length > 0 ? $" ({One(l.Text)})" : "")}"
            );
        return $"Flowchart: {string.Join("; ", chart.Links.Count > 0 ? links : chart.Nodes.Select(n => One(n.Text)))}";

        static string One(string text) => text.Replace('\n', ' ');
    }

    private static string Outline(Frame f, FlowShape shape)
    {
        var lean = f.Height / 2;
        return shape switch
        {
            FlowShape.Round => Box(f, 6),
            FlowShape.Stadium => Box(f, f.Height / 2),
            FlowShape.Circle => Circle(f, 0),
            FlowShape.DoubleCircle => Circle(f, 0) + Circle(f, 5),
            FlowShape.Subroutine => Box(f, 0)
                + Lines($"M{f.Left + 7:0.#} {f.Top:0.#}V{f.Bottom:0.#}M{f.Right - 7:0.#} {f.Top:0.#}V{f.Bottom:0.#}"),
            FlowShape.Cylinder => Lines(
                $"M{f.Left:0.#} {f.Top + 7:0.#}A{f.Width / 2:0.#} 7 0 0 1 {f.Right:0.#} {f.Top + 7:0.#}V{f.Bottom - 7:0.#}A{f.Width / 2:0.#} 7 0 0 1 {f.Left:0.#} {f.Bottom - 7:0.#}Z"
            ) + Lines($"M{f.Left:0.#} {f.Top + 7:0.#}A{f.Width / 2:0.#} 7 0 0 0 {f.Right:0.#} {f.Top + 7:0.#}", "none"),
            FlowShape.Diamond => Corners((f.Middle.X, f.Top), (f.Right, f.Middle.Y), (f.Middle.X, f.Bottom), (f.Left, f.Middle.Y)),
            FlowShape.Hexagon => Corners(
                (f.Left + lean, f.Top),
                (f.Right - lean, f.Top),
                (f.Right, f.Middle.Y),
                (f.Right - lean, f.Bottom),
                (f.Left + lean, f.Bottom),
                (f.Left, f.Middle.Y)
            ),
            FlowShape.LeansRight => Corners((f.Left + lean, f.Top), (f.Right, f.Top), (f.Right - lean, f.Bottom), (f.Left, f.Bottom)),
            FlowShape.LeansLeft => Corners((f.Left, f.Top), (f.Right - lean, f.Top), (f.Right, f.Bottom), (f.Left + lean, f.Bottom)),
            FlowShape.Trapezoid => Corners((f.Left + lean, f.Top), (f.Right - lean, f.Top), (f.Right, f.Bottom), (f.Left, f.Bottom)),
            FlowShape.TrapezoidUpsideDown => Corners(
                (f.Left, f.Top),
                (f.Right, f.Top),
                (f.Right - lean, f.Bottom),
                (f.Left + lean, f.Bottom)
            ),
            FlowShape.Flag => Corners(
                (f.Left, f.Top),
                (f.Right, f.Top),
                (f.Right, f.Bottom),
                (f.Left, f.Bottom),
                (f.Left + 14, f.Middle.Y)
            ),
            _ => Box(f, 2),
        };
    }

    private static string Box(Frame f, double corner) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""<rect x="{f.Left:0.#}" y="{f.Top:0.#}" width="{f.Width:0.#}" height="{f.Height:0.#}" rx="{corner:0.#}"/>"""
        );

    private static string Circle(Frame f, double within) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""<circle cx="{f.Middle.X:0.#}" cy="{f.Middle.Y:0.#}" r="{(f.Width / 2) - within:0.#}"/>"""
        );

    private static string Corners(params (double X, double Y)[] corners) =>
        $"<polygon points=\"{string.Join(' ', corners.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.X:0.#},{c.Y:0.#}")))}\"/>";

    private static string Lines(FormattableString way, string? fill = null) =>
        $"<path d=\"{FormattableString.Invariant(way)}\"{(fill is null ? "" : $" fill=\"{fill}\"")}/>";

    private static void Link(StringBuilder svg, IReadOnlyList<Spot> way, FlowLink link, bool isAlongX)
    {
        var spots = way.ToArray();
        var (tail, head) = (Direction(spots[1], spots[0], isAlongX), Direction(spots[^2], spots[^1], isAlongX));
        var marks = Mark(link.Tail, spots[0], tail) + Mark(link.Head, spots[^1], head);

        // A thick line would stick out at an arrow's point.
        spots[0] = Shortened(spots[0], tail, link.Tail);
        spots[^1] = Shortened(spots[^1], head, link.Head);
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M{spots[0].X:0.#} {spots[0].Y:0.#}");
        foreach (var (a, b) in spots.Zip(spots.Skip(1)))
        {
            if (a.X == b.X || a.Y == b.Y)
            {
                path.Append(CultureInfo.InvariantCulture, $"L{b.X:0.#} {b.Y:0.#}");
            }
            else if (isAlongX)
            {
                path.Append(
                    CultureInfo.InvariantCulture,
                    $"C{(a.X + b.X) / 2:0.#} {a.Y:0.#} {(a.X + b.X) / 2:0.#} {b.Y:0.#} {b.X:0.#} {b.Y:0.#}"
                );
            }
            else
            {
                path.Append(
                    CultureInfo.InvariantCulture,
                    $"C{a.X:0.#} {(a.Y + b.Y) / 2:0.#} {b.X:0.#} {(a.Y + b.Y) / 2:0.#} {b.X:0.#} {b.Y:0.#}"
                );
            }
        }

        var style = link.Line switch
        {
            FlowLine.Dotted => " stroke-dasharray=\"3 4\"",
            FlowLine.Thick => " stroke-width=\"3.2\"",
            _ => " stroke-width=\"1.5\"",
        };
        svg.Append(CultureInfo.InvariantCulture, $"""<path d="{path}" fill="none" stroke="{LinkStroke}"{style}/>{marks}""");
    }

    private static Spot Direction(Spot from, Spot to, bool isAlongX) =>
        isAlongX ? new Spot(Math.Sign(to.X - from.X), 0) : new Spot(0, Math.Sign(to.Y - from.Y));

    private static Spot Shortened(Spot end, Spot direction, char mark) =>
        mark == '>' || mark == '<' ? new Spot(end.X - (direction.X * (Arrow - 1)), end.Y - (direction.Y * (Arrow - 1))) : end;

    private static string Mark(char mark, Spot end, Spot direction)
    {
        var (back, side) = (new Spot(-direction.X, -direction.Y), new Spot(direction.Y, direction.X));
        return mark switch
        {
            '>' or '<' => string.Create(
                CultureInfo.InvariantCulture,
                $"""<polygon points="{end.X:0.#},{end.Y:0.#} {end.X + (back.X * Arrow) + (side.X * 4.5):0.#},{end.Y + (back.Y * Arrow) + (side.Y * 4.5):0.#} {end.X + (back.X * Arrow) - (side.X * 4.5):0.#},{end.Y + (back.Y * Arrow) - (side.Y * 4.5):0.#}" fill="{LinkStroke}"/>"""
            ),
            'o' => string.Create(
                CultureInfo.InvariantCulture,
                $"""<circle cx="{end.X + (back.X * 4):0.#}" cy="{end.Y + (back.Y * 4):0.#}" r="4" fill="{LinkStroke}"/>"""
            ),
            'x' => string.Create(
                CultureInfo.InvariantCulture,
                $"""<path d="M{end.X + (back.X * 6) - 4:0.#} {end.Y + (back.Y * 6) - 4:0.#}l8 8m0 -8l-8 8" stroke="{LinkStroke}" stroke-width="1.8"/>"""
            ),
            _ => "",
        };
    }

    private static void Label(StringBuilder svg, Spot middle, (double Width, double Height) size, string text, string weight)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<rect x="{middle.X - (size.Width / 2):0.#}" y="{middle.Y - (size.Height / 2):0.#}" width="{size.Width:0.#}" height="{size.Height:0.#}" rx="3" fill="{Paper}" fill-opacity="0.92"/>"""
        );
        Text(svg, middle, text, weight);
    }

    private static void Text(StringBuilder svg, Spot middle, string text, string weight)
    {
        var lines = text.Split('\n');
        foreach (var (i, line) in lines.Index())
        {
            var y = middle.Y + ((i - ((lines.Length - 1) / 2.0)) * TextSize.Line);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<text x="{middle.X:0.#}" y="{y:0.#}" fill="{Ink}" font-weight="{weight}" text-anchor="middle" dominant-baseline="central">{HtmlText.Escape(line)}</text>"""
            );
        }
    }
}
