using System.Globalization;
using System.Text.RegularExpressions;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The look of each rule. Colours of the known rules are those of Okabe and Ito, which stay apart for colour-blind readers (their yellow is
/// too pale for a line on white and is left out); unknown rules take theirs from the muted scheme of Paul Tol, chosen by their name. Layers
/// have a scale of their own, by their number.
/// </summary>
internal static partial class RulePalette
{
    private static readonly float[] Solid = [];
    private static readonly float[] Dashed = [8, 4];
    private static readonly float[] DashDot = [8, 3, 2, 3];
    private static readonly float[] Dotted = [2, 3];
    private static readonly float[] LongDashed = [11, 4];

    private static readonly Dictionary<string, RuleStyle> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bp"] = new("#000000", Solid, RuleMarker.Circle),
        ["ngait"] = new("#0072b2", Dashed, RuleMarker.Square),
        ["gait"] = new("#d55e00", DashDot, RuleMarker.TriangleUp),
        ["fa"] = new("#009e73", LongDashed, RuleMarker.Diamond),
        ["dfa"] = new("#56b4e9", Dotted, RuleMarker.TriangleDown),
        ["tp"] = new("#cc79a7", DashDot, RuleMarker.Square),
        ["dtp"] = new("#e69f00", Dashed, RuleMarker.TriangleUp),

        // The parts of a layer.
        ["kept"] = new("#0072b2", Solid, RuleMarker.Square),
        ["auxiliary"] = new("#a9cce3", Solid, RuleMarker.Square),
    };

    private static readonly RuleStyle[] Others =
    [
        new("#882255", Solid, RuleMarker.Square),
        new("#999933", LongDashed, RuleMarker.TriangleDown),
        new("#332288", Dotted, RuleMarker.Diamond),
        new("#44aa99", Dashed, RuleMarker.Circle),
        new("#aa4499", DashDot, RuleMarker.TriangleUp),
        new("#661100", LongDashed, RuleMarker.Square),
        new("#6699cc", Solid, RuleMarker.TriangleDown),
    ];

    /// <summary>
    /// Layers from the input up, dark to light: neighbours have a contrast of 1.3 and equal distances in OKLab, and the lightest has one of
    /// 3.1 to white.
    /// </summary>
    private static readonly string[] Layers = ["#1c0065", "#4d0083", "#7b0184", "#a60673", "#c92156", "#e24427", "#e17504"];

    private static readonly float[][] LayerDashes = [Solid, Dashed, DashDot, LongDashed, Dotted];

    /// <summary>
    /// How a rule is computed, by words of a label, those that say most first, and the dash and the marker that show it. What trains gains
    /// too is lighter: its angles lie on those of the rule itself.
    /// </summary>
    private static readonly (string[] Words, float[] Dash, RuleMarker Marker)[] Ways =
    [
        (["retraction", "gains"], DashDot, RuleMarker.Diamond),
        (["literal", "float32"], Dashed, RuleMarker.Diamond),
        (["displacement", "float64"], Dotted, RuleMarker.TriangleUp),
        (["retraction"], Dotted, RuleMarker.Diamond),
        (["constrained"], Dotted, RuleMarker.Diamond),
        (["gains"], DashDot, RuleMarker.TriangleUp),
        (["displacement"], Solid, RuleMarker.TriangleDown),
        (["paper"], LongDashed, RuleMarker.Circle),
        (["literal"], LongDashed, RuleMarker.Circle),
    ];

    private static readonly char[] BetweenWords = [' ', ',', ';', ':', '(', ')'];

    /// <summary>The look of a rule: always the same one for the same name, known or not.</summary>
    /// <param name="rule">The name on the command line, such as <c>ngait</c>.</param>
    /// <returns>Its colour, dash and marker.</returns>
    public static RuleStyle StyleOf(string rule) => Candidates(rule).First();

    /// <summary>
    /// The look of a rule, then those it may take if another rule of the figure has that one already: the other colours, then their
    /// variations.
    /// </summary>
    internal static IEnumerable<RuleStyle> Candidates(string rule)
    {
        if (Known.TryGetValue(rule, out var style))
        {
            yield return style;
        }
        else if (LayerName().Match(rule) is { Success: true } layer)
        {
            yield return OfLayer(int.Parse(layer.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        var start = NameHash(rule) % (uint)Others.Length;
        RuleStyle[] others = [.. Others.Select((_, i) => Others[(start + i) % Others.Length])];
        foreach (var other in others)
        {
            yield return other;
        }

        foreach (var (_, variation) in others.SelectMany(o => o.Variations().Index().Skip(1)).OrderBy(v => v.Index))
        {
            yield return variation;
        }
    }

    /// <summary>
    /// The looks of a rule by what a label says of how it is computed, the one that says most first; none where it says nothing. All of
    /// them have the rule's hue, and none its own marker.
    /// </summary>
    /// <param name="plain">The rule's own look.</param>
    /// <param name="label">The label, such as <c>normalised GAIT, fast, gains</c>.</param>
    internal static IEnumerable<RuleStyle> WaysOf(RuleStyle plain, string label)
    {
        var words = label.Split(BetweenWords, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Ways.Where(way => way.Words.All(words.Contains)).Select(way => OfWay(plain, way));
    }

    /// <summary>All looks that say how a rule is computed.</summary>
    /// <param name="plain">The rule's own look.</param>
    internal static IEnumerable<RuleStyle> WaysOf(RuleStyle plain) => Ways.Select(way => OfWay(plain, way));

    // No way has a square: it stands for the marker that the rule has itself.
    private static RuleStyle OfWay(RuleStyle plain, (string[] Words, float[] Dash, RuleMarker Marker) way) =>
        (way.Words.Contains("gains") ? plain.Lighter() : plain) with
        {
            Dash = way.Dash,
            Marker = way.Marker == plain.Marker ? RuleMarker.Square : way.Marker,
        };

    /// <summary>The look of a layer; that of the first comes again after as many as have looks of their own.</summary>
    /// <param name="number">Its number, from 1.</param>
    private static RuleStyle OfLayer(int number)
    {
        var markers = Enum.GetValues<RuleMarker>();
        var all = Layers.Length * markers.Length;
        var index = (number + all - 1) % all;
        return new(Layers[index % Layers.Length], LayerDashes[index % LayerDashes.Length], markers[index % markers.Length]);
    }

    [GeneratedRegex("^layer ([0-9]{1,4})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LayerName();

    // FNV-1a: string.GetHashCode differs between two runs of a program, and a colour must not.
    private static uint NameHash(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name.ToLowerInvariant())
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }
}
