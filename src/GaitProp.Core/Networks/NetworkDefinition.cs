namespace GaitProp.Networks;

/// <summary>The plan of a layer: what it passes on. Inputs, shapes and auxiliary units follow from its place in a network.</summary>
public abstract record LayerDefinition;

/// <summary>A fully connected layer.</summary>
/// <param name="Units">Outputs that go on.</param>
public sealed record DenseDefinition(int Units) : LayerDefinition
{
    /// <inheritdoc/>
    public override string ToString() => $"dense {Units}";
}

/// <summary>A convolution with SAME padding.</summary>
/// <param name="Kernel">Side of the kernel in pixels.</param>
/// <param name="Stride">Pixels from one receptive field to the next.</param>
/// <param name="Channels">Output channels that go on.</param>
public sealed record ConvDefinition(int Kernel, int Stride, int Channels) : LayerDefinition
{
    /// <inheritdoc/>
    public override string ToString() => $"conv {Kernel}x{Kernel}/{Stride} {Channels}";
}

/// <summary>The plan of a network. Hidden layers are leaky ReLU of slope 0.1; the last layer is linear and its kept outputs are the logits.</summary>
/// <param name="Name">The network's name, such as <c>cifar-shallow</c>.</param>
/// <param name="InputShape">Shape of one input: channels, height, width, or one number.</param>
/// <param name="Layers">The layers from the input up.</param>
public sealed record NetworkDefinition(string Name, IReadOnlyList<long> InputShape, IReadOnlyList<LayerDefinition> Layers);
