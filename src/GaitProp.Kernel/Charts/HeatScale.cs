using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The colours of values in a heat map, the same in every figure: logarithmic from <see cref="Least"/> to <see cref="Most"/>, which suits angles
/// in degrees of which some are rounding errors and some mean that two directions have nothing in common. What lies outside is clamped.
/// </summary>
/// <remarks>
/// From pale blue over green, amber and red to a dark purple. The steps are of equal distance in OKLab and the lightness falls all the way, so
/// values keep their order on grey paper and for colour-blind readers.
/// </remarks>
internal static class HeatScale
{
    /// <summary>At and below this value a cell has the first colour.</summary>
    public const double Least = 0.001;

    /// <summary>At and above this value, a right angle, a cell has the last colour.</summary>
    public const double Most = 90;

    /// <summary>The grey of a cell whose value is undefined; the scale has no grey.</summary>
    public const string Undefined = "#dcdcdc";

    /// <summary>The cross in a cell whose value is undefined.</summary>
    public const string UndefinedMark = "#6e6e6e";

    /// <summary>What the key of an undefined cell says.</summary>
    public const string UndefinedNote = "undefined";

    private static readonly string[] _colors =
    [
        "#cbf6fb", "#b7f2d8", "#b7e7b0", "#cad887", "#dac55e", "#e1ae3f", "#e4982b", "#e0811c", "#d96b1a",
        "#ce561f", "#bd4424", "#aa342a", "#96282d", "#801f31", "#691931", "#53152e", "#3d1129",
    ];

    /// <summary>Colours at equal distances along the scale, as <c>#rrggbb</c>; between them one mixes the channels.</summary>
    public static IReadOnlyList<string> Colors => _colors;

    /// <summary>The values at the ticks of the colour bar and what stands there: the ends say that they are clamped.</summary>
    public static IReadOnlyList<(double Value, string Label)> Ticks { get; } =
        [(Least, "≤ 0.001"), (0.01, "0.01"), (0.1, "0.1"), (1, "1"), (10, "10"), (Most, "≥ 90")];

    /// <summary>What stands over the colour bar.</summary>
    /// <param name="label">What the values are, with their unit.</param>
    public static string Title(string label) => $"{label}, log scale";

    /// <summary>Where a defined value stands on the scale: 0 at <see cref="Least"/> and below, 1 at <see cref="Most"/> and above.</summary>
    public static double Position(double value) =>
        value <= Least ? 0 : value >= Most ? 1 : Math.Log(value / Least) / Math.Log(Most / Least);

    /// <summary>The colour of a defined value, as <c>#rrggbb</c>.</summary>
    public static string ColorOf(double value)
    {
        var place = Position(value) * (_colors.Length - 1);
        var index = Math.Min((int)place, _colors.Length - 2);
        var (from, to) = (Channels(_colors[index]), Channels(_colors[index + 1]));
        return "#" + string.Concat(from.Zip(to, (a, b) => ((int)Math.Round(a + (b - a) * (place - index))).ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <summary>Black or white, whichever stands out more on the colour of a value.</summary>
    public static string InkOn(double value)
    {
        // WCAG 2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances; the two are equal where (L + 0.05)² = 1.05 · 0.05.
        var linear = Channels(ColorOf(value)).Select(c => Linear(c / 255.0)).ToArray();
        var luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        return (luminance + 0.05) * (luminance + 0.05) >= 1.05 * 0.05 ? "#000000" : "#ffffff";
    }

    private static int[] Channels(string color) =>
        [.. Enumerable.Range(0, 3).Select(i => int.Parse(color.AsSpan(1 + 2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

    private static double Linear(double channel) => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4);
}
