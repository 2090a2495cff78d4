namespace GaitProp.Notebook.Diagrams;

/// <summary>A flowchart: what its text says, and nothing of where things stand.</summary>
/// <param name="Flow">Where it flows to.</param>
/// <param name="Nodes">The nodes, in the order of the text.</param>
/// <param name="Links">The links, in the order of the text.</param>
/// <param name="Groups">The groups, outer ones before those within them.</param>
internal sealed record Flowchart(Flow Flow, IReadOnlyList<FlowNode> Nodes, IReadOnlyList<FlowLink> Links, IReadOnlyList<FlowGroup> Groups);

/// <summary>Where a flowchart flows to.</summary>
internal enum Flow
{
    /// <summary>From the top down.</summary>
    Down,

    /// <summary>From the bottom up.</summary>
    Up,

    /// <summary>From left to right.</summary>
    Right,

    /// <summary>From right to left.</summary>
    Left,
}

/// <summary>The outline of a node.</summary>
internal enum FlowShape
{
    /// <summary><c>[text]</c>.</summary>
    Box,

    /// <summary><c>(text)</c>.</summary>
    Round,

    /// <summary><c>([text])</c>.</summary>
    Stadium,

    /// <summary><c>[[text]]</c>.</summary>
    Subroutine,

    /// <summary><c>[(text)]</c>.</summary>
    Cylinder,

    /// <summary><c>((text))</c>.</summary>
    Circle,

    /// <summary><c>(((text)))</c>.</summary>
    DoubleCircle,

    /// <summary><c>{text}</c>.</summary>
    Diamond,

    /// <summary><c>{{text}}</c>.</summary>
    Hexagon,

    /// <summary><c>&gt;text]</c>.</summary>
    Flag,

    /// <summary><c>[/text/]</c>.</summary>
    LeansRight,

    /// <summary><c>[\text\]</c>.</summary>
    LeansLeft,

    /// <summary><c>[/text\]</c>.</summary>
    Trapezoid,

    /// <summary><c>[\text/]</c>.</summary>
    TrapezoidUpsideDown,
}

/// <summary>A node.</summary>
/// <param name="Id">Its name in the text.</param>
/// <param name="Text">What stands in it; lines end with <c>\n</c>.</param>
/// <param name="Shape">Its outline.</param>
/// <param name="Group">Its group's place in <see cref="Flowchart.Groups"/>, or -1.</param>
internal sealed record FlowNode(string Id, string Text, FlowShape Shape, int Group);

/// <summary>How a link is drawn.</summary>
internal enum FlowLine
{
    /// <summary><c>--</c>.</summary>
    Plain,

    /// <summary><c>-.-</c>.</summary>
    Dotted,

    /// <summary><c>==</c>.</summary>
    Thick,

    /// <summary><c>~~~</c>: it orders nodes and is not seen.</summary>
    Unseen,
}

/// <summary>A link.</summary>
/// <param name="From">The place of the node that it leaves, in <see cref="Flowchart.Nodes"/>.</param>
/// <param name="To">The place of the node that it leads to.</param>
/// <param name="Text">Its label, or nothing.</param>
/// <param name="Line">How it is drawn.</param>
/// <param name="Tail">Its mark at the first node: <c>&lt;</c>, <c>x</c>, <c>o</c>, or a blank.</param>
/// <param name="Head">Its mark at the second node: <c>&gt;</c>, <c>x</c>, <c>o</c>, or a blank.</param>
/// <param name="Length">How many ranks it spans at least.</param>
internal sealed record FlowLink(int From, int To, string Text, FlowLine Line, char Tail, char Head, int Length);

/// <summary>Nodes in a frame.</summary>
/// <param name="Text">Its title.</param>
/// <param name="Outer">The place of the group that it stands in, or -1.</param>
internal sealed record FlowGroup(string Text, int Outer);
