using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class DrawingCanvasTests
{
    private const int Scale = 4;

    /// <summary>The letters of figure 1's scheme lie on boxes of three tones.</summary>
    [Fact]
    public void Letters_on_a_box_are_read_in_every_theme()
    {
        var drawing = SchemeDrawing.Draw();
        DrawingBox[] boxes = [.. drawing.Shapes.OfType<DrawingBox>()];
        foreach (var theme in (StaticTheme[])[StaticTheme.Paper, StaticTheme.Neutral, StaticTheme.Dark])
        {
            using var drawn = Drawn(drawing, theme);
            var onBoxes = 0;
            foreach (var text in drawing.Shapes.OfType<DrawingText>())
            {
                var letters = DrawingCanvas.PlaceOf(text);
                if (boxes.LastOrDefault(b => PlaceOf(b).Contains(letters.MidX, letters.MidY)) is not { } box)
                {
                    continue;
                }

                // Above the letters there is nothing but the box.
                var surface = drawn.GetPixel((int)(Scale * (box.X + 4)), (int)(Scale * (box.Y + 3)));
                var colours = Pixels(drawn, SKRect.Intersect(letters, PlaceOf(box))).Distinct();
                var contrast = colours.Max(colour => StaticThemeTests.Contrast(colour, surface));
                Assert.True(contrast >= 4.5, $"'{text.Text}' on {surface}: {contrast}");
                onBoxes++;
            }

            Assert.Equal(boxes.Length, onBoxes);
        }
    }

    /// <summary>On the box of a target the ink is only just read: with a box a little darker its letters would be black.</summary>
    [Fact]
    public void On_paper_all_letters_have_the_colour_of_the_ink()
    {
        var drawing = SchemeDrawing.Draw();
        using var drawn = Drawn(drawing, StaticTheme.Paper);

        Assert.All(
            drawing.Shapes.OfType<DrawingText>(),
            text => Assert.Contains(StaticTheme.Paper.Ink, Pixels(drawn, DrawingCanvas.PlaceOf(text)))
        );
    }

    private static SKBitmap Drawn(Drawing drawing, StaticTheme theme)
    {
        var bitmap = new SKBitmap(
            new SKImageInfo((int)(Scale * drawing.Width), (int)(Scale * drawing.Height), SKColorType.Rgba8888, SKAlphaType.Premul)
        );
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(theme.Page);
        canvas.Scale(Scale);
        new DrawingCanvas(canvas, theme).Draw(drawing);
        return bitmap;
    }

    private static SKRect PlaceOf(DrawingBox box) => SKRect.Create((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height);

    private static IEnumerable<SKColor> Pixels(SKBitmap bitmap, SKRect place) =>
        from y in Enumerable.Range((int)(Scale * place.Top), (int)(Scale * place.Height))
        from x in Enumerable.Range((int)(Scale * place.Left), (int)(Scale * place.Width))
        select bitmap.GetPixel(x, y);
}
