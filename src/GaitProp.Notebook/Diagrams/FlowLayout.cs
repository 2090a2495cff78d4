namespace GaitProp.Notebook.Diagrams;

/// <summary>Puts a flowchart into a picture: layers along its flow, links between them, frames around groups.</summary>
internal sealed class FlowLayout
{
    private const double Margin = 10;
    private const double LayerGap = 38;
    private const double GroupPadding = 12;

    /// <summary>The room of a group's title above its nodes.</summary>
    public const double TitleHeight = 22;

    private readonly Flowchart _chart;
    private readonly FlowLayers _layers;
    private readonly double[] _along;

    private FlowLayout(Flowchart chart)
    {
        _chart = chart;
        _layers = new FlowLayers(
            chart,
            n => Turned(NodeSize(chart.Nodes[n])).Across + (chart.Links.Any(l => l.From == n && l.To == n) ? 2 * LoopWidth(n) : 0),
            l => Turned(LabelSize(chart.Links[l].Text)).Across
        );
        _along = new double[_layers.Layers.Count];
        for (var (layer, at) = (0, 0.0); layer < _along.Length; layer++)
        {
            var room = _layers.Layers[layer].Max(Along);
            _along[layer] = at + (room / 2);
            at += room + (chart.Groups.Count > 0 ? LayerGap + TitleHeight : LayerGap);
        }
    }

    /// <summary>Puts a flowchart into a picture.</summary>
    /// <param name="chart">The flowchart.</param>
    public static FlowPicture Of(Flowchart chart) => new FlowLayout(chart).Picture();

    /// <summary>The room that a node's text and outline take.</summary>
    /// <param name="node">The node.</param>
    public static (double Width, double Height) NodeSize(FlowNode node)
    {
        var (w, h) = (TextSize.Width(node.Text), TextSize.Height(node.Text));
        return node.Shape switch
        {
            FlowShape.Circle => Round(Math.Sqrt((w * w) + (h * h)) + 14),
            FlowShape.DoubleCircle => Round(Math.Sqrt((w * w) + (h * h)) + 24),

            // Around the text's rectangle: w / W + h / H = 1.
            FlowShape.Diamond => (w + (2 * h) + 32, (h + 8) * (w + (2 * h) + 32) / ((2 * h) + 24)),
            FlowShape.Hexagon or FlowShape.LeansLeft or FlowShape.LeansRight or FlowShape.Trapezoid or FlowShape.TrapezoidUpsideDown => (
                w + h + 36,
                h + 18
            ),
            FlowShape.Cylinder => (w + 30, h + 32),
            FlowShape.Flag or FlowShape.Subroutine => (w + 44, h + 18),
            FlowShape.Stadium => (w + h + 28, h + 18),
            _ => (w + 30, h + 18),
        };

        static (double, double) Round(double diameter) => (diameter, diameter);
    }

    /// <summary>The room of a label.</summary>
    /// <param name="text">Its text.</param>
    public static (double Width, double Height) LabelSize(string text) =>
        text.Length == 0 ? (0, 0) : (TextSize.Width(text) + 10, TextSize.Height(text) + 4);

    private bool IsSideways => _chart.Flow is Flow.Left or Flow.Right;

    private (double Across, double Along) Turned((double Width, double Height) size) => IsSideways ? (size.Height, size.Width) : size;

    private double Along(FlowLayers.Point point) =>
        point.Node >= 0 ? Turned(NodeSize(_chart.Nodes[point.Node])).Along
        : point.Label >= 0 ? Turned(LabelSize(_chart.Links[point.Label].Text)).Along
        : 0;

    private double LoopWidth(int node) =>
        18 + _chart.Links.Where(l => l.From == node && l.To == node).Max(l => Turned(LabelSize(l.Text)).Across);

    private FlowPicture Picture()
    {
        var nodes = new Frame[_chart.Nodes.Count];
        foreach (var point in _layers.Layers.SelectMany(l => l).Where(p => p.Node >= 0))
        {
            var ((w, h), middle) = (NodeSize(_chart.Nodes[point.Node]), At(point.Across, _along[point.Layer]));
            nodes[point.Node] = new Frame(middle.X - (w / 2), middle.Y - (h / 2), middle.X + (w / 2), middle.Y + (h / 2));
        }

        FlowWay[] ways = [.. _chart.Links.Select((link, l) => link.From == link.To ? Loop(nodes[link.From], link) : Way(l))];
        var groups = Groups(nodes, ways);
        var all = nodes
            .Concat(groups.OfType<Frame>())
            .Concat(ways.SelectMany((way, l) => Around(way, _chart.Links[l])))
            .Aggregate((a, b) => a.With(b))
            .Wider(Margin);
        var (x, y) = (-all.Left, -all.Top);
        return new FlowPicture(
            _chart,
            all.Width,
            all.Height,
            [.. nodes.Select(n => n.Moved(x, y))],
            [.. ways.Select(w => new FlowWay([.. w.Way.Select(Moved)], w.Label is { } label ? Moved(label) : null))],
            [.. groups.Select(g => g?.Moved(x, y))]
        );

        Spot Moved(Spot spot) => new(spot.X + x, spot.Y + y);
    }

