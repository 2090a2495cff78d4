using ScottPlot;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The bars of points: upright lines with caps, as long downwards and upwards as the axis makes them. One that ends below the axis goes to
/// the edge of the frame and has no cap there.
/// </summary>
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

            // A value that is itself below the axis stands where the axis begins.
            var end = point.IsCut && point.Y > point.Low ? rp.DataRect.Bottom : low.Y;
            rp.Canvas.DrawLine(low.X, end, high.X, high.Y, paint);
            if (!point.IsCut)
            {
                rp.Canvas.DrawLine(low.X - Cap, low.Y, low.X + Cap, low.Y, paint);
            }

            rp.Canvas.DrawLine(high.X - Cap, high.Y, high.X + Cap, high.Y, paint);
        }
    }
}
