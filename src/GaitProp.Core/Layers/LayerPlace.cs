using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Where a layer will be in a network, and what it is built of.</summary>
public sealed class LayerPlace
{
    internal LayerPlace() { }

    /// <summary>Its place from the input up, from 0.</summary>
    public int Index { get; internal init; }

    /// <summary>Shape of one input, without the batch.</summary>
    public IReadOnlyList<long> InputShape { get; internal init; } = [];

    /// <summary>How layers of the network get square.</summary>
    public AuxiliaryUnits Auxiliary { get; internal init; }

    /// <summary>f of the layer: the network's hidden one, or the identity at the output.</summary>
    public LeakyReLU Activation { get; internal init; } = LeakyReLU.Identity;

    /// <summary>The gains of a layer whose plan says nothing of them.</summary>
    public UnitGain Gain { get; internal init; }

    /// <summary>Element type of the parameters.</summary>
    public ScalarType Type { get; internal init; } = ScalarType.Float32;

    /// <summary>Where the parameters lie; the CPU if <see langword="null"/>.</summary>
    public Device? Device { get; internal init; }

    /// <summary>
    /// Fixes the weights; <see langword="null"/> for weights of zero, to be filled: drawing orthogonal ones takes seconds.
    /// </summary>
    public int? Seed { get; internal init; }

    /// <summary>What errors and tables call the layer.</summary>
    public string Name => $"layer {Index + 1}";

    /// <summary>
    /// Whether the layer is to be inverted, and so must have as many outputs as inputs: in a network with auxiliary units all but the
    /// first.
    /// </summary>
    public bool IsSquare => Auxiliary != AuxiliaryUnits.None && Index > 0;

    /// <summary>
    /// A weight with orthonormal rows, or columns where there are more rows; its first rows do not depend on how many follow.
    /// </summary>
    /// <param name="rows">Rows (outputs).</param>
    /// <param name="columns">Columns (inputs of one output).</param>
    /// <param name="which">Which weight of the layer it is, from 0: each has numbers of its own.</param>
    public Tensor Orthogonal(long rows, long columns, int which = 0) =>
        Seed is { } seed
            ? OrthogonalInitialisation.Draw(rows, columns, Seeds.Derive(seed, SeedUse.Weights, Seeds.Of(Index, which)), Type, Device)
            : Zeros(rows, columns);

    /// <summary>Parameters that begin at zero.</summary>
    /// <param name="shape">Their shape.</param>
    public Tensor Zeros(params long[] shape) => zeros(shape, Type, Device);

    /// <summary>Parameters that begin at one.</summary>
    /// <param name="shape">Their shape.</param>
    public Tensor Ones(params long[] shape) => ones(shape, Type, Device);
}
