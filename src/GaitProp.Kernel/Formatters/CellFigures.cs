namespace GaitProp.Kernel.Formatters;

/// <summary>How the cells of this notebook show figures.</summary>
public static class CellFigures
{
    /// <summary>
    /// The colours of figures that do not say theirs; white unless a cell sets it: <c>CellFigures.Theme = FigureTheme.Dark</c>. Files keep
    /// white.
    /// </summary>
    public static FigureTheme Theme { get; set; } = FigureTheme.White;

    /// <summary>The figure as a cell shows it.</summary>
    /// <param name="figure">The figure.</param>
    internal static Figure Shown(Figure figure) => figure.Theme is null ? figure with { Theme = Theme } : figure;
}
