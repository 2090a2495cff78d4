using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>A picture of a static figure: title above, what is to be said of it below.</summary>
internal sealed class StaticImage(Panel panel, StaticTheme theme) : IStaticPanel
{
    private const float Side = 14;
    private const float Below = 6;
    private const float MostHeight = 340;

    private readonly PanelText _text = new(theme.Ink);

    public float LeftWidth => Side;

    public float LeastHeight(float width, float left) =>
        Header(width, left)
        + Math.Min(MostHeight, (width - left - Side) * panel.Image!.Height / panel.Image.Width)
        + Below
        + Lines(width, left).Count * _text.Label.LineHeight
        + 8;

    public void Draw(SKCanvas canvas, SKRect cell, float left)
    {
        var lines = Lines(cell.Width, left);
        var room = new SKRect(
            cell.Left + left,
            cell.Top + Header(cell.Width, left),
            cell.Right - Side,
            cell.Bottom - Below - lines.Count * _text.Label.LineHeight - 8
        );
        var scale = Math.Min(room.Width / panel.Image!.Width, room.Height / panel.Image.Height);
        var place = SKRect.Create(room.Left, room.Top, scale * panel.Image.Width, scale * panel.Image.Height);
        place.Offset((room.Width - place.Width) / 2, 0);

        // Where the picture begins, or as much before it as the title needs.
        var most = cell.Width - left;
        var start = Math.Max(room.Left, Math.Min(place.Left, cell.Right - _text.TitleWidth(panel, most)));
        _text.DrawTitle(canvas, panel, start, cell.Top, most);

        // Pixels stay pixels: what is shown is what each of them is.
        using var bitmap = ImageFile.Bitmap(panel.Image);
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Nearest));
        using var line = new SKPaint
        {
            Color = theme.Ink,
            StrokeWidth = 0.9f,
            IsStroke = true,
            IsAntialias = true,
        };
        canvas.DrawRect(place, line);
        _text.DrawLabel(canvas, lines, place.MidX, place.Bottom + Below);
    }

    private float Header(float width, float left) => _text.HeightOfTitle(panel, width - left) + 4;

    private IReadOnlyList<string> Lines(float width, float left) =>
        TextLines.WrapAtMost(2, panel.X.Label, width - left - Side, _text.Label.Measure);
}
