namespace GaitProp.Figures;

/// <summary>
/// A drawing made of a few shapes, for what no axes measure: schemes and networks. It is made smaller where there is less room, its letters
/// with it.
/// </summary>
/// <param name="Width">Its width; a unit is a pixel of a screen at full size.</param>
/// <param name="Height">Its height.</param>
/// <param name="Shapes">What is drawn, the first at the back; positions count from the upper left corner.</param>
internal sealed record Drawing(double Width, double Height, IReadOnlyList<DrawingShape> Shapes)
{
    /// <summary>What stands side by side in it; itself alone where nothing does.</summary>
    private IReadOnlyList<Drawing> Parts { get; init; } = [];

    /// <summary>The same for a narrow page: its parts below each other.</summary>
    public Drawing Narrow =>
        Parts.Count == 0
            ? this
            : new(
                Parts.Max(p => p.Width),
                Parts.Sum(p => p.Height),
                [.. Parts.SelectMany((part, i) => part.Shapes.Select(shape => shape.Moved(0, Parts.Take(i).Sum(p => p.Height))))]
            );

    /// <summary>Drawings side by side, their lower sides in line.</summary>
    /// <param name="parts">The drawings, one or more.</param>
    public static Drawing Beside(params IReadOnlyList<Drawing> parts)
    {
        var height = parts.Max(p => p.Height);
        return new(
            parts.Sum(p => p.Width),
            height,
            [
                .. parts.SelectMany(
                    (part, i) => part.Shapes.Select(shape => shape.Moved(parts.Take(i).Sum(p => p.Width), height - part.Height))
                ),
            ]
        )
        {
            Parts = parts,
        };
    }
}

/// <summary>A shape of a drawing.</summary>
/// <param name="Tone">Its colour.</param>
internal abstract record DrawingShape(DrawingTone Tone)
{
    /// <summary>The same elsewhere.</summary>
    /// <param name="right">Units to the right.</param>
    /// <param name="down">Units downwards.</param>
    public abstract DrawingShape Moved(double right, double down);
}

/// <summary>A filled box with round corners.</summary>
/// <param name="X">Its left side.</param>
/// <param name="Y">Its upper side.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Tone">What it is filled with.</param>
internal sealed record DrawingBox(double X, double Y, double Width, double Height, DrawingTone Tone) : DrawingShape(Tone)
{
    /// <inheritdoc/>
    public override DrawingShape Moved(double right, double down) => this with { X = X + right, Y = Y + down };
}

/// <summary>A line, with a head at its end.</summary>
/// <param name="FromX">Where it begins, from the left.</param>
/// <param name="FromY">Where it begins, from the top.</param>
/// <param name="ToX">Where it ends.</param>
/// <param name="ToY">Where it ends.</param>
/// <param name="Tone">Its colour.</param>
internal sealed record DrawingArrow(double FromX, double FromY, double ToX, double ToY, DrawingTone Tone) : DrawingShape(Tone)
{
    /// <summary>Whether it is a mere line.</summary>
    public bool HasNoHead { get; init; }

    /// <inheritdoc/>
    public override DrawingShape Moved(double right, double down) =>
        this with
        {
            FromX = FromX + right,
            FromY = FromY + down,
            ToX = ToX + right,
            ToY = ToY + down,
        };
}

/// <summary>A line of text.</summary>
/// <param name="X">Where it begins, is centred, or ends.</param>
/// <param name="Y">The middle of its height.</param>
/// <param name="Text">The words.</param>
/// <param name="Align">What <paramref name="X"/> means.</param>
internal sealed record DrawingText(double X, double Y, string Text, DrawingAlign Align = DrawingAlign.Centre)
    : DrawingShape(DrawingTone.Ink)
{
    /// <summary>Height of the letters in units.</summary>
    public double Size { get; init; } = 13;

    /// <summary>Whether the letters are strong.</summary>
    public bool IsStrong { get; init; }

    /// <inheritdoc/>
    public override DrawingShape Moved(double right, double down) => this with { X = X + right, Y = Y + down };
}

/// <summary>A picture whose pixels are squares.</summary>
/// <param name="X">Its left side.</param>
/// <param name="Y">Its upper side.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Image">The picture.</param>
internal sealed record DrawingPicture(double X, double Y, double Width, double Height, FigureImage Image) : DrawingShape(DrawingTone.Ink)
{
    /// <inheritdoc/>
    public override DrawingShape Moved(double right, double down) => this with { X = X + right, Y = Y + down };
}

/// <summary>Where a text stands beside its place.</summary>
internal enum DrawingAlign
{
    /// <summary>It begins there.</summary>
    Left,

    /// <summary>Its middle is there.</summary>
    Centre,

    /// <summary>It ends there.</summary>
    Right,
}

/// <summary>The colours of drawings, by what they stand for.</summary>
internal enum DrawingTone
{
    /// <summary>Letters and plain lines.</summary>
    Ink,

    /// <summary>What matters less: inputs, outlines.</summary>
    Muted,

    /// <summary>Activations and units that go on.</summary>
    Kept,

    /// <summary>Auxiliary units.</summary>
    Auxiliary,

    /// <summary>Targets and what is carried down with them.</summary>
    Target,
}
