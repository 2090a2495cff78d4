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

        var order = InOrder(figure);
        var styles = StylesOf(figure, order);
        foreach (var series in order)
        {
            var style = styles[KeyOf(series)];
            var symbol = SymbolOf(KindsOf(figure, series));
            var entry = new LegendEntry(KeyOf(series), series.Label, series.Pale ? style.Paler() : style, symbol);
            _byKey.Add(entry.Key, entry);
            _entries.Add(entry);
        }
    }

    public IReadOnlyList<LegendEntry> Entries => _entries;

    public LegendEntry EntryOf(Series series) => _byKey[KeyOf(series)];

    /// <summary>
    /// The series of a panel by number, in the order in which they are drawn: what is pale lies behind; of lines, which may lie on each
    /// other, a longer one lies behind a shorter one, and on a scatter, whose points may share a place, a marker behind those that cover
    /// less of it.
    /// </summary>
    public IEnumerable<int> DrawingOrder(Panel panel)
    {
        var order = Enumerable.Range(0, panel.Series.Count).OrderBy(i => !panel.Series[i].Pale);
        return panel.Kind switch
        {
            PanelKind.Lines => order.ThenByDescending(i => SeriesPoints.Length(panel.Series[i])),
            PanelKind.Scatter => order.ThenByDescending(i => RoomOf(EntryOf(panel.Series[i]).Style.Marker)),
            _ => order,
        };
    }

    // The area of a marker as wide and as high as one.
    private static double RoomOf(RuleMarker marker) =>
        marker switch
        {
            RuleMarker.Square => 1,
            RuleMarker.Circle => Math.PI / 4,
            _ => 0.5,
        };

    /// <summary>
    /// The look of each line of the legend, by its key. What a label says of how the rule is computed looks alike in every figure; of those
    /// that say nothing the plainest has the rule's own look, and the others have what is left.
    /// </summary>
    private Dictionary<string, RuleStyle> StylesOf(Figure figure, List<Series> order)
    {
        var styles = new Dictionary<string, RuleStyle>();
        var looks = new HashSet<(string, string, RuleMarker)>();
        var markers = new HashSet<(string, RuleMarker)>();
        foreach (var rule in order.GroupBy(series => series.Rule))
        {
            var plain = RulePalette.Candidates(rule.Key).FirstOrDefault(s => !looks.Contains(s.Look)) ?? RulePalette.StyleOf(rule.Key);
            var meanings = RulePalette.WaysOf(plain).Select(s => s.Look).ToHashSet();
            var lines = rule.Select(s => (Series: s, Ways: RulePalette.WaysOf(plain, s.Label).ToArray()))
                .OrderBy(line => line.Ways.Length == 0)
                .ThenBy(line => line.Series.Label.Contains(',', StringComparison.Ordinal));
            foreach (var (series, ways) in lines)
            {
                // Where no line joins the points, another dash alone is no difference.
                var kinds = KindsOf(figure, series);
                var (hasLine, hasPoints) = (kinds.Any(kind => kind == PanelKind.Lines), kinds.Any(IsOfPoints));
                RuleStyle[] own = ways.Length > 0 ? ways : [plain];
                var style =
                    own.FirstOrDefault(s => !looks.Contains(s.Look) && !(hasPoints && markers.Contains((s.Color, s.Marker))))
                    ?? plain
                        .Variations()
                        .Where(s => !looks.Contains(s.Look))
                        .OrderBy(s => hasLine && s.Color != plain.Color)
                        .ThenBy(s => ways.Length > 0 && s.Marker == plain.Marker)
                        .ThenBy(s => markers.Contains((s.Color, s.Marker)))
                        .ThenBy(s => meanings.Contains(s.Look))
                        .FirstOrDefault(plain);
                looks.Add(style.Look);
                markers.Add((style.Color, style.Marker));
                styles.Add(KeyOf(series), style);
            }

            looks.Add(plain.Look);
        }

        return styles;
    }

    /// <summary>The kinds of the panels that show what shares a line of the legend with a series.</summary>
    private PanelKind[] KindsOf(Figure figure, Series series) =>
        [.. Legible(figure).Where(panel => panel.Series.Any(other => KeyOf(other) == KeyOf(series))).Select(panel => panel.Kind)];

    private static LegendSymbol SymbolOf(PanelKind[] kinds) =>
        kinds.Any(kind => kind is PanelKind.Bars or PanelKind.Rows) ? LegendSymbol.Area
        : kinds.All(IsOfPoints) ? LegendSymbol.Marker
        : LegendSymbol.Line;

    private static bool IsOfPoints(PanelKind kind) => kind is PanelKind.Points or PanelKind.Scatter;

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
