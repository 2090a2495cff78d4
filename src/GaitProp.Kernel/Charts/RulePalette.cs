namespace GaitProp.Kernel.Charts;

/// <summary>
/// The look of each rule. Colours of the known rules are those of Okabe and Ito, which stay apart for colour-blind readers (their yellow is
/// too pale for a line on white and is left out); unknown rules take theirs from the muted scheme of Paul Tol, chosen by their name.
/// </summary>
internal static class RulePalette
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
