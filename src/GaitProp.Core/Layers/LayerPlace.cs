using GaitProp.Orthogonality;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>Where a layer will be in a network, and what it is built of.</summary>
/// <param name="Index">Its place from the input up, from 0.</param>
/// <param name="InputShape">Shape of one input, without the batch.</param>
/// <param name="Auxiliary">How layers of the network get square.</param>
/// <param name="Activation">f of the layer: the network's hidden one, or the identity at the output.</param>
/// <param name="Gain">The gains of a layer whose plan says nothing of them.</param>
/// <param name="Type">Element type of the parameters.</param>
/// <param name="Device">Where the parameters lie; the CPU if <see langword="null"/>.</param>
/// <param name="Seed">Fixes the weights; <see langword="null"/> for weights of zero, to be filled: drawing orthogonal ones takes seconds.</param>
public sealed record LayerPlace(
    int Index, IReadOnlyList<long> InputShape, AuxiliaryUnits Auxiliary, LeakyReLU Activation, UnitGain Gain, ScalarType Type, Device? Device, int? Seed)
{
    /// <summary>What errors and tables call the layer.</summary>
    public string Name => $"layer {Index + 1}";

    /// <summary>Whether the layer is to be inverted, and so must have as many outputs as inputs: in a network with auxiliary units all but the first.</summary>
    public bool IsSquare => Auxiliary != AuxiliaryUnits.None && Index > 0;

    /// <summary>A weight with orthonormal rows, or columns where there are more rows; its first rows do not depend on how many follow.</summary>
    /// <param name="rows">Rows (outputs).</param>
    /// <param name="columns">Columns (inputs of one output).</param>
    /// <param name="which">Which weight of the layer it is, from 0: each has numbers of its own.</param>
    public Tensor Orthogonal(long rows, long columns, int which = 0) =>
        Seed is { } seed ? OrthogonalInitialisation.Draw(rows, columns, Seeds.Derive(seed, SeedUse.Weights, Seeds.Of(Index, which)), Type, Device) : Zeros(rows, columns);

    /// <summary>Parameters that begin at zero.</summary>
    /// <param name="shape">Their shape.</param>
    public Tensor Zeros(params long[] shape) => zeros(shape, Type, Device);

    /// <summary>Parameters that begin at one.</summary>
    /// <param name="shape">Their shape.</param>
    public Tensor Ones(params long[] shape) => ones(shape, Type, Device);
}
