using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>A fully connected layer. Inputs of more than one dimension are flattened, and what comes back has their shape again.</summary>
internal sealed class InvertibleDense : AffineLayer
{
    /// <summary>Creates the layer around its parameters, which it owns from now on.</summary>
    /// <param name="name">What errors and tables call it.</param>
    /// <param name="weight">W, <c>[rows, inputs]</c>: rows are all outputs, or the kept ones alone (implicit auxiliary units).</param>
    /// <param name="bias">b, <c>[rows]</c>.</param>
    /// <param name="activation">f.</param>
    /// <param name="keep">Outputs that go on.</param>
    /// <param name="outputs">All outputs, auxiliary ones included.</param>
    /// <param name="inputShape">Shape of one input; its product is the number of inputs.</param>
    /// <param name="gain">g, <c>[rows]</c>, or <c>[1]</c> for all rows; none if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together.</exception>
    public InvertibleDense(
        string name,
        Tensor weight,
        Tensor bias,
        LeakyReLU activation,
        int keep,
        int outputs,
        IReadOnlyList<long> inputShape,
        Tensor? gain = null
    )
        : base(name, DenseDefinition.Sizes(inputShape, keep, outputs), weight, bias, activation, gain)
    {
        if (weight.shape[1] != FanIn)
        {
            throw new GaitPropException(
                $"{name}: a weight of {Shapes.Text(weight.shape)} does not take inputs of {Shapes.Text(inputShape)}."
            );
        }
    }

    /// <inheritdoc/>
    public override string Kind => "dense";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) =>
        Gain is null
            ? Activation.Forward_(addmm(Bias, Checked(x).flatten(1), Weight.t(), beta: 1, alpha: 1))
            : Activated_(Checked(x).flatten(1).matmul(Weight.t()));

    /// <inheritdoc/>
    public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) =>
        Unflattened(delta.matmul((feedback?[0] ?? Weight).narrow(0, 0, delta.shape[1])));

    /// <inheritdoc/>
    protected override Tensor WeightGradient(Tensor delta, Tensor x) => delta.t().matmul(x.flatten(1));

    /// <inheritdoc/>
    protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy)
    {
        var inversion = strategy.Invert(Weight, p);
        return inversion with { Inputs = Unflattened(inversion.Inputs) };
    }

    /// <inheritdoc/>
    protected override Layer Around(Tensor weight, Tensor bias, Tensor? gain) =>
        new InvertibleDense(Name, weight, bias, Activation, Keep, Outputs, InputShape, gain);

    private Tensor Unflattened(Tensor x) => InputShape.Count == 1 ? x : x.reshape([x.shape[0], .. InputShape]);
}

/// <summary>The plan of a fully connected layer.</summary>
/// <param name="Units">Outputs that go on.</param>
[LayerKind("dense", "UNITS")]
internal sealed record DenseDefinition(int Units) : AffineDefinition
{
    /// <inheritdoc/>
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) =>
        Sizes(inputShape, Units, OutputsOf(square, Units, Shapes.Units(inputShape)), ToString());

    /// <inheritdoc/>
    protected override Layer Build(LayerPlace place, LayerSize size, Tensor weight, Tensor bias, Tensor? gain) =>
        new InvertibleDense(place.Name, weight, bias, place.Activation, Units, (int)size.Outputs, place.InputShape, gain);

    internal static LayerSize Sizes(IReadOnlyList<long> inputShape, long keep, long outputs, string? name = null) =>
        Sizes(name ?? $"dense {keep}", inputShape, Shapes.Units(inputShape), keep, outputs, []);
}
