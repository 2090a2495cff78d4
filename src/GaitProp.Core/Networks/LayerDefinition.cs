using System.Globalization;
using System.Text.RegularExpressions;
using GaitProp.Layers;

namespace GaitProp.Networks;

/// <summary>The plan of a layer: what it passes on. Inputs, shapes and auxiliary units follow from its place in a network.</summary>
public abstract partial record LayerDefinition
{
    private protected LayerDefinition()
    {
    }

    /// <summary>The layer's gains; those that the network has if <see langword="null"/>.</summary>
    public UnitGain? Gain { get; init; }

    /// <summary>
    /// Reads a layer as <c>ToString</c> writes it: <c>dense 512</c>, <c>conv 3x3/2 48</c> (kernel, stride, channels; a stride of 1 may be left out), with gains of its own
    /// <c>dense 512 gain row</c>.
    /// </summary>
    /// <param name="text">The layer in words.</param>
    /// <exception cref="GaitPropException">It cannot be read, or a number is 0.</exception>
    public static LayerDefinition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        LayerDefinition? layer = null;
        var whole = text;
        UnitGain? gain = null;
        if (GainPattern().Match(text) is { Success: true } gained)
        {
            gain = Enum.Parse<UnitGain>(gained.Groups["gain"].Value, ignoreCase: true);
            text = gained.Groups["layer"].Value;
        }

        if (DensePattern().Match(text) is { Success: true } dense)
        {
            layer = new DenseDefinition(Number(dense, "units"));
        }
        else if (ConvPattern().Match(text) is { Success: true } conv && Number(conv, "kernel") == Number(conv, "width"))
        {
            layer = new ConvDefinition(Number(conv, "kernel"), conv.Groups["stride"].Success ? Number(conv, "stride") : 1, Number(conv, "channels"));
        }

        return layer is not null ? layer with { Gain = gain }
            : throw new GaitPropException($"the layer '{whole}' cannot be read: write 'dense UNITS' or 'conv KERNELxKERNEL/STRIDE CHANNELS', such as 'conv 3x3/2 48', and after it 'gain row' or 'gain scalar' if it shall have gains.");

        int Number(Match match, string group) =>
            int.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
                ? value
                : throw new GaitPropException($"the layer '{whole}' is not possible: {group} must be 1 or more.");
    }

    /// <summary>What follows a layer that has gains of its own.</summary>
    private protected string GainText => Gain is { } gain ? $" gain {gain.ToString().ToLowerInvariant()}" : "";

    [GeneratedRegex(@"^(?<layer>.*\S)\s+gain\s+(?<gain>none|scalar|row)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex GainPattern();

    [GeneratedRegex(@"^\s*dense\s+(?<units>\d+)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex DensePattern();

    [GeneratedRegex(@"^\s*conv\s+(?<kernel>\d+)x(?<width>\d+)(/(?<stride>\d+))?\s+(?<channels>\d+)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex ConvPattern();
}

/// <summary>A fully connected layer.</summary>
/// <param name="Units">Outputs that go on.</param>
public sealed record DenseDefinition(int Units) : LayerDefinition
{
    /// <inheritdoc/>
    public override string ToString() => $"dense {Units}{GainText}";
}

/// <summary>A convolution with SAME padding.</summary>
/// <param name="Kernel">Side of the kernel in pixels.</param>
/// <param name="Stride">Pixels from one receptive field to the next.</param>
/// <param name="Channels">Output channels that go on.</param>
public sealed record ConvDefinition(int Kernel, int Stride, int Channels) : LayerDefinition
{
    /// <inheritdoc/>
    public override string ToString() => $"conv {Kernel}x{Kernel}/{Stride} {Channels}{GainText}";
}
