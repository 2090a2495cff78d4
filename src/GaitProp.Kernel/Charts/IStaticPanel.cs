using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>A panel that the page of a static figure gives a place. Lengths are units of the drawing.</summary>
internal interface IStaticPanel
{
    /// <summary>
    /// What stands to the left of the frame; panels of the same kind get the largest of theirs, so that their frames stand in line.
    /// </summary>
    float LeftWidth { get; }

    /// <summary>The least height of the whole panel.</summary>
    /// <param name="width">The width of the whole panel.</param>
    /// <param name="left">The place to the left of the frame.</param>
    float LeastHeight(float width, float left);

    /// <summary>Draws the panel.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="cell">The place of the whole panel.</param>
    /// <param name="left">The place to the left of the frame, at least <see cref="LeftWidth"/>.</param>
    void Draw(SKCanvas canvas, SKRect cell, float left);
}
