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

    /// <summary>The height of a line of the title.</summary>
    public float TitleLineHeight => _title.LineHeight;

    /// <summary>The height of letter and title.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">The room for them.</param>
    public float HeightOfTitle(Panel panel, float width) => TitleLines(panel, width).Count * TitleLineHeight;

    /// <summary>The width of letter and title.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">The room for them.</param>
    public float TitleWidth(Panel panel, float width) =>
        _letter.Measure(panel.Letter) + Gap + TitleLines(panel, width).Max(line => _title.Measure(line));

    /// <summary>The name of an axis: on one line, or on two where it is too wide.</summary>
    /// <param name="label">The name.</param>
    /// <param name="width">The room for it.</param>
    public IReadOnlyList<string> LabelLines(string label, float width) => Lines(Label, label, width);

    /// <summary>Draws letter and title above a panel.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="left">Where it begins.</param>
    /// <param name="top">Its upper edge.</param>
    /// <param name="width">The room for it.</param>
    public void DrawTitle(SKCanvas canvas, Panel panel, float left, float top, float width)
    {
        _letter.Draw(canvas, panel.Letter, left, top);
        foreach (var line in TitleLines(panel, width))
        {
            _title.Draw(canvas, line, left + _letter.Measure(panel.Letter) + Gap, top);
            top += TitleLineHeight;
        }
    }

    /// <summary>Draws the lines of a label one below another, each in the middle.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="lines">What.</param>
    /// <param name="middle">The middle of each.</param>
    /// <param name="top">The upper edge of the first.</param>
    public void DrawLabel(SKCanvas canvas, IReadOnlyList<string> lines, float middle, float top)
    {
        foreach (var line in lines)
        {
            Label.Draw(canvas, line, middle - (Label.Measure(line) / 2), top);
            top += Label.LineHeight;
        }
    }

    /// <summary>The title beside its letter: on one line, or on two where it is wider than the panel.</summary>
    private IReadOnlyList<string> TitleLines(Panel panel, float width) =>
        Lines(_title, panel.Title, width - _letter.Measure(panel.Letter) - Gap);

    private static IReadOnlyList<string> Lines(StaticText style, string text, float width) =>
        style.Measure(text) <= width ? [text] : TextLines.WrapEvenly(2, text, width, style.Measure);
}
