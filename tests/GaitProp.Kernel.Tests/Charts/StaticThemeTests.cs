using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class StaticThemeTests
{
    private static readonly SKColor White = new(0xff, 0xff, 0xff);
    private static readonly SKColor DarkGrey = new(0x1e, 0x1e, 0x1e);

    /// <summary>Every colour of the palette: those that have a name, and the seven of rules that nobody knows.</summary>
    private static readonly RuleStyle[] Palette =
    [
        .. ((string[])["bp", "ngait", "gait", "fa", "dfa", "tp", "dtp", "kept", "auxiliary"]).Select(RulePalette.StyleOf),
        .. RulePalette.Candidates("unknown").Take(7),
    ];

    [Fact]
    public void On_dark_grey_every_colour_stands_out_and_a_paler_one_less()
    {
        foreach (var style in Palette)
        {
            var (plain, pale) = (Shown(StaticTheme.Dark, style), Shown(StaticTheme.Dark, style.Paler()));

            Assert.True(Contrast(plain, DarkGrey) >= 4.5, $"{style.Color} is {plain}");
            Assert.InRange(Contrast(pale, DarkGrey), 1.5, 0.7 * Contrast(plain, DarkGrey));
        }
    }

    /// <summary>What is lighter is weaker on white and stronger on dark grey; what is duller is weaker on both.</summary>
    [Fact]
    public void On_white_and_dark_grey_at_once_every_colour_stands_out_and_a_paler_one_is_duller()
    {
        foreach (var style in Palette)
        {
            var (plain, pale) = (Shown(StaticTheme.Neutral, style), Shown(StaticTheme.Neutral, style.Paler()));

            foreach (var page in (SKColor[])[White, DarkGrey])
            {
                Assert.True(Contrast(plain, page) >= 3, $"{style.Color} is {plain}");
                Assert.True(Contrast(pale, page) >= 1.5, $"{style.Color} is {pale}");
            }

            Assert.True(Chroma(pale) <= (Chroma(plain) / 2) + 1, $"{plain}, {pale}");
            Assert.True(StaticTheme.Neutral.Shown(style.Paler()).Thin);
        }
    }

    [Fact]
    public void On_paper_colours_are_those_of_the_palette_and_a_paler_one_is_lighter()
    {
        foreach (var style in Palette)
        {
            Assert.Same(style, StaticTheme.Paper.Shown(style));
            Assert.True(Contrast(Shown(StaticTheme.Paper, style.Paler()), White) < Contrast(Shown(StaticTheme.Paper, style), White));
        }
    }

    [Fact]
    public void Colours_keep_their_hue_and_those_that_stand_out_stay_as_they_are()
    {
        foreach (var theme in (StaticTheme[])[StaticTheme.Neutral, StaticTheme.Dark])
        {
            Assert.Equal("#009e73", theme.Shown(RulePalette.StyleOf("fa")).Color);
            foreach (var style in Palette.Where(style => style.Color != "#000000"))
            {
                SKColor.Parse(style.Color).ToHsl(out var before, out _, out _);
                Shown(theme, style).ToHsl(out var after, out _, out _);
                Assert.InRange(after - before, -3, 3);
            }
        }
    }

    /// <summary>They have the same hue: only their lightness tells them apart.</summary>
    [Theory]
    [InlineData("kept", "auxiliary")]
    [InlineData("ngait", "dfa")]
    public void Two_blues_stay_apart_on_every_page(string one, string other)
    {
        foreach (var theme in (StaticTheme[])[StaticTheme.Paper, StaticTheme.Neutral, StaticTheme.Dark])
        {
            var contrast = Contrast(Shown(theme, RulePalette.StyleOf(one)), Shown(theme, RulePalette.StyleOf(other)));
            Assert.True(contrast >= 1.4, $"{theme}: {contrast}");
        }
    }

    /// <summary>In figure 4 the angles of the rule and of the rule with gains lie on each other.</summary>
    [Theory]
    [InlineData("bp")]
    [InlineData("ngait")]
    public void A_rule_with_gains_is_lighter_than_the_rule_on_every_page_and_stands_out(string rule)
    {
        var (plain, gains) = (RulePalette.StyleOf(rule), RulePalette.WaysOf(RulePalette.StyleOf(rule), "rule, gains").First());
        foreach (var theme in (StaticTheme[])[StaticTheme.Paper, StaticTheme.Neutral, StaticTheme.Dark])
        {
            Assert.NotEqual(theme.Shown(plain).Color, theme.Shown(gains).Color);
        }

        Assert.InRange(Contrast(Shown(StaticTheme.Paper, plain), Shown(StaticTheme.Paper, gains)), 1.4, 21);
        Assert.InRange(Contrast(Shown(StaticTheme.Paper, gains), White), 3, 21);
        Assert.Equal(plain.Thin, gains.Thin);
    }

    [Fact]
    public void The_paler_variations_of_a_rule_are_paler_on_every_page()
    {
        var plain = RulePalette.StyleOf("fa");
        foreach (var theme in (StaticTheme[])[StaticTheme.Paper, StaticTheme.Neutral, StaticTheme.Dark])
        {
            Assert.Equal(
                [theme.Shown(plain).Color, theme.Shown(plain.Paler()).Color],
                plain.Variations().Select(v => theme.Shown(v).Color).Distinct()
            );
        }
    }

    /// <summary>The contrast of two colours by WCAG 2, from 1 to 21.</summary>
    internal static double Contrast(SKColor one, SKColor other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

        static double Luminance(SKColor c) => (0.2126 * Linear(c.Red)) + (0.7152 * Linear(c.Green)) + (0.0722 * Linear(c.Blue));
        static double Linear(byte channel) => channel / 255.0 is var s && s <= 0.04045 ? s / 12.92 : Math.Pow((s + 0.055) / 1.055, 2.4);
    }

    private static SKColor Shown(StaticTheme theme, RuleStyle style) => SKColor.Parse(theme.Shown(style).Color);

    private static int Chroma(SKColor color) =>
        Math.Max(color.Red, Math.Max(color.Green, color.Blue)) - Math.Min(color.Red, Math.Min(color.Green, color.Blue));
}
