namespace GaitProp;

/// <summary>How well a network tells images: loss, accuracy, and which classes it takes for which.</summary>
/// <param name="Title">What was evaluated.</param>
/// <param name="Weights">Where its weights come from; empty if that was not said.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Part">The part of it.</param>
/// <param name="ClassNames">One name for each class.</param>
/// <param name="Confusion">Images by class and by what the network says, <c>[class of the image][class that the network finds
/// likeliest]</c>.</param>
/// <param name="Loss">Cross-entropy an image.</param>
/// <param name="Top5">Share of the images whose class is among the five that the network finds likeliest, 0 to 1.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed record Evaluation(
    string Title,
    string Weights,
    string Data,
    DataPart Part,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<IReadOnlyList<long>> Confusion,
    double Loss,
    double Top5
)
{
    /// <summary>How many images there were.</summary>
    public long Images => Confusion.Sum(row => row.Sum());

    /// <summary>Share of the images whose class is the one that the network finds likeliest, 0 to 1.</summary>
    public double Top1 => (double)Confusion.Select((row, c) => row[c]).Sum() / Images;

    /// <summary>The same of the images of each class; <see langword="null"/> for a class that has none.</summary>
    public IReadOnlyList<double?> ClassAccuracy =>
        [.. Confusion.Select((row, c) => row.Sum() is > 0 and var images ? (double)row[c] / images : (double?)null)];

    /// <summary>
    /// The other class that the network most often takes a class for, and how many images; <see langword="null"/> if it takes them for no
    /// other.
    /// </summary>
    /// <param name="class">The class, from 0.</param>
    public (int Class, long Images)? TakenFor(int @class) =>
        Confusion[@class]
            .Index()
            .Where(c => c.Index != @class && c.Item > 0)
            .OrderByDescending(c => c.Item)
            .Select(c => ((int, long)?)(c.Index, c.Item))
            .FirstOrDefault();
}
