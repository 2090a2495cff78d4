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
