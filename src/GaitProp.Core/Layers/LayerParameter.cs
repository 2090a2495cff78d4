using static TorchSharp.torch;

namespace GaitProp;

/// <summary>What a parameter is to a layer: what training, orthogonality and angles do with it follows from that.</summary>
public enum ParameterRole
{
    /// <summary>
    /// A matrix, <c>[rows, columns]</c>, which the layer inverts: kept orthogonal above the first layer, and what update angles are
    /// measured on.
    /// </summary>
    Weight,

    /// <summary>Trained at the weights' rate, and nothing else: a bias.</summary>
    Offset,

    /// <summary>
    /// It stretches whole rows of a weight, and so has a step size of its own (<see cref="GaitProp.OptimizerOptions.GainLr"/>).
    /// </summary>
    Gain,

    /// <summary>Never trained, in no file, and of the same element type in every copy: the layer's plan says how to make it anew.</summary>
    Fixed,
}

/// <summary>A tensor that a layer owns.</summary>
public sealed class LayerParameter(string name, Tensor value, ParameterRole role)
{
    /// <summary>What files call it, in one lower-case word: <c>weight</c> is <c>layers.0.weight</c> in a checkpoint.</summary>
    public string Name { get; } = name;

    /// <summary>The tensor.</summary>
    public Tensor Value { get; } = value;

    /// <summary>What it is to the layer.</summary>
    public ParameterRole Role { get; } = role;
}
