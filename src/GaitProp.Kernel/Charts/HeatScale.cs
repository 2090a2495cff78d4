using System.Globalization;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The colours of values in a heat map, the same in every figure that shows such values. What lies outside of the scale is clamped.
/// </summary>
/// <remarks>
/// From pale blue over green, amber and red to a dark purple. The steps are of equal distance in OKLab and the lightness falls all the way,
/// so values keep their order on grey paper and for colour-blind readers.
/// </remarks>
internal sealed class HeatScale
{
    /// <summary>The grey of a cell whose value is undefined; the scale has no grey.</summary>
    public const string Undefined = "#dcdcdc";

    /// <summary>The cross in a cell whose value is undefined.</summary>
    public const string UndefinedMark = "#6e6e6e";

    /// <summary>What the key of an undefined cell says.</summary>
    public const string UndefinedNote = "undefined";

    private static readonly string[] Ramp =
    [
        "#cbf6fb",
        "#b7f2d8",
        "#b7e7b0",
        "#cad887",
        "#dac55e",
        "#e1ae3f",
        "#e4982b",
        "#e0811c",
        "#d96b1a",
        "#ce561f",
        "#bd4424",
        "#aa342a",
        "#96282d",
        "#801f31",
        "#691931",
        "#53152e",
        "#3d1129",
    ];

    private readonly Func<double, double> _position;
    private readonly string _note;

    private HeatScale(Func<double, double> position, IReadOnlyList<(double Value, string Label)> ticks, string note) =>
        (_position, Ticks, _note) = (position, ticks, note);

    /// <summary>
    /// Of angles in degrees: logarithmic from a thousandth to a right angle, which suits angles of which some are rounding errors and some
    /// mean that two directions have nothing in common.
    /// </summary>
    public static HeatScale Angles { get; } =
        new(
            value => Math.Log(value / 0.001) / Math.Log(90 / 0.001),
            [(0.001, "≤ 0.001"), (0.01, "0.01"), (0.1, "0.1"), (1, "1"), (10, "10"), (90, "≥ 90")],
            ", log scale"
        );

    /// <summary>Of shares in per cent: from nothing to all.</summary>
    public static HeatScale Shares { get; } =
        new(value => value / 100, [(0, "0"), (20, "20"), (40, "40"), (60, "60"), (80, "80"), (100, "100")], "");

    /// <summary>The scale of a panel.</summary>
    public static HeatScale Of(Panel panel) => panel.Cells == CellValues.Shares ? Shares : Angles;

    /// <summary>Colours at equal distances along the scale, as <c>#rrggbb</c>; between them one mixes the channels.</summary>
    public static IReadOnlyList<string> Colors => Ramp;

    /// <summary>The values at the ticks of the colour bar and what stands there: the ends say where they are clamped.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks { get; }

    /// <summary>What stands over the colour bar.</summary>
    /// <param name="label">What the values are, with their unit.</param>
    public string Title(string label) => label + _note;

    /// <summary>Where a defined value stands on the scale: 0 at the first colour and below, 1 at the last and above.</summary>
    public double Position(double value) =>
        value <= Ticks[0].Value ? 0
        : value >= Ticks[^1].Value ? 1
        : _position(value);

    /// <summary>The colour of a defined value, as <c>#rrggbb</c>.</summary>
    public string ColorOf(double value)
    {
        var place = Position(value) * (Ramp.Length - 1);
        var index = Math.Min((int)place, Ramp.Length - 2);
        var (from, to) = (Channels(Ramp[index]), Channels(Ramp[index + 1]));
        return "#"
            + string.Concat(
                from.Zip(to, (a, b) => ((int)Math.Round(a + (b - a) * (place - index))).ToString("x2", CultureInfo.InvariantCulture))
            );
    }

    /// <summary>Black or white, whichever stands out more on the colour of a value.</summary>
    public string InkOn(double value) => PlotlyStyle.Hex(StaticTheme.BlackOrWhite(SKColor.Parse(ColorOf(value))));

    private static int[] Channels(string color) =>
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i => int.Parse(color.AsSpan(1 + 2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];
}
