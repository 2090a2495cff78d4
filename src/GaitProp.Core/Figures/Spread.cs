namespace GaitProp.Figures;

/// <summary>What some values come to, and how far they spread.</summary>
internal static class Spread
{
    // What lies within a standard deviation of a normal distribution. On a logarithmic axis the deviation itself would often go below 0.
    private const double LowShare = 0.16;
    private const double HighShare = 0.84;

    /// <summary>The median, and from where to where two thirds of the values lie.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <returns><see cref="double.NaN"/> three times if there is no value.</returns>
    internal static (double Median, double Low, double High) TwoThirds(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (Percentile(sorted, 0.5), Percentile(sorted, LowShare), Percentile(sorted, HighShare));
    }

    /// <summary>Mean and standard deviation.</summary>
    /// <param name="values">The values; at least two of a sample.</param>
    /// <param name="isSample">Whether they are a few of many that there could be, as seeds are; else they are all.</param>
    internal static (double Mean, double Deviation) MeanAndDeviation(double[] values, bool isSample = false)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - (isSample ? 1 : 0))));
    }

    /// <summary>What a share of some values lies below; between two of them in proportion.</summary>
    /// <param name="sorted">The values, ascending.</param>
    /// <param name="share">The share, from 0 to 1.</param>
    private static double Percentile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + (place - Math.Floor(place)) * (above - below);
    }
}
