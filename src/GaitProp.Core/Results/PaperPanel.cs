using System.Text.Json;
using System.Text.Json.Serialization;
using GaitProp.Experiments;

namespace GaitProp.Results;

/// <summary>What the paper says of an experiment in words: the content of <c>paper.json</c>.</summary>
/// <param name="Title">The figure's heading.</param>
/// <param name="Epochs">Epochs of the published runs.</param>
/// <param name="TrainImages">Their training images.</param>
/// <param name="Claims">What is said, in the order of the panels.</param>
internal sealed record PaperPanel(string Title, int Epochs, int TrainImages, IReadOnlyList<PaperClaim> Claims)
{
    private static readonly JsonSerializerOptions Format = new(ExperimentJson.Strict)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The panels by the experiment's name, in the paper's order.</summary>
    public static IReadOnlyDictionary<string, PaperPanel> All { get; } = Read();

    private static OrderedDictionary<string, PaperPanel> Read()
    {
        using var stream = typeof(PaperPanel).Assembly.GetManifestResourceStream("GaitProp.Results.paper.json")!;
        return JsonSerializer.Deserialize<OrderedDictionary<string, PaperPanel>>(stream, Format)!;
    }
}

/// <summary>One sentence of the paper about a rule, and how a result is held against it: exactly one of the four ways is there.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Panel">The panel's letter.</param>
/// <param name="Words">What is said.</param>
internal sealed record PaperClaim(string Rule, string Panel, string Words)
{
    /// <summary>A range of update angles.</summary>
    public AngleRange? Angle { get; init; }

    /// <summary>As good as another rule.</summary>
    public Parity? Parity { get; init; }

    /// <summary>Better than one rule and worse than another.</summary>
    public Between? Between { get; init; }

    /// <summary>Whether training goes backwards.</summary>
    public Falling? Falling { get; init; }

    /// <summary>What it is about, in one word that a table has room for.</summary>
    [JsonIgnore]
    public string Topic =>
        Angle is not null ? "angles"
        : Falling is not null ? "training"
        : "accuracy";
}

/// <summary>Update angles, means over training, of every layer but the output.</summary>
/// <param name="Least">Degrees. Where every layer is below a tenth of it, the result is not the paper's.</param>
/// <param name="Most">Degrees.</param>
/// <param name="Layer">Of one layer alone, from 1.</param>
/// <param name="OnlyMean">Of the mean over the layers alone.</param>
internal sealed record AngleRange(double Least, double Most, int? Layer = null, bool OnlyMean = false);

/// <summary>Test accuracy beside that of another rule without additions, at the same epoch.</summary>
/// <param name="With">The other rule.</param>
/// <param name="Within">Percentage points that it may be less: reproduced.</param>
/// <param name="Nearly">Percentage points that it may be less: partly.</param>
internal sealed record Parity(string With, double Within, double Nearly);

/// <summary>
/// Test accuracy above that of one rule and below that of another, without additions, at the last epoch that all three have.
/// </summary>
/// <param name="Below">The rule that is to be worse.</param>
/// <param name="Above">The rule that is to be better.</param>
internal sealed record Between(string Below, string Above);

/// <summary>
/// Training that diverges: values that are no longer finite, or a training accuracy that stays below its best, in the last fifth of the
/// epochs.
/// </summary>
/// <param name="Points">Percentage points below the best from which on it has fallen.</param>
/// <param name="Collapse">Percentage points below the best from which on it has fallen as the paper says; of less, partly.</param>
/// <param name="Expected">Whether the paper says that it does.</param>
internal sealed record Falling(double Points, double Collapse, bool Expected);
