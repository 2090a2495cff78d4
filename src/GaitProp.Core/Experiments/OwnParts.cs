using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// What of an experiment is not the kit's: rules, layers and data sets that a notebook or a program registers. This process alone knows
/// them, and their code may change under one name.
/// </summary>
internal static class OwnParts
{
    /// <summary>Whether the program is published as one file: then not even the kit has a place.</summary>
    private static readonly bool InOneFile = typeof(OwnParts).Assembly.Location.Length == 0;

    /// <summary>In words, such as <c>rule mine</c>; nothing if all is the kit's.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="GaitPropException">It names what is not registered.</exception>
    public static IReadOnlyList<string> Of(Experiment experiment) =>
        [
            .. OfRule(experiment.Rule).Take(1).Select(_ => $"rule {experiment.Rule}"),
            .. Layers(experiment).Select(l => $"layer {LayerCatalog.NameOf(l)}").Distinct(),
            .. IsOwn(DataSets.Find(experiment.Data).GetType()) ? [$"data set {experiment.Data}"] : (string[])[],
        ];

    /// <summary>
    /// What the code of its rule and layers computes (<see cref="CodeIdentity"/>); <see langword="null"/> if they are the kit's. A data
    /// set counts by its images.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="GaitPropException">It names what is not registered.</exception>
    public static string? Code(Experiment experiment) => Types(experiment) is { Count: > 0 } types ? CodeIdentity.Of(types) : null;

    /// <summary>The classes of its rule, of the rule's options and of its layers' plans that are not the kit's.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="GaitPropException">It names what is not registered.</exception>
    public static IReadOnlyCollection<Type> Types(Experiment experiment) => [.. OfRule(experiment.Rule), .. Layers(experiment)];

    /// <summary>The same of a rule alone: its class and its options' that are not the kit's.</summary>
    /// <param name="rule">The rule's name.</param>
    /// <exception cref="GaitPropException">It is not registered.</exception>
    public static IReadOnlyCollection<Type> OfRule(string rule) =>
        [.. ((Type[])[RuleCatalog.TypeOf(rule), RuleCatalog.OptionsType(rule)]).Where(IsOwn)];

    /// <summary>Whether its own rule or one of its own layers has the name of one of the kit's, in whose place it computes.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="GaitPropException">It names what is not registered.</exception>
    public static bool ReplaceKits(Experiment experiment)
    {
        var kit = typeof(OwnParts).Assembly.GetTypes();
        return (OfRule(experiment.Rule).Count > 0 && kit.Any(t => t.GetCustomAttribute<RuleAttribute>()?.Name == experiment.Rule))
            || Layers(experiment).Select(LayerCatalog.NameOf).Any(l => kit.Any(t => t.GetCustomAttribute<LayerKindAttribute>()?.Name == l));
    }

    /// <summary>Whether a class is not the kit's.</summary>
    /// <param name="type">The class.</param>
    public static bool IsOwn(Type type) => type.Assembly != typeof(OwnParts).Assembly;

    /// <summary>
    /// Whether code is the user's own: of the assembly of a class of theirs, or compiled in this process, as that of cells is.
    /// </summary>
    /// <param name="assembly">Where the code is.</param>
    /// <param name="authors">The assemblies of classes that are known to be theirs.</param>
    public static bool IsAuthors(Assembly assembly, IReadOnlySet<Assembly> authors) =>
        authors.Contains(assembly) || (assembly != typeof(OwnParts).Assembly && IsCompiledHere(assembly, InOneFile));

    /// <summary>
    /// Whether code was compiled in this process. Such code has no place on the disk, but of a program that is one file nothing has. What
    /// that brings along is in the context in which programs load their libraries, and not in the list of trusted assemblies.
    /// </summary>
    /// <param name="assembly">Where the code is.</param>
    /// <param name="inOneFile">Whether the program is one file.</param>
    internal static bool IsCompiledHere(Assembly assembly, bool inOneFile) =>
        assembly.IsDynamic
        || (assembly.Location.Length == 0 && !(inOneFile && AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default));

    /// <summary>What the settings of a run name that is not registered in this process, in words, such as <c>rule 'mine'</c>.</summary>
    /// <param name="settings">The settings, every value resolved.</param>
    public static IReadOnlyList<string> Unregistered(JsonObject settings)
    {
        var network = Word("network");
        var layers = network is null || OwnNetwork.IsPublished(network) ? [] : LayerCatalog.Split(network).Select(LayerCatalog.KindIn);
        return
        [
            .. Unknown("rule", Word("rule"), RuleCatalog.Names),
            .. Unknown("data set", Word("data"), DataSets.Names),
            .. layers.Distinct().SelectMany(l => Unknown("layer", l, LayerCatalog.Names)),
        ];

        string? Word(string field) => settings[field] is JsonValue value && value.TryGetValue<string>(out var word) ? word : null;

        static IEnumerable<string> Unknown(string what, string? name, IReadOnlyList<string> names) =>
            name is null || names.Contains(name) ? [] : [$"{what} '{name}'"];
    }

    private static IEnumerable<Type> Layers(Experiment experiment) => OwnNetwork.Kinds(experiment.Network).Where(IsOwn);
}
