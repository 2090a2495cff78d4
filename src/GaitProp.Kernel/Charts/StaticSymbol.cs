using ScottPlot;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>A rule's colour and marker on paper: the same in the legend and in the panels.</summary>
internal static class StaticSymbol
{
    public const float LineWidth = 1.8f;
    public const float ThinLineWidth = 1.1f;
    public const float MarkerSize = 7;

    /// <summary>The size on a scatter, where points may share a place and each has a rim.</summary>
    public const float ScatterSize = 9;

    public static Color ColorOf(RuleStyle style) => Color.FromHex(style.Color);

    public static MarkerShape ShapeOf(RuleStyle style) =>
        style.Marker switch
        {
            RuleMarker.Square => MarkerShape.FilledSquare,
            RuleMarker.Diamond => MarkerShape.FilledDiamond,
            RuleMarker.TriangleUp => MarkerShape.FilledTriangleUp,
            RuleMarker.TriangleDown => MarkerShape.FilledTriangleDown,
            _ => MarkerShape.FilledCircle,
        };

    public static void DrawMarker(SKCanvas canvas, RuleStyle style, float x, float y)
    {
        using var paint = Paint.NewDisposablePaint();
        var marker = new MarkerStyle(ShapeOf(style), MarkerSize, ColorOf(style));
        marker.Render(canvas, new Pixel(x, y), paint);
    }
}
