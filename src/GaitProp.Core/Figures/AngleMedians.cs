namespace GaitProp.Figures;

/// <summary>
/// Update angles over a long training. They scatter from step to step, so that a line through all of them is a smear that hides the other
/// rules; one of medians over parts of the training, with a band, says the same and can be read.
/// </summary>
internal static class AngleMedians
{
    /// <summary>Parts of a training, all of one length.</summary>
    internal const int Parts = 50;

    /// <summary>With more measurements than this a run has a line of medians.</summary>
    internal const int Many = 200;

    /// <summary>Whether a line through all measurements of some runs would be a smear.</summary>
    /// <param name="runs">Runs that differ in their seed alone.</param>
    internal static bool AreMany(IReadOnlyList<RunRecord> runs) => runs.Any(r => r.Steps.Count(s => s.MeanAngle is not null) > Many);

    /// <summary>
    /// The mean angle of the hidden layers in each part of the training that has measurements, degrees: the part's middle step, and of all
    /// seeds' measurements in it the median and from where to where two thirds of them lie.
    /// </summary>
    /// <param name="runs">Runs that differ in their seed alone, of which one has measurements.</param>
    internal static IReadOnlyList<(double Step, double Median, double Low, double High)> Of(IReadOnlyList<RunRecord> runs)
    {
        var measured = runs.SelectMany(r => r.Steps).Where(s => s.MeanAngle is not null).ToArray();
        var length = (measured.Max(s => s.Step) + 1.0) / Parts;
        return
        [
            .. measured
                .GroupBy(s => (int)(s.Step / length))
                .OrderBy(part => part.Key)
                .Select(part =>
                {
                    var (median, low, high) = Spread.TwoThirds(part.Select(s => s.MeanAngle!.Value));
                    return ((part.Key + 0.5) * length, median, low, high);
                }),
        ];
    }
}
