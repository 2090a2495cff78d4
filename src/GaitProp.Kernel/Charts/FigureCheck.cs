using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>Refuses figures that cannot be drawn or written, before a half of them is.</summary>
internal static class FigureCheck
{
    /// <summary>
    /// Throws if a series has positions, values, deviations and ends of bars of different number or only one of the ends, a heat map has no
    /// categories or a position that is none of them or occurs twice in a row, bars have a logarithmic axis, an axis begins or ends where
    /// it cannot, or the figure has no panel.
    /// </summary>
    /// <exception cref="ArgumentException">The figure is malformed; the message names the panel and the series.</exception>
    public static void Validate(Figure figure)
    {
        if (figure.Panels.Count == 0)
        {
            throw new ArgumentException($"Figure '{figure.Name}' has no panels.", nameof(figure));
        }

        foreach (var panel in figure.Panels)
        {
            if (
                (panel.Kind == PanelKind.Image) != (panel.Image is not null)
                || panel.Image?.Pixels.Length != 3 * panel.Image?.Width * panel.Image?.Height
            )
            {
                throw new ArgumentException(
                    $"Figure '{figure.Name}', panel {panel.Letter}: the kind Image needs a picture of 3 bytes a pixel, which only the kit's own figures have; choose another kind.",
                    nameof(figure)
                );
            }

            if ((panel.Kind == PanelKind.Drawing) != (panel.Drawing is not null))
            {
                throw new ArgumentException(
                    $"Figure '{figure.Name}', panel {panel.Letter}: the kind Drawing needs a drawing, which only the kit's own figures have; choose another kind.",
                    nameof(figure)
                );
            }

            if (panel.Kind is PanelKind.HeatMap or PanelKind.Bars or PanelKind.Rows && panel.X.Categories is not { Count: > 0 })
            {
                throw new ArgumentException(
                    $"Figure '{figure.Name}', panel {panel.Letter}: a heat map and bars stand for categories, and there are none.",
                    nameof(figure)
                );
            }

            if (panel.Kind is PanelKind.Bars or PanelKind.Rows && (panel.X.IsLogarithmic || panel.Y.IsLogarithmic))
            {
                throw new ArgumentException(
                    $"Figure '{figure.Name}', panel {panel.Letter}: bars begin at 0, which a logarithmic axis does not have; leave IsLogarithmic out.",
                    nameof(figure)
                );
            }

            foreach (var axis in (Axis[])[panel.X, panel.Y])
            {
                ValidateEnd(figure, panel, axis, nameof(Axis.From), axis.From);
                ValidateEnd(figure, panel, axis, nameof(Axis.To), axis.To);
            }

            foreach (var series in panel.Series)
            {
                if (
                    series.X.Count != series.Y.Count
                    || (series.Deviation ?? series.Y).Count != series.Y.Count
                    || series.Low?.Count != series.High?.Count
                    || (series.Low ?? series.Y).Count != series.Y.Count
                )
                {
                    throw new ArgumentException(
                        $"Figure '{figure.Name}', panel {panel.Letter}, series '{series.Label}': {series.X.Count} positions, {series.Y.Count} values,"
                            + $" {series.Deviation?.Count ?? 0} deviations, {series.Low?.Count ?? 0} lower and {series.High?.Count ?? 0} upper ends of bars do not go together.",
                        nameof(figure)
                    );
                }

                if (panel.Kind == PanelKind.HeatMap)
                {
                    ValidateCells(figure, panel, series);
                }
            }
        }
    }

    private static void ValidateEnd(Figure figure, Panel panel, Axis axis, string name, double? end)
    {
        if (end is { } place && !(double.IsFinite(place) && (place > 0 || !axis.IsLogarithmic)))
        {
            throw new ArgumentException(
                Text(
                    $"Figure '{figure.Name}', panel {panel.Letter}, axis '{axis.Label}': {name} is {place}; give a number{(axis.IsLogarithmic ? " above 0, as the axis is logarithmic" : "")}."
                ),
                nameof(figure)
            );
        }
    }

    private static void ValidateCells(Figure figure, Panel panel, Series series)
    {
        var columns = panel.X.Categories!.Count;
        var seen = new HashSet<double>();
        foreach (var x in series.X)
        {
            if (!(x >= 0 && x < columns && x == Math.Floor(x)) || !seen.Add(x))
            {
                throw new ArgumentException(
                    $"Figure '{figure.Name}', panel {panel.Letter}, series '{series.Label}': position {x.ToString(CultureInfo.InvariantCulture)} of a heat map"
                        + $" is none of its {columns} categories, or is there twice.",
                    nameof(figure)
                );
            }
        }
    }
}
