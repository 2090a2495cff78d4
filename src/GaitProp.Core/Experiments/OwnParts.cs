using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// What of an experiment is not the kit's: rules, layers and data sets that a notebook or a program registers. This process alone knows
/// them, and their code may change under one name.
/// </summary>
internal static class OwnParts
{
    /// <summary>In words, such as <c>rule mine</c>; nothing if all is the kit's.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="GaitPropException">It names what is not registered.</exception>
    public static IReadOnlyList<string> Of(Experiment experiment) =>
        [
            .. Rules(experiment).Take(1).Select(_ => $"rule {experiment.Rule}"),
            .. Layers(experiment).Select(l => $"layer {LayerCatalog.NameOf(l)}").Distinct(),
            .. IsOwn(DataSets.Find(experiment.Data).GetType()) ? [$"data set {experiment.Data}"] : (string[])[],
        ];

    /// <summary>
    /// What the code of its rule and layers computes (<see cref="CodeIdentity"/>); <see langword="null"/> if they are the kit's. A data
    /// set counts by its images.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="GaitPropException">It names what is not registered.</exception>
    public static string? Code(Experiment experiment)
    {
        Type[] types = [.. Rules(experiment), .. Layers(experiment)];
        return types.Length == 0 ? null : CodeIdentity.Of(types);
    }

    /// <summary>What the settings of a run name that is not registered in this process, in words, such as <c>rule 'mine'</c>.</summary>
    /// <param name="settings">The settings, every value resolved.</param>
    public static IReadOnlyList<string> Unregistered(JsonObject settings)
    {
        return
        [
            .. Unknown("rule", Word("rule"), RuleCatalog.Names),
            .. Unknown("data set", Word("data"), DataSets.Names),
            .. Word("network") is { } network && !OwnNetwork.IsPublished(network)
                ? LayerCatalog
                    .Split(network)
                    .Select(l => l.Split(' ')[0])
                    .Distinct()
                    .SelectMany(l => Unknown("layer", l, LayerCatalog.Names))
                : [],
        ];

        string? Word(string field) => settings[field] is JsonValue value && value.TryGetValue<string>(out var word) ? word : null;

        static IEnumerable<string> Unknown(string what, string? name, IReadOnlyList<string> names) =>
            name is null || names.Contains(name) ? [] : [$"{what} '{name}'"];
    }

    private static IEnumerable<Type> Rules(Experiment experiment) =>
        ((Type[])[RuleCatalog.TypeOf(experiment.Rule), RuleCatalog.OptionsType(experiment.Rule)]).Where(IsOwn);

    private static IEnumerable<Type> Layers(Experiment experiment) => OwnNetwork.Kinds(experiment.Network).Where(IsOwn);

    private static bool IsOwn(Type type) => type.Assembly != typeof(OwnParts).Assembly;
}
