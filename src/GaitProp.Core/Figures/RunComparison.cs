using GaitProp.Runs;

namespace GaitProp.Figures;

/// <summary>Runs side by side: what <c>compare</c> and <c>reproduce</c> come to.</summary>
/// <param name="Name">What is compared, in a word: an experiment or a figure. Also the figure's name.</param>
/// <param name="Title">A heading.</param>
/// <param name="Runs">The runs, in the order of the legend; at least one.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed record RunComparison(string Name, string Title, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>Whether runs that differ in their seed alone are drawn as one, mean and standard deviation. Default: no.</summary>
    public bool OverSeeds { get; init; }

    /// <summary>The accuracy of panels C and D; <see langword="null"/> is top-5 where there are more than ten classes, else top-1.</summary>
    internal AccuracyMetric? Metric { get; init; }

    /// <summary>Runs that are no part of it though they were at hand, each with the reason, a line each.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Accuracy and update angles of the runs as a figure.</summary>
    public Figure Figure => TrainingFigure.Of(Name, Title, Runs, OverSeeds, Metric);
}
