namespace GaitProp.Figures;

/// <summary>What counts as classified correctly.</summary>
internal enum AccuracyMetric
{
    /// <summary>The likeliest class is the image's.</summary>
    Top1,

    /// <summary>The image's class is among the five likeliest, as the paper counts on ImageNet.</summary>
    Top5,
}

/// <summary>
/// The accuracy that the panels of some runs show: top-5 where there are more than ten classes, as in the paper, else top-1.
/// </summary>
/// <param name="Metric">What counts.</param>
/// <param name="Classes">The classes among which the networks choose, of several numbers the largest; 0 if there are no runs.</param>
/// <param name="IsInstead">Whether it is top-1 for want of records of top-5, which older runs have not.</param>
internal sealed record ShownAccuracy(AccuracyMetric Metric, int Classes, bool IsInstead)
{
    /// <summary>With so many classes top-5 says as little as with fewer: half of ten are five.</summary>
    private const int Ten = 10;

    /// <summary>Its name: <c>top-1</c> or <c>top-5</c>.</summary>
    public string Name => Metric == AccuracyMetric.Top5 ? "top-5" : "top-1";

    /// <summary>Its name where it is not what one takes it for: <c> top-5</c>; else empty.</summary>
    public string Suffix => Metric == AccuracyMetric.Top5 ? $" {Name}" : "";

    /// <summary>What one gets by chance, per cent.</summary>
    public double Chance => ChanceAmong(Classes);

    /// <summary>What one gets by chance among so many classes, per cent.</summary>
    public double ChanceAmong(int classes) => classes == 0 ? 0 : 100.0 * Math.Min(classes, Metric == AccuracyMetric.Top5 ? 5 : 1) / classes;

    /// <summary>Chooses the accuracy of some runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="asked">What the user asked for, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">Top-5 was asked for, and of so few classes it says nothing, or no run has recorded
    /// it.</exception>
    public static ShownAccuracy Of(IReadOnlyList<RunRecord> runs, AccuracyMetric? asked)
    {
        var classes = runs.Select(ClassesOf).DefaultIfEmpty().Max();
        bool IsRecorded(RunRecord run) => run.Epochs.Any(e => e.TestTop5 is not null);
        var recorded = asked is null ? runs.Count > 0 && runs.All(IsRecorded) : runs.Any(IsRecorded);
        Check(classes, asked);
        if (asked == AccuracyMetric.Top5 && runs.Count > 0 && !recorded)
        {
            throw new GaitPropException("none of these runs has recorded top-5 accuracy, older versions did not: show --metric top1.");
        }

        var wanted = asked ?? (classes > Ten ? AccuracyMetric.Top5 : AccuracyMetric.Top1);
        return wanted == AccuracyMetric.Top5 && !recorded ? new(AccuracyMetric.Top1, classes, runs.Count > 0) : new(wanted, classes, false);
    }

    /// <summary>The classes among which the network of a run chooses; 0 if the run has no layers.</summary>
    public static int ClassesOf(RunRecord run) => run.Description.Layers.Count == 0 ? 0 : run.Description.Layers[^1].Keep;

    /// <summary>Whether an accuracy says something.</summary>
    /// <param name="classes">How many classes there are; 0 if that is not known.</param>
    /// <param name="asked">What the user asked for, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">It does not.</exception>
    public static void Check(int classes, AccuracyMetric? asked)
    {
        if (asked == AccuracyMetric.Top5 && classes is > 0 and <= 5)
        {
            throw new GaitPropException(Text($"top-5 of {classes} classes is always right: show --metric top1."));
        }
    }

    /// <summary>The accuracy on training images after an epoch, per cent; NaN where it was not recorded.</summary>
    public double Train(EpochMetrics epoch) => 100 * (Metric == AccuracyMetric.Top5 ? epoch.TrainTop5 : epoch.TrainAccuracy) ?? double.NaN;

    /// <summary>The accuracy on images held out after an epoch, per cent; NaN where it was not recorded.</summary>
    public double Validation(EpochMetrics epoch) =>
        100 * (Metric == AccuracyMetric.Top5 ? epoch.ValidationTop5 : epoch.ValidationAccuracy) ?? double.NaN;

    /// <summary>The accuracy on test images after an epoch, per cent; NaN where it was not recorded.</summary>
    public double Test(EpochMetrics epoch) => 100 * (Metric == AccuracyMetric.Top5 ? epoch.TestTop5 : epoch.TestAccuracy) ?? double.NaN;
}
