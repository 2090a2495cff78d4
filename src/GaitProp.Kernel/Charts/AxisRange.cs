namespace GaitProp.Kernel.Charts;

/// <summary>What an axis shows.</summary>
/// <param name="Min">Its lower end.</param>
/// <param name="Max">Its upper end.</param>
internal readonly record struct AxisRange(double Min, double Max)
{
    /// <summary>Room for the values with a margin, so that no point lies on the frame; never empty.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="margin">The margin on both sides, as a share of the span.</param>
    /// <param name="includeZero">Whether values that begin not far above zero are shown from zero.</param>
    public static AxisRange Around(IEnumerable<double> values, double margin, bool includeZero)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            (min, max) = (Math.Min(min, value), Math.Max(max, value));
        }

        if (min > max)
        {
            return new AxisRange(0, 1);
        }

        if (includeZero && min > 0 && min < 0.4 * max)
        {
            min = 0;
        }

        var span = max - min;

        // A span that is lost in the digits of the values is no span.
        var least = 1e-9 * Math.Max(Math.Abs(min), Math.Abs(max));
        if (!(span > least) || !double.IsFinite(span))
        {
            var half = min == 0 && max == 0 ? 1 : 0.5 * Math.Max(Math.Abs(min), Math.Abs(max));
            return new AxisRange(min - half, max + half);
        }

        return new AxisRange(min - margin * span, max + margin * span);
    }
}
