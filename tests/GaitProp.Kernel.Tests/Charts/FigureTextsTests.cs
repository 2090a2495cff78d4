using System.Globalization;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Studies;
using CellFigures = GaitProp.Kernel.Formatters.CellFigures;

namespace GaitProp.Kernel.Tests.Charts;

/// <summary>The kit's own figures, measured: no text lies on another, none is cut, none is too small to be read.</summary>
public sealed class FigureTextsTests
{
    private static readonly Dictionary<string, Lazy<Figure>> Figures = new()
    {
        ["fig1"] = new(Targets),
        ["fig2"] = new(Convolution),
        ["fig3"] = new(() =>
            ArchitectureFigure.Of(
                "fig3",
                "Figure 3: the networks",
                "caption",
                [
                    .. Architectures.Names.Select(n =>
                        n == "imagenet" ? Architectures.Define(n, [3, 224, 224], 1000) : Architectures.Define(n, [3, 32, 32], 10)
                    ),
                ]
            )
        ),
        ["fig4"] = new(() => Recorded("fig4")),
        ["fig5"] = new(() => Recorded("fig5")),
        ["fig6"] = new(() => Recorded("fig6")),
        ["over"] = new(() =>
            SweepFigure.Of(
                "over",
                "Update angles over eta",
                "caption",
                new SweepTable(
                    SweepParameter.Eta,
                    [1e-12, 1e-8, 1e-4],
                    [
                        .. new[] { "literal float64", "displacement float64", "displacement float32" }.Select(
                            (way, i) =>
                                new SweepCurve("ngait", $"normalised GAIT, {way}", [0.01 * (i + 1), 1e-4, 1e-11], [0.1 * (i + 1), 1e-3, 90])
                        ),
                    ]
                )
            )
        ),
        ["depths"] = new(() =>
            SweepFigure.Of(
                "depths",
                "Update angles over depth",
                "caption",
                new SweepTable(
                    SweepParameter.Depth,
                    [2, 4, 8, 16, 32, 50],
                    [new SweepCurve("gait", "GAIT, literal float64", [1e-4, 1e-3, 1, 50, 89, 90], [1e-4, 1e-2, 60, 90, 91, 90])]
                )
            )
        ),
        ["drift"] = new(() =>
            new Figure(
                "drift",
                "Angles while weights move",
                "caption",
                [
                    .. new[]
                    {
                        ("A", "Update angle while weights move", "mean angle to BP (degrees)"),
                        ("B", "Orthogonality defect", "root mean square"),
                    }.Select(p => new Panel(
                        p.Item1,
                        p.Item2,
                        new Axis("step"),
                        new Axis(p.Item3) { IsLogarithmic = true, From = 1e-3 },
                        [
                            .. new[] { 1, 10, 100 }.Select(strength => new Series(
                                "ngait",
                                $"task and regulariser, λ = {strength}",
                                [0, 1, 2],
                                [1e-12, 1 / 10.0, 1.0 / strength]
                            )),
                        ],
                        PanelKind.Lines
                    )),
                ]
            )
        ),
        ["confusion"] = new(Confusion),
        ["angles"] = new(() => SampleFigures.ManyAngles(8, 4, undefined: true)),
        ["long"] = new(LongTraining),
        ["rows"] = new(() =>
            new Figure(
                "rows",
                "Bars with names",
                "caption",
                [
                    new Panel(
                        "A",
                        "Cost of a step",
                        new Axis("way", ["BP", "displacement, refined, whole retraction and more words than a line holds", "c"]),
                        new Axis("times BP"),
                        [new Series("bp", "BP", [0], [1]), new Series("ngait", "normalised GAIT", [1, 2], [1.25, 18])],
                        PanelKind.Rows
                    ),
                ]
            )
        ),
        ["title"] = new(() =>
            LongTraining() with
            {
                Title =
                    "A title of so many words that it goes over two lines of any page that it is shown on, and that must not be cut at the top",
            }
        ),
    };

