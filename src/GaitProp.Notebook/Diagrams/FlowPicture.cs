namespace GaitProp.Notebook.Diagrams;

/// <summary>A place in a picture, in pixels from the left and from the top.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
internal readonly record struct Spot(double X, double Y);

/// <summary>A frame in a picture, in pixels.</summary>
/// <param name="Left">Its left side.</param>
/// <param name="Top">Its upper side.</param>
/// <param name="Right">Its right side.</param>
/// <param name="Bottom">Its lower side.</param>
internal readonly record struct Frame(double Left, double Top, double Right, double Bottom)
{
    /// <summary>Its middle.</summary>
    public Spot Middle => new((Left + Right) / 2, (Top + Bottom) / 2);

    /// <summary>Its width.</summary>
    public double Width => Right - Left;

    /// <summary>Its height.</summary>
    public double Height => Bottom - Top;

    /// <summary>The smallest frame around both.</summary>
    /// <param name="other">The other frame.</param>
    public Frame With(Frame other) =>
        new(Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));

    /// <summary>The frame, larger on every side.</summary>
    /// <param name="by">By how much.</param>
    public Frame Wider(double by) => new(Left - by, Top - by, Right + by, Bottom + by);

    /// <summary>The frame elsewhere.</summary>
    /// <param name="x">How far to the right.</param>
    /// <param name="y">How far down.</param>
    public Frame Moved(double x, double y) => new(Left + x, Top + y, Right + x, Bottom + y);
}

/// <summary>Where a link runs.</summary>
/// <param name="Way">From the border of its first node to that of its second, by way of the spots in between.</param>
/// <param name="Label">The middle of its label; <see langword="null"/> if it has none.</param>
internal sealed record FlowWay(IReadOnlyList<Spot> Way, Spot? Label);

/// <summary>A flowchart with everything in its place.</summary>
/// <param name="Chart">The flowchart.</param>
/// <param name="Width">The picture's width.</param>
/// <param name="Height">The picture's height.</param>
/// <param name="Nodes">The frames of the nodes.</param>
/// <param name="Ways">The ways of the links.</param>
/// <param name="Groups">The frames of the groups; <see langword="null"/> for one without nodes.</param>
internal sealed record FlowPicture(
    Flowchart Chart,
    double Width,
    double Height,
    IReadOnlyList<Frame> Nodes,
    IReadOnlyList<FlowWay> Ways,
    IReadOnlyList<Frame?> Groups
);
