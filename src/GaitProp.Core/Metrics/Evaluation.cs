namespace GaitProp;

/// <summary>How well a network tells images: loss, accuracy, and which classes it takes for which.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class Evaluation
{
    internal Evaluation(
        string title,
        string weights,
        string data,
        DataPart part,
        IReadOnlyList<string> classNames,
        IReadOnlyList<IReadOnlyList<long>> confusion,
        double loss,
        double top5
    ) => (Title, Weights, Data, Part, ClassNames, Confusion, Loss, Top5) = (title, weights, data, part, classNames, confusion, loss, top5);

    /// <summary>What was evaluated.</summary>
    public string Title { get; }

    /// <summary>Where its weights come from; empty if that was not said.</summary>
    public string Weights { get; }

    /// <summary>The data set's name.</summary>
    public string Data { get; }

    /// <summary>The part of it.</summary>
    public DataPart Part { get; }

    /// <summary>The part as captions name its images: test, training or validation.</summary>
    internal string PartWord => Part == DataPart.Train ? "training" : Part.ToString().ToLowerInvariant();

    /// <summary>One name for each class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>
    /// Images by class and by what the network says, <c>[class of the image][class that the network finds likeliest]</c>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<long>> Confusion { get; }

    /// <summary>The experiment's loss, per image: cross-entropy, or half the squared error.</summary>
    public double Loss { get; }

    /// <summary>Share of the images whose class is among the five that the network finds likeliest, 0 to 1.</summary>
    public double Top5 { get; }

    /// <summary>Whether <see cref="Top5"/> tells anything: of five classes it is always right.</summary>
    internal bool TellsTop5 => ClassNames.Count > 5;

    /// <summary>The same of what has another title, and weights that come from somewhere.</summary>
    internal Evaluation Of(string title, string weights) => new(title, weights, Data, Part, ClassNames, Confusion, Loss, Top5);

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
