using GaitProp.Notebook.Diagrams;

namespace GaitProp.Notebook.Tests.Diagrams;

public sealed class FlowchartReaderTests
{
    [Theory]
    [InlineData("graph TD\nA[one] --> B(two)", "A:Box:one B:Round:two", "A-B:Plain: >")]
    [InlineData("flowchart LR; A --> B; B --- C", "A:Box:A B:Box:B C:Box:C", "A-B:Plain: > B-C:Plain:  ")]
    [InlineData("graph\nA-->B-->C", "A:Box:A B:Box:B C:Box:C", "A-B:Plain: > B-C:Plain: >")]
    [InlineData("graph TB\na & b --> c & d", "a:Box:a b:Box:b c:Box:c d:Box:d", "a-c:Plain: > a-d:Plain: > b-c:Plain: > b-d:Plain: >")]
    [InlineData(
        "graph TD\nA -->|yes| B\nA -- no --> C\nA -. maybe .-> D\nA == sure ==> E\nA--then-->F",
        "A:Box:A B:Box:B C:Box:C D:Box:D E:Box:E F:Box:F",
        "A-B:Plain:yes > A-C:Plain:no > A-D:Dotted:maybe > A-E:Thick:sure > A-F:Plain:then >"
    )]
    [InlineData(
        "graph TD\nA <--> B\nB -.-> C\nC ==> D\nD --o E\nE --x F\nF ~~~ G",
        "A:Box:A B:Box:B C:Box:C D:Box:D E:Box:E F:Box:F G:Box:G",
        "A-B:Plain:<> B-C:Dotted: > C-D:Thick: > D-E:Plain: o E-F:Plain: x F-G:Unseen:  "
    )]
    [InlineData(
        "graph TD\nA([s]) --> B[[u]] --> C[(d)] --> D((c)) --> E(((cc)))",
        "A:Stadium:s B:Subroutine:u C:Cylinder:d D:Circle:c E:DoubleCircle:cc",
        null
    )]
    [InlineData(
        "graph TD\nA{q?} --> B{{h}} --> C>f] --> D[/r/] --> E[\\l\\] --> F[/t\\] --> G[\\v/]",
        "A:Diamond:q? B:Hexagon:h C:Flag:f D:LeansRight:r E:LeansLeft:l F:Trapezoid:t G:TrapezoidUpsideDown:v",
        null
    )]
    [InlineData(
        "graph TD\nA[\"a [b] (c) --> d\"] --> B[\"two<br/>lines #amp; #35;\"]:::big",
        "A:Box:a [b] (c) --> d B:Box:two\nlines & #",
        "A-B:Plain: >"
    )]
    [InlineData(
        "---\ntitle: x\n---\n%% a comment\nflowchart TD\n  classDef big fill:#f9f\n  style A fill:#fff,stroke:#333\n  A --> B %% and --> no more",
        "A:Box:A B:Box:B",
        "A-B:Plain: >"
    )]
    [InlineData(
        "graph TD\nA --> A\nlayer-1 --> layer_2.x",
        "A:Box:A layer-1:Box:layer-1 layer_2.x:Box:layer_2.x",
        "A-A:Plain: > layer-1-layer_2.x:Plain: >"
    )]
    public void Nodes_and_links_are_what_the_text_says(string text, string nodes, string? links)
    {
        var chart = FlowchartReader.Read(text);

        Assert.Equal(nodes, string.Join(' ', chart.Nodes.Select(n => $"{n.Id}:{n.Shape}:{n.Text}")));
        if (links is not null)
        {
            Assert.Equal(
                links,
                string.Join(
                    ' ',
                    chart.Links.Select(l =>
                        $"{chart.Nodes[l.From].Id}-{chart.Nodes[l.To].Id}:{l.Line}:{l.Text}{(l.Text.Length > 0 ? " " : l.Tail)}{l.Head}"
                    )
                )
            );
        }
    }

    [Theory]
    [InlineData("graph TD\nA --> B", nameof(Flow.Down))]
    [InlineData("graph BT\nA --> B", nameof(Flow.Up))]
    [InlineData("flowchart LR\nA --> B", nameof(Flow.Right))]
    [InlineData("flowchart RL\nA --> B", nameof(Flow.Left))]
    public void It_flows_where_it_says(string text, string flow) => Assert.Equal(flow, FlowchartReader.Read(text).Flow.ToString());

    [Fact]
    public void Longer_links_span_more_layers() =>
        Assert.Equal(
            [1, 2, 3, 2, 2],
            FlowchartReader.Read("graph TD\nA --> B\nA ---> C\nA ----> D\nA -..-> E\nA ===> F").Links.Select(l => l.Length)
        );

    [Fact]
    public void Groups_hold_the_nodes_that_they_name_first_and_stand_in_each_other()
    {
        var chart = FlowchartReader.Read(
            "flowchart TB\n  x --> a\n  subgraph outer [The outer one]\n    direction LR\n    a --> b\n    subgraph inner\n      c\n    end\n  end\n  b --> c --> d"
        );

        Assert.Equal([("The outer one", -1), ("inner", 0)], chart.Groups.Select(g => (g.Text, g.Outer)));
        Assert.Equal([("x", -1), ("a", 0), ("b", 0), ("c", 1), ("d", -1)], chart.Nodes.Select(n => (n.Id, n.Group)));
    }

    [Theory]
    [InlineData("", "it has no nodes")]
    [InlineData("sequenceDiagram\nA->>B: hi", "it begins with 'sequenceDiagram', and only flowcharts are drawn here")]
    [InlineData("graph TD\nA -->", "line 2: a node is missing at its end")]
    [InlineData("graph TD\nA[open --> B", "line 2: '[open --> B' has no closing ']'")]
    [InlineData("graph TD\nA B", "line 2: 'B' is not understood")]
    [InlineData("graph TD\nend", "line 2: 'end' without a subgraph")]
    [InlineData("graph TD\nsubgraph g\nA", "the subgraph 'g' has no 'end'")]
    public void What_is_not_drawn_is_said(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<DiagramException>(() => FlowchartReader.Read(text)).Message, StringComparison.Ordinal);
}
