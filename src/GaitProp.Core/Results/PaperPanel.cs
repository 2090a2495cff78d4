using System.Text.Json;
using System.Text.Json.Serialization;
using GaitProp.Experiments;
using GaitProp.Figures;

namespace GaitProp.Results;

/// <summary>What the paper says of an experiment in words: the content of <c>paper.json</c>.</summary>
/// <param name="Title">The figure's heading.</param>
/// <param name="Epochs">Epochs of the published runs.</param>
/// <param name="TrainImages">Their training images.</param>
/// <param name="Classes">The classes of these.</param>
/// <param name="Pixels">Their width, pixels.</param>
/// <param name="Claims">What is said, in the order of the panels.</param>
/// <param name="Data">Their data set, as experiments name it; <c>imagenet</c> is a folder of photos.</param>
internal sealed record PaperPanel(
    string Title,
    string Data,
    int Epochs,
    int TrainImages,
    int Classes,
    int Pixels,
    IReadOnlyList<PaperClaim> Claims
)
{
    private static readonly JsonSerializerOptions Format = new(ExperimentJson.Strict)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The panels by the experiment's name, in the paper's order.</summary>
    public static IReadOnlyDictionary<string, PaperPanel> All { get; } = Read();

    /// <summary>
    /// What a run can be held against; <see langword="null"/> for one of another experiment, with another network or other numbers than
    /// its presets have, on other images, or that began with the weights of another run.
    /// </summary>
    /// <param name="run">The run.</param>
    public static PaperPanel? Of(RunDescription run)
    {
        var panel = All.GetValueOrDefault((string)run.Experiment["name"]!);
        return panel?.IsOnItsImages(run) is true && run.Origin is null && !ForeignSetting.Of(run.Experiment).Any() ? panel : null;
    }

    /// <summary>Whether a run is on the published images, not on others or on a set that stands in.</summary>
    /// <param name="run">The run.</param>
    public bool IsOnItsImages(RunDescription run) =>
        run.Data is { Embedded: false, StandsInFor: null } && Data == (string?)run.Experiment["data"];

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

    /// <summary>By what measure a result says the same, or some of it, in words.</summary>
    [JsonIgnore]
    public string Measure =>
        this switch
        {
            { Angle: { OnlyMean: true } a } => Text($"the mean over the layers is {a.Least} to {a.Most} degrees"),
            { Angle: { Layer: { } layer } a } => Text($"layer {layer} has {a.Least} to {a.Most} degrees"),
            { Angle: { } a } => Text(
                $"each layer but the output has {a.Least} to {a.Most} degrees; *partly*: one of them or their mean has"
            ),
            { Parity: { } p } => Text(
                $"the test accuracy is at most {Points(p.Within)} below that of {RuleCatalog.Title(p.With)} after as many epochs; *partly*: {Points(p.Nearly)}"
            ),
            { Between: { } b } => Text(
                $"the test accuracy is more than {Points(b.By)} above that of {RuleCatalog.Title(b.Below)} and more than {Points(b.By)} below that of {RuleCatalog.Title(b.Above)} after as many epochs; *partly*: at most {Points(b.By)} below the former and above the latter"
            ),
            { Falling: { Expected: true } f } => Text(
                $"values are no longer finite, or the training accuracy stays more than {f.Collapse} points below its best in the last fifth of the epochs; *partly*: more than {f.Points}, or not with every seed"
            ),
            { Falling: { } f } => Text(
                $"values stay finite with every seed, and the training accuracy comes back to within {Points(f.Points)} of its best in the last fifth of the epochs"
            ),
            _ => throw new InvalidOperationException($"the claim '{Words}' says no way to hold a result against it."),
        };

    private static string Points(double number) => Text($"{number} {(number is 1 ? "point" : "points")}");
}

/// <summary>Update angles, means over training, of every layer but the output.</summary>
/// <param name="Least">Degrees.</param>
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
/// <param name="By">Percentage points by which it is to be so; less is level with it, which is partly between.</param>
internal sealed record Between(string Below, string Above, double By);

/// <summary>
/// Training that diverges: values that are no longer finite, or a training accuracy that stays below its best, in the last fifth of the
/// epochs.
/// </summary>
/// <param name="Points">Percentage points below the best from which on it has fallen.</param>
/// <param name="Collapse">Percentage points below the best from which on it has fallen as the paper says; of less, partly.</param>
/// <param name="Expected">Whether the paper says that it does.</param>
internal sealed record Falling(double Points, double Collapse, bool Expected);
