namespace GaitProp.Kernel.Charts;

/// <summary>A value that can be drawn.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
/// <param name="Low">Where its bar ends below: at the value less its standard deviation, or where the series says; at the value itself
/// where that is undefined.</param>
/// <param name="High">Where its bar ends above.</param>
internal readonly record struct SeriesPoint(double X, double Y, double Low, double High)
{
    /// <summary>Whether it has a deviation that can be seen.</summary>
    public bool Deviates => High > Low;

    /// <summary>Whether its bar ends below what the axis can show.</summary>
    public bool IsCut { get; init; }
}

/// <summary>The part of a series that can be drawn: a value that is not a number leaves a gap.</summary>
internal static class SeriesPoints
{
    /// <summary>With more points than this along the whole panel, a line has markers at some of them only.</summary>
    private const int FewPoints = 25;

    /// <summary>About how many they are then, along the whole panel.</summary>
    private const int SparseMarkers = 8;

    /// <summary>
    /// The points of a line that have a marker, counted from 0: all of few; of many some, as far from each other, and where the lines of a
    /// panel lie on each other, each with its own in the gaps of the others'. A line along a part of the panel, such as a run of fewer
    /// epochs, has that part of them, so that its markers do not cover it; if that is one, it stands at the end. What is undefined has
    /// none.
    /// </summary>
    /// <param name="all">The series of the panel.</param>
    /// <param name="number">The number of the series among them, from 0.</param>
    public static IReadOnlySet<int> Marked(IReadOnlyList<Series> all, int number)
    {
        int[] points = [.. Places(all[number])];
        var longest = all.Max(Length);
        var share = longest > 0 ? Length(all[number]) / longest : 1;
        if (points.Length <= FewPoints * share || points.Length == 1)
        {
            return points.ToHashSet();
        }

        var markers = Math.Clamp((int)Math.Round(SparseMarkers * share), 1, points.Length);
        if (markers == 1)
        {
            return new HashSet<int> { points[^1] };
        }

        var step = (double)points.Length / markers;
        var first = step * (number + 0.5) / all.Count;
        return Enumerable
            .Range(0, markers)
            .Select(i => (int)(first + i * step))
            .Where(i => i < points.Length)
            .Select(i => points[i])
            .ToHashSet();
    }

    /// <summary>How far the finite points of a line go along the panel.</summary>
    public static double Length(Series series)
    {
        var positions = Places(series).Select(i => series.X[i]).DefaultIfEmpty(0).ToArray();
        return positions.Max() - positions.Min();
    }

    /// <summary>Whether the values of a series have bars.</summary>
    public static bool HasBars(Series series) => series.Deviation is not null || series.Low is not null || series.High is not null;

    /// <summary>Where the bar of a value ends below and above; not finite where that is undefined.</summary>
    /// <param name="series">The series.</param>
    /// <param name="value">The number of the value, from 0.</param>
    public static (double Low, double High) Ends(Series series, int value)
    {
        var y = series.Y[value];
        if (series.Low is not null || series.High is not null)
        {
            return (Math.Min(y, series.Low?[value] ?? double.NaN), Math.Max(y, series.High?[value] ?? double.NaN));
        }

        var deviation = Math.Abs(series.Deviation?[value] ?? double.NaN);
        return (y - deviation, y + deviation);
    }

    /// <summary>The finite points, cut into pieces wherever an undefined value lies between two of them.</summary>
    public static IReadOnlyList<IReadOnlyList<SeriesPoint>> Runs(Series series)
    {
        var runs = new List<IReadOnlyList<SeriesPoint>>();
        var run = new List<SeriesPoint>();
        for (var i = 0; i < series.Y.Count; i++)
        {
            if (IsFinite(series, i))
            {
                var (y, (low, high)) = (series.Y[i], Ends(series, i));
                run.Add(new SeriesPoint(series.X[i], y, double.IsFinite(low) ? low : y, double.IsFinite(high) ? high : y));
            }
            else if (run.Count > 0)
            {
                runs.Add(run);
                run = [];
            }
        }

        if (run.Count > 0)
        {
            runs.Add(run);
        }

        return runs;
    }

    /// <summary>The numbers of the finite points, from 0.</summary>
    private static IEnumerable<int> Places(Series series) => Enumerable.Range(0, series.Y.Count).Where(i => IsFinite(series, i));

    private static bool IsFinite(Series series, int value) => double.IsFinite(series.X[value]) && double.IsFinite(series.Y[value]);

    /// <summary>All finite points.</summary>
    public static IEnumerable<SeriesPoint> Finite(Series series) => Runs(series).SelectMany(run => run);

    /// <summary>The finite points as pieces of columns, each on what stands at its position already.</summary>
    /// <param name="series">The series.</param>
    /// <param name="tops">How high each position is; raised by the series.</param>
    public static IReadOnlyList<(double Position, double From, double To)> Stacked(Series series, Dictionary<double, double> tops)
    {
        var pieces = new List<(double, double, double)>();
        foreach (var point in Finite(series))
        {
            var from = tops.GetValueOrDefault(point.X);
            tops[point.X] = from + point.Y;
            pieces.Add((point.X, from, from + point.Y));
        }

        return pieces;
    }
}
