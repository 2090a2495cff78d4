using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The colours of a static figure apart from those of its data.</summary>
/// <param name="Page">What is behind everything.</param>
/// <param name="Ink">Titles, axes and their numbers.</param>
/// <param name="Muted">The caption.</param>
/// <param name="Grid">Lines behind the data.</param>
internal sealed record StaticTheme(SKColor Page, SKColor Ink, SKColor Muted, SKColor Grid)
{
    /// <summary>Below this lightness of HSL, 0 to 100, a colour does not stand out on black.</summary>
    private const float LeastLightness = 42;

    /// <summary>And below this one, it does not on dark grey.</summary>
    private const float LeastLightnessOnDark = 55;

    /// <summary>Dark on white, for paper and for pages of any colour.</summary>
    public static StaticTheme Paper { get; } = new(SKColors.White, new(0x1a, 0x1a, 0x1a), new(0x40, 0x40, 0x40), new(0xe6, 0xe6, 0xe6));

    /// <summary>
    /// On whatever is behind it, white or black: a grey that stands out on both (contrast 4 and 5), and data colours that do.
    /// </summary>
    public static StaticTheme Neutral { get; } =
        new(SKColors.Transparent, new(0x7d, 0x83, 0x8c), new(0x7d, 0x83, 0x8c), new(0x80, 0x80, 0x80, 0x38));

    /// <summary>Light on dark grey, for pages in a dark theme.</summary>
    public static StaticTheme Dark { get; } =
        new(new(0x1e, 0x1e, 0x1e), new(0xe6, 0xe6, 0xe6), new(0xb8, 0xb8, 0xb8), new(0x3c, 0x3c, 0x3c));

    /// <summary>The colours that a figure asks for; of one that says nothing, those of paper.</summary>
    /// <param name="figure">The figure.</param>
    public static StaticTheme Of(Figure figure) =>
        (figure ?? throw new ArgumentNullException(nameof(figure))).Theme switch
        {
            FigureTheme.Dark => Dark,
            FigureTheme.Clear => Neutral,
            _ => Paper,
        };

    /// <summary>The look of a rule on this page.</summary>
    public RuleStyle Shown(RuleStyle style)
    {
        if (this == Paper)
        {
            return style;
        }

        var least = Page.Alpha > 0 ? LeastLightnessOnDark : LeastLightness;
        var color = SKColor.Parse(style.Color);
        color.ToHsl(out var hue, out var saturation, out var lightness);
        var shown = saturation < 1 && lightness < least ? Ink : SKColor.FromHsl(hue, saturation, Math.Max(least, lightness));
        return style with { Color = $"#{shown.Red:x2}{shown.Green:x2}{shown.Blue:x2}" };
    }
}