    public static TheoryData<string> Names => [.. Figures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void On_paper_no_text_lies_on_another_or_is_cut(string name)
    {
        var svg = StaticFigure.Svg(Figures[name].Value);

        Assert.Empty(SvgTexts.Flaws(svg));
        Assert.All(SvgTexts.Of(svg).Texts, text => Assert.True(text.Size >= 10, $"'{text.Text}' is {text.Size} high"));
    }

    [Theory]
    [InlineData("fig1")]
    [InlineData("fig2")]
    [InlineData("fig3")]
    public void In_drawings_no_text_lies_on_another_or_is_cut(string name)
    {
        var whole = Figures[name].Value.Panels.Single(p => p.Drawing is not null).Drawing!;
        foreach (var drawing in (Drawing[])[whole, whole.Narrow])
        {
            Check(drawing);
        }
    }

    private static void Check(Drawing drawing)
    {
        var texts = drawing.Shapes.OfType<DrawingText>().Select(t => (t.Text, Box: DrawingCanvas.PlaceOf(t))).ToArray();

        Assert.All(
            texts,
            t =>
                Assert.True(
                    t.Box.Left >= 0 && t.Box.Right <= drawing.Width && t.Box.Top >= 0 && t.Box.Bottom <= drawing.Height,
                    $"'{t.Text}' is cut"
                )
        );
        Assert.All(
            texts.SelectMany((t, i) => texts.Skip(i + 1).Select(other => (t, other))),
            pair =>
                Assert.False(
                    SkiaSharp.SKRect.Intersect(pair.t.Box, pair.other.Box) is { Width: > 1, Height: > 1 },
                    $"'{pair.t.Text}' lies on '{pair.other.Text}'"
                )
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void On_pages_the_title_has_room_for_its_lines_and_the_legend_for_its_rows(string name)
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures[name].Value));
        var layout = json.RootElement.GetProperty("layout");
        var legend = layout.GetProperty("legend");
        var height = layout.GetProperty("height").GetDouble();
        var lines = layout
            .GetProperty("annotations")
            .EnumerateArray()
            .Single(note => note.TryGetProperty("name", out var part) && part.GetString() == "title")
            .GetProperty("text")
            .GetString()!
            .Split("<br>")
            .Length;
        var legendTop = (1 - legend.GetProperty("y").GetDouble()) * height;
        var entries = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(trace => trace.TryGetProperty("showlegend", out var shown) && shown.GetBoolean())
            .Select(trace => trace.GetProperty("name").GetString()!.Split("<br>").Length)
            .ToArray();
        var columns = legend.TryGetProperty("entrywidth", out var share)
            ? (int)Math.Floor(1 / share.GetDouble())
            : Math.Max(1, entries.Length);

        Assert.True(legendTop >= 10 + (lines * 22), $"{lines} lines of the title in {legendTop} pixels");
        var top = layout.GetProperty("margin").GetProperty("t").GetDouble();
        Assert.Equal(legendTop + entries.Chunk(columns).Sum(row => 21 + (19 * (row.Max() - 1))) + 10 + 34, top, 0.5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_front_ends_of_any_width_no_text_lies_on_another_or_is_cut(string name)
    {
        var json = PlotlyFigure.Json(Figures[name].Value);
        foreach (var width in new[] { 500, 700, 900, 1200 })
        {
            Assert.Empty(PlotlyTexts.Flaws(json, width).Select(flaw => $"{width}: {flaw}"));
            Assert.True(PlotlyTexts.Count(json, width) > 4);
        }
    }

    [Fact]
    public void Figure_1_has_its_numbers_in_front_ends_too()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures["fig1"].Value));
        Assert.Single(
            json.RootElement.GetProperty("data").EnumerateArray(),
            t => t.TryGetProperty("mode", out var mode) && mode.GetString() == "text" && t.GetProperty("visible").GetBoolean()
        );
    }

    [Fact]
    public void On_a_page_that_is_too_narrow_the_measure_finds_what_is_cut_and_what_lies_on_another()
    {
        var flaws = PlotlyTexts.Flaws(PlotlyFigure.Json(Figures["fig4"].Value), 300);

        Assert.Contains(flaws, flaw => flaw.EndsWith(" is cut", StringComparison.Ordinal));
        Assert.Contains(flaws, flaw => flaw.Contains(" lies on ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FigureTheme.White, 255)]
    [InlineData(FigureTheme.Dark, 0x1e)]
    public void Every_colour_stands_out_on_its_page(FigureTheme theme, byte page)
    {
        var figure = Figures["long"].Value with { Theme = theme };
        using var read = SkiaSharp.SKBitmap.Decode(StaticFigure.Png(figure));
        Assert.Equal(new SkiaSharp.SKColor(page, page, page), read.GetPixel(0, 0));
        using var json = JsonDocument.Parse(PlotlyFigure.Json(figure));
        var layout = json.RootElement.GetProperty("layout");
        Assert.Equal($"#{page:x2}{page:x2}{page:x2}", layout.GetProperty("paper_bgcolor").GetString());

        // Of the figure itself, not of the page around it.
        Assert.Contains($"padding: 0.5rem; background: #{page:x2}{page:x2}{page:x2};", PlotlyFigure.Html(figure), StringComparison.Ordinal);
        var colors = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(t => t.TryGetProperty("line", out _))
            .Select(t => t.GetProperty("line").GetProperty("color").GetString()!)
            .Append(layout.GetProperty("font").GetProperty("color").GetString()!)
            .Distinct();
        Assert.All(colors, color => Assert.True(Contrast(SkiaSharp.SKColor.Parse(color), read.GetPixel(0, 0)) >= 3, color));
    }

    [Fact]
    public void What_says_nothing_of_its_colours_has_those_of_the_notebook_in_cells_and_white_in_files()
    {
        var figure = Figures["long"].Value;
        var white = StaticFigure.Png(figure);
        Assert.Equal(white, StaticFigure.Png(figure with { Theme = FigureTheme.White }));
        Assert.Equal(FigureTheme.White, CellFigures.Shown(figure).Theme);
        try
        {
            CellFigures.Theme = FigureTheme.Dark;
            Assert.Equal(FigureTheme.Dark, CellFigures.Shown(figure).Theme);
            Assert.Equal(FigureTheme.Clear, CellFigures.Shown(figure with { Theme = FigureTheme.Clear }).Theme);
            Assert.Equal(white, StaticFigure.Png(figure));
        }
        finally
        {
            CellFigures.Theme = FigureTheme.White;
        }
    }

    [Fact]
    public void Without_a_page_what_is_behind_shows_through()
    {
        var clear = Figures["long"].Value with { Theme = FigureTheme.Clear };
        using var read = SkiaSharp.SKBitmap.Decode(StaticFigure.Png(clear));
        Assert.Equal(0, read.GetPixel(0, 0).Alpha);
        using var json = JsonDocument.Parse(PlotlyFigure.Json(clear));
        Assert.Equal(
            "rgba(0,0,0,0)",
            json.RootElement.GetProperty("layout").GetProperty("paper_bgcolor").GetString()!.Replace("255", "0", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_pdf_is_one_page_of_the_drawing_with_its_letters_inside()
    {
        var figure = Figures["long"].Value;
        var pdf = System.Text.Encoding.Latin1.GetString(StaticFigure.Pdf(figure));
        var (width, height) = StaticFigure.Size(figure);

        Assert.StartsWith("%PDF-", pdf, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF", pdf.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"/MediaBox [0 0 {width * 0.375:0.###} {height * 0.375:0.###}]"),
            pdf,
            StringComparison.Ordinal
        );
        Assert.Contains("/Count 1", pdf, StringComparison.Ordinal);
        Assert.Contains("Inter-Regular", pdf, StringComparison.Ordinal);
        Assert.Contains("/FontFile2", pdf, StringComparison.Ordinal);
        Assert.DoesNotContain("/Subtype /Image", pdf, StringComparison.Ordinal);
        Assert.Equal(StaticFigure.Pdf(figure), StaticFigure.Pdf(figure));
    }

    private static double Contrast(SkiaSharp.SKColor one, SkiaSharp.SKColor other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

        static double Luminance(SkiaSharp.SKColor c) => (0.2126 * Linear(c.Red)) + (0.7152 * Linear(c.Green)) + (0.0722 * Linear(c.Blue));
        static double Linear(byte channel) => channel / 255.0 is var s && s <= 0.04045 ? s / 12.92 : Math.Pow((s + 0.055) / 1.055, 2.4);
    }

    private static Figure Confusion()
    {
        string[] classes = ["disc", "ring", "square", "frame", "diamond", "triangle", "cross", "saltire", "bars", "columns"];
        return new Figure(
            "confusion",
            "synthetic-shallow: normalised GAIT, preset fast, seed 1",
            "caption",
            [
                new Panel(
                    "A",
                    "What the images of each class are taken for",
                    new Axis("class that the network finds likeliest", classes),
                    new Axis("share of the images of the row's class (%)"),
                    [
                        .. classes.Select(
                            (c, row) =>
                                new Series(
                                    c,
                                    c,
                                    [.. classes.Select((_, i) => (double)i)],
                                    [.. classes.Select((_, i) => i == row ? 100 : 7.69)]
                                )
                        ),
                    ],
                    PanelKind.HeatMap
                )
                {
                    Cells = CellValues.Shares,
                },
            ]
        );
    }

    [Fact]
    public void Totals_above_bars_are_never_made_smaller()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures["fig3"].Value));
        var totals = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(t => t.GetProperty("type").GetString() == "bar" && t.TryGetProperty("text", out _))
            .ToArray();

        Assert.Equal(9, totals.Length);
        Assert.All(totals, t => Assert.Equal("none", t.GetProperty("constraintext").GetString()));
    }

    [Fact]
    public void Long_curves_have_few_markers_each_at_its_own_places_and_all_angles_can_be_told_apart()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures["long"].Value));
        var lines = json
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Where(t =>
                t.GetProperty("yaxis").GetString() == "y4"
                && t.TryGetProperty("marker", out var m)
                && m.GetProperty("size").ValueKind == JsonValueKind.Array
            )
            .ToArray();
        var places = lines
            .Select(t =>
                t.GetProperty("marker")
                    .GetProperty("size")
                    .EnumerateArray()
                    .Index()
                    .Where(s => s.Item.GetInt32() > 0)
                    .Select(s => s.Index)
                    .ToArray()
            )
            .ToArray();

        Assert.Equal(4, places.Length);
        Assert.All(places, p => Assert.InRange(p.Length, 5, 15));
        Assert.Equal(places.Sum(p => p.Length), places.SelectMany(p => p).Distinct().Count());

        var axis = json.RootElement.GetProperty("layout").GetProperty("yaxis");
        Assert.Equal("log", axis.GetProperty("type").GetString());
        Assert.Equal(["≤ 0.01", "0.1", "1", "10", "90"], axis.GetProperty("ticktext").EnumerateArray().Select(t => t.GetString()!));
    }

    [Fact]
    public void Accuracy_axes_begin_at_chance()
    {
        var panel = Figures["long"].Value.Panels[3];

        Assert.InRange(new PanelView(panel).Y.Min, 4, 10);
    }

    [Fact]
    public void Grid_lines_are_in_the_small_picture_too()
    {
        using var read = SkiaSharp.SKBitmap.Decode(StaticFigure.Light(Figures["fig4"].Value, StaticTheme.Paper));

        Assert.Contains(read.Pixels, p => p is { Red: > 0xd8 and < 0xf0 } && p.Red == p.Green && p.Green == p.Blue);
        Assert.True(read.Pixels.Count(p => p == new SkiaSharp.SKColor(0xe6, 0xe6, 0xe6)) > 500);
    }

    private static Figure Recorded(string figure)
    {
        var runs = FigureRuns.Of(
            figure,
            FigurePlan
                .ExperimentsOf(figure)
                .SelectMany(e => new RunStore(Path.Combine(Repository.Folder, "notebooks", "recorded")).ListExperiment(e))
        );
        return new RunComparison(
            figure,
            FigurePlan.TitleOf(figure, runs.Shown[0].Description.Data.Name, (string)runs.Shown[0].Description.Experiment["name"]!),
            runs.Shown
        )
        {
            OverSeeds = true,
        }.Figure;
    }

    private static Figure Targets()
    {
        var layers = Enumerable.Range(1, 7).Select(l => l.ToString(CultureInfo.InvariantCulture)).ToArray();
        TargetPrecision Way(TargetForm form, TorchSharp.torch.ScalarType type) =>
            new(form, type, [.. layers.Select(_ => (double?)1e-9)], [.. layers.Select((_, l) => (double?)(90.0 / (l + 1)))]);
        TargetColumn Rule(string rule) =>
            new(
                rule,
                [.. layers.Select(_ => 1e-7)],
                [
                    Way(TargetForm.Literal, TorchSharp.torch.ScalarType.Float64),
                    Way(TargetForm.Literal, TorchSharp.torch.ScalarType.Float32),
                    Way(TargetForm.Displacement, TorchSharp.torch.ScalarType.Float32),
                ]
            );
        return TargetFigure.Of(
            "fig1",
            "Figure 1: why targets are normalised",
            "caption",
            new TargetTable(layers, [.. layers.Select(_ => 1.0)], [Rule("gait"), Rule("ngait")])
        );
    }

    private static Figure Convolution()
    {
        LibTorch.Load();
        var study = new ConvolutionStudy();
        var picture = new FigureImage(48, 48, Data.Landscape.Draw(48));
        return ConvolutionFigure.Of(
            "fig2",
            "Figure 2: the inverse of a convolution",
            "caption",
            picture,
            study,
            study.Measure(picture.ToTensor())
        );
    }

    /// <summary>Two hundred epochs of four rules, angles every hundred steps.</summary>
    private static Figure LongTraining()
    {
        (string Rule, string Label, double Angle, double Accuracy)[] rules =
        [
            ("bp", "BP", double.NaN, 55),
            ("fa", "FA", 70, 45),
            ("gait", "GAIT", 2, 50),
            ("ngait", "normalised GAIT", 0.05, 54.8),
        ];
        Series Curve((string Rule, string Label, double Angle, double Accuracy) r, Func<int, double> x, double last) =>
            new(
                r.Rule,
                r.Label,
                [.. Enumerable.Range(0, 201).Select(i => x(i))],
                [.. Enumerable.Range(0, 201).Select(i => 10 + ((last - 10) * i / 200))],
                [.. Enumerable.Range(0, 201).Select(_ => 0.5)]
            );
        var measured = rules.Where(r => r.Rule != "bp").ToArray();
        return new Figure(
            "long",
            "A long training",
            "caption",
            [
                new Panel(
                    "A",
                    "Update angle by layer",
                    new Axis("layer (median; bars hold two thirds of the steps)", ["1", "2", "3", "4"]),
                    Axis.OfAngles("angle to BP (degrees)"),
                    [
                        .. measured.Select(r => new Series(
                            r.Rule,
                            r.Label,
                            [0, 1, 2, 3],
                            [r.Angle, r.Angle, r.Angle, 0],
                            [r.Angle, r.Angle / 2, r.Angle / 3, 0]
                        )),
                    ],
                    PanelKind.Points
                ),
                new Panel(
                    "B",
                    "Update angle of hidden layers",
                    new Axis("step"),
                    Axis.OfAngles("mean angle to BP (degrees)"),
                    [.. measured.Select(r => Curve(r, i => 100 * i, r.Angle))],
                    PanelKind.Lines
                ),
                new Panel(
                    "C",
                    "Training accuracy, top-1",
                    new Axis("epoch"),
                    new Axis("top-1 accuracy (%)") { From = 10 },
                    [.. rules.Select(r => Curve(r, i => i, r.Accuracy + 5))],
                    PanelKind.Lines
                ),
                new Panel(
                    "D",
                    "Test accuracy, top-1",
                    new Axis("epoch"),
                    new Axis("top-1 accuracy (%)") { From = 10 },
                    [.. rules.Select(r => Curve(r, i => i, r.Accuracy))],
                    PanelKind.Lines
                ),
            ]
        );
    }
}
