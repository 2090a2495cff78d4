using GaitProp.Figures;

namespace GaitProp.Kernel.Charts;

/// <summary>Refuses figures that cannot be drawn or written, before a half of them is.</summary>
internal static class FigureCheck
{
    /// <summary>Throws if a series has positions, values and deviations of different number, or the figure has no panel.</summary>
    /// <exception cref="ArgumentException">The figure is malformed; the message names the panel and the series.</exception>
    public static void Validate(Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        if (figure.Panels.Count == 0)
            throw new ArgumentException($"Figure '{figure.Name}' has no panels.", nameof(figure));

        foreach (var panel in figure.Panels)
        {
            foreach (var series in panel.Series)
            {
                if (series.X.Count != series.Y.Count || (series.Deviation is { } deviation && deviation.Count != series.Y.Count))
                {
                    throw new ArgumentException(
                        $"Figure '{figure.Name}', panel {panel.Letter}, series '{series.Label}': {series.X.Count} positions, {series.Y.Count} values"
                        + $" and {series.Deviation?.Count ?? 0} deviations do not go together.",
                        nameof(figure));
                }
            }
        }
    }
}
