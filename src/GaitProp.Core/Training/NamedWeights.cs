using System.Globalization;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// The trained tensors of a network under the names that files give them: <c>layers.0.weight</c>, <c>layers.0.bias</c>, and
/// <c>layers.0.gain</c> where there are gains; of other layers <c>layers.0.NAME</c>.
/// </summary>
internal static class NamedWeights
{
    /// <summary>How every name begins.</summary>
    public const string Prefix = "layers.";

    /// <summary>The tensors by name, in the order of <see cref="Layer.Trained"/>, from the input up.</summary>
    public static Dictionary<string, Tensor> Of(Network network)
    {
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (l, layer) in network.Layers.Index())
        {
            foreach (var parameter in layer.Owned.Where(p => p.Role != ParameterRole.Fixed))
            {
                weights[$"{Prefix}{l}.{parameter.Name}"] = parameter.Value;
            }
        }

        return weights;
    }

    /// <summary>The layer that a name is of; <see langword="null"/> where the network has none of that number.</summary>
    public static Layer? LayerOf(Network network, string name) =>
        int.TryParse(name[Prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? network.Layers.ElementAtOrDefault(number)
            : null;

    /// <summary>A tensor in words, as errors name it.</summary>
    public static string Described(Tensor? tensor) => tensor is null ? "nothing" : $"{string.Join(" x ", tensor.shape)} of {tensor.dtype}";
}
