using GaitProp.Layers;

namespace GaitProp;

/// <summary>
/// The sizes of a layer, with the auxiliary units that make it square: the one place where shapes are worked out, without drawing a weight.
/// </summary>
public sealed class LayerSize(string name, IReadOnlyList<long> inputShape, long fanIn, long keep, long outputs, IReadOnlyList<long> map)
{
    /// <summary>The layer as its plan writes it, such as <c>conv 3x3/2 48</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Shape of one input, without the batch.</summary>
    public IReadOnlyList<long> InputShape { get; } = inputShape;

    /// <summary>
    /// Inputs that the outputs of one position depend on: n of <c>z = W x + b</c>, for a convolution channels x kernel x kernel.
    /// </summary>
    public long FanIn { get; } = fanIn;

    /// <summary>Outputs (channels) that go on.</summary>
    public long Keep { get; } = keep;

    /// <summary>All outputs (channels), auxiliary ones included.</summary>
    public long Outputs { get; } = outputs;

    /// <summary>Height and width of the output map; empty for a dense layer.</summary>
    public IReadOnlyList<long> Map { get; } = map;

    /// <summary>Trained numbers for each output (channel): its weights and its bias. 0 for a layer that trains nothing.</summary>
    public long ParametersAnOutput { get; init; }

    /// <summary>Floating-point operations for each output and position: two for each weight.</summary>
    public long FlopsAnOutput { get; init; }

    /// <summary>Shape of what goes on, without the batch.</summary>
    public IReadOnlyList<long> OutputShape => [Keep, .. Map];

    /// <summary>Places of the output map; 1 for a dense layer.</summary>
    internal long Positions => Shapes.Units(Map);

    /// <summary>Outputs of the whole map that go on.</summary>
    public long KeptUnits => Keep * Positions;

    /// <summary>Outputs of the whole map that do not.</summary>
    public long AuxiliaryUnits => (Outputs - Keep) * Positions;

    /// <summary>Trained numbers of the outputs that go on.</summary>
    public long KeptParameters => Keep * ParametersAnOutput;

    /// <summary>Trained numbers of the auxiliary outputs, where they are explicit.</summary>
    public long AuxiliaryParameters => (Outputs - Keep) * ParametersAnOutput;

    /// <summary>Floating-point operations of the forward pass of one image, for the outputs that go on.</summary>
    internal long KeptFlops => Keep * FlopsAnOutput * Positions;

    /// <summary>The same for the auxiliary outputs, where they are explicit.</summary>
    internal long AuxiliaryFlops => (Outputs - Keep) * FlopsAnOutput * Positions;
}
