using System.Text.Json;
using GaitProp.Layers;

namespace GaitProp;

/// <summary>
/// The plan of a network. Hidden layers are leaky ReLU of slope 0.1; the last layer is linear and its kept outputs are the logits.
/// </summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class NetworkDefinition(string name, IReadOnlyList<long> inputShape, IReadOnlyList<LayerDefinition> layers)
{
    /// <summary>The network's name, such as <c>cifar-shallow</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Shape of one input: channels, height, width, or one number.</summary>
    public IReadOnlyList<long> InputShape { get; } = inputShape;

    /// <summary>The layers from the input up.</summary>
    public IReadOnlyList<LayerDefinition> Layers { get; } = layers;

    private static readonly JsonDocumentOptions WithComments = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads layers from one line: <c>conv 3x3/2 48, dense 512, dense 10</c>.</summary>
    /// <param name="name">The network's name.</param>
    /// <param name="inputShape">Shape of one input.</param>
    /// <param name="layers">Layers from the input up, separated by commas (<see cref="LayerDefinition.Parse"/>).</param>
    /// <exception cref="GaitPropException">A layer cannot be read.</exception>
    public static NetworkDefinition Parse(string name, IReadOnlyList<long> inputShape, string layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return new(name, Checked(name, inputShape), [.. LayerCatalog.Split(layers).Select(LayerDefinition.Parse)]);
    }

    /// <summary>
    /// Reads a network from JSON, comments allowed: <c>{ "name": "mine", "input": [3, 32, 32], "layers": ["conv 3x3/2 48", "dense 10"]
    /// }</c>.
    /// </summary>
    /// <param name="json">The text.</param>
    /// <exception cref="GaitPropException">It is not such an object; the message names what is wrong.</exception>
    public static NetworkDefinition FromJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, WithComments);
            var root = document.RootElement;
            var unknown = root.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => n is not ("name" or "input" or "layers"));
            if (unknown is not null)
            {
                throw new GaitPropException($"network: {Suggestion.Unknown("field", unknown, ["name", "input", "layers"])}");
            }

            var name = root.TryGetProperty("name", out var named) ? named.GetString()! : "network";
            return new(
                name,
                Checked(name, [.. Field("input").EnumerateArray().Select(n => n.GetInt64())]),
                [.. Field("layers").EnumerateArray().Select(l => LayerDefinition.Parse(l.GetString() ?? ""))]
            );

            JsonElement Field(string field) =>
                root.TryGetProperty(field, out var value)
                    ? value
                    : throw new GaitPropException($"network {name}: the field '{field}' is missing.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new GaitPropException($"network: the JSON cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The sizes of the layers, from the input up.</summary>
    /// <param name="square">Whether the layers above the first are square, with auxiliary units: as a rule needs them that inverts
    /// them.</param>
    /// <exception cref="GaitPropException">A layer cannot take what the one below passes on; the message names it.</exception>
    public IReadOnlyList<LayerSize> Sizes(bool square = true) => Sizes(square, sensible: false);

    /// <summary>The sizes of layers without auxiliary units.</summary>
    /// <exception cref="GaitPropException">There is a layer that nobody means (<see cref="LayerDefinition.CheckSense"/>).</exception>
    internal IReadOnlyList<LayerSize> SensibleSizes() => Sizes(square: false, sensible: true);

    private List<LayerSize> Sizes(bool square, bool sensible)
    {
        var (sizes, shape) = (new List<LayerSize>(), InputShape);
        foreach (var (index, layer) in Layers.Index())
        {
            try
            {
                if (sensible)
                {
                    layer.CheckSense(shape);
                }

                sizes.Add(layer.SizeAt(shape, square && index > 0));
            }
            catch (GaitPropException e)
            {
                throw new GaitPropException($"layer {index + 1} ({layer}) {e.Message}", e);
            }

            shape = sizes[^1].OutputShape;
        }

        return sizes;
    }

    private static IReadOnlyList<long> Checked(string name, IReadOnlyList<long> inputShape) =>
        inputShape.Count is 1 or 3 && inputShape.All(n => n > 0)
            ? inputShape
            : throw new GaitPropException(
                $"network {name}: an input of {Shapes.Text(inputShape)} is not possible; give one number, or channels, height and width."
            );
}
