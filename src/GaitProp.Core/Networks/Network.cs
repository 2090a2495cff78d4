using System.Runtime.InteropServices;
using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Layers in a row, from the input up, and the forward pass through them.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class Network : IDisposable
{
    /// <summary>Puts layers together; they are owned and disposed by the network.</summary>
    /// <param name="name">The network's name.</param>
    /// <param name="layers">The layers from the input up.</param>
    /// <exception cref="GaitPropException">There is none, or one does not take what the layer below passes on.</exception>
    public Network(string name, IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
        {
            throw new GaitPropException($"network {name} has no layers.");
        }

        foreach (var (below, above) in layers.Zip(layers.Skip(1)))
        {
            if (Shapes.Units(below.OutputShape) != Shapes.Units(above.InputShape))
            {
                throw new GaitPropException(
                    $"{above.Name} takes inputs of {Shapes.Text(above.InputShape)}, but {below.Name} passes on {Shapes.Text(below.OutputShape)}."
                );
            }
        }

        if (!layers.Any(l => l.Trained.Count > 0))
        {
            throw new GaitPropException($"network {name} has nothing to train: give it a layer with weights.");
        }

        Name = name;
        Layers = layers;
    }

    /// <summary>The network's name.</summary>
    public string Name { get; }

    /// <summary>The layers from the input up.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>
    /// The place of the last layer that trains something, from 0; 0 if none does. What lies above it trains nothing, such as a mixing, so
    /// that every rule has backpropagation's update there.
    /// </summary>
    internal int OutputLayer => Layers.Index().LastOrDefault(l => l.Item.Trained.Count > 0).Index;

    /// <summary>Trained numbers of all layers.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    /// <summary>Element type of the parameters.</summary>
    public ScalarType DataType => First.dtype;

    /// <summary>Where the parameters lie.</summary>
    public Device Device => First.device;

    /// <summary>Whether the parameters have been given back.</summary>
    internal bool IsDisposed => Layers[0].IsDisposed;

    private Tensor First => Layers.First(l => l.Trained.Count > 0).Trained[0];

    /// <summary>Builds a network with orthogonal weights and zero biases.</summary>
    /// <param name="definition">The plan.</param>
    /// <param name="auxiliary">
    /// How layers get square: with <see cref="AuxiliaryUnits.None"/> they have only what they pass on; else every layer but the first has
    /// as many outputs as inputs.
    /// </param>
    /// <param name="seed">Fixes the weights. The kept rows are the same for every <paramref name="auxiliary"/>.</param>
    /// <param name="dtype">Element type of the parameters: float32 or float64.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="gain">Gains of the layers above the first, whose plan says nothing of gains; they begin at 1.</param>
    /// <param name="hidden">The activation of all layers but the last, which is linear; <see cref="LeakyReLU.Hidden"/> if
    /// <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">A layer passes on more than it has inputs and so cannot be square, or the element type is
    /// another.</exception>
    public static Network Build(
        NetworkDefinition definition,
        AuxiliaryUnits auxiliary,
        int seed,
        ScalarType dtype = ScalarType.Float32,
        Device? device = null,
        UnitGain gain = UnitGain.None,
        LeakyReLU? hidden = null
    ) => Build(definition, auxiliary, dtype, device, gain, hidden, seed);

    /// <summary>The same with weights of zero, to be filled: drawing orthogonal ones takes seconds.</summary>
    internal static Network Blank(
        NetworkDefinition definition,
        AuxiliaryUnits auxiliary,
        ScalarType dtype,
        Device? device,
        UnitGain gain,
        LeakyReLU? hidden
    ) => Build(definition, auxiliary, dtype, device, gain, hidden, null);

    private static Network Build(
        NetworkDefinition definition,
        AuxiliaryUnits auxiliary,
        ScalarType dtype,
        Device? device,
        UnitGain gain,
        LeakyReLU? hidden,
        int? seed
    )
    {
        if (dtype is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new GaitPropException($"a network in {dtype.ToString().ToLowerInvariant()} is not possible: choose float32 or float64.");
        }

        ArgumentNullException.ThrowIfNull(definition);
        LibTorch.Load();
        var made = definition
            .Sizes(auxiliary != AuxiliaryUnits.None)
            .Zip(definition.Layers)
            .Index()
            .Select(l =>
                Made(
                    l.Item.Second,
                    l.Item.First,
                    new LayerPlace
                    {
                        Index = l.Index,
                        InputShape = l.Item.First.InputShape,
                        Auxiliary = auxiliary,
                        Activation = l.Index == definition.Layers.Count - 1 ? LeakyReLU.Identity : hidden ?? LeakyReLU.Hidden,
                        Gain = gain,
                        Type = dtype,
                        Device = device,
                        Seed = seed,
                    }
                )
            );
        return Of(definition.Name, made);
    }

    private static Layer Made(LayerDefinition layer, LayerSize size, LayerPlace place)
    {
        try
        {
            return layer.Build(place);
        }
        catch (ExternalException e)
        {
            var rows = place.Auxiliary == AuxiliaryUnits.Explicit ? size.Outputs : size.Keep;
            throw new GaitPropException(
                $"{place.Name} ({layer}) cannot be made: its weights are {rows} x {size.FanIn}, and libtorch says: {e.Message.Split('\n')[0]}",
                e
            );
        }
    }

    /// <summary>A network of layers as they are made; where one fails, or does not fit, those before it are given back.</summary>
    private static Network Of(string name, IEnumerable<Layer> made)
    {
        var layers = new List<Layer>();
        try
        {
            foreach (var layer in made)
            {
                layers.Add(layer);
            }

            return new Network(name, layers);
        }
        catch
        {
            layers.ForEach(l => l.Dispose());
            throw;
        }
    }

    /// <summary>A network of the same shapes and numbers, in another precision or place.</summary>
    /// <param name="dtype">Element type of the copy.</param>
    /// <param name="device">Where the copy lies; where this one does if <see langword="null"/>.</param>
    public Network To(ScalarType dtype, Device? device = null) => Of(Name, Layers.Select(l => l.To(dtype, device)));

    /// <summary>Runs the layers and keeps what they saw and computed.</summary>
    /// <param name="x">Inputs, <c>[batch, …InputShape]</c>.</param>
    public ForwardTrace Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var inputs = new Tensor[Layers.Count];
        var activations = new Tensor[Layers.Count];
        for (var i = 0; i < Layers.Count; i++)
        {
            inputs[i] = x;
            activations[i] = Layers[i].Forward(x);
            x = Layers[i].Kept(activations[i]);
        }

        return new ForwardTrace(inputs, activations, x);
    }

    /// <summary>The logits alone, <c>[batch, classes]</c>; nothing else is kept.</summary>
    /// <param name="x">Inputs, <c>[batch, …InputShape]</c>.</param>
    public Tensor Predict(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        foreach (var layer in Layers)
        {
            x = layer.Kept(layer.Forward(x));
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer.Dispose();
        }
    }
}
