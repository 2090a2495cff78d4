using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Formatters;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Formatters;

public sealed partial class FormattersTests
{
    public static TheoryData<string> Names => [.. Samples.All.Keys];

    public static TheoryData<string> Pictures =>
        [
            .. (string[])
                [
                    "vector",
                    "matrix",
                    "small matrix",
                    "images",
                    "bytes",
                    "large images",
                    "feature maps",
                    "run",
                    "comparison",
                    "evaluation",
                    "evaluation of many classes",
                    "confusion",
                    "angles",
                    "data set",
                    "split",
                    "figure",
                    "awkward figure",
                    "heat map",
                ],
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_value_has_safe_html_that_loads_nothing_and_plain_text(string name)
    {
        var value = Samples.All[name]();
        var bundle = Formatted.Bundle(value);
        var html =
            name.Contains("figure", StringComparison.Ordinal) || name is "heat map" or "confusion"
                ? value.ToDisplayString(MimeBundle.Html)
                : bundle.Data[MimeBundle.Html].ToString();

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>mine", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>loss", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<reason>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<literal>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>shallow", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Loading(), html);
        Assert.DoesNotMatch(FixedPage(), html);
        var text = bundle.Data[MimeBundle.PlainText].ToString();
        Assert.NotEmpty(text);
        Assert.DoesNotContain("failed:", text, StringComparison.Ordinal);
        Balanced(html);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_stay_small(string name)
    {
        var value = Samples.All[name]();
        var size = Formatted.Bundle(value).Data.Sum(f => Encoding.UTF8.GetByteCount(f.Value.ToJsonString()));

        Assert.InRange(
            size,
            1,
            value is TorchSharp.torch.Tensor ? 60_000
                : value is GaitProp.Figure ? 300_000
                : 200_000
        );
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void What_is_a_picture_is_one_for_whoever_asks(string name)
    {
        GaitPropFormatters.Register();
        using var picture = SKBitmap.Decode(Convert.FromBase64String(Samples.All[name]().ToDisplayString(MimeBundle.Png)));

        Assert.NotNull(picture);
        Assert.True(picture.Pixels.Distinct().Skip(1).Any(), "one colour is no picture");
    }

    [Fact]
    public void Tensors_say_what_is_in_them()
    {
        var html = Html("small matrix");

        Assert.Contains("tensor 2 × 3", html, StringComparison.Ordinal);
        Assert.Contains("float32, cpu", html, StringComparison.Ordinal);
        Assert.Contains("NaN</span> <b>1</b>", html, StringComparison.Ordinal);
        Assert.Contains("infinite</span> <b>1</b>", html, StringComparison.Ordinal);

        // Of 1, -3, 0, 2: mean 0, variance 14 / 4.
        Assert.Contains("min</span> <b>−3</b>", html, StringComparison.Ordinal);
        Assert.Contains("mean</span> <b>0</b>", html, StringComparison.Ordinal);
        Assert.Contains("std</span> <b>1.871</b>", html, StringComparison.Ordinal);
        Assert.Contains("yellow: NaN", html, StringComparison.Ordinal);
        Assert.Contains("3 of 4 (75.00 %)", Html("truth"), StringComparison.Ordinal);
        Assert.Contains("no elements", Html("empty"), StringComparison.Ordinal);
        Assert.Contains("meta device", Html("meta"), StringComparison.Ordinal);
        Assert.Contains("disposed", Html("disposed"), StringComparison.Ordinal);
        Assert.Contains("3.25", Html("scalar"), StringComparison.Ordinal);
        Assert.Contains("requires grad", Html("gradient"), StringComparison.Ordinal);
        Assert.Contains("it has 8,388,608", Html("large"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_says_how_many_of_the_numbers_are_in_it()
    {
        Assert.Contains(">150 of 300 numbers, at equal distances; ", Html("vector"), StringComparison.Ordinal);
        Assert.Contains(
            ">the first 16 of 24 channels of the first sample, of each 28 × 28 of 56 × 56 numbers, at equal distances; ",
            Html("feature maps"),
            StringComparison.Ordinal
        );
        Assert.Contains(">2 channels; ", Html("whole numbers"), StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_of_values_in_a_list_have_all_their_digits()
    {
        IReadOnlyList<StepMetrics> steps = [new StepMetrics(1, 3_146_752, 2, []), new StepMetrics(1, 12, 2, [])];
        var bundle = Formatted.Bundle(steps);

        Assert.Contains(" 3146752 ", bundle.Data[MimeBundle.PlainText].ToString(), StringComparison.Ordinal);
        Assert.Contains(">3146752<", bundle.Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
    }

    /// <summary>As its table has it: not the worst of the intervals between two measurements.</summary>
    [Fact]
    public void A_run_says_in_which_share_of_its_steps_the_worst_layer_took_a_bare_transpose()
    {
        double[][] shares =
        [
            [1, 0.25, 0, 0],
            [0, 0.5, 0, 0],
        ];
        var run = Samples.Run("ngait").With(steps: [.. shares.Select((s, i) => new StepMetrics(1, i, 2, [1, 1, 1, 0], [1, 1, 1, 0], s))]);

        Assert.Contains(
            ", steps with a bare transpose in the worst layer 50.00 %",
            Formatted.Bundle(run).Data[MimeBundle.PlainText].ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Runs_without_angles_say_nothing_of_them()
    {
        var html = Formatted.Bundle(new RunComparison("fig4", "Figure 4", [Samples.Run("bp")])).Data[MimeBundle.Html].ToString();

        Assert.DoesNotContain("Angles: ", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_of_kept_and_auxiliary_units_have_words_where_styles_are_taken_out()
    {
        var network = Html("network");
        Assert.Contains(">3,072 kept</div>", network, StringComparison.Ordinal);
        Assert.Matches(@">10 kept, [\d,]+ auxiliary</div>", network);
        Assert.Contains("Kept: units that the next layer sees.", network, StringComparison.Ordinal);
        Assert.Contains("Auxiliary: implicit units, which are never computed.", network, StringComparison.Ordinal);
        Assert.Contains("kept solid, auxiliary dashed,", network, StringComparison.Ordinal);
        Assert.Contains("kept solid, auxiliary hatched,", Html("network with explicit units"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_without_bounds_is_short()
    {
        var run = Samples.Run("bp", epochs: 1);
        var grown = run.With(epochs: [run.Epochs[0], new EpochMetrics(1, 196, 1.2e30, 0.1, 1.2e30, 0.1, [0, 0, 0, 0])]);
        var evaluation = new Evaluation(
            "title",
            "weights",
            "CIFAR-10",
            DataPart.Test,
            ["cat", "dog"],
            [
                [3, 1],
                [2, 2],
            ],
            1.2e30,
            1
        );

        Assert.Contains(" loss 2.260,", Text(run), StringComparison.Ordinal);
        Assert.Contains(" loss 1.20e30,", Text(grown), StringComparison.Ordinal);
        Assert.Contains(" loss 1.20e30,", Text(evaluation), StringComparison.Ordinal);

        static string Text(object value) => Formatted.Bundle(value).Data[MimeBundle.PlainText].ToString();
    }

    [Fact]
    public void A_gradient_has_a_row_for_each_parameter()
    {
        LibTorch.Load();
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (matrix, vector) = (TorchSharp.torch.ones(2, 3), TorchSharp.torch.ones(2));

        var affine = Text(new LayerGradient(matrix, vector, vector));
        Assert.Matches(@"(?m)^ +1 +weight +2x3 +2\.449 +1 +1 +0$", affine);
        Assert.Matches(@"(?m)^ +1 +bias +2 +1\.414 +1 +1 +0$", affine);
        Assert.Matches(@"(?m)^ +1 +gain +2 +1\.414 +1 +1 +0$", affine);

        // Of a layer of two weights: what they are called, only the layer knows.
        var own = Text(new LayerGradient([matrix, vector, matrix]));
        Assert.Matches(@"(?m)^ +1 +1 +2x3 +2\.449 ", own);
        Assert.Matches(@"(?m)^ +1 +3 +2x3 +2\.449 ", own);

        static string Text(LayerGradient gradient) => Formatted.Bundle(gradient).Data[MimeBundle.PlainText].ToString();
    }

    [Fact]
    public void Images_are_told_by_their_class_once()
    {
        var split = Html("split");
        Assert.Contains("images of class 0\"", split, StringComparison.Ordinal);
        Assert.DoesNotContain("class class", split, StringComparison.Ordinal);

        var named = ((ImageDataset)Samples.All["data set"]()).ClassNames[0];
        Assert.Contains($" of {named}\"", Html("data set"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_is_a_picture_and_an_interactive_chart_and_says_how_large_it_wants_to_be()
    {
        var bundle = Formatted.Bundle(Samples.All["figure"]());

        Assert.Equal(["application/vnd.plotly.v1+json", "image/png", "text/plain"], bundle.Data.Keys.Order(StringComparer.Ordinal));
        Assert.NotNull(bundle.Data["application/vnd.plotly.v1+json"]["data"]);
        Assert.Equal(800, bundle.Metadata![MimeBundle.Png]!["width"]!.GetValue<int>());
    }

    [Fact]
    public void A_chart_that_a_user_made_with_Plotly_is_drawn_by_the_front_end()
    {
        var bundle = Formatted.Bundle(GaitProp.Kernel.Charts.PlotlyFigure.Chart(Charts.SampleFigures.Tiny()));
        Assert.Equal([FigureFormatter.Plotly, MimeBundle.PlainText], bundle.Data.Keys.Order(StringComparer.Ordinal));
        Assert.NotEmpty(bundle.Data[FigureFormatter.Plotly]["data"]!.AsArray());
        Assert.Matches(@"traces: [1-9]", bundle.Data[MimeBundle.PlainText].ToString());
    }

    [Fact]
    public void An_interactive_figure_carries_its_script_in_a_frame_that_can_reach_nothing()
    {
        var html = Formatted.Bundle(((GaitProp.Figure)Samples.All["figure"]()).Interactive()).Data[MimeBundle.Html].ToString();

        Assert.StartsWith("<iframe srcdoc=\"&lt;!DOCTYPE html&gt;", html, StringComparison.Ordinal);
        Assert.Contains("sandbox=\"allow-scripts\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_frame_of_an_interactive_figure_holds_the_chart_with_its_title_and_caption()
    {
        var figure = (GaitProp.Figure)Samples.All["figure"]();
        var (bare, whole) = (Above(figure with { Title = "Title", Caption = "" }), Above(figure));

        // Margins and a line of the title; then some lines of the caption.
        Assert.Equal(64 + 34 + 12, bare);
        Assert.InRange(whole - bare, 3 * 21, 9 * 21);

        // How much higher the frame is than the chart in it.
        static int Above(GaitProp.Figure figure)
        {
            var html = Formatted.Bundle(figure.Interactive()).Data[MimeBundle.Html].ToString();
            return HeightIn("height:([0-9]+)px;border:0", html)
                - HeightIn("var wide = .*?\"height\":([0-9]+)", System.Net.WebUtility.HtmlDecode(html));
        }

        static int HeightIn(string pattern, string text) =>
            int.Parse(Regex.Match(text, pattern).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Results_of_runs_are_a_card_and_a_figure()
    {
        GaitPropFormatters.Register();
        var outputs = ResultOutputs.Of(Samples.All["comparison"]()).ToArray();

        Assert.Equal(2, outputs.Length);
        Assert.Contains("<table", outputs[0].Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("<img", outputs[0].Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;shallow&lt;/b&gt;</b></div>", outputs[0].Data[MimeBundle.Html].ToString(), StringComparison.Ordinal);
        Assert.Contains(
            ">Angles: mean over steps, degrees to BP.</div>",
            outputs[0].Data[MimeBundle.Html].ToString(),
            StringComparison.Ordinal
        );
        Assert.Contains(MimeBundle.Png, outputs[1].Data.Keys);
    }

    [Fact]
    public void An_evaluation_is_a_card_with_its_classes_and_a_figure()
    {
        GaitPropFormatters.Register();
        var outputs = ResultOutputs.Of(Samples.All["evaluation"]()).ToArray();

        Assert.Equal(2, outputs.Length);
        var html = outputs[0].Data[MimeBundle.Html].ToString();
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        foreach (
            var word in (string[])
                ["top-1", "top-5", "loss", "1.5432", "airplane", "automobile", "often taken for", "&lt;b&gt;mine", "counts"]
        )
        {
            Assert.Contains(word, html, StringComparison.Ordinal);
        }

        Assert.Contains(MimeBundle.Png, outputs[1].Data.Keys);
        Assert.Contains(
            "The 20 classes that are told worst and the 20 best of 200",
            Html("evaluation of many classes"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Panels_without_axes_have_no_words_of_axes_in_the_text()
    {
        GaitPropFormatters.Register();
        var figure = new GaitProp.Figure(
            "f",
            "Title",
            "",
            [
                new("A", "A drawing", new Axis(""), new Axis(""), [], PanelKind.Points),
                new("B", "A picture", new Axis("its note"), new Axis(""), [], PanelKind.Points),
                new(
                    "C",
                    "Curves",
                    new Axis("step"),
                    new Axis("loss"),
                    [new("bp", "BP", [0], [1]), new("gait", "GAIT, displacement", [0], [1])],
                    PanelKind.Lines
                ),
            ]
        );

        Assert.Equal(
            "Title\nA  A drawing\nB  A picture: its note\nC  Curves: loss over step; BP; GAIT, displacement",
            Formatted.Bundle(figure).Data[MimeBundle.PlainText].ToString()
        );
    }

    [Fact]
    public void A_chart_in_a_card_is_told_by_its_title_its_panels_and_its_series()
    {
        var comparison = Html("comparison");
        Assert.Contains(
            " alt=\"Figure 4: &lt;b&gt;shallow&lt;/b&gt;. A  Update angle by layer: angle to BP (degrees) over layer ",
            comparison,
            StringComparison.Ordinal
        );
        Assert.Contains(" over epoch; BP", comparison, StringComparison.Ordinal);
        Assert.Contains(" alt=\"cifar-shallow: normalised GAIT, ", Html("run"), StringComparison.Ordinal);
        Assert.Contains(
            " alt=\"cifar-shallow: normalised GAIT, preset fast, seed 1. A  What the images of each class are taken for: ",
            Html("evaluation"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_gallery_can_be_looked_at()
    {
        var page = new StringBuilder();
        foreach (var (name, make) in Samples.All)
        {
            foreach (var bundle in ResultOutputs.Of(make()))
            {
                page.Append($"<h3>{name}</h3>");
                page.Append(
                    bundle.Data.TryGetValue(MimeBundle.Html, out var html) ? html.ToString()
                    : bundle.Data.TryGetValue(MimeBundle.Png, out var png) ? $"<img width=800 src='data:image/png;base64,{png}'>"
                    : ""
                );
                page.Append(
                    $"<pre>{System.Net.WebUtility.HtmlEncode(bundle.Data[MimeBundle.PlainText].ToString() is { Length: > 700 } text ? text[..700] : bundle.Data[MimeBundle.PlainText].ToString())}</pre>"
                );
            }
        }

        Assert.True(page.Length > 10_000);
        if (Environment.GetEnvironmentVariable("GAITPROP_GALLERY") is { Length: > 0 } folder)
        {
            var unstyled = Style().Replace(page.ToString(), "");
            foreach (
                var (theme, style, body) in ((string, string, string)[])
                    [
                        ("light", "background:#fff;color:#111", page.ToString()),
                        ("dark", "background:#1e1e1e;color:#ddd", page.ToString()),
                        ("light-unstyled", "background:#fff;color:#111", unstyled),
                    ]
            )
            {
                File.WriteAllText(
                    Path.Combine(folder, $"gallery-{theme}.html"),
                    $"<!DOCTYPE html><meta charset=utf-8><body style=\"{style};font-family:sans-serif;margin:8px 40px 8px 100px\">{body}"
                );
            }
        }
    }

    private static string Html(string name) => Formatted.Bundle(Samples.All[name]()).Data[MimeBundle.Html].ToString();

    /// <summary>Every element that is opened is closed, in order.</summary>
    private static void Balanced(string html)
    {
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(html))
        {
            var name = tag.Groups[2].Value;
            if (name is "img" or "br")
            {
                continue;
            }

            if (tag.Groups[1].Length == 0)
            {
                open.Push(name);
            }
            else
            {
                Assert.Equal(open.Pop(), name);
            }
        }

        Assert.Empty(open);
    }

    [GeneratedRegex("""(?:src|href)\s*=\s*(?>["']?)(?!data:)|url\(|@import""", RegexOptions.IgnoreCase)]
    private static partial Regex Loading();

    [GeneratedRegex("""[;"\s](?:background|background-color|color):\s*(?:#fff|#000|white|black)\b(?!;margin)""", RegexOptions.IgnoreCase)]
    private static partial Regex FixedPage();

    [GeneratedRegex("\\sstyle=\"[^\"]*\"")]
    private static partial Regex Style();

    [GeneratedRegex("<(/?)([a-z0-9]+)[^>]*>")]
    private static partial Regex Tag();
}
