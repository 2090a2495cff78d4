namespace GaitProp.Kernel.Charts;

/// <summary>
/// The look of each rule. Colours of the known rules are those of Okabe and Ito, which stay apart for colour-blind readers (their yellow is
/// too pale for a line on white and is left out); unknown rules take theirs from the muted scheme of Paul Tol, chosen by their name.
/// </summary>
internal static class RulePalette
{
    private static readonly float[] _solid = [];
    private static readonly float[] _dashed = [8, 4];
    private static readonly float[] _dashDot = [8, 3, 2, 3];
    private static readonly float[] _dotted = [2, 3];
    private static readonly float[] _longDashed = [11, 4];

    private static readonly Dictionary<string, RuleStyle> _known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bp"] = new("#000000", _solid, RuleMarker.Circle),
        ["ngait"] = new("#0072b2", _dashed, RuleMarker.Square),
        ["gait"] = new("#d55e00", _dashDot, RuleMarker.TriangleUp),
        ["fa"] = new("#009e73", _longDashed, RuleMarker.Diamond),
        ["dfa"] = new("#56b4e9", _dotted, RuleMarker.TriangleDown),
        ["tp"] = new("#cc79a7", _dashDot, RuleMarker.Square),
        ["dtp"] = new("#e69f00", _dashed, RuleMarker.TriangleUp),

        // The parts of a layer.
        ["kept"] = new("#0072b2", _solid, RuleMarker.Square),
        ["auxiliary"] = new("#a9cce3", _solid, RuleMarker.Square),
    };

    private static readonly RuleStyle[] _others =
    [
        new("#882255", _solid, RuleMarker.Square),
        new("#999933", _longDashed, RuleMarker.TriangleDown),
        new("#332288", _dotted, RuleMarker.Diamond),
        new("#44aa99", _dashed, RuleMarker.Circle),
        new("#aa4499", _dashDot, RuleMarker.TriangleUp),
        new("#661100", _longDashed, RuleMarker.Square),
        new("#6699cc", _solid, RuleMarker.TriangleDown),
    ];

    /// <summary>The look of a rule: always the same one for the same name, known or not.</summary>
    /// <param name="rule">The name on the command line, such as <c>ngait</c>.</param>
    /// <returns>Its colour, dash and marker.</returns>
    public static RuleStyle StyleOf(string rule) => Candidates(rule).First();

    /// <summary>The look of a rule, then those it may take if another rule of the figure has that one already.</summary>
    internal static IEnumerable<RuleStyle> Candidates(string rule)
    {
        if (_known.TryGetValue(rule, out var style))
        {
            yield return style;
        }

        var start = NameHash(rule) % (uint)_others.Length;
        for (var i = 0u; i < _others.Length; i++)
            yield return _others[(start + i) % _others.Length];
    }

    // FNV-1a: string.GetHashCode differs between two runs of a program, and a colour must not.
    private static uint NameHash(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name.ToLowerInvariant())
            hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
