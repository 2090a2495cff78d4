using System.Globalization;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Metrics;
using GaitProp.Networks;
using GaitProp.Runs;

namespace GaitProp.Kernel.Tests.Charts;

/// <summary>The kit's own figures, measured: no text lies on another, none is cut, none is too small to be read.</summary>
public sealed class FigureTextsTests
{
    private static readonly Dictionary<string, Lazy<Figure>> Figures = new()
    {
        ["fig1"] = new(Targets),
        ["fig2"] = new(Convolution),
        ["fig3"] = new(() => ArchitectureFigure.Of("fig3", "Figure 3: the networks", "caption",
            [.. Architectures.Names.Select(n => n == "imagenet" ? Architectures.Define(n, [3, 224, 224], 1000) : Architectures.Define(n, [3, 32, 32], 10))])),
        ["fig4"] = new(() => Recorded("fig4")),
        ["fig5"] = new(() => Recorded("fig5")),
        ["fig6"] = new(() => Recorded("fig6")),
        ["long"] = new(LongTraining),
        ["rows"] = new(() => new Figure("rows", "Bars with names", "caption",
            [new Panel("A", "Cost of a step", new Axis("way", ["BP", "displacement, refined, whole retraction and more words than a line holds", "c"]), new Axis("times BP"),
                [new Series("bp", "BP", [0], [1]), new Series("ngait", "normalised GAIT", [1, 2], [1.25, 18])], PanelKind.Rows)])),
        ["title"] = new(() => LongTraining() with { Title = "A title of so many words that it goes over two lines of any page that it is shown on, and that must not be cut at the top" }),
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

        Assert.All(texts, t => Assert.True(t.Box.Left >= 0 && t.Box.Right <= drawing.Width && t.Box.Top >= 0 && t.Box.Bottom <= drawing.Height, $"'{t.Text}' is cut"));
        Assert.All(texts.SelectMany((t, i) => texts.Skip(i + 1).Select(other => (t, other))), pair =>
            Assert.False(SkiaSharp.SKRect.Intersect(pair.t.Box, pair.other.Box) is { Width: > 1, Height: > 1 }, $"'{pair.t.Text}' lies on '{pair.other.Text}'"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void On_pages_the_title_has_room_for_its_lines_and_the_legend_for_its_rows(string name)
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures[name].Value));
        var layout = json.RootElement.GetProperty("layout");
        var legend = layout.GetProperty("legend");
        var height = layout.GetProperty("height").GetDouble();
        var lines = layout.GetProperty("title").GetProperty("text").GetString()!.Split("<br>").Length;
        var legendTop = (1 - legend.GetProperty("y").GetDouble()) * height;
        var entries = json.RootElement.GetProperty("data").EnumerateArray().Count(trace => trace.TryGetProperty("showlegend", out var shown) && shown.GetBoolean());
        var columns = legend.TryGetProperty("entrywidth", out var share) ? (int)Math.Floor(1 / share.GetDouble()) : Math.Max(1, entries);

        Assert.True(legendTop >= 10 + (lines * 22), $"{lines} lines of the title in {legendTop} pixels");
        var top = layout.GetProperty("margin").GetProperty("t").GetDouble();
        Assert.Equal(legendTop + (24 * Math.Ceiling((double)entries / columns)) + 10 + 34, top, 0.5);
    }

