namespace GaitProp.Notebook.Diagrams;

/// <summary>
/// The layers of a flowchart (Sugiyama, Tagawa and Toda 1981): each node has a layer behind those of the nodes that lead to it; a link that
/// passes layers has a point in each of them; the order within layers has few crossings; and everything stands as near to what it is linked
/// with as its neighbours allow. "Across" is along a layer, whichever way the chart flows.
/// </summary>
internal sealed class FlowLayers
{
    private const int Sweeps = 24;
    private const double NodeGap = 26;
    private const double PointGap = 12;
    private const double GroupGap = 26;

    private readonly Flowchart _chart;
    private readonly List<Point> _points = [];

    /// <summary>Finds them.</summary>
    /// <param name="chart">The flowchart.</param>
    /// <param name="size">The room of a node across, by its place.</param>
    /// <param name="label">The room of a link's label across, by its place.</param>
    public FlowLayers(Flowchart chart, Func<int, double> size, Func<int, double> label)
    {
        _chart = chart;
        var layers = Ranks(out var turned);
        for (var n = 0; n < chart.Nodes.Count; n++)
        {
            _points.Add(new Point(layers[n], size(n), chart.Nodes[n].Group, n, -1));
        }

        Chains = [.. chart.Links.Select((link, l) => Chain(link, l, turned[l], label(l)))];
        Layers = [.. _points.GroupBy(p => p.Layer).OrderBy(g => g.Key).Select(g => g.ToList())];
        Order();
        Place();
    }

    /// <summary>What stands in a layer: a node, or a point that a link passes.</summary>
    internal sealed class Point(int layer, double size, int group, int node, int label)
    {
        /// <summary>Its layer.</summary>
        public int Layer { get; } = layer;

        /// <summary>Its room across.</summary>
        public double Size { get; } = size;

        /// <summary>Its group, or -1.</summary>
        public int Group { get; } = group;

        /// <summary>The node, or -1.</summary>
        public int Node { get; } = node;

        /// <summary>The link whose label stands here, or -1.</summary>
        public int Label { get; } = label;

        /// <summary>Its place across.</summary>
        public double Across { get; set; }

        /// <summary>What it is linked with in the layer before.</summary>
        public List<Point> Before { get; } = [];

        /// <summary>What it is linked with in the layer behind.</summary>
        public List<Point> Behind { get; } = [];
    }

    /// <summary>The layers, each in its order.</summary>
    public IReadOnlyList<List<Point>> Layers { get; }

    /// <summary>
    /// What each link passes, in the order of the layers, and whether it runs against them; nothing for a link from a node to itself.
    /// </summary>
    public IReadOnlyList<(IReadOnlyList<Point> Points, bool IsTurned)> Chains { get; }

    /// <summary>The layer of each node: the longest way to it. Links that close a circle are turned.</summary>
    private int[] Ranks(out bool[] turned)
    {
        var links = _chart.Links;
        var count = _chart.Nodes.Count;
        var leaving = links.Index().Where(l => l.Item.From != l.Item.To).ToLookup(l => l.Item.From, l => l.Index);
        var against = new bool[links.Count];
        var seen = new int[count];
        for (var n = 0; n < count; n++)
        {
            Visit(n);
        }

        var ends = links
            .Select((l, i) => against[i] ? (From: l.To, To: l.From, Length: Length(l)) : (l.From, l.To, Length: Length(l)))
            .Where(l => l.From != l.To)
            .ToArray();
        var ranks = new int[count];
        for (var changed = true; changed; )
        {
            changed = false;
            foreach (var (from, to, length) in ends.Where(l => ranks[l.To] < ranks[l.From] + l.Length))
            {
                ranks[to] = Math.Max(ranks[to], ranks[from] + length);
                changed = true;
            }
        }

        // What nothing leads to stands right before what it leads to.
        foreach (var n in Enumerable.Range(0, count).Where(n => ends.All(l => l.To != n)))
        {
            ranks[n] = ends.Where(l => l.From == n).Select(l => ranks[l.To] - l.Length).DefaultIfEmpty(ranks[n]).Min();
        }

        var first = ranks.Min();
        turned = against;
        return [.. ranks.Select(r => r - first)];

        // Depth first, with a stack of its own: a chain of nodes may be long.
        void Visit(int root)
        {
            var open = new Stack<(int Node, IEnumerator<int> Links)>();
            Open(root);
            while (open.TryPeek(out var top))
            {
                if (!top.Links.MoveNext())
                {
                    seen[top.Node] = 2;
                    open.Pop();
                }
                else if (seen[links[top.Links.Current].To] == 1)
                {
                    against[top.Links.Current] = true;
                }
                else
                {
                    Open(links[top.Links.Current].To);
                }
            }

            void Open(int node)
            {
                if (seen[node] == 0)
                {
                    seen[node] = 1;
                    open.Push((node, leaving[node].GetEnumerator()));
                }
            }
        }
    }

    /// <summary>A label has a layer of its own.</summary>
    private static int Length(FlowLink link) => link.Text.Length > 0 ? Math.Max(2, link.Length) : link.Length;

    private (IReadOnlyList<Point> Points, bool IsTurned) Chain(FlowLink link, int place, bool turned, double label)
    {
        if (link.From == link.To)
        {
            return ([], false);
        }

        var (first, last) = turned ? (_points[link.To], _points[link.From]) : (_points[link.From], _points[link.To]);
        var chain = new List<Point> { first };
        for (var layer = first.Layer + 1; layer < last.Layer; layer++)
        {
            var isLabel = link.Text.Length > 0 && layer == (first.Layer + last.Layer) / 2;
            var point = new Point(layer, isLabel ? label : 0, first.Group == last.Group ? first.Group : -1, -1, isLabel ? place : -1);
            _points.Add(point);
            chain.Add(point);
        }

        chain.Add(last);
        foreach (var (a, b) in chain.Zip(chain.Skip(1)))
        {
            a.Behind.Add(b);
            b.Before.Add(a);
        }

        return (chain, turned);
    }

