namespace GaitProp.Kernel.Charts;

/// <summary>
/// What the interactive and the static drawing of a panel have in common: ranges, categories, and the places of points side by side.
/// </summary>
internal sealed class PanelView
{
    private readonly double _dodge;

    public PanelView(Panel panel)
    {
        Panel = panel;
        Categories = panel.X.Categories is { Count: > 0 } categories ? categories : null;
        var values = panel.Series.SelectMany(SeriesPoints.Finite).ToList();
        XScale = new AxisScale(panel.X, [.. values.Select(value => value.X)]);
        YScale = new AxisScale(panel.Y, [.. values.SelectMany(value => new[] { value.Y, value.Low })]);
        var points = values.Select(value => value with { X = XScale.Place(value.X) }).ToList();
        IsEmpty = points.Count == 0;
        WholeNumbers = points.Count > 0 && !XScale.IsLogarithmic && points.All(point => point.X == Math.Round(point.X));
        _dodge =
            panel.Kind == PanelKind.Points && panel.Series.Count > 1
                ? Math.Min(0.16, 0.64 / panel.Series.Count) * LeastDistance(points)
                : 0;

        Y = YRange(points);
        X = XRange(points);
        if (panel.Kind == PanelKind.Bars)
        {
            Totals =
            [
                .. points
                    .GroupBy(point => point.X)
                    .OrderBy(column => column.Key)
                    .Select(column => (column.Key, column.Sum(point => point.Y))),
            ];

            // Room for the numbers above the columns.
            Y = new AxisRange(0, Math.Max(1e-12, 1.3 * Totals.Select(total => total.Sum).DefaultIfEmpty(1).Max()));
        }
    }

    /// <summary>The sum of each column of bars.</summary>
    public IReadOnlyList<(double Position, double Sum)> Totals { get; } = [];

    public Panel Panel { get; }

    public IReadOnlyList<string>? Categories { get; }

    /// <summary>What the horizontal axis shows, in places.</summary>
    public AxisRange X { get; }

    /// <summary>What the vertical axis shows, in places.</summary>
    public AxisRange Y { get; }

    /// <summary>Where values stand along the horizontal axis.</summary>
    public AxisScale XScale { get; }

    /// <summary>Where values stand along the vertical axis.</summary>
    public AxisScale YScale { get; }

    /// <summary>Whether no value of the panel is defined.</summary>
    public bool IsEmpty { get; }

    /// <summary>Whether all positions are whole numbers, as steps and epochs are.</summary>
    public bool WholeNumbers { get; }

    /// <summary>The finite points of a series in places of the axes, cut into pieces wherever an undefined value lies between two of them.</summary>
    public IReadOnlyList<IReadOnlyList<SeriesPoint>> Runs(Series series) =>
        [
            .. SeriesPoints
                .Runs(series)
                .Select(run =>
                    (IReadOnlyList<SeriesPoint>)
                        [
                            .. run.Select(point => new SeriesPoint(
                                XScale.Place(point.X),
                                YScale.Place(point.Y),
                                YScale.Place(point.Low),
                                YScale.Place(point.High)
                            )),
                        ]
                ),
        ];

    /// <summary>The ticks of the vertical axis: places, and what stands there.</summary>
    /// <param name="most">The largest number of ticks.</param>
    public IReadOnlyList<(double Position, string Label)> YTicks(int most) =>
        YScale.IsLogarithmic ? YScale.Ticks(Y, most) : AxisTicks.Of(Y, most, wholeNumbers: false);

    /// <summary>The ticks of the horizontal axis where it has no categories: places, and what stands there.</summary>
    /// <param name="most">The largest number of ticks.</param>
    public IReadOnlyList<(double Position, string Label)> XTicks(int most) =>
        XScale.IsLogarithmic ? XScale.Ticks(X, most) : AxisTicks.Of(X, most, WholeNumbers);

    private AxisRange YRange(List<SeriesPoint> points)
    {
        const double margin = 0.06;
        var values = points.SelectMany(point => new[] { point.Low, point.High }).ToList();
        return YScale.IsLogarithmic
            ? YScale.Range(values, margin)
            : AxisRange.Around([.. values, .. Ends(Panel.Y)], margin, includeZero: Panel.Y.From is null);
    }

    /// <summary>Where an axis is to begin and to end, if that is said; an empty panel has ends of its own.</summary>
    private double[] Ends(Axis axis) => IsEmpty ? [] : [.. ((double?[])[axis.From, axis.To]).OfType<double>()];

    /// <summary>
    /// How far the points of a series stand from their category, so that the deviations of several rules do not cover each other.
    /// </summary>
    public double Offset(int series) => _dodge * (series - 0.5 * (Panel.Series.Count - 1));

    private AxisRange XRange(List<SeriesPoint> points)
    {
        if (Categories is { } categories)
        {
            return new AxisRange(-0.5, categories.Count - 0.5);
        }

        if (XScale.IsLogarithmic)
        {
            return XScale.Range(points.Select(point => XScale.Value(point.X)), 0.04);
        }

        double[] places = [.. points.Select(point => point.X), .. Ends(Panel.X)];
        if (Panel.Kind == PanelKind.Scatter)
        {
            return AxisRange.Around(places, 0.08, includeZero: Panel.X.From is null);
        }

        if (Panel.Kind == PanelKind.Points && !IsEmpty)
        {
            var half = 0.5 * LeastDistance(points);
            return new AxisRange(places.Min() - half, places.Max() + half);
        }

        // One epoch is epoch 1, not the middle of nowhere: half a step on either side.
        if (!IsEmpty && WholeNumbers && places.Min() == places.Max())
        {
            return new AxisRange(places[0] - 0.5, places[0] + 0.5);
        }

        return AxisRange.Around(places, 0.025, includeZero: false);
    }

    private static double LeastDistance(List<SeriesPoint> points)
    {
        var positions = points.Select(point => point.X).Distinct().Order().ToList();
        var least = positions.Zip(positions.Skip(1), (left, right) => right - left).DefaultIfEmpty(1).Min();
        return least > 0 ? least : 1;
    }
}
