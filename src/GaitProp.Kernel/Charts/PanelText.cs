using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The words around a panel of a static figure: its letter and title above, and what stands at its axes.</summary>
/// <param name="ink">Their colour.</param>
internal sealed class PanelText(SKColor ink)
{
    private const float Gap = 9;

    private readonly StaticText _letter = new(InterFont.SemiBold, 15, ink);
    private readonly StaticText _title = new(InterFont.Regular, 15, ink);

    /// <summary>The names of axes.</summary>
    public StaticText Label { get; } = new(InterFont.Regular, 13, ink);

    /// <summary>The height of the line above the panel.</summary>
    public float TitleHeight => _title.LineHeight;

    /// <summary>Draws the line above a panel.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="left">Where it begins.</param>
    /// <param name="top">Its upper edge.</param>
    public void DrawTitle(SKCanvas canvas, Panel panel, float left, float top)
    {
        _letter.Draw(canvas, panel.Letter, left, top);
        _title.Draw(canvas, panel.Title, left + _letter.Measure(panel.Letter) + Gap, top);
    }
}
