using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// How a rule looks in every panel of every figure: a colour, and a dash and a marker for readers who do not see the colour.
/// </summary>
/// <param name="Color">The colour as <c>#rrggbb</c>.</param>
/// <param name="Dash">Lengths of dashes and gaps in pixels of the screen; empty for an unbroken line.</param>
/// <param name="Marker">The shape of its points.</param>
/// <param name="Thin">Whether its lines are thin: what was known before.</param>
internal sealed record RuleStyle(string Color, IReadOnlyList<float> Dash, RuleMarker Marker, bool Thin = false)
{
    private static readonly float[][] Dashes =
    [
        [2, 3],
        [8, 3, 2, 3],
        [11, 4],
        [],
        [8, 4],
    ];

    /// <summary>How far a lighter colour is on its way to white.</summary>
    private const double Lightened = 0.3;

    /// <summary>
    /// The style whose colour this one has on its way to white; <see langword="null"/> if it has a colour of its own. Pages that are not
    /// white have other paler colours.
    /// </summary>
    internal RuleStyle? PalerThan { get; init; }

    /// <summary>How much of the way, from 0 to 1.</summary>
    internal double Paleness { get; init; }

    /// <summary>What the eye tells apart.</summary>
    internal (string Color, string Dash, RuleMarker Marker) Look => (Color, string.Join(' ', Dash), Marker);

    /// <summary>
    /// The style, then others of its colour: every pair of a dash and a marker, and all of them again half way to white. No two are alike.
    /// </summary>
    internal IEnumerable<RuleStyle> Variations()
    {
        yield return this;
        var markers = Enum.GetValues<RuleMarker>();
        foreach (var shade in (RuleStyle[])[this, Paler() with { Thin = Thin }])
        {
            for (var n = 0; n < Dashes.Length * markers.Length; n++)
            {
                var other = shade with
                {
                    Dash = Dashes[n % Dashes.Length],

                    // One further with each dash, and once more with each turn of the dashes, so that none comes again.
                    Marker = markers[((int)Marker + n + 1 + (n / Dashes.Length)) % markers.Length],
                };
                if (other.Look != Look)
                {
                    yield return other;
                }
            }
        }
    }

    /// <summary>The same hue, half way to white, and thin lines: what was known before.</summary>
    internal RuleStyle Paler() => TowardsWhite(0.5) with { Thin = true };

    /// <summary>The same hue, lighter, and lines as thick: another way of the rule, whose line may lie on that of the rule itself.</summary>
    internal RuleStyle Lighter() => TowardsWhite(Lightened);

    private RuleStyle TowardsWhite(double share) =>
        this with
        {
            PalerThan = this,
            Paleness = share,
            Color =
                "#"
                + string.Concat(
                    Enumerable
                        .Range(0, 3)
                        .Select(i => Convert.ToInt32(Color.Substring(1 + (2 * i), 2), 16))
                        .Select(c => ((int)(c + (share * (255 - c)))).ToString("x2", CultureInfo.InvariantCulture))
                ),
        };
}
