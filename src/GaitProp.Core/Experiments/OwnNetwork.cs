using System.Globalization;
using GaitProp.Layers;
using GaitProp.Networks;

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
        return definition;
    }

    /// <summary>Refuses what no machine can hold, or what nobody means, before a weight of it is drawn.</summary>
    private static void CheckSize(NetworkDefinition network)
    {
        var (shape, weights) = (network.InputShape, (Int128)0);
        foreach (var (index, layer) in network.Layers.Index())
        {
            var inputs = shape.Aggregate((Int128)1, (product, side) => product * side);
            if (layer is ConvDefinition conv)
            {
                if (shape.Count != 3)
                {
                    // Network.Build says what is wrong here.
                    return;
                }

                // A tap that is further out than the image is wide sees padding wherever the kernel stands.
                var side = Math.Max(shape[1], shape[2]);
                if (conv.Kernel > 2 * side)
                {
                    throw new GaitPropException($"network: layer {index + 1} ({conv}) has a kernel of {conv.Kernel} pixels for images of {side}, most of which sees nothing but padding: make it {side} or less.");
                }

                weights += (Int128)conv.Channels * shape[0] * conv.Kernel * conv.Kernel;
                shape = [conv.Channels, new SamePadding(shape[1], conv.Kernel, conv.Stride).Output, new SamePadding(shape[2], conv.Kernel, conv.Stride).Output];
            }
            else if (layer is DenseDefinition dense)
            {
                weights += inputs * dense.Units;
                shape = [dense.Units];
            }

            // Weights in float32, their gradient and Adam's two moments.
            var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            if (16 * weights > memory)
            {
                throw new GaitPropException(string.Create(CultureInfo.InvariantCulture,
                    $"network: up to layer {index + 1} ({layer}) it has {(double)weights:0.#e0} weights, which take {(double)(16 * weights) / 1e9:0.#e0} GB to train, and this machine has {memory / 1e9:0.#} GB: make its layers smaller."));
            }
        }
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

        var commas = network.Count(c => c == ',');
        return commas < MostLayers
            ? [.. network.Split(',', StringSplitOptions.TrimEntries).Select(LayerDefinition.Parse)]
            : throw new GaitPropException($"network: {commas + 1} layers are not possible: it may have {MostLayers}.");
    }
}
