using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>An experiment's network as text: a published name, or layers in one line, <c>conv 3x3/2 48, dense 10</c>.</summary>
internal static class OwnNetwork
{
    /// <summary>More layers than any network here; a file must not keep the kit busy with more.</summary>
    private const int MostLayers = 1000;

    /// <summary>Whether the text names a network of <see cref="Architectures"/>.</summary>
    public static bool IsPublished(string network) => Architectures.Names.Contains(network);

    /// <summary>Layers as they are always written, whatever spaces they were typed with.</summary>
    /// <exception cref="GaitPropException">It is neither a published name nor layers.</exception>
    public static string Canonical(string layers) => string.Join(", ", Layers(layers));

    /// <summary>The types of layer in it; none of a published network, whose layers are the kit's.</summary>
    /// <exception cref="GaitPropException">It is neither a published name nor layers.</exception>
    public static IReadOnlyList<Type> Kinds(string network) => IsPublished(network) ? [] : [.. Layers(network).Select(l => l.GetType())];

    /// <summary>
    /// The network of a file as experiments carry it: a published name, or its layers in one line. Files may also write the layers as a
    /// list, or as <c>{ "layers": [...] }</c>.
    /// </summary>
    /// <param name="json">The network.</param>
    /// <param name="strict">Tells what is wrong.</param>
    /// <param name="path">Where it stands.</param>
    public static string Text(JsonNode? json, StrictJson strict, string path)
    {
        if (json is JsonObject)
        {
            (json, path) = (strict.Object(json, path, ["layers"])["layers"], StrictJson.Join(path, "layers"));
        }

        var text =
            json is JsonArray layers ? string.Join(", ", layers.Select((l, i) => strict.Text(l, Wording.Text($"{path}[{i}]"))))
            : json?.GetValueKind() == JsonValueKind.String ? json.GetValue<string>()
            : throw strict.Wrong(path, "a published network's name or a list of layers", json);
        return strict.Tried(path, () => IsPublished(text) ? text : Canonical(text));
    }

    /// <summary>The plan of a network for some images.</summary>
    /// <exception cref="GaitPropException">The text cannot be read, or the last layer does not give one logit a class.</exception>
    public static NetworkDefinition Define(string name, string network, IReadOnlyList<long> inputShape, int classes)
    {
        if (IsPublished(network))
        {
            return Architectures.Define(network, inputShape, classes);
        }

        CheckLogits(network, classes);
        var definition = new NetworkDefinition(name, inputShape, Layers(network));
        CheckSize(definition);
        return definition.Sizes(square: false)[^1].OutputShape is [var logits] && logits == classes
            ? definition
            : throw NoLogits(definition.Layers[^1], classes);
    }

    /// <summary>Refuses what no machine can hold, or what nobody means, before a weight of it is drawn.</summary>
    private static void CheckSize(NetworkDefinition network)
    {
        // Weights in float32, their gradient and Adam's two moments.
        var (weights, memory) = ((Int128)0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        foreach (var (index, size) in network.SensibleSizes().Index())
        {
            weights += (Int128)size.Keep * size.ParametersAnOutput;
            if (16 * weights > memory)
            {
                throw new GaitPropException(
                    Wording.Text(
                        $"network: up to layer {index + 1} ({size.Name}) it has {(double)weights:0.#e0} weights, which take {(double)(16 * weights) / 1e9:0.#e0} GB to train, and this machine has {memory / 1e9:0.#} GB: make its layers smaller."
                    )
                );
            }
        }
    }

    /// <summary>Checks that the last layer gives one logit a class.</summary>
    /// <exception cref="GaitPropException">It does not.</exception>
    public static void CheckLogits(string network, int classes)
    {
        if (!IsPublished(network) && Layers(network)[^1] is AffineDefinition last && (last as DenseDefinition)?.Units != classes)
        {
            throw NoLogits(last, classes);
        }
    }

    private static GaitPropException NoLogits(LayerDefinition last, int classes) =>
        new($"network: the last layer is '{last}', but the data has {classes} classes: end with 'dense {classes}'.");

    private static LayerDefinition[] Layers(string network)
    {
        // One word that is no layer was meant as a name.
        if (!network.Any(c => char.IsWhiteSpace(c) || c == ','))
        {
            throw new GaitPropException(
                $"{Suggestion.Unknown("network", network, Architectures.Names)[..^1]}, or write its layers: \"dense 512, dense 10\"."
            );
        }

        var layers = LayerCatalog.Split(network);
        return layers.Length <= MostLayers
            ? [.. layers.Select(LayerDefinition.Parse)]
            : throw new GaitPropException($"network: {layers.Length} layers are not possible: it may have {MostLayers}.");
    }
}
