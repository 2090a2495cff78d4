using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>The gradient of the loss by a layer's parameters.</summary>
/// <param name="Weight">dL/dW, of the weight's shape.</param>
/// <param name="Bias">dL/db, of the bias's shape.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public readonly record struct LayerGradient(Tensor Weight, Tensor Bias);

/// <summary>
/// A layer <c>z = W x + b</c>, <c>a = f(z)</c>, whose first <see cref="Keep"/> outputs go on and whose others are auxiliary units. A
/// convolution is the same thing for every patch of its input.
/// </summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public abstract class Layer : IDisposable
{
    /// <summary>Creates the layer around its parameters, which it owns from now on.</summary>
    /// <param name="name">What errors and tables call it, such as <c>layer 2</c>.</param>
    /// <param name="weight">W, <c>[rows, fan-in]</c>.</param>
    /// <param name="bias">b, <c>[rows]</c>.</param>
    /// <param name="activation">f.</param>
    /// <param name="keep">Outputs (channels) that go on.</param>
    /// <param name="outputs">Outputs (channels) of the whole layer, with auxiliary units that may be implicit.</param>
    /// <param name="inputShape">Shape of one input, without the batch.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together.</exception>
    private protected Layer(string name, Tensor weight, Tensor bias, LeakyReLU activation, int keep, int outputs, IReadOnlyList<long> inputShape)
    {
        if (!(activation.Slope > 0))
        {
            throw new GaitPropException($"{name}: a leaky ReLU of slope {activation.Slope:R} has no inverse; the slope must be above 0.");
        }

        if (keep < 1 || keep > outputs)
        {
            throw new GaitPropException($"{name}: keep {keep} of {outputs} outputs is not possible; keep must be 1 to {outputs}.");
        }

        if (weight.dim() != 2 || bias.dim() != 1 || bias.shape[0] != weight.shape[0] || (weight.shape[0] != outputs && weight.shape[0] != keep))
        {
            throw new GaitPropException($"{name}: a weight of {Shapes.Text(weight.shape)} and a bias of {Shapes.Text(bias.shape)} do not make {outputs} outputs, {keep} kept.");
        }

        Name = name;
        Weight = weight.DetachFromDisposeScope();
        Bias = bias.DetachFromDisposeScope();
        Activation = activation;
        Keep = keep;
        Outputs = outputs;
        InputShape = inputShape;
    }

    /// <summary>What errors and tables call the layer.</summary>
    public string Name { get; }

    /// <summary>W, <c>[rows, fan-in]</c>; rows are all outputs, or with implicit auxiliary units the kept ones.</summary>
    public Tensor Weight { get; }

    /// <summary>b, <c>[rows]</c>.</summary>
    public Tensor Bias { get; }

    /// <summary>f.</summary>
    public LeakyReLU Activation { get; }

    /// <summary>Outputs (channels of a convolution) that the next layer sees.</summary>
    public int Keep { get; }

    /// <summary>Outputs (channels) of the whole layer: kept and auxiliary, implicit ones included.</summary>
    public int Outputs { get; }

    /// <summary>Inputs of one output: n of <c>z = W x + b</c>, for a convolution channels x kernel x kernel.</summary>
    public long FanIn => Weight.shape[1];

    /// <summary>Whether the layer has as many outputs as inputs, so that it can be inverted.</summary>
    public bool IsSquare => Outputs == FanIn;

    /// <summary>How the auxiliary units are represented.</summary>
    public AuxiliaryUnits Auxiliary =>
        Outputs == Keep ? AuxiliaryUnits.None : Weight.shape[0] == Outputs ? AuxiliaryUnits.Explicit : AuxiliaryUnits.Implicit;

    /// <summary>Shape of one input, without the batch.</summary>
    public IReadOnlyList<long> InputShape { get; }

    /// <summary>Shape of one kept output, without the batch: what the next layer sees.</summary>
    public abstract IReadOnlyList<long> OutputShape { get; }

    /// <summary>Outputs of one sample, auxiliary ones included: the <c>units</c> of the normalisation constant.</summary>
    public abstract long Units { get; }

    /// <summary>Trained numbers: weights and biases.</summary>
    public long Parameters => Weight.numel() + Bias.numel();

    /// <summary>Floating-point operations of one sample's forward pass: two for each weight and position.</summary>
    public abstract long Flops { get; }

    /// <summary>The largest singular value of the weight over the smallest: 1 for an orthogonal one, infinite for one that cannot be inverted.</summary>
    public double ConditionNumber()
    {
        using var scope = NewDisposeScope();
        var values = linalg.svdvals(Weight.to(ScalarType.Float64));
        return values[0].Number() / values[-1].Number();
    }

    /// <summary>The weight's orthogonality defect, as a typical relative error of taking its transpose for its inverse.</summary>
    public double Defect() => Orthogonality.OrthogonalityDefect.RootMeanSquare(Weight);

    /// <summary>a = f(W x + b).</summary>
    /// <param name="x">Inputs, <c>[batch, …InputShape]</c>.</param>
    /// <returns>Activations with auxiliary units, <c>[batch, rows]</c> or <c>[batch, rows, height, width]</c>.</returns>
    /// <exception cref="GaitPropException"><paramref name="x"/> has another shape.</exception>
    public abstract Tensor Forward(Tensor x);

    /// <summary>dL/dW and dL/db from dL/dz.</summary>
    /// <param name="delta">dL/dz, <c>[batch, rows or fewer, …]</c>; rows that are not there count as zero.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    public abstract LayerGradient Gradient(Tensor delta, Tensor x);

    /// <summary>dL/dx = W^T dL/dz, the step that backpropagation takes, or the same with another matrix in the weight's place.</summary>
    /// <param name="delta">dL/dz, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="feedback">What stands in for W, <c>[rows, fan-in]</c>; W itself if <see langword="null"/>.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    public abstract Tensor Transposed(Tensor delta, Tensor? feedback = null);

    /// <summary>The inverse as a linear map, summed where receptive fields overlap.</summary>
    /// <param name="p">Pre-activation values or displacements, <c>[batch, k ≤ rows, …]</c>; rows that are not there count as zero.</param>
    /// <param name="strategy">How the inverse is found.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    /// <exception cref="GaitPropException">The layer cannot be inverted, or its weight is singular or not finite.</exception>
    public Tensor Inverted(Tensor p, InverseStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(strategy);
        if (!IsSquare)
        {
            throw new GaitPropException($"{Name} has {Outputs} outputs and {FanIn} inputs: only a square layer can be inverted.");
        }

        // LU takes NaN without complaint. A sum is the cheapest look at every value; it may overflow, so it does not decide.
        using (var sum = Weight.sum())
        {
            if (!double.IsFinite(sum.Number()) && !Weight.isfinite().all().item<bool>())
            {
                throw new GaitPropException($"{Name}: the weight ({Shapes.Text(Weight.shape)}) holds values that are not finite.");
            }
        }

        try
        {
            return InvertedCore(p, strategy);
        }
        catch (System.Runtime.InteropServices.ExternalException e)
        {
            throw new GaitPropException($"{Name}: the weight ({Shapes.Text(Weight.shape)}) is singular and has no inverse.", e);
        }
    }

    /// <summary>
    /// How many receptive fields rebuild each input, <c>[…InputShape]</c> or one number for all: the <c>count</c> of the paper's section 2.2.2.
    /// </summary>
    public abstract Tensor? OverlapCount { get; }

    /// <summary>A layer of the same shape and numbers, in another precision or place.</summary>
    /// <param name="dtype">Element type of the copy.</param>
    /// <param name="device">Where the copy lies; where this one does if <see langword="null"/>.</param>
    public Layer To(ScalarType dtype, Device? device = null) =>
        WithParameters(Weight.to(dtype, device ?? Weight.device, copy: true), Bias.to(dtype, device ?? Bias.device, copy: true));

    /// <summary>The rows of a tensor of this layer's outputs that go on.</summary>
    /// <param name="outputs"><c>[batch, rows, …]</c>.</param>
    public Tensor Kept(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.shape[1] == Keep ? outputs : outputs.narrow(1, 0, Keep);
    }

    private protected abstract Layer WithParameters(Tensor weight, Tensor bias);

    private protected abstract Tensor InvertedCore(Tensor p, InverseStrategy strategy);

    private protected Tensor Checked(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dim() > 1 && x.shape.Skip(1).Aggregate(1L, (a, b) => a * b) == InputShape.Aggregate(1L, (a, b) => a * b)
            && (x.dim() == 2 || InputShape.Count == 1 || x.shape.Skip(1).SequenceEqual(InputShape))
            ? x
            : throw new GaitPropException($"{Name} takes inputs of batch x {Shapes.Text(InputShape)}, not {Shapes.Text(x.shape)}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the parameters.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Weight.Dispose();
            Bias.Dispose();
        }
    }
}
