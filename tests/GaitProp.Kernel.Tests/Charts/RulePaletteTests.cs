using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class RulePaletteTests
{
    private static readonly string[] Rules = ["bp", "ngait", "gait", "fa", "dfa", "tp", "dtp"];

    [Fact]
    public void Known_rules_have_colours_of_their_own_and_no_two_share_dash_and_marker()
    {
        var styles = Rules.Select(RulePalette.StyleOf).ToList();
        Assert.Equal(Rules.Length, styles.Select(style => style.Color).Distinct().Count());
        Assert.Equal(Rules.Length, styles.Select(style => (style.Marker, string.Join(' ', style.Dash))).Distinct().Count());
    }

    [Fact]
    public void Unknown_rules_keep_their_look_and_take_none_of_the_known_colours()
    {
        var known = Rules.Select(rule => RulePalette.StyleOf(rule).Color).ToHashSet();
        foreach (var rule in new[] { "my-rule", "x", "ünknown", "" })
        {
            Assert.Equal(RulePalette.StyleOf(rule), RulePalette.StyleOf(rule));
            Assert.DoesNotContain(RulePalette.StyleOf(rule).Color, known);
        }

        // The hash of the name is part of the contract: a rule keeps its colour from run to run, which GetHashCode would not give.
        Assert.Equal("#6699cc", RulePalette.StyleOf("my-rule").Color);
    }

    [Fact]
    public void Every_colour_is_visible_on_white()
    {
        foreach (var rule in Rules)
        {
            Assert.True(SKColor.TryParse(RulePalette.StyleOf(rule).Color, out var colour));
            var luminance = 0.2126 * Linear(colour.Red) + 0.7152 * Linear(colour.Green) + 0.0722 * Linear(colour.Blue);
            Assert.True(1.05 / (luminance + 0.05) >= 2, $"{rule}: contrast {1.05 / (luminance + 0.05):F2}");
        }
    }

    [Fact]
    public void Variations_of_a_style_keep_its_hue_and_no_two_are_alike()
    {
        foreach (var rule in Rules)
        {
            var variations = RulePalette.StyleOf(rule).Variations().ToArray();

            Assert.Equal(50, variations.Length);
            Assert.Equal(50, variations.Select(v => v.Look).Distinct().Count());
            Assert.Equal(2, variations.Select(v => v.Color).Distinct().Count());
        }
    }

    [Fact]
    public void How_a_rule_is_computed_is_shown_by_variations_of_its_own_look_with_other_markers()
    {
        foreach (var plain in Rules.Select(RulePalette.StyleOf))
        {
            var possible = plain.Variations().Concat(plain.Lighter().Variations()).Select(v => v.Look).ToHashSet();
            foreach (var way in RulePalette.WaysOf(plain))
            {
                Assert.Contains(way.Look, possible);
                Assert.Contains(way.Color, (string[])[plain.Color, plain.Lighter().Color]);
                Assert.NotEqual(plain.Marker, way.Marker);
            }
        }
    }

    [Fact]
    public void Layers_go_from_dark_to_light_and_the_lightest_stands_out_on_white()
    {
        RuleStyle[] layers = [.. Enumerable.Range(1, 7).Select(n => RulePalette.StyleOf($"layer {n}"))];
        double[] contrasts = [.. layers.Select(layer => StaticThemeTests.Contrast(SKColor.Parse(layer.Color), SKColors.White))];

        Assert.All(contrasts.Zip(contrasts.Skip(1)), pair => Assert.InRange(pair.First / pair.Second, 1.25, 1.5));
        Assert.True(contrasts[^1] >= 3, $"{contrasts[^1]}");
        Assert.Equal(Enum.GetValues<RuleMarker>(), layers.Take(5).Select(layer => layer.Marker));
    }

    [Fact]
    public void A_layer_keeps_its_look_and_no_two_of_many_are_alike()
    {
        RuleStyle[] layers = [.. Enumerable.Range(1, 35).Select(n => RulePalette.StyleOf($"layer {n}"))];

        Assert.Equal(35, layers.Select(layer => layer.Look).Distinct().Count());
        Assert.Equal(layers[1].Look, RulePalette.StyleOf("Layer 2").Look);
        foreach (var name in new[] { "layers 2", "layer two", "my layer 2", "layer 2, kept" })
        {
            Assert.DoesNotContain(RulePalette.StyleOf(name).Color, layers.Select(layer => layer.Color));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Many_lines_of_one_rule_and_many_rules_that_nobody_knows_all_look_different(bool ofOneRule)
    {
        Series[] lines =
        [
            .. Enumerable.Range(0, 30).Select(i => new Series(ofOneRule ? "ngait" : $"unknown {i}", $"line {i}", [0, 1], [i, i])),
        ];
        var legend = new FigureLegend(new("f", "t", "c", [new Panel("A", "t", new Axis("x"), new Axis("y"), lines, PanelKind.Lines)]));

        Assert.Equal(30, legend.Entries.Count);
        Assert.Equal(30, legend.Entries.Select(e => e.Style.Look).Distinct().Count());
    }

    private static double Linear(byte channel) => Math.Pow(channel / 255.0, 2.2);
}
