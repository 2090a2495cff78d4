namespace GaitProp.Kernel.Charts;

/// <summary>The place of a panel.</summary>
/// <param name="Column">Counted from 0.</param>
/// <param name="Row">Counted from 0.</param>
/// <param name="Span">Columns that it goes over.</param>
internal readonly record struct PanelPlace(int Column, int Row, int Span);

/// <summary>
/// Panels in rows, left to right and top to bottom, as near to a square as their number allows; a wide one has a row of its own.
/// </summary>
internal sealed class PanelGrid
{
    // More than this many columns of a heat map do not show their numbers in half the width.
    private const int FewColumns = 4;

    // More panels beside each other than this cannot be read on a page.
    private const int MostColumns = 3;

    private readonly List<PanelPlace> _places = [];

    private PanelGrid(IEnumerable<bool> wide, int columns)
    {
        Columns = columns;
        var (column, row) = (0, 0);
        foreach (var isWide in wide)
        {
            if (column > 0 && (isWide || column == columns))
            {
                (column, row) = (0, row + 1);
            }

            _places.Add(new(column, row, isWide ? columns : 1));
            column += isWide ? columns : 1;
        }

        Rows = row + 1;
    }

    /// <summary>Panels side by side.</summary>
    public int Columns { get; }

    /// <summary>Rows of panels; the last one may be shorter.</summary>
    public int Rows { get; }

    /// <summary>The grid for the panels of a figure: 1 x 1, 2 x 1, 2 x 2, 3 x 2, 3 x 3, …; heat maps of many columns are wide.</summary>
    public static PanelGrid Of(Figure figure)
    {
        var wide = figure.Panels.Select(IsWide).ToList();
        var narrow = wide.Count(isWide => !isWide);
        return new(wide, Math.Clamp((int)Math.Ceiling(Math.Sqrt(narrow)), 1, MostColumns));
    }

    /// <summary>The panels of a figure one below another.</summary>
    public static PanelGrid InOneColumn(Figure figure) => new(figure.Panels.Select(_ => true), 1);

    /// <summary>The place of a panel, counted from 0.</summary>
    public PanelPlace PlaceOf(int panel) => _places[panel];

    /// <summary>The numbers of the panels of each row.</summary>
    public IEnumerable<IReadOnlyList<int>> PanelsByRow() =>
        Enumerable.Range(0, _places.Count).GroupBy(i => _places[i].Row).Select(row => (IReadOnlyList<int>)[.. row]);

    private static bool IsWide(Panel panel) => panel.IsWide || (panel.Kind == PanelKind.HeatMap && panel.X.Categories?.Count > FewColumns);
}
