using GaitProp.Data;

namespace GaitProp.Experiments;

/// <summary>How much a figure's runs take.</summary>
public enum FigureProfile
{
    /// <summary>Under a minute: a part of the images, two epochs. Shows that everything works, not what is learned.</summary>
    Smoke,

    /// <summary>A few minutes on two cores, preset fast.</summary>
    Quick,

    /// <summary>The published set-up: 200 epochs, preset paper.</summary>
    Paper,
}

/// <summary>What a figure of the paper needs: an experiment for each of its rules.</summary>
/// <param name="Figure">The figure's name.</param>
/// <param name="Title">Its heading.</param>
/// <param name="StandsInFor">The published data set that the data is used in place of, or <see langword="null"/>.</param>
/// <param name="Experiments">One experiment a rule.</param>
public sealed record FigurePlan(string Figure, string Title, string? StandsInFor, IReadOnlyList<Experiment> Experiments)
{
    /// <summary>
    /// The embedded set is a fifth of CIFAR-10 and the quick profile a twelfth of the published epochs: sixty times fewer steps, which would
    /// show little at the published learning rates. They are multiplied by this for every rule, and retractions come twice as often, which
    /// keeps angles below one degree.
    /// </summary>
    private const int EmbeddedSpeedUp = 5;

    /// <summary>The figures that can be planned.</summary>
    public static IReadOnlyList<string> Figures { get; } = ["fig4"];

    /// <summary>The rules that a figure shows in the paper.</summary>
    public static IReadOnlyList<string> DefaultRules { get; } = ["bp", "fa", "gait", "ngait"];

    /// <summary>Plans a figure.</summary>
    /// <param name="figure">One of <see cref="Figures"/>.</param>
    /// <param name="profile">How much it takes.</param>
    /// <param name="data">The images it will run on.</param>
    /// <param name="rules">The rules to show; the paper's if <see langword="null"/>.</param>
    /// <param name="epochs">Epochs; the profile's if <see langword="null"/>.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="GaitPropException">There is no such figure or rule, or a value is not possible.</exception>
    public static FigurePlan Of(
        string figure, FigureProfile profile, ImageDataset data, IReadOnlyList<string>? rules = null, int? epochs = null, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!Figures.Contains(figure))
        {
            throw new GaitPropException(Suggestion.Unknown("figure", figure, Figures));
        }

        var experiments = (rules ?? DefaultRules).Select(rule => Adapted(Presets.Experiment("cifar-shallow", rule, Preset(profile)), profile, data) with { Seed = seed });
        var plan = new FigurePlan(
            figure,
            "Figure 4: three hidden layers of 1024 units",
            data.IsEmbedded ? "CIFAR-10" : null,
            [.. experiments.Select(e => epochs is { } count ? e with { Epochs = count } : e)]);
        foreach (var experiment in plan.Experiments)
        {
            experiment.Validate();
        }

        return plan;
    }

    private static string Preset(FigureProfile profile) => profile == FigureProfile.Paper ? "paper" : "fast";

    private static Experiment Adapted(Experiment published, FigureProfile profile, ImageDataset data)
    {
        var experiment = data.IsEmbedded ? published with { Name = published.Name.Replace("cifar", "synthetic", StringComparison.Ordinal) } : published;
        if (data.IsEmbedded && profile != FigureProfile.Paper)
        {
            experiment = experiment with
            {
                Optimizer = published.Optimizer with { LearningRate = EmbeddedSpeedUp * published.Optimizer.LearningRate },
                Orthogonality = published.Orthogonality with { Every = published.Orthogonality.Every / 2 },
            };
        }

        return profile switch
        {
            FigureProfile.Smoke => experiment with { Epochs = 2, TrainImages = 5120, TestImages = 1000, AngleEvery = 5 },
            FigureProfile.Quick when data.IsEmbedded => experiment with { Epochs = 16, AngleEvery = 11 },
            FigureProfile.Quick => experiment with { Epochs = 3, AngleEvery = 21 },
            _ => experiment,
        };
    }
}
