using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// A figure as an image for paper, slides and pages that run no scripts. It needs no font and no display: its typeface is inside this
/// assembly.
/// </summary>
internal static partial class StaticFigure
{
    /// <summary>What stands in a panel in which no value is defined.</summary>
    public const string EmptyPanelNote = "no defined values";

    // Drawn at the size of a screen and enlarged: at half size on a screen, text has the size of text.
    private const int PixelsPerUnit = 2;

    // A unit is a pixel of a screen, 96 to an inch; a point is a 72nd of it.
    private const float PointsPerUnit = 0.75f;

    // Sharp enough for screens of high density, and half the bytes.
    private const double PixelsPerUnitOfPage = 1.5;

    /// <summary>
    /// The size of the image: 1600 x 1200 for up to four panels, larger for more panels or a very long caption; heat maps alone are as high
    /// as their rows.
    /// </summary>
    /// <param name="figure">The figure.</param>
    /// <returns>Width and height in pixels.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static (int Width, int Height) Size(Figure figure)
    {
        FigureCheck.Validate(figure);
        var drawing = new StaticDrawing(figure, StaticTheme.Of(figure));
        return ((int)drawing.Width * PixelsPerUnit, (int)drawing.Height * PixelsPerUnit);
    }

    /// <summary>The figure as a PNG file, on white unless it says otherwise.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static byte[] Png(Figure figure)
    {
        FigureCheck.Validate(figure);
        var drawing = new StaticDrawing(figure, StaticTheme.Of(figure));
        var info = new SKImageInfo(
            (int)drawing.Width * PixelsPerUnit,
            (int)drawing.Height * PixelsPerUnit,
            SKColorType.Rgba8888,
            SKAlphaType.Premul
        );
        using var surface =
            SKSurface.Create(info)
            ?? throw new InvalidOperationException($"No memory for an image of {info.Width} x {info.Height} pixels.");
        surface.Canvas.Scale(PixelsPerUnit);
        drawing.Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The figure as a PNG for a page: of the size that a page has room for, and of a size that a notebook has room for.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="theme">Its colours.</param>
    /// <returns>The bytes of the file; it says itself in which size it wants to be shown.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    internal static byte[] Light(Figure figure, StaticTheme theme)
    {
        FigureCheck.Validate(figure);
        var drawing = new StaticDrawing(figure, theme);
        var info = new SKImageInfo(
            (int)(drawing.Width * PixelsPerUnitOfPage),
            (int)(drawing.Height * PixelsPerUnitOfPage),
            SKColorType.Rgba8888,
            SKAlphaType.Premul
        );
        using var drawn = new SKBitmap(info);
        using (var canvas = new SKCanvas(drawn))
        {
            canvas.Scale((float)PixelsPerUnitOfPage);
            drawing.Draw(canvas);
        }

        using var plain = new SKBitmap(info.WithAlphaType(SKAlphaType.Unpremul));
        if (!drawn.PeekPixels().ReadPixels(plain.Info, plain.GetPixels(), plain.RowBytes))
        {
            throw new InvalidOperationException($"An image of {info.Width} x {info.Height} pixels could not be read.");
        }

        return IndexedPng.Encode(plain, PixelsPerUnitOfPage);
    }

    /// <summary>
    /// The figure as SVG, on white unless it says otherwise. Letters are placed one by one as the embedded typeface sets them, so a reader
    /// without it sees another font but the same layout.
    /// </summary>
    /// <param name="figure">The figure.</param>
    /// <returns>An XML document.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static string Svg(Figure figure)
    {
        FigureCheck.Validate(figure);
        var drawing = new StaticDrawing(figure, StaticTheme.Of(figure));
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(drawing.Width, drawing.Height), stream))
        {
            drawing.Draw(canvas);
        }

        return WithFonts(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>The figure as a PDF of one page: the same drawing as <see cref="Svg"/>, with its typeface inside.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number, or there is no panel.</exception>
    public static byte[] Pdf(Figure figure)
    {
        FigureCheck.Validate(figure);
        var drawing = new StaticDrawing(figure, StaticTheme.Of(figure));
        using var stream = new MemoryStream();
        using (
            var document = SKDocument.CreatePdf(
                stream,
                new SKDocumentPdfMetadata
                {
                    Title = figure.Title,
                    Creator = "GaitProp",
                    RasterDpi = 300,
                    EncodingQuality = 101,
                }
            )
        )
        {
            var canvas = document.BeginPage(drawing.Width * PointsPerUnit, drawing.Height * PointsPerUnit);
            canvas.Scale(PointsPerUnit);
            drawing.Draw(canvas);
            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }

    /// <summary>
    /// The SVG of Skia with fonts that every reader has: Skia names the one face, and calls semi-bold medium; a reader that lacks Inter
    /// would take its serif, not bold.
    /// </summary>
    internal static string WithFonts(string svg) =>
        FontFamily()
            .Replace(svg, "font-family=\"Inter, Helvetica, Arial, sans-serif\"")
            .Replace("font-weight=\"500\"", "font-weight=\"600\"", StringComparison.Ordinal);

    [GeneratedRegex("font-family=\"Inter[^\"]*\"")]
    private static partial Regex FontFamily();
}
