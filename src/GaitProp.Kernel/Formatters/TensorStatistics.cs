namespace GaitProp.Kernel.Formatters;

/// <summary>What can be said of some numbers; those that are not finite are counted and left out of the rest.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="NaN">How many are not a number.</param>
/// <param name="Infinite">How many are infinite.</param>
/// <param name="Zero">How many are exactly 0.</param>
/// <param name="Least">The least finite one; NaN if there is none.</param>
/// <param name="Most">The largest finite one.</param>
/// <param name="Mean">The mean of the finite ones.</param>
/// <param name="Deviation">Their standard deviation, of the population.</param>
internal sealed record TensorStatistics(
    int Count,
    int NaN,
    int Infinite,
    int Zero,
    double Least,
    double Most,
    double Mean,
    double Deviation
)
{
    /// <summary>How many are finite.</summary>
    public int Finite => Count - NaN - Infinite;

    /// <summary>Counts and measures.</summary>
    public static TensorStatistics Of(ReadOnlySpan<double> values)
    {
        var (nan, infinite, zero) = (0, 0, 0);
        var (least, most, mean, squares, finite) = (double.NaN, double.NaN, 0.0, 0.0, 0);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                nan++;
                continue;
            }

            if (double.IsInfinity(value))
            {
                infinite++;
                continue;
            }

            zero += value == 0 ? 1 : 0;
            (least, most) = finite == 0 ? (value, value) : (Math.Min(least, value), Math.Max(most, value));

            // Welford's way: no sum of squares that cancels.
            finite++;
            var distance = value - mean;
            mean += distance / finite;
            squares += distance * (value - mean);
        }

        return new TensorStatistics(
            values.Length,
            nan,
            infinite,
            zero,
            least,
            most,
            finite == 0 ? double.NaN : mean,
            finite == 0 ? double.NaN : Math.Sqrt(squares / finite)
        );
    }
}