    [Fact]
    public void Totals_above_bars_are_never_made_smaller()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures["fig3"].Value));
        var totals = json.RootElement.GetProperty("data").EnumerateArray().Where(t => t.GetProperty("type").GetString() == "bar" && t.TryGetProperty("text", out _)).ToArray();

        Assert.Equal(9, totals.Length);
        Assert.All(totals, t => Assert.Equal("none", t.GetProperty("constraintext").GetString()));
    }

    [Fact]
    public void Long_curves_have_few_markers_each_at_its_own_places_and_all_angles_can_be_told_apart()
    {
        using var json = JsonDocument.Parse(PlotlyFigure.Json(Figures["long"].Value));
        var lines = json.RootElement.GetProperty("data").EnumerateArray().Where(t => t.GetProperty("yaxis").GetString() == "y4" && t.TryGetProperty("marker", out var m) && m.GetProperty("size").ValueKind == JsonValueKind.Array).ToArray();
        var places = lines.Select(t => t.GetProperty("marker").GetProperty("size").EnumerateArray().Index().Where(s => s.Item.GetInt32() > 0).Select(s => s.Index).ToArray()).ToArray();

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
        var runs = FigureRuns.Of(figure, FigurePlan.ExperimentsOf(figure).SelectMany(e => new RunStore(Path.Combine(Repository.Folder, "notebooks", "recorded")).ListExperiment(e)));
        return new RunComparison(figure, FigurePlan.TitleOf(figure, runs.Shown[0].Description.Data.Name), runs.Shown) { OverSeeds = true }.Figure;
    }

    private static Figure Targets()
    {
        var layers = Enumerable.Range(1, 7).Select(l => l.ToString(CultureInfo.InvariantCulture)).ToArray();
        TargetPrecision Way(Rules.Targets.TargetForm form, TorchSharp.torch.ScalarType type) => new(form, type, [.. layers.Select(_ => (double?)1e-9)], [.. layers.Select((_, l) => (double?)(90.0 / (l + 1)))]);
        TargetColumn Rule(string rule) => new(rule, [.. layers.Select(_ => 1e-7)],
            [Way(Rules.Targets.TargetForm.Literal, TorchSharp.torch.ScalarType.Float64), Way(Rules.Targets.TargetForm.Literal, TorchSharp.torch.ScalarType.Float32), Way(Rules.Targets.TargetForm.Displacement, TorchSharp.torch.ScalarType.Float32)]);
        return TargetFigure.Of("fig1", "Figure 1: why targets are normalised", "caption", new TargetTable(layers, [.. layers.Select(_ => 1.0)], [Rule("gait"), Rule("ngait")]));
    }

    private static Figure Convolution()
    {
        Runtime.LibTorch.Load();
        var study = new ConvolutionStudy();
        var picture = new FigureImage(48, 48, Data.Landscape.Draw(48));
        return ConvolutionFigure.Of("fig2", "Figure 2: the inverse of a convolution", "caption", picture, study, study.Measure(picture.ToTensor()));
    }

    /// <summary>Two hundred epochs of four rules, angles every hundred steps.</summary>
    private static Figure LongTraining()
    {
        (string Rule, string Label, double Angle, double Accuracy)[] rules = [("bp", "BP", double.NaN, 55), ("fa", "FA", 70, 45), ("gait", "GAIT", 2, 50), ("ngait", "normalised GAIT", 0.05, 54.8)];
        Series Curve((string Rule, string Label, double Angle, double Accuracy) r, Func<int, double> x, double last) =>
            new(r.Rule, r.Label, [.. Enumerable.Range(0, 201).Select(i => x(i))], [.. Enumerable.Range(0, 201).Select(i => 10 + ((last - 10) * i / 200))], [.. Enumerable.Range(0, 201).Select(_ => 0.5)]);
        var measured = rules.Where(r => r.Rule != "bp").ToArray();
        return new Figure("long", "A long training", "caption",
        [
            new Panel("A", "Update angle by layer", new Axis("layer", ["1", "2", "3", "4"]), Axis.OfAngles("angle to BP (degrees)"),
                [.. measured.Select(r => new Series(r.Rule, r.Label, [0, 1, 2, 3], [r.Angle, r.Angle, r.Angle, 0], [r.Angle, r.Angle / 2, r.Angle / 3, 0]))], PanelKind.Points),
            new Panel("B", "Update angle over training", new Axis("step"), Axis.OfAngles("mean over all layers but the output (degrees)"), [.. measured.Select(r => Curve(r, i => 100 * i, r.Angle))], PanelKind.Lines),
            new Panel("C", "Training accuracy, top-1", new Axis("epoch"), new Axis("top-1 accuracy (%)") { From = 10 }, [.. rules.Select(r => Curve(r, i => i, r.Accuracy + 5))], PanelKind.Lines),
            new Panel("D", "Test accuracy, top-1", new Axis("epoch"), new Axis("top-1 accuracy (%)") { From = 10 }, [.. rules.Select(r => Curve(r, i => i, r.Accuracy))], PanelKind.Lines),
        ]);
    }
}
