using System.Text.Json;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class BarsAndImagesTests
{
    private static readonly byte[] Colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0];

    [Fact]
    public void Bars_stand_on_each_other_with_their_sum_above()
    {
        using var image = SKBitmap.Decode(StaticFigure.Png(Bars()));

        // The first column is 3 + 1, the second 2 + 0: kept is 3 to 2, auxiliary in one column only.
        var (kept, auxiliary) = (Count(image, RulePalette.StyleOf("kept").Color), Count(image, RulePalette.StyleOf("auxiliary").Color));
        Assert.InRange((double)kept / auxiliary, 4.2, 5.6);
        Assert.Contains("\"stack\"", PlotlyFigure.Json(Bars()), StringComparison.Ordinal);
        Assert.Contains("\"4\",\"2\"", PlotlyFigure.Json(Bars()), StringComparison.Ordinal);
        Assert.Contains("figure,A,kept,kept,0,one,3,,,\n", FigureCsv.Write(Bars()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_stands_above_the_uppermost_bar_that_is_defined_and_nothing_where_none_is()
    {
        var bars = Bars().Panels[0];
        var panel = new Panel(
            bars.Letter,
            bars.Title,
            new Axis("layer", ["one", "two", "three"]),
            bars.Y,
            [
                new Series("kept", "kept", [0, 1, 2], [3, 2, double.NaN]),
                new Series("auxiliary", "auxiliary", [0, 1, 2], [1, double.NaN, double.NaN]),
            ],
            bars.Kind
        );
        var figure = Bars() with { Panels = [panel] };
        using var json = JsonDocument.Parse(PlotlyFigure.Json(figure));

        Assert.Equal(
            ["|2|", "4||"],
            json.RootElement.GetProperty("data")
                .EnumerateArray()
                .Where(trace => trace.GetProperty("type").GetString() == "bar")
                .Select(trace => string.Join('|', trace.GetProperty("text").EnumerateArray().Select(text => text.GetString())))
        );
        Assert.StartsWith("<?xml", StaticFigure.Svg(figure), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_keeps_its_pixels_on_paper_and_on_the_page()
    {
        using var image = SKBitmap.Decode(StaticFigure.Png(Pictured()));
        foreach (var colour in (string[])["#ff0000", "#00ff00", "#0000ff", "#ffff00"])
        {
            Assert.True(Count(image, colour) > 10_000, colour);
        }

        var json = PlotlyFigure.Json(Pictured());
        var start = json.IndexOf("data:image/png;base64,", StringComparison.Ordinal) + "data:image/png;base64,".Length;
        using var carried = SKBitmap.Decode(
            Convert.FromBase64String(json[start..json.IndexOf('"', start)].Replace("\\u002B", "+", StringComparison.Ordinal))
        );
        Assert.Equal((2, 2), (carried.Width, carried.Height));
        Assert.Equal(new SKColor(0, 255, 0), carried.GetPixel(1, 0));
        Assert.Contains("figure,A,error,error,0,,0.5,,,\n", FigureCsv.Write(Pictured()), StringComparison.Ordinal);
        Assert.StartsWith("<?xml", StaticFigure.Svg(Pictured()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_as_a_picture_no_larger_than_asked()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("gaitprop-picture-").FullName, "picture.png");
        using (var bitmap = new SKBitmap(60, 30))
        {
            bitmap.Erase(new SKColor(10, 200, 30));
            using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(file, data.ToArray());
        }

        var (whole, small) = (ImageFile.Read(file, 100), ImageFile.Read(file, 20));

        Assert.Equal((60, 30), (whole.Width, whole.Height));
        Assert.Equal((20, 10), (small.Width, small.Height));
        Assert.Equal([10, 200, 30], small.Pixels[^3..].ToArray());
        File.WriteAllText(file, "no picture");
        Assert.Contains(
            "no picture that can be read",
            Assert.Throws<GaitPropException>(() => ImageFile.Read(file, 20)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "there is no picture",
            Assert.Throws<GaitPropException>(() => ImageFile.Read(file + "x", 20)).Message,
            StringComparison.Ordinal
        );
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void What_is_transparent_lies_on_white(int side)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(8, 8, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var pixel = 0; pixel < 64; pixel++)
        {
            bitmap.SetPixel(pixel % 8, pixel / 8, pixel < 32 ? SKColors.Transparent : new SKColor(255, 0, 0, 128));
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var pixels = Read(data.ToArray(), side).Pixels.ToArray();

        Assert.Equal(3 * side * side, pixels.Length);
        Assert.Equal([255, 255, 255], pixels[..3]);
        Assert.Equal(255, pixels[^3]);
        Assert.All(pixels[^2..], channel => Assert.InRange(channel, 125, 129));
    }

    /// <summary>Cameras store what they see, and say how they were held.</summary>
    [Theory]
    [InlineData(1, 32, "upper left")]
    [InlineData(2, 32, "upper right")]
    [InlineData(3, 32, "lower right")]
    [InlineData(4, 32, "lower left")]
    [InlineData(5, 16, "upper left")]
    [InlineData(6, 16, "upper right")]
    [InlineData(7, 16, "lower right")]
    [InlineData(8, 16, "lower left")]
    public void A_photo_is_turned_as_it_says(byte orientation, int width, string red)
    {
        // As it is stored, the quarter to the upper left is red.
        using var bitmap = new SKBitmap(32, 16);
        bitmap.Erase(SKColors.Blue);
        using (var canvas = new SKCanvas(bitmap))
        {
            using var paint = new SKPaint { Color = SKColors.Red };
            canvas.DrawRect(0, 0, 16, 8, paint);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        var jpeg = data.ToArray();

        // Behind the two bytes with which a JPEG file begins: Exif with one field.
        var exif = Convert.FromHexString($"ffe1002245786966000049492a000800000001001201030001000000{orientation:x2}00000000000000");
        var read = Read([.. jpeg[..2], .. exif, .. jpeg[2..]], 100);

        var height = 512 / width;
        (string Name, int Pixel)[] corners =
        [
            ("upper left", 0),
            ("upper right", width - 1),
            ("lower left", width * (height - 1)),
            ("lower right", (width * height) - 1),
        ];
        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal([red], corners.Where(corner => read.Pixels.Span[3 * corner.Pixel] > 127).Select(corner => corner.Name));
    }

    private static FigureImage Read(byte[] picture, int side)
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-picture-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "picture"), picture);
            return ImageFile.Read(Path.Combine(folder, "picture"), side);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(7.25, "7.25")]
    [InlineData(1024, "1024")]
    [InlineData(9999, "9999")]
    [InlineData(10_000, "10k")]
    [InlineData(1024.5, "1.02k")]
    [InlineData(75264, "75.3k")]
    [InlineData(999_700, "1M")]
    [InlineData(9_440_256, "9.44M")]
    public void Counts_are_short(double value, string text) => Assert.Equal(text, ShortNumber.Of(value));

    [Fact]
    public void A_pale_series_has_a_lighter_colour_and_a_thinner_line()
    {
        var figure = SampleFigures.Shallow(60);
        var pale = figure with
        {
            Panels =
            [
                .. figure.Panels.Select(p =>
                    p.With(
                        p.Letter,
                        [.. p.Series.Select(s => new Series(s.Rule, s.Label, s.X, s.Y, s.Deviation) { Pale = s.Rule == "ngait" })]
                    )
                ),
            ],
        };
        var lighter = RulePalette.StyleOf("ngait").Paler();

        Assert.True(lighter.Thin);
        Assert.Contains(lighter.Color, PlotlyFigure.Json(pale), StringComparison.Ordinal);
        Assert.DoesNotContain(RulePalette.StyleOf("ngait").Color, PlotlyFigure.Json(pale), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_without_pixels_and_bars_without_categories_are_refused()
    {
        var panel = Pictured().Panels[0];
        var bars = Bars().Panels[0];
        Panel Copy(FigureImage? image, PanelKind kind) =>
            new(panel.Letter, panel.Title, panel.X, panel.Y, panel.Series, kind) { Image = image };
        foreach (
            var broken in (Panel[])
                [
                    Copy(image: null, panel.Kind),
                    Copy(new FigureImage(3, 3, Colours), panel.Kind),
                    Copy(panel.Image, PanelKind.Lines),
                    new Panel(bars.Letter, bars.Title, new Axis("layer"), bars.Y, bars.Series, bars.Kind),
                ]
        )
        {
            Assert.Throws<ArgumentException>(() => FigureCsv.Write(Bars() with { Panels = [broken] }));
        }
    }

    [Fact]
    public void Bars_over_a_logarithmic_axis_and_ends_that_no_axis_has_are_refused()
    {
        var bars = Bars().Panels[0];
        (Axis Axis, string Refusal)[] impossible =
        [
            (new("y") { From = double.NaN }, "axis 'y': From is NaN; give a number."),
            (new("y") { IsLogarithmic = true, From = 0 }, "axis 'y': From is 0; give a number above 0, as the axis is logarithmic."),
            (new("y") { IsLogarithmic = true, To = -1 }, "axis 'y': To is -1; give a number above 0, as the axis is logarithmic."),
        ];
        (Panel Panel, string Refusal)[] refused =
        [
            .. ((PanelKind[])[PanelKind.Bars, PanelKind.Rows]).Select(kind =>
                (
                    new Panel("A", "t", bars.X, new Axis("units") { IsLogarithmic = true }, bars.Series, kind),
                    "bars begin at 0, which a logarithmic axis does not have"
                )
            ),
            .. impossible.Select(i => (new Panel("A", "t", bars.X, i.Axis, bars.Series, PanelKind.Points), i.Refusal)),
        ];
        foreach (var (panel, refusal) in refused)
        {
            var error = Assert.Throws<ArgumentException>(() => StaticFigure.Svg(Bars() with { Panels = [panel] }));
            Assert.Contains(refusal, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void What_is_bars_has_a_square_in_the_legend_of_pages_too()
    {
        var bars = Bars().Panels[0].With("A", [new Series("gait", "GAIT", [0, 1], [3, 2])]);
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Bars() with { Panels = [bars] }));
        var marker = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Single(trace => trace.GetProperty("showlegend").GetBoolean())
            .GetProperty("marker");

        Assert.Equal(("square", 14), (marker.GetProperty("symbol").GetString(), marker.GetProperty("size").GetInt32()));
    }

    private static Figure Bars() =>
        new(
            "figure",
            "Title",
            "Caption",
            [
                new Panel(
                    "A",
                    "Units",
                    new Axis("layer", ["one", "two"]),
                    new Axis("units"),
                    [new Series("kept", "kept", [0, 1], [3, 2]), new Series("auxiliary", "auxiliary", [0, 1], [1, 0])],
                    PanelKind.Bars
                ),
            ]
        );

    private static Figure Pictured() =>
        new(
            "figure",
            "Title",
            "Caption",
            [
                new Panel("A", "Picture", new Axis("note"), new Axis(""), [new Series("error", "error", [0], [0.5])], PanelKind.Image)
                {
                    Image = new FigureImage(2, 2, Colours),
                },
            ]
        );

    private static int Count(SKBitmap image, string colour)
    {
        var wanted = SKColor.Parse(colour);
        return image.Pixels.Count(p => p == wanted);
    }
}
