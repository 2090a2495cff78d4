using ScottPlot;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// A line through points in the dash of its rule. Dashes are cut here, because Skia's SVG writer draws dashed lines unbroken.
/// </summary>
internal sealed class StaticLine : IPlottable
{
    /// <summary>How opaque a dashed line is in its gaps.</summary>
    private const byte InGaps = 0x40;

    private readonly Coordinates[] _points;
    private readonly RuleStyle _style;

    public StaticLine(Coordinates[] points, RuleStyle style)
    {
        _points = points;
        _style = style;
    }

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => new(_points);

    public void Render(RenderPack rp)
    {
        Draw(rp.Canvas, [.. _points.Select(point => Axes.GetPixel(point).ToSKPoint())], _style);
    }

    /// <summary>Draws a line through points of the canvas.</summary>
    public static void Draw(SKCanvas canvas, SKPoint[] points, RuleStyle style)
    {
        using var path = new SKPath();
        path.AddPoly(points, close: false);
        using var paint = new SKPaint
        {
            Color = SKColor.Parse(style.Color),
            StrokeWidth = style.Thin ? StaticSymbol.ThinLineWidth : StaticSymbol.LineWidth,
            StrokeJoin = SKStrokeJoin.Round,
            IsStroke = true,
            IsAntialias = true,
        };
        if (style.Dash.Count == 0)
        {
            canvas.DrawPath(path, paint);
            return;
        }

        // A peak that a gap would swallow is there still, pale.
        var color = paint.Color;
        paint.Color = color.WithAlpha(InGaps);
        canvas.DrawPath(path, paint);
        paint.Color = color;
        using var dashes = Dashes(path, style.Dash);
        canvas.DrawPath(dashes, paint);
    }

    private static SKPath Dashes(SKPath path, IReadOnlyList<float> lengths)
    {
        var dashes = new SKPath();
        using var measure = new SKPathMeasure(path, forceClosed: false);
        var end = measure.Length;
        var index = 0;
        for (var start = 0f; start < end; start += lengths[index++ % lengths.Count])
        {
            if (index % 2 == 0)
            {
                measure.GetSegment(start, Math.Min(end, start + lengths[index % lengths.Count]), dashes, startWithMoveTo: true);
            }
        }

        return dashes;
    }
}
