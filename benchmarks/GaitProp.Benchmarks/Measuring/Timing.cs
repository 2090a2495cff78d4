namespace GaitProp.Benchmarks.Measuring;

/// <summary>What was measured of a contestant.</summary>
/// <param name="Contestant">Who.</param>
/// <param name="Seconds">Seconds of one time, a value a round.</param>
/// <param name="Reference">The same of the one that it is held against.</param>
internal sealed record Timing(Contestant Contestant, IReadOnlyList<double> Seconds, IReadOnlyList<double> Reference)
{
    /// <summary>Seconds of one time: the median of the rounds.</summary>
    public double Median => Quantile(Seconds, 0.5);

    /// <summary>The ratio to the reference: the median of the ratios of the rounds.</summary>
    public double Ratio => Quantile(Ratios, 0.5);

    /// <summary>The lower and the upper quartile of the ratios.</summary>
    public (double Lower, double Upper) Spread => (Quantile(Ratios, 0.25), Quantile(Ratios, 0.75));

    /// <summary>Operations a second of its matrix products.</summary>
    public double Rate => Contestant.Operations / Median;

    private IReadOnlyList<double> Ratios => [.. Seconds.Zip(Reference, (mine, theirs) => mine / theirs)];

    /// <summary>A quantile, between the two values beside it where it falls between them.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <param name="share">0 for the least, 1 for the greatest.</param>
    internal static double Quantile(IReadOnlyList<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
