using ScottPlot;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The deviations of points: upright lines with caps, as long downwards and upwards as the axis makes them.</summary>
internal sealed class StaticErrors(IReadOnlyList<SeriesPoint> points, RuleStyle style) : IPlottable
{
    private const float LineWidth = 1.3f;
    private const float Cap = 3;

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() =>
        new([.. points.SelectMany(p => new[] { new Coordinates(p.X, p.Low), new Coordinates(p.X, p.High) })]);

    public void Render(RenderPack rp)
    {
        using var paint = new SKPaint
        {
            Color = SKColor.Parse(style.Color),
            StrokeWidth = LineWidth,
            IsStroke = true,
            IsAntialias = true,
        };
        foreach (var point in points)
        {
            var (low, high) = (Axes.GetPixel(new Coordinates(point.X, point.Low)), Axes.GetPixel(new Coordinates(point.X, point.High)));
            rp.Canvas.DrawLine(low.X, low.Y, high.X, high.Y, paint);
            rp.Canvas.DrawLine(low.X - Cap, low.Y, low.X + Cap, low.Y, paint);
            rp.Canvas.DrawLine(high.X - Cap, high.Y, high.X + Cap, high.Y, paint);
        }
    }
}
