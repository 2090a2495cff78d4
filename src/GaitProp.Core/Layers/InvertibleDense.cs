using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>A fully connected layer. Inputs of more than one dimension are flattened, and what comes back has their shape again.</summary>
public sealed class InvertibleDense : Layer
{
    /// <summary>Creates the layer around its parameters, which it owns from now on.</summary>
    /// <param name="name">What errors and tables call it.</param>
    /// <param name="weight">W, <c>[rows, inputs]</c>: rows are all outputs, or the kept ones alone (implicit auxiliary units).</param>
    /// <param name="bias">b, <c>[rows]</c>.</param>
    /// <param name="activation">f.</param>
    /// <param name="keep">Outputs that go on.</param>
    /// <param name="outputs">All outputs, auxiliary ones included.</param>
    /// <param name="inputShape">Shape of one input; its product is the number of inputs.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together.</exception>
    public InvertibleDense(string name, Tensor weight, Tensor bias, LeakyReLU activation, int keep, int outputs, IReadOnlyList<long> inputShape)
        : base(name, weight, bias, activation, keep, outputs, inputShape)
    {
        if (FanIn != inputShape.Aggregate(1L, (a, b) => a * b))
        {
            throw new GaitPropException($"{name}: a weight of {Shapes.Text(weight.shape)} does not take inputs of {Shapes.Text(inputShape)}.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape => [Keep];

    /// <inheritdoc/>
    public override long Units => Outputs;

    /// <inheritdoc/>
    public override long Flops => 2 * Weight.numel();

    /// <inheritdoc/>
    public override Tensor? OverlapCount => null;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Activation.Forward_(addmm(Bias, Checked(x).flatten(1), Weight.t(), beta: 1, alpha: 1));

    /// <inheritdoc/>
    public override LayerGradient Gradient(Tensor delta, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(delta);
        ArgumentNullException.ThrowIfNull(x);
        var weight = delta.t().matmul(x.flatten(1));
        var bias = delta.sum([0]);
        return delta.shape[1] == Weight.shape[0]
            ? new LayerGradient(weight, bias)
            : new LayerGradient(WithZeroRows(weight), WithZeroRows(bias));
    }

    /// <inheritdoc/>
    public override Tensor Transposed(Tensor delta, Tensor? feedback = null)
    {
        ArgumentNullException.ThrowIfNull(delta);
        return Unflattened(delta.matmul((feedback ?? Weight).narrow(0, 0, delta.shape[1])));
    }

    private protected override Layer WithParameters(Tensor weight, Tensor bias) =>
        new InvertibleDense(Name, weight, bias, Activation, Keep, Outputs, InputShape);

    private protected override Tensor InvertedCore(Tensor p, InverseStrategy strategy) => Unflattened(strategy.Apply(Weight, p));

    private Tensor WithZeroRows(Tensor gradient)
    {
        var shape = gradient.shape;
        shape[0] = Weight.shape[0];
        var whole = zeros(shape, gradient.dtype, gradient.device);
        whole.narrow(0, 0, gradient.shape[0]).copy_(gradient);
        return whole;
    }

    private Tensor Unflattened(Tensor x) => InputShape.Count == 1 ? x : x.reshape([x.shape[0], .. InputShape]);
}