    private void Order()
    {
        Number();
        var best = Layers.Select(l => l.ToArray()).ToArray();
        var fewest = Crossings();
        for (var sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            var down = sweep % 2 == 0;
            foreach (var layer in down ? Layers.Skip(1) : Layers.Reverse().Skip(1))
            {
                var wanted = layer.ToDictionary(
                    p => p,
                    p => (down ? p.Before : p.Behind) is { Count: > 0 } linked ? linked.Average(q => q.Across) : p.Across
                );
                Point[] ordered = [.. Sorted([.. layer], wanted, 0)];
                layer.Clear();
                layer.AddRange(ordered);
                foreach (var (i, p) in layer.Index())
                {
                    p.Across = i;
                }
            }

            if (Crossings() is var now && now < fewest)
            {
                (fewest, best) = (now, [.. Layers.Select(l => l.ToArray())]);
            }
        }

        foreach (var (layer, order) in Layers.Zip(best))
        {
            layer.Clear();
            layer.AddRange(order);
        }

        void Number()
        {
            foreach (var layer in Layers)
            {
                Point[] ordered = [.. Sorted([.. layer], layer.Index().ToDictionary(p => p.Item, p => (double)p.Index), 0)];
                layer.Clear();
                layer.AddRange(ordered);
                foreach (var (i, p) in layer.Index())
                {
                    p.Across = i;
                }
            }
        }
    }

    /// <summary>Points by what they want, those of a group beside each other.</summary>
    private IEnumerable<Point> Sorted(IReadOnlyList<Point> points, IReadOnlyDictionary<Point, double> wanted, int depth)
    {
        var alone = 0;
        return points
            .GroupBy(p => Outer(p.Group, depth) is >= 0 and var group ? group : --alone)
            .OrderBy(block => block.Average(p => wanted[p]))
            .SelectMany(block => block.Key < 0 ? block : Sorted([.. block], wanted, depth + 1));
    }

    /// <summary>The group at a depth that a group lies in, or -1.</summary>
    private int Outer(int group, int depth)
    {
        var path = new List<int>();
        for (var g = group; g >= 0; g = _chart.Groups[g].Outer)
        {
            path.Insert(0, g);
        }

        return depth < path.Count ? path[depth] : -1;
    }

    private long Crossings()
    {
        var crossings = 0L;
        foreach (var layer in Layers)
        {
            var places = layer.Index().ToDictionary(p => p.Item, p => p.Index);
            var links = layer.SelectMany(p => p.Behind.Select(q => (From: places[p], To: q.Across))).ToArray();
            for (var i = 0; i < links.Length; i++)
            {
                for (var j = i + 1; j < links.Length; j++)
                {
                    crossings += (links[i].From - links[j].From) * (links[i].To - links[j].To) < 0 ? 1 : 0;
                }
            }
        }

        return crossings;
    }

    private void Place()
    {
        foreach (var layer in Layers)
        {
            Settle(layer, _ => (0, 1));
        }

        for (var sweep = 0; sweep < 12; sweep++)
        {
            var (before, behind) = sweep >= 10 ? (true, true) : (sweep % 2 == 0, sweep % 2 == 1);
            foreach (var layer in before && !behind ? Layers : Layers.Reverse())
            {
                Settle(layer, p => Wanted(p, [.. before ? p.Before : [], .. behind ? p.Behind : []]));
            }
        }

        // Links that pass layers are to be straight, more than nodes near to each other.
        static (double At, double Weight) Wanted(Point point, List<Point> linked)
        {
            if (linked.Count == 0)
            {
                return (point.Across, 0.1);
            }

            var weights = linked.ConvertAll(q =>
                point.Node < 0 && q.Node < 0 ? 8.0
                : point.Node < 0 || q.Node < 0 ? 2.0
                : 1.0
            );
            return (linked.Zip(weights, (q, w) => q.Across * w).Sum() / weights.Sum(), weights.Sum());
        }
    }

    /// <summary>
    /// Puts each point of a layer as near as can be (least squares) to where it wants to be, in the layer's order and with room between
    /// them: with the room taken off that is isotonic regression, which pools neighbours that want to pass each other.
    /// </summary>
    private static void Settle(List<Point> layer, Func<Point, (double At, double Weight)> wanted)
    {
        var room = 0.0;
        var offsets = new double[layer.Count];
        var pools = new List<(double At, double Weight, int Count)>();
        for (var i = 0; i < layer.Count; i++)
        {
            room += i == 0 ? 0 : ((layer[i - 1].Size + layer[i].Size) / 2) + Gap(layer[i - 1], layer[i]);
            offsets[i] = room;
            var (at, weight) = wanted(layer[i]);
            pools.Add((at - room, weight, 1));
            while (pools.Count > 1 && pools[^2].At >= pools[^1].At)
            {
                var (a, b) = (pools[^2], pools[^1]);
                pools.RemoveRange(pools.Count - 2, 2);
                pools.Add((((a.At * a.Weight) + (b.At * b.Weight)) / (a.Weight + b.Weight), a.Weight + b.Weight, a.Count + b.Count));
            }
        }

        foreach (var (i, at) in pools.SelectMany(p => Enumerable.Repeat(p.At, p.Count)).Index())
        {
            layer[i].Across = at + offsets[i];
        }
    }

    private static double Gap(Point a, Point b) => (a.Node < 0 || b.Node < 0 ? PointGap : NodeGap) + (a.Group != b.Group ? GroupGap : 0);
}
