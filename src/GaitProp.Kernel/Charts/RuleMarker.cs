namespace GaitProp.Kernel.Charts;

/// <summary>Shapes of points that stay apart in black and white.</summary>
internal enum RuleMarker
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A square on its side.</summary>
    Square,

    /// <summary>A square on its corner.</summary>
    Diamond,

    /// <summary>A triangle that points upwards.</summary>
    TriangleUp,

    /// <summary>A triangle that points downwards.</summary>
    TriangleDown,
}
