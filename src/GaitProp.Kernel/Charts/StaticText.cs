using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>One size and weight of the embedded typeface, to measure and to draw with.</summary>
internal sealed class StaticText
{
    private readonly SKTypeface _typeface;
    private readonly float _size;
    private readonly SKColor _color;

    public StaticText(SKTypeface typeface, float size, SKColor color)
    {
        _typeface = typeface;
        _size = size;
        _color = color;
    }

    public float LineHeight => MathF.Ceiling(_size * 1.35f);

    public float Measure(string text)
    {
        using var font = Font();
        return font.MeasureText(text);
    }

    /// <summary>Draws one line.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="x">The left end.</param>
    /// <param name="top">The top of the line, of which <see cref="LineHeight"/> is the height.</param>
    public void Draw(SKCanvas canvas, string text, float x, float top)
    {
        using var font = Font();
        using var paint = new SKPaint { Color = _color, IsAntialias = true };

        // Capitals in the middle of the line, 0.73 of the size high in Inter.
        var baseline = top + LineHeight / 2 + 0.365f * _size;
        canvas.DrawText(text, x, baseline, SKTextAlign.Left, font, paint);
    }

    private SKFont Font() =>
        new(_typeface, _size)
        {
            Subpixel = true,
            Edging = SKFontEdging.Antialias,
            Hinting = SKFontHinting.None,
        };
}
