using GaitProp.Layers;

namespace GaitProp.Networks;

/// <summary>The sizes of a layer of a plan, with the auxiliary units that make it square, worked out without drawing a weight.</summary>
/// <param name="Name">The layer as its plan writes it, such as <c>conv 3x3/2 48</c>.</param>
/// <param name="FanIn">Inputs of one output.</param>
/// <param name="Keep">Outputs (channels) that go on.</param>
/// <param name="Outputs">All outputs (channels), auxiliary ones included.</param>
/// <param name="Positions">Places of the output map; 1 for a dense layer.</param>
public sealed record LayerSize(string Name, long FanIn, long Keep, long Outputs, long Positions)
{
    /// <summary>Outputs of the whole map that go on.</summary>
    public long KeptUnits => Keep * Positions;

    /// <summary>Outputs of the whole map that do not.</summary>
    public long AuxiliaryUnits => (Outputs - Keep) * Positions;

    /// <summary>Weights and biases of the outputs that go on.</summary>
    public long KeptParameters => Keep * (FanIn + 1);

    /// <summary>Weights and biases of the auxiliary outputs, where they are explicit.</summary>
    public long AuxiliaryParameters => (Outputs - Keep) * (FanIn + 1);

    /// <summary>Floating-point operations of the forward pass of one image, for the outputs that go on.</summary>
    public long KeptFlops => 2 * Keep * FanIn * Positions;

    /// <summary>The same for the auxiliary outputs, where they are explicit.</summary>
    public long AuxiliaryFlops => 2 * (Outputs - Keep) * FanIn * Positions;

    /// <summary>The layers of a plan from the input up, as a rule that inverts them needs them: square, all but the first.</summary>
    /// <param name="network">The plan.</param>
    public static IReadOnlyList<LayerSize> Of(NetworkDefinition network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var sizes = new List<LayerSize>();
        IReadOnlyList<long> shape = network.InputShape;
        foreach (var layer in network.Layers)
        {
            var (keep, fanIn, height, width) = layer switch
            {
                ConvDefinition conv => (conv.Channels, shape[0] * conv.Kernel * conv.Kernel, new SamePadding(shape[1], conv.Kernel, conv.Stride).Output, new SamePadding(shape[2], conv.Kernel, conv.Stride).Output),
                DenseDefinition dense => (dense.Units, shape.Aggregate(1L, (a, b) => a * b), 1L, 1L),
                _ => throw new GaitPropException($"{layer} has no sizes."),
            };
            sizes.Add(new(layer.ToString()!, fanIn, keep, sizes.Count == 0 ? keep : fanIn, height * width));
            shape = layer is ConvDefinition ? [keep, height, width] : [keep];
        }

        return sizes;
    }
}