    /// <summary>From across and along to the picture.</summary>
    private Spot At(double across, double along) =>
        _chart.Flow switch
        {
            Flow.Up => new Spot(across, -along),
            Flow.Right => new Spot(along, across),
            Flow.Left => new Spot(-along, across),
            _ => new Spot(across, along),
        };

    private FlowWay Way(int link)
    {
        var (points, isTurned) = _layers.Chains[link];
        List<Spot> way = [];
        foreach (var (i, point) in points.Index())
        {
            var half = Along(point) / 2;
            if (i == 0)
            {
                way.Add(At(point.Across + Port(point, point.Behind, points[1]), _along[point.Layer] + half));
            }
            else if (i == points.Count - 1)
            {
                way.Add(At(point.Across + Port(point, point.Before, points[i - 1]), _along[point.Layer] - half));
            }
            else
            {
                // Straight past what stands in the layer.
                half = _layers.Layers[point.Layer].Max(Along) / 2;
                way.Add(At(point.Across, _along[point.Layer] - half));
                if (half > 0)
                {
                    way.Add(At(point.Across, _along[point.Layer] + half));
                }
            }
        }

        if (isTurned)
        {
            way.Reverse();
        }

        return new FlowWay(way, points.FirstOrDefault(p => p.Label == link) is { } label ? At(label.Across, _along[label.Layer]) : null);
    }

    /// <summary>Where a link touches a node, from its middle: those of one side share it, where the side is straight.</summary>
    private double Port(FlowLayers.Point point, List<FlowLayers.Point> side, FlowLayers.Point other)
    {
        if (
            side.Count < 2
            || _chart.Nodes[point.Node].Shape is FlowShape.Diamond or FlowShape.Circle or FlowShape.DoubleCircle or FlowShape.Hexagon
            || (IsSideways && _chart.Nodes[point.Node].Shape is not (FlowShape.Box or FlowShape.Subroutine or FlowShape.Cylinder))
        )
        {
            return 0;
        }

        var room = Turned(NodeSize(_chart.Nodes[point.Node])).Across;
        var step = Math.Min(18, 0.6 * room / (side.Count - 1));
        return (side.OrderBy(p => p.Across).ToList().IndexOf(other) - ((side.Count - 1) / 2.0)) * step;
    }

    /// <summary>A link from a node to itself.</summary>
    private FlowWay Loop(Frame node, FlowLink link)
    {
        var (width, height) = LabelSize(link.Text);
        var label = link.Text.Length > 0;
        return IsSideways
            ? new FlowWay(
                [
                    new(node.Middle.X - 10, node.Bottom),
                    new(node.Middle.X - 10, node.Bottom + 16),
                    new(node.Middle.X + 10, node.Bottom + 16),
                    new(node.Middle.X + 10, node.Bottom),
                ],
                label ? new Spot(node.Middle.X, node.Bottom + 18 + (height / 2)) : null
            )
            : new FlowWay(
                [
                    new(node.Right, node.Middle.Y - 7),
                    new(node.Right + 16, node.Middle.Y - 7),
                    new(node.Right + 16, node.Middle.Y + 7),
                    new(node.Right, node.Middle.Y + 7),
                ],
                label ? new Spot(node.Right + 18 + (width / 2), node.Middle.Y) : null
            );
    }

    private static IEnumerable<Frame> Around(FlowWay way, FlowLink link)
    {
        foreach (var spot in way.Way)
        {
            yield return new Frame(spot.X, spot.Y, spot.X, spot.Y);
        }

        if (way.Label is { } label)
        {
            var (w, h) = LabelSize(link.Text);
            yield return new Frame(label.X - (w / 2), label.Y - (h / 2), label.X + (w / 2), label.Y + (h / 2));
        }
    }

    private Frame?[] Groups(Frame[] nodes, FlowWay[] ways)
    {
        var frames = new Frame?[_chart.Groups.Count];

        // Those within come later in the text than those around them.
        for (var g = frames.Length - 1; g >= 0; g--)
        {
            var within = nodes
                .Where((_, n) => _chart.Nodes[n].Group == g)
                .Concat(
                    _chart
                        .Links.Index()
                        .Where(l => _chart.Nodes[l.Item.From].Group == g && _chart.Nodes[l.Item.To].Group == g)
                        .SelectMany(l => Around(ways[l.Index], l.Item))
                )
                .Concat(frames.Where((f, inner) => f is not null && _chart.Groups[inner].Outer == g).Select(f => f!.Value))
                .ToArray();
            if (within.Length > 0)
            {
                var around = within.Aggregate((a, b) => a.With(b)).Wider(GroupPadding);
                var title = Math.Max(0, TextSize.Width(_chart.Groups[g].Text) + 16 - around.Width) / 2;
                frames[g] = around with { Top = around.Top - TitleHeight, Left = around.Left - title, Right = around.Right + title };
            }
        }

        return frames;
    }
}
