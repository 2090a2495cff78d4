using System.Text;
using GaitProp.Figures;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>Draws the shapes of a drawing, the same for paper and for pages.</summary>
internal sealed class DrawingCanvas(SKCanvas canvas, StaticTheme theme)
{
    private const float LineWidth = 1.6f;
    private const float HeadLength = 8;
    private const float HeadWidth = 7;

    private readonly List<DrawingBox> _boxes = [];

    /// <summary>Draws all shapes, the first at the back.</summary>
    public void Draw(Drawing drawing)
    {
        foreach (var shape in drawing.Shapes)
        {
            switch (shape)
            {
                case DrawingBox box:
                    Draw(box);
                    break;
                case DrawingArrow arrow:
                    Draw(arrow);
                    break;
                case DrawingPicture picture:
                    Draw(picture);
                    break;
                case DrawingText text:
                    Draw(text);
                    break;
            }
        }
    }

    /// <summary>The drawing as a picture of lines inside an address, on nothing, for pages.</summary>
    /// <param name="drawing">The drawing.</param>
    /// <param name="theme">Its colours.</param>
    public static string DataUri(Drawing drawing, StaticTheme theme)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create((float)drawing.Width, (float)drawing.Height), stream))
        {
            new DrawingCanvas(canvas, theme).Draw(drawing);
        }

        return $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(StaticFigure.WithFonts(Encoding.UTF8.GetString(stream.ToArray()))))}";
    }

    /// <summary>The place of a text, letters alone.</summary>
    public static SKRect PlaceOf(DrawingText text)
    {
        var width = Letters(text, SKColors.Black).Measure(text.Text);
        var left =
            (float)text.X
            - (
                text.Align switch
                {
                    DrawingAlign.Left => 0,
                    DrawingAlign.Right => width,
                    _ => width / 2,
                }
            );
        return SKRect.Create(left, (float)(text.Y - (text.Size / 2)), width, (float)text.Size);
    }

    private void Draw(DrawingBox box)
    {
        using var paint = new SKPaint { Color = ColorOf(box.Tone), IsAntialias = true };
        var corner = (float)Math.Min(3, Math.Min(box.Width, box.Height) / 2);
        canvas.DrawRoundRect(PlaceOf(box), corner, corner, paint);
        _boxes.Add(box);
    }

    private void Draw(DrawingArrow arrow)
    {
        var (from, to) = (new SKPoint((float)arrow.FromX, (float)arrow.FromY), new SKPoint((float)arrow.ToX, (float)arrow.ToY));
        var along = SKPoint.Normalize(to - from);
        var across = new SKPoint(-along.Y, along.X);
        using var line = new SKPaint
        {
            Color = ColorOf(arrow.Tone),
            StrokeWidth = LineWidth,
            IsStroke = true,
            IsAntialias = true,
        };
        var end = arrow.HasNoHead ? to : to - Times(along, HeadLength - 1);
        canvas.DrawLine(from, end, line);
        if (arrow.HasNoHead)
        {
            return;
        }

        using var head = new SKPath();
        head.AddPoly(
            [
                to,
                to - Times(along, HeadLength) + Times(across, HeadWidth / 2),
                to - Times(along, HeadLength) - Times(across, HeadWidth / 2),
            ],
            close: true
        );
        using var fill = new SKPaint { Color = ColorOf(arrow.Tone), IsAntialias = true };
        canvas.DrawPath(head, fill);
    }

    private void Draw(DrawingPicture picture)
    {
        var place = SKRect.Create((float)picture.X, (float)picture.Y, (float)picture.Width, (float)picture.Height);
        using var bitmap = ImageFile.Bitmap(picture.Image, Math.Max(1, (int)(2 * picture.Width / picture.Image.Width)));
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Nearest));
        using var line = new SKPaint
        {
            Color = ColorOf(DrawingTone.Muted),
            StrokeWidth = 0.8f,
            IsStroke = true,
            IsAntialias = true,
        };
        canvas.DrawRect(place, line);
    }

    private void Draw(DrawingText text)
    {
        var place = PlaceOf(text);
        var letters = Letters(text, InkAt(place.MidX, place.MidY));
        letters.Draw(canvas, text.Text, place.Left, place.MidY - (letters.LineHeight / 2));
    }

    /// <summary>The colour of letters: they may lie on a box.</summary>
    private SKColor InkAt(float x, float y) =>
        _boxes.LastOrDefault(box => PlaceOf(box).Contains(x, y)) is { } beneath ? theme.InkOn(ColorOf(beneath.Tone)) : theme.Ink;

    private static SKRect PlaceOf(DrawingBox box) => SKRect.Create((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height);

    private static StaticText Letters(DrawingText text, SKColor color) =>
        new(text.IsStrong ? InterFont.SemiBold : InterFont.Regular, (float)text.Size, color);

    private static SKPoint Times(SKPoint vector, float factor) => new(vector.X * factor, vector.Y * factor);

    private SKColor ColorOf(DrawingTone tone) =>
        tone switch
        {
            DrawingTone.Ink => theme.Ink,
            DrawingTone.Muted => new SKColor(0x9a, 0xa0, 0xa8),
            DrawingTone.Kept => Shown("kept"),
            DrawingTone.Auxiliary => Shown("auxiliary"),
            _ => Shown("gait"),
        };

    private SKColor Shown(string rule) => SKColor.Parse(theme.Shown(RulePalette.StyleOf(rule)).Color);
}
