using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>The colours of a static figure apart from those of its data.</summary>
/// <param name="Page">What is behind everything.</param>
/// <param name="Ink">Titles, axes and their numbers.</param>
/// <param name="Muted">The caption.</param>
/// <param name="Grid">Lines behind the data.</param>
internal sealed record StaticTheme(SKColor Page, SKColor Ink, SKColor Muted, SKColor Grid)
{
    /// <summary>The contrast from which on small letters are read well, by WCAG 2.</summary>
    private const double Readable = 4.5;

    /// <summary>A step of lightness in HSL, 0 to 100, that the eye does not see.</summary>
    private const float Step = 0.5f;

    /// <summary>The grey between white pages and dark ones.</summary>
    private static readonly SKColor Middle = new(0x76, 0x76, 0x76);

    /// <summary>Dark on white, for paper and for pages of any colour.</summary>
    public static StaticTheme Paper { get; } = new(SKColors.White, new(0x1a, 0x1a, 0x1a), new(0x40, 0x40, 0x40), new(0xe6, 0xe6, 0xe6));

    /// <summary>
    /// On whatever is behind it, white or dark grey: a grey that stands out on both (contrast 3.8 and 4.4), and data colours that do.
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

    private bool IsClear => Page.Alpha == 0;

    /// <summary>
    /// The least and the largest relative luminance of WCAG 2 with which a colour stands out: a contrast of 3 to white and to dark grey, of
    /// which no colour has more than 4.1 to both, or of 4.6 to dark grey alone.
    /// </summary>
    private (double Least, double Most) Luminances => IsClear ? (0.145, 0.295) : (0.24, 1);

    /// <summary>
    /// The look of a rule on this page. Colours keep their hue, and those that stand out stay as they are. A paler colour is on its way to
    /// the page; where that may be white or dark, to the grey between the two: duller, not lighter.
    /// </summary>
    public RuleStyle Shown(RuleStyle style)
    {
        if (this == Paper)
        {
            return style;
        }

        var shown = ColorOf(style);
        return style with { Color = $"#{shown.Red:x2}{shown.Green:x2}{shown.Blue:x2}" };
    }

    private SKColor ColorOf(RuleStyle style) =>
        style.PalerThan is { } plain
            ? Between(ColorOf(plain), IsClear ? Middle : Page, style.Paleness)
            : StandingOut(SKColor.Parse(style.Color));

    private SKColor StandingOut(SKColor color)
    {
        var (least, most) = Luminances;
        color.ToHsl(out var hue, out var saturation, out var lightness);
        if (saturation < 1 && Luminance(color) < least)
        {
            return Ink;
        }

        while (Luminance(color) < least)
        {
            lightness += Step;
            color = SKColor.FromHsl(hue, saturation, lightness);
        }

        while (Luminance(color) > most)
        {
            lightness -= Step;
            color = SKColor.FromHsl(hue, saturation, lightness);
        }

        return color;
    }

    private static SKColor Between(SKColor from, SKColor to, double share)
    {
        return new(Channel(from.Red, to.Red), Channel(from.Green, to.Green), Channel(from.Blue, to.Blue));

        byte Channel(byte a, byte b) => (byte)(a + (share * (b - a)));
    }

    /// <summary>The colour of letters on a surface: that of the ink where it is read there, else black or white.</summary>
    /// <param name="surface">The colour beneath them.</param>
    public SKColor InkOn(SKColor surface) => Contrast(Ink, surface) >= Readable ? Ink : BlackOrWhite(surface);

    /// <summary>Black or white, whichever stands out more.</summary>
    /// <param name="surface">The colour beneath.</param>
    public static SKColor BlackOrWhite(SKColor surface) =>
        Contrast(SKColors.Black, surface) >= Contrast(SKColors.White, surface) ? SKColors.Black : SKColors.White;

    private static double Contrast(SKColor one, SKColor other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>The relative luminance of WCAG 2, from 0 for black to 1 for white.</summary>
    /// <param name="color">A colour.</param>
    private static double Luminance(SKColor color)
    {
        return 0.2126 * Linear(color.Red) + 0.7152 * Linear(color.Green) + 0.0722 * Linear(color.Blue);

        static double Linear(byte channel) =>
            channel / 255.0 is var share && share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
    }
}
