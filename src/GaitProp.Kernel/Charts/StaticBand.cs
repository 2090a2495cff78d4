using ScottPlot;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The deviation of a line: a pale band around it.</summary>
internal sealed class StaticBand : IPlottable
{
    private const byte Alpha = 0x26;

    private readonly IReadOnlyList<SeriesPoint> _points;
    private readonly RuleStyle _style;

    public StaticBand(IReadOnlyList<SeriesPoint> points, RuleStyle style)
    {
        _points = points;
        _style = style;
    }

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => new([.. Outline()]);

    public void Render(RenderPack rp)
    {
        using var path = new SKPath();
        path.AddPoly([.. Outline().Select(point => Axes.GetPixel(point).ToSKPoint())], close: true);
        using var paint = new SKPaint { Color = SKColor.Parse(_style.Color).WithAlpha(Alpha), IsAntialias = true };
        rp.Canvas.DrawPath(path, paint);
    }

    private IEnumerable<Coordinates> Outline() =>
        _points
            .Select(point => new Coordinates(point.X, point.High))
            .Concat(_points.Reverse().Select(point => new Coordinates(point.X, point.Low)));
}
