using System.Xml.Linq;
using GaitProp.Notebook.Diagrams;

namespace GaitProp.Notebook.Tests.Diagrams;

public sealed class FlowLayoutTests
{
    private const string Wide =
        "graph WAY\nA[images] --> B[layer 1] & C[layer 2] & D{{which?}}\nB --> E((loss))\nC -- a label --> E\nD -->|yes| F[(store)] --> A\nD -->|no| E\nsubgraph g [The rule]\nB\nC\nend\nE --> E\nA --> G ---> H";

    public static TheoryData<string> Charts { get; } =
    [
        .. new[] { "TD", "BT", "LR", "RL" }.Select(way => Wide.Replace("WAY", way, StringComparison.Ordinal)),
        .. Enumerable.Range(1, 12).Select(Random),
    ];

    [Theory]
    [MemberData(nameof(Charts))]
    public void Nothing_overlaps_and_all_of_it_is_in_the_picture(string text)
    {
        var picture = FlowLayout.Of(FlowchartReader.Read(text));

        for (var a = 0; a < picture.Nodes.Count; a++)
        {
            Assert.All(picture.Nodes.Skip(a + 1), other => Assert.False(Meet(picture.Nodes[a], other), "two nodes overlap"));
        }

        var labels = picture
            .Ways.Zip(picture.Chart.Links)
            .Where(l => l.First.Label is not null)
            .Select(l => (At: l.First.Label!.Value, Size: FlowLayout.LabelSize(l.Second.Text)))
            .Select(l => new Frame(
                l.At.X - (l.Size.Width / 2),
                l.At.Y - (l.Size.Height / 2),
                l.At.X + (l.Size.Width / 2),
                l.At.Y + (l.Size.Height / 2)
            ))
            .ToArray();
        Assert.All(labels, l => Assert.DoesNotContain(picture.Nodes, n => Meet(n, l)));
        Assert.All(
            picture.Nodes.Concat(labels).Concat(picture.Groups.OfType<Frame>()),
            f => Assert.True(f.Left >= 0 && f.Top >= 0 && f.Right <= picture.Width && f.Bottom <= picture.Height, "it lies outside")
        );
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Links_begin_and_end_at_their_nodes(string text)
    {
        var picture = FlowLayout.Of(FlowchartReader.Read(text));

        Assert.All(
            picture.Ways.Zip(picture.Chart.Links),
            l =>
            {
                Assert.True(Touches(picture.Nodes[l.Second.From], l.First.Way[0]), "it does not begin at its node");
                Assert.True(Touches(picture.Nodes[l.Second.To], l.First.Way[^1]), "it does not end at its node");
            }
        );
    }

    [Theory]
    [InlineData("TD")]
    [InlineData("BT")]
    [InlineData("LR")]
    [InlineData("RL")]
    public void What_comes_later_lies_further_along(string way)
    {
        var nodes = FlowLayout.Of(FlowchartReader.Read($"graph {way}\nA --> B --> C\nC --> A")).Nodes.Select(n => n.Middle).ToArray();

        Assert.All(
            nodes.Zip(nodes.Skip(1)),
            pair =>
                Assert.True(
                    way switch
                    {
                        "TD" => pair.First.Y < pair.Second.Y,
                        "BT" => pair.First.Y > pair.Second.Y,
                        "LR" => pair.First.X < pair.Second.X,
                        _ => pair.First.X > pair.Second.X,
                    }
                )
        );
    }

    [Fact]
    public void A_chain_is_straight_and_a_tree_has_no_crossings()
    {
        var chain = FlowLayout.Of(FlowchartReader.Read("graph TD\nA[a long one] --> B --> C[c]")).Nodes;
        Assert.Equal(3, chain.Count);
        Assert.All(chain, n => Assert.Equal(chain[0].Middle.X, n.Middle.X, 1e-9));
        var tree = FlowLayout.Of(FlowchartReader.Read("graph TD\nr --> c & a & b\na --> a1 & a2\nb --> b1 & b2\nc --> c1"));
        var (parents, children) = (new[] { "c", "a", "b" }, new[] { "c1", "a1", "a2", "b1", "b2" });
        Assert.Equal(parents.OrderBy(At).Select(p => p[0]), children.OrderBy(At).Select(c => c[0]).Distinct());

        double At(string id) => tree.Nodes[tree.Chart.Nodes.Index().First(n => n.Item.Id == id).Index].Middle.X;
    }

    [Fact]
    public void Groups_enclose_their_nodes_and_no_other_of_the_same_layer()
    {
        var picture = FlowLayout.Of(FlowchartReader.Read("graph TD\nx --> a & y & b\nsubgraph g\na\nb\nend"));
        var frame = picture.Groups[0]!.Value;
        Assert.Equal([false, true, false, true], picture.Nodes.Select(n => Meet(n, frame)));
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void The_picture_is_well_formed_and_says_everything(string text)
    {
        var chart = FlowchartReader.Read(text);

        var svg = XElement.Parse(FlowSvg.Of(FlowLayout.Of(chart)));

        var words = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.All(chart.Nodes, n => Assert.Contains(n.Text, words));
        Assert.All(chart.Links.Where(l => l.Text.Length > 0), l => Assert.Contains(l.Text, words));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Five_hundred_nodes_are_drawn_within_seconds()
    {
        var random = new Random(7);
        var text =
            "graph TD\n" + string.Join('\n', Enumerable.Range(1, 499).Select(n => $"n{random.Next(Math.Max(0, n - 40), n)} --> n{n}"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        FlowLayout.Of(FlowchartReader.Read(text));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    /// <summary>Any chart: nodes of all outlines, links in all directions, circles among them.</summary>
    private static string Random(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(2, 14);
        string[] shapes = ["[a text of node N]", "(N)", "{{which N?}}", "((N))", "[(N)]", "[/leans N/]", ">flag N]", "([N])", "(((x N)))"];
        var nodes = Enumerable
            .Range(0, count)
            .Select(n => $"n{n}{shapes[random.Next(shapes.Length)].Replace("N", $"{n}", StringComparison.Ordinal)}");
        var links = Enumerable
            .Range(0, random.Next(1, 2 * count))
            .Select(_ => $"n{random.Next(count)} {(random.Next(3) == 0 ? "-- some words -->" : "-->")} n{random.Next(count)}");
        return $"graph {new[] { "TD", "LR", "BT", "RL" }[seed % 4]}\n{string.Join('\n', nodes.Concat(links))}";
    }

    private static bool Meet(Frame a, Frame b) =>
        a.Left < b.Right - 0.01 && b.Left < a.Right - 0.01 && a.Top < b.Bottom - 0.01 && b.Top < a.Bottom - 0.01;

    private static bool Touches(Frame frame, Spot spot)
    {
        var (outer, inner) = (frame.Wider(0.5), frame.Wider(-0.5));
        return spot.X >= outer.Left
            && spot.X <= outer.Right
            && spot.Y >= outer.Top
            && spot.Y <= outer.Bottom
            && !(spot.X > inner.Left && spot.X < inner.Right && spot.Y > inner.Top && spot.Y < inner.Bottom);
    }
}
