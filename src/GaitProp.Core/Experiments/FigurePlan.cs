using GaitProp.Data;

namespace GaitProp.Experiments;

/// <summary>What a figure of the paper needs: an experiment for each of its rules.</summary>
/// <param name="Figure">The figure's name.</param>
/// <param name="Title">Its heading.</param>
/// <param name="StandsInFor">The published data set that the data is used in place of, or <see langword="null"/>.</param>
/// <param name="Rules">The rules that it shows, some with additions (<see cref="RuleVariant"/>).</param>
/// <param name="Experiments">The experiment of each.</param>
internal sealed record FigurePlan(
    string Figure,
    string Title,
    string? StandsInFor,
    IReadOnlyList<string> Rules,
    IReadOnlyList<Experiment> Experiments
)
{
    /// <summary>A figure's experiment on the published data, and on the embedded set in its place, where that is possible.</summary>
    private static readonly Dictionary<string, (string Published, string? Embedded)> Documents = new(StringComparer.Ordinal)
    {
        ["fig4"] = ("cifar-shallow", "synthetic-shallow"),
        ["fig5"] = ("cifar-deep", "synthetic-deep"),
        ["fig6"] = ("imagenet", null),
    };

    /// <summary>The figures that can be planned.</summary>
    public static IReadOnlyList<string> Figures { get; } = [.. Documents.Keys];

    /// <summary>The experiments whose runs a figure can show: on the published data first, then on the embedded set.</summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    /// <exception cref="GaitPropException">There is no such figure.</exception>
    public static IReadOnlyList<string> ExperimentsOf(string figure) =>
        Documents.TryGetValue(figure, out var names)
            ? names.Embedded is { } embedded
                ? [names.Published, embedded]
                : [names.Published]
            : throw new GaitPropException(Suggestion.Unknown("figure", figure, Figures));

    /// <summary>A figure's heading.</summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    /// <exception cref="GaitPropException">There is no such figure.</exception>
    public static string TitleOf(string figure) => ExperimentDocument.Open(ExperimentsOf(figure)[0]).Title;

    /// <summary>
    /// A figure's heading over runs on some images: photos of eight classes are no ImageNet, and the embedded set has networks of its own.
    /// </summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    /// <param name="data">The name of the images.</param>
    /// <param name="experiment">The experiment whose network it shows, one of <see cref="ExperimentsOf"/>.</param>
    /// <exception cref="GaitPropException">There is no such figure.</exception>
    internal static string TitleOf(string figure, string data, string experiment) =>
        ExperimentsOf(figure) is [_, var embedded] && embedded == experiment
            ? ExperimentDocument.Open(embedded).Title
            : TitleOf(figure).Replace("ImageNet", data, StringComparison.Ordinal);

    /// <summary>The images that a figure runs on.</summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    /// <param name="named">The folder that the user named, or <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">There are none, or they are damaged.</exception>
    internal static ImageDataset Images(string figure, string? named) =>
        (IsOfPhotos(figure) ? (DataSet)Photos.Prepared : Cifar10.Official).Open(named).Data;

    /// <summary>Whether a figure runs on prepared photos.</summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    internal static bool IsOfPhotos(string figure) => ExperimentsOf(figure) is [_];

    /// <summary>Plans a figure.</summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    /// <param name="preset">How much it takes: <c>smoke</c>, <c>quick</c>, <c>paper</c>, or another preset of the figure's
    /// experiment.</param>
    /// <param name="data">The images it will run on.</param>
    /// <param name="rules">The rules to show, some with additions (<see cref="RuleVariant"/>); the experiment's if
    /// <see langword="null"/>.</param>
    /// <param name="epochs">Epochs; the preset's if <see langword="null"/>.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="GaitPropException">There is no such figure, preset or rule, or a value is not possible.</exception>
    public static FigurePlan Of(
        string figure,
        string preset,
        ImageDataset data,
        IReadOnlyList<string>? rules = null,
        int? epochs = null,
        int seed = 1
    )
    {
        if (!Documents.TryGetValue(figure, out var names))
        {
            throw new GaitPropException(Suggestion.Unknown("figure", figure, Figures));
        }

        var published = ExperimentDocument.Open(names.Published);
        if (data.IsEmbedded && names.Embedded is null)
        {
            throw new GaitPropException($"{figure} needs photos: the embedded set cannot stand in for them.");
        }

        var document = data.IsEmbedded ? ExperimentDocument.Open(names.Embedded!) : published;
        var choices = new ExperimentChoices
        {
            Preset = preset,
            Epochs = epochs,
            Seed = seed,
        };
        var shown = rules ?? document.Rules;
        return new FigurePlan(
            figure,
            TitleOf(figure, data.Name, document.Name),
            data.IsEmbedded ? "CIFAR-10" : null,
            shown,
            [.. shown.Select(rule => document.Resolve(rule, choices))]
        );
    }
}
