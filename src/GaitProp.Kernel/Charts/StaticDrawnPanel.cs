using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>A panel of a static figure that is a drawing: title above, what is to be said of it below.</summary>
internal sealed class StaticDrawnPanel(Panel panel, StaticTheme theme) : IStaticPanel
{
    private const float Side = 14;
    private const float Below = 6;

    private readonly PanelText _text = new(theme.Ink);

    public float LeftWidth => Side;

    public float LeastHeight(float width, float left) =>
        Header(width, left)
        + (Scale(width, left) * (float)panel.Drawing!.Height)
        + Below
        + (Lines(width, left).Count * _text.Label.LineHeight)
        + 8;

    public void Draw(SKCanvas canvas, SKRect cell, float left)
    {
        var upper = cell.Top + Header(cell.Width, left);
        _text.DrawTitle(canvas, panel, cell.Left + left, cell.Top, cell.Width - left);
        var scale = Scale(cell.Width, left);
        var (width, height) = (scale * (float)panel.Drawing!.Width, scale * (float)panel.Drawing.Height);
        canvas.Save();
        canvas.Translate(cell.Left + left + ((cell.Width - left - Side - width) / 2), upper);
        canvas.Scale(scale);
        new DrawingCanvas(canvas, theme).Draw(panel.Drawing);
        canvas.Restore();
        _text.DrawLabel(canvas, Lines(cell.Width, left), cell.Left + left + ((cell.Width - left - Side) / 2), upper + height + Below);
    }

    private float Header(float width, float left) => _text.HeightOfTitle(panel, width - left) + 4;

    /// <summary>A drawing is made smaller to fit, and larger by a fifth at most.</summary>
    private float Scale(float width, float left) => Math.Min(1.2f, (width - left - Side) / (float)panel.Drawing!.Width);

    private IReadOnlyList<string> Lines(float width, float left) =>
        panel.X.Label.Length == 0 ? [] : TextLines.WrapAtMost(2, panel.X.Label, width - left - Side, _text.Label.Measure);
}
