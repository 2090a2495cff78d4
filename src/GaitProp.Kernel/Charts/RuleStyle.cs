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
    /// <summary>The same hue, half way to white, and thin lines.</summary>
    internal RuleStyle Paler() =>
        this with
        {
            Thin = true,
            Color =
                "#"
                + string.Concat(
                    Enumerable
                        .Range(0, 3)
                        .Select(i =>
                            ((Convert.ToInt32(Color.Substring(1 + (2 * i), 2), 16) + 255) / 2).ToString("x2", CultureInfo.InvariantCulture)
                        )
                ),
        };
}
