using GaitProp.Figures;

namespace GaitProp;

/// <summary>Runs side by side: what <c>compare</c> and <c>reproduce</c> come to.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class RunComparison(string name, string title, IReadOnlyList<RunRecord> runs)
{
    /// <summary>What is compared, in a word: an experiment or a figure. Also the figure's name.</summary>
    public string Name { get; } = name;

    /// <summary>A heading.</summary>
    public string Title { get; } = title;

    /// <summary>The runs, in the order of the legend; at least one.</summary>
    public IReadOnlyList<RunRecord> Runs { get; } = runs;

    /// <summary>Whether runs that differ in their seed alone are drawn as one, mean and standard deviation. Default: no.</summary>
    public bool OverSeeds { get; init; }

    /// <summary>
    /// The accuracy of panels C and D; <see langword="null"/> is top-5 where there are more than ten classes, else top-1.
    /// </summary>
    internal AccuracyMetric? Metric { get; init; }

    /// <summary>Runs that are no part of it though they were at hand, each with the reason, a line each.</summary>
    internal IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Accuracy and update angles of the runs as a figure.</summary>
    public Figure Figure => TrainingFigure.Of(Name, Title, Runs, OverSeeds, Metric);
}
