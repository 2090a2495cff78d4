namespace GaitProp;

/// <summary>
/// The plan of a layer: what it passes on, how large it is, and how it is built. Inputs, shapes and auxiliary units follow from its place
/// in a network. A type of layer is a record of its plan with <see cref="LayerKindAttribute"/> and the <see cref="Layer"/> that it builds;
/// <see cref="LayerCatalog.Register{TDefinition}"/> makes it known to plans, experiment files and the command line.
/// </summary>
public abstract record LayerDefinition
{
    /// <summary>The layer's gains; those that the network has if <see langword="null"/>.</summary>
    public UnitGain? Gain { get; init; }

    /// <summary>Whether the layer can have gains.</summary>
    public virtual bool TakesGain => false;

    /// <summary>The layer's sizes above an input.</summary>
    /// <param name="inputShape">Shape of one input, without the batch.</param>
    /// <param name="square">Whether the layer must be as many outputs as inputs, and so have auxiliary units.</param>
    /// <exception cref="GaitPropException">It cannot take such an input; the message is a sentence that goes on after the layer's name,
    /// such as <c>needs an input of …</c>.</exception>
    public abstract LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square);

    /// <summary>Builds the layer.</summary>
    /// <param name="place">Where it will be, and what it is built of.</param>
    public abstract Layer Build(LayerPlace place);

    /// <summary>Refuses what could be built and nobody means: an experiment asks before a weight is drawn.</summary>
    /// <param name="inputShape">Shape of one input, without the batch.</param>
    /// <exception cref="GaitPropException">What it is; the message goes on after the layer's name.</exception>
    public virtual void CheckSense(IReadOnlyList<long> inputShape) { }

    /// <summary>
    /// Reads a layer as <c>ToString</c> writes it: <c>dense 512</c>, <c>conv 3x3/2 48</c> or <c>conv 3,2,48</c>, <c>maxpool 2</c>, with
    /// gains of its own <c>dense 512 gain row</c>.
    /// </summary>
    /// <param name="text">The layer in words.</param>
    /// <exception cref="GaitPropException">It cannot be read, or a number is 0.</exception>
    public static LayerDefinition Parse(string text) => LayerCatalog.Parse(text);

    /// <summary>The layer as plans write it.</summary>
    public sealed override string ToString() => Words + (Gain is { } gain ? $" gain {gain.ToString().ToLowerInvariant()}" : "");

    /// <summary>The layer without its gains: its name and numbers, unless it has a spelling of its own.</summary>
    protected virtual string Words => LayerCatalog.Words(this);
}
