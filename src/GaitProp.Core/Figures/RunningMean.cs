namespace GaitProp.Figures;

/// <summary>
/// Test accuracy without the luck of a single epoch, which is some tenths of a point and sometimes several: means over the last ten epochs.
/// </summary>
internal static class RunningMean
{
    /// <summary>The epochs of a mean.</summary>
    internal const int Window = 10;

    /// <summary>The means, the first up to the tenth value; none of fewer values.</summary>
    /// <param name="values">A value an epoch.</param>
    internal static double[] Of(IReadOnlyList<double> values) =>
        [
            .. Enumerable
                .Range(0, Math.Max(0, values.Count - Window + 1))
                .Select(i => Enumerable.Range(i, Window).Average(epoch => values[epoch])),
        ];
}
