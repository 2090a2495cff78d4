using GaitProp.Networks;

namespace GaitProp.Experiments;

/// <summary>An experiment's network as text: a published name, or layers in one line, <c>conv 3x3/2 48, dense 10</c>.</summary>
internal static class OwnNetwork
{
    /// <summary>Whether the text names a network of <see cref="Architectures"/>.</summary>
    public static bool IsPublished(string network) => Architectures.Names.Contains(network);

    /// <summary>Layers as they are always written, whatever spaces they were typed with.</summary>
    /// <exception cref="GaitPropException">It is neither a published name nor layers.</exception>
    public static string Canonical(string layers) => string.Join(", ", Layers(layers));

    /// <summary>The plan of a network for some images.</summary>
    /// <exception cref="GaitPropException">The text cannot be read, or the last layer does not give one logit a class.</exception>
    public static NetworkDefinition Define(string name, string network, IReadOnlyList<long> inputShape, int classes)
    {
        if (IsPublished(network))
        {
            return Architectures.Define(network, inputShape, classes);
        }

        CheckLogits(network, classes);
        return new NetworkDefinition(name, inputShape, Layers(network));
    }

    /// <summary>Checks that the last layer gives one logit a class.</summary>
    /// <exception cref="GaitPropException">It does not.</exception>
    public static void CheckLogits(string network, int classes)
    {
        if (!IsPublished(network) && Layers(network)[^1] is var last && (last as DenseDefinition)?.Units != classes)
        {
            throw new GaitPropException($"network: the last layer is '{last}', but the data has {classes} classes: end with 'dense {classes}'.");
        }
    }

    private static LayerDefinition[] Layers(string network)
    {
        // One word that is no layer was meant as a name.
        if (!network.Any(c => char.IsWhiteSpace(c) || c == ','))
        {
            throw new GaitPropException(
                $"{Suggestion.Unknown("network", network, Architectures.Names)[..^1]}, or write its layers: [\"dense 512\", \"dense 10\"].");
        }

        return [.. network.Split(',', StringSplitOptions.TrimEntries).Select(LayerDefinition.Parse)];
    }
}
