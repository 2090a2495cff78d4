namespace GaitProp.Kernel.Charts;

/// <summary>What stands for a series in the legend.</summary>
internal enum LegendSymbol
{
    /// <summary>A piece of its line with a marker.</summary>
    Line,

    /// <summary>Its marker alone: no panel joins its points.</summary>
    Marker,

    /// <summary>A square of its colour: its panels are bars.</summary>
    Area,
}

/// <summary>One line of a legend.</summary>
/// <param name="Key">Tells it from the others of the figure; the series of all panels that belong to it share it.</param>
/// <param name="Label">What it says.</param>
/// <param name="Style">How its series are drawn.</param>
/// <param name="Symbol">What stands before the label.</param>
internal sealed record LegendEntry(string Key, string Label, RuleStyle Style, LegendSymbol Symbol);

/// <summary>
/// The legend of a figure: each rule once, in an order that the panels share. A rule of which one panel shows several series
/// (two normalisations, three seeds) has a line for each label instead, in the colour of the rule. Heat maps, pictures and drawings are not
/// in it: their rows and labels say what they are.
/// </summary>
internal sealed class FigureLegend
{
    private readonly HashSet<string> _splitRules;
    private readonly Dictionary<string, LegendEntry> _byKey = [];
    private readonly List<LegendEntry> _entries = [];

    public FigureLegend(Figure figure)
    {
        _splitRules =
        [
            .. Legible(figure)
                .SelectMany(panel =>
                    panel
                        .Series.GroupBy(series => series.Rule)
                        .Where(rule => rule.Select(series => series.Label).Distinct().Count() > 1)
                        .Select(rule => rule.Key)
                ),
        ];

        var ruleStyles = new Dictionary<string, RuleStyle>();
        var taken = new HashSet<(string, string, RuleMarker)>();
        foreach (var series in InOrder(figure))
        {
            // A second series of the same rule keeps the colour; dash and marker tell it from the first.
            var possible = ruleStyles.TryGetValue(series.Rule, out var first) ? first.Variations() : RulePalette.Candidates(series.Rule);
            var style = possible.FirstOrDefault(s => !taken.Contains(s.Look)) ?? RulePalette.StyleOf(series.Rule);
            taken.Add(style.Look);
            ruleStyles.TryAdd(series.Rule, style);
            var entry = new LegendEntry(
                KeyOf(series),
                series.Label,
                series.Pale ? style.Paler() : style,
                SymbolOf([.. figure.Panels.Where(panel => panel.Series.Any(other => KeyOf(other) == KeyOf(series)))])
            );
            _byKey.Add(entry.Key, entry);
            _entries.Add(entry);
        }
    }

    public IReadOnlyList<LegendEntry> Entries => _entries;

    public LegendEntry EntryOf(Series series) => _byKey[KeyOf(series)];

    /// <summary>
    /// The series of a panel by number, in the order in which they are drawn: what is pale lies behind, and on a scatter, whose points may
    /// share a place, a marker lies behind those that cover less of it.
    /// </summary>
    public IEnumerable<int> DrawingOrder(Panel panel)
    {
        var order = Enumerable.Range(0, panel.Series.Count).OrderBy(i => !panel.Series[i].Pale);
        return panel.Kind == PanelKind.Scatter ? order.ThenByDescending(i => RoomOf(EntryOf(panel.Series[i]).Style.Marker)) : order;
    }

    // The area of a marker as wide and as high as one.
    private static double RoomOf(RuleMarker marker) =>
        marker switch
        {
            RuleMarker.Square => 1,
            RuleMarker.Circle => Math.PI / 4,
            _ => 0.5,
        };

    private static LegendSymbol SymbolOf(IReadOnlyList<Panel> panels) =>
        panels.Any(panel => panel.Kind is PanelKind.Bars or PanelKind.Rows) ? LegendSymbol.Area
        : panels.All(panel => panel.Kind is PanelKind.Points or PanelKind.Scatter) ? LegendSymbol.Marker
        : LegendSymbol.Line;

    private static IEnumerable<Panel> Legible(Figure figure) =>
        figure.Panels.Where(panel => panel.Kind is not (PanelKind.HeatMap or PanelKind.Image or PanelKind.Drawing));

    /// <summary>
    /// The first series of each line of the legend, in the order of all panels: a rule that the first panel leaves out, as BP is from
    /// angles to BP, stands where a later panel has it, not at the end.
    /// </summary>
    private List<Series> InOrder(Figure figure)
    {
        var order = new List<Series>();
        foreach (var panel in Legible(figure))
        {
            var next = order.Count;
            foreach (var series in panel.Series.Reverse())
            {
                var place = order.FindIndex(known => KeyOf(known) == KeyOf(series));
                if (place < 0)
                {
                    order.Insert(next, series);
                }
                else
                {
                    next = place;
                }
            }
        }

        return order;
    }

    private string KeyOf(Series series) => _splitRules.Contains(series.Rule) ? $"{series.Rule}\u0001{series.Label}" : series.Rule;
}
