using GaitProp.Figures;

namespace GaitProp.Kernel.Charts;

/// <summary>Panels in rows, left to right and top to bottom, as near to a square as their number allows.</summary>
/// <param name="Columns">Panels side by side.</param>
/// <param name="Rows">Rows of panels; the last one may be shorter.</param>
internal readonly record struct PanelGrid(int Columns, int Rows)
{
    // More than this many columns of a heat map do not show their numbers in half the width.
    private const int FewColumns = 4;

    /// <summary>The grid for a number of panels: 1 x 1, 2 x 1, 2 x 2, 3 x 2, 3 x 3, …</summary>
    public static PanelGrid Of(int panels)
    {
        var columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(panels)));
        return WithColumns(panels, columns);
    }

    /// <summary>The grid for the panels of a figure: heat maps of many columns stand one below another, over the whole width.</summary>
    public static PanelGrid Of(Figure figure) =>
        figure.Panels.All(panel => panel.Kind == PanelKind.HeatMap) && figure.Panels.Any(panel => panel.X.Categories?.Count > FewColumns)
            ? WithColumns(figure.Panels.Count, 1)
            : Of(figure.Panels.Count);

    /// <summary>The grid with a given number of columns.</summary>
    public static PanelGrid WithColumns(int panels, int columns) => new(columns, Math.Max(1, (panels + columns - 1) / columns));

    /// <summary>The place of a panel, counted from 0.</summary>
    public (int Column, int Row) PlaceOf(int panel) => (panel % Columns, panel / Columns);
}
