namespace GaitProp;

/// <summary>
/// Plans a network layer by layer:
/// <c>new NetworkBuilder("mine", 3, 32, 32).Conv(3, 2, 48).Dense(512).Dense(10).Definition</c>.
/// </summary>
/// <param name="name">The network's name.</param>
/// <param name="inputShape">Shape of one input: channels, height, width, or one number.</param>
public sealed class NetworkBuilder(string name, params long[] inputShape)
{
    private readonly List<LayerDefinition> _layers = [];

    /// <summary>The plan so far.</summary>
    public NetworkDefinition Definition => new(name, inputShape, [.. _layers]);

    /// <summary>Adds a fully connected layer.</summary>
    /// <param name="units">Outputs that go on.</param>
    public NetworkBuilder Dense(int units) => Add(new DenseDefinition(units));

    /// <summary>Adds a convolution with SAME padding.</summary>
    /// <param name="kernel">Side of the kernel in pixels.</param>
    /// <param name="stride">Pixels from one receptive field to the next.</param>
    /// <param name="channels">Output channels that go on.</param>
    public NetworkBuilder Conv(int kernel, int stride, int channels) => Add(new ConvDefinition(kernel, stride, channels));

    /// <summary>Adds a layer of any type, such as <c>LayerDefinition.Parse("maxpool 2")</c>.</summary>
    /// <param name="layer">Its plan.</param>
    public NetworkBuilder Add(LayerDefinition layer)
    {
        _layers.Add(layer);
        return this;
    }
}
