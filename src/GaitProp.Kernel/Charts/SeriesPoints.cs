using GaitProp.Figures;

namespace GaitProp.Kernel.Charts;

/// <summary>A value that can be drawn.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
/// <param name="Deviation">Standard deviation; 0 where it is undefined.</param>
internal readonly record struct SeriesPoint(double X, double Y, double Deviation);

/// <summary>The part of a series that can be drawn: a value that is not a number leaves a gap.</summary>
internal static class SeriesPoints
{
    /// <summary>With more points than this, a line is drawn without markers.</summary>
    public const int FewPoints = 25;

    /// <summary>Whether a line through the series has a marker at each point.</summary>
    public static bool HasMarkers(Series series) => series.Y.Count <= FewPoints;

    /// <summary>The finite points, cut into pieces wherever an undefined value lies between two of them.</summary>
    public static IReadOnlyList<IReadOnlyList<SeriesPoint>> Runs(Series series)
    {
        var runs = new List<IReadOnlyList<SeriesPoint>>();
        var run = new List<SeriesPoint>();
        for (var i = 0; i < series.Y.Count; i++)
        {
            if (double.IsFinite(series.X[i]) && double.IsFinite(series.Y[i]))
            {
                var deviation = series.Deviation?[i] ?? 0;
                run.Add(new SeriesPoint(series.X[i], series.Y[i], double.IsFinite(deviation) ? Math.Abs(deviation) : 0));
            }
            else if (run.Count > 0)
            {
                runs.Add(run);
                run = [];
            }
        }

        if (run.Count > 0)
            runs.Add(run);
        return runs;
    }

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
