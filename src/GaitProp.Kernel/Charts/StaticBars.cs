using ScottPlot;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The pieces that one series has in columns of bars.</summary>
internal sealed class StaticBars(IReadOnlyList<(double Position, double From, double To)> pieces, RuleStyle style) : IPlottable
{
    /// <summary>The width of a column, where columns are 1 apart.</summary>
    public const double Width = 0.66;

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() =>
        new([
            .. pieces.SelectMany(p =>
                new[] { new Coordinates(p.Position - (Width / 2), p.From), new Coordinates(p.Position + (Width / 2), p.To) }
            ),
        ]);

    public void Render(RenderPack rp)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(style.Color), IsAntialias = true };
        foreach (var (position, from, to) in pieces)
        {
            var (low, high) = (
                Axes.GetPixel(new Coordinates(position - (Width / 2), from)),
                Axes.GetPixel(new Coordinates(position + (Width / 2), to))
            );
            rp.Canvas.DrawRect(new SKRect(low.X, high.Y, high.X, low.Y), paint);
        }
    }
}
