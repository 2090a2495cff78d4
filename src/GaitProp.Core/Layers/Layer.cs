using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>The gradient of the loss by a layer's parameters.</summary>
/// <param name="Weight">dL/dW, of the weight's shape.</param>
/// <param name="Bias">dL/db, of the bias's shape.</param>
/// <param name="Gain">dL/dg, of the gain's shape; <see langword="null"/> for a layer without gains.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public readonly record struct LayerGradient(Tensor Weight, Tensor Bias, Tensor? Gain = null)
{
    /// <summary>How the rule went below this layer; the default where it did not invert it. A retraction uses what a folded inverse found.</summary>
    public Inversion Inversion { get; init; }

    /// <summary>The gradients in the order of <see cref="Layer.Trained"/>.</summary>
    public IEnumerable<Tensor> Trained => Gain is null ? [Weight, Bias] : [Weight, Bias, Gain];
}

/// <summary>
/// A layer <c>z = W x + b</c>, <c>a = f(z)</c>, whose first <see cref="Keep"/> outputs go on and whose others are auxiliary units. A
/// convolution is the same thing for every patch of its input. With gains it is <c>z = g (W x) + b</c>, and what the paper calls D, the derivative of the forward mapping,
/// is <c>g f'(z)</c>.
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
    /// <param name="gain">g, <c>[rows]</c>, or <c>[1]</c> for all rows; owned like the others.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together.</exception>
    private protected Layer(
        string name, Tensor weight, Tensor bias, LeakyReLU activation, int keep, int outputs, IReadOnlyList<long> inputShape, Tensor? gain)
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

        if (gain is not null && (gain.dim() != 1 || (gain.shape[0] != 1 && gain.shape[0] != weight.shape[0])))
        {
            throw new GaitPropException($"{name}: a gain of {Shapes.Text(gain.shape)} does not fit {weight.shape[0]} rows; give one for each, or one for all.");
        }

        Name = name;
        Gain = gain?.DetachFromDisposeScope();
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

    /// <summary>g, <c>[rows]</c>, or <c>[1]</c> for all rows; <see langword="null"/> for a layer without gains.</summary>
    public Tensor? Gain { get; }

    /// <summary>What is trained, in a fixed order: W, b, and g where there is one.</summary>
    public IReadOnlyList<Tensor> Trained => Gain is null ? [Weight, Bias] : [Weight, Bias, Gain];

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

    /// <summary>Which gains the layer has.</summary>
    public UnitGain UnitGain => Gain is null ? UnitGain.None : Gain.shape[0] == 1 && Weight.shape[0] != 1 ? UnitGain.Scalar : UnitGain.Row;

    /// <summary>Trained numbers: weights, biases and gains.</summary>
    public long Parameters => Trained.Sum(t => t.numel());

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

    /// <summary>a = f(g (W x) + b).</summary>
    /// <param name="x">Inputs, <c>[batch, …InputShape]</c>.</param>
    /// <returns>Activations with auxiliary units, <c>[batch, rows]</c> or <c>[batch, rows, height, width]</c>.</returns>
    /// <exception cref="GaitPropException"><paramref name="x"/> has another shape.</exception>
    public abstract Tensor Forward(Tensor x);

    /// <summary>D = g f'(z), the derivative of an activation by its weighted input <c>W x</c>, of the shape of a.</summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public Tensor Derivative(Tensor a) => Gain is null ? Activation.Derivative(a) : Activation.Derivative(a) * GainLike(a);

    /// <summary>v D: a gradient or displacement of activations carried back to the weighted input <c>W x</c>, in one pass.</summary>
    /// <param name="v">Any tensor of the shape of a.</param>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public Tensor TimesDerivative(Tensor v, Tensor a)
    {
        ArgumentNullException.ThrowIfNull(v);
        ArgumentNullException.ThrowIfNull(a);
        return Gain is null ? Activation.TimesDerivative(v, a)
            : FusedPass.Fits(v, a) ? FusedPass.TimesDerivative(v, a, Activation.Slope, GainOf(a))
            : Activation.TimesDerivative(v, a) * GainLike(a);
    }

    /// <summary>The weighted input <c>u = W x = (f^-1(a) - b) / g</c> that a layer had, from its activations.</summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public Tensor WeightedInput(Tensor a)
    {
        ArgumentNullException.ThrowIfNull(a);
        var shifted = Activation.Inverse(a) - RowsLike(Bias, a);
        return Gain is null ? shifted : shifted / GainLike(a);
    }

    /// <summary>How far the weighted input moves when activations do, <c>(f^-1(a + step) - f^-1(a)) / g</c>, without subtracting large numbers where they keep their sign.</summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="step">Displacements of the activations, of the same shape.</param>
    public Tensor InverseDisplacement(Tensor a, Tensor step)
    {
        var moved = Activation.InverseDisplacement(a, step);
        return Gain is null ? moved : moved / GainLike(a);
    }

    /// <summary>q = v D, and q with those displacements corrected that carry an activation across zero (<see cref="WithCrossings"/>): the same tensor where none does.</summary>
    /// <param name="v">Scaled displacements of the activations, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="a">Activations of the same shape.</param>
    /// <param name="scale">A factor a sample, <c>[batch]</c>; <see langword="null"/> where nothing is nudged.</param>
    internal (Tensor Delta, Tensor Nudged) Nudged(Tensor v, Tensor a, Tensor? scale)
    {
        if (scale is null || Activation.IsIdentity)
        {
            var delta = TimesDerivative(v, a);
            return (delta, delta);
        }

        if (!FusedPass.Fits(v, a) || v.dtype != scale.dtype)
        {
            var delta = TimesDerivative(v, a);
            return (delta, WithCrossings(delta, a, scale));
        }

        var q = FusedPass.TimesDerivative(v, a, Activation.Slope, GainOf(a), scale, out var crosses);
        return (q, crosses ? WithCrossings(q, a, scale) : q);
    }

    /// <summary>
    /// <c>scale (f^-1(a + step) - f^-1(a)) / g</c> with <c>step = q D / scale</c> where the step carries an activation across zero, and q where it does not.
    /// </summary>
    /// <param name="q">Scaled displacements of the weighted input, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="a">Activations of the same shape.</param>
    /// <param name="scale">A factor a sample, <c>[batch]</c>.</param>
    internal Tensor WithCrossings(Tensor q, Tensor a, Tensor scale)
    {
        if (Activation.IsIdentity)
        {
            return q;
        }

        if (FusedPass.Fits(q, a) && q.dtype == scale.dtype)
        {
            return FusedPass.WithCrossings(q, a, scale, Activation.Slope, GainOf(a));
        }

        scale = scale.reshape([-1, .. Enumerable.Repeat(1L, (int)q.dim() - 1)]);
        var step = TimesDerivative(q, a) / scale;
        var crosses = a.gt(0).ne((a + step).gt(0));
        return where(crosses, scale * InverseDisplacement(a, step), q);
    }

    /// <summary>dL/dW, dL/db and dL/dg from the gradient by the weighted input <c>u = W x</c>.</summary>
    /// <param name="delta">dL/du, <c>[batch, rows or fewer, …]</c>: without gains that is dL/dz. Rows that are not there count as zero.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    /// <param name="activation">
    /// The layer's activations, of delta's shape, where they are at hand: with gains the weighted input is read off them. Else it is computed with another product.
    /// </param>
    public LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null)
    {
        ArgumentNullException.ThrowIfNull(delta);
        ArgumentNullException.ThrowIfNull(x);
        var weight = WeightGradient(delta, x);
        var bias = SumOfRows(delta);
        if (Gain is null)
        {
            return new LayerGradient(WithZeroRows(weight), WithZeroRows(bias));
        }

        // dL/dz = (dL/du) / g; dL/dg = sum (dL/dz) u.
        var rows = delta.shape[1];
        var gain = Gain.shape[0] == 1 ? Gain : Gain.narrow(0, 0, rows);
        var byGain = (activation is null ? (weight * Weight.narrow(0, 0, rows)).sum([1])
            : FusedPass.Fits(delta, activation) && delta.dim() == 2 ? FusedPass.GainGradient(delta, activation, Bias, Activation.Slope) / gain
            : SumOfRows(delta * WeightedInput(activation))) / gain;
        return new LayerGradient(WithZeroRows(weight), WithZeroRows(bias / gain), Gain.shape[0] == 1 ? byGain.sum().reshape(1) : WithZeroRows(byGain));
    }

    /// <summary>dL/dx = W^T dL/du, the step that backpropagation takes, or the same with another matrix in the weight's place.</summary>
    /// <param name="delta">dL/du, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="feedback">What stands in for W, <c>[rows, fan-in]</c>; W itself if <see langword="null"/>.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    public abstract Tensor Transposed(Tensor delta, Tensor? feedback = null);

    /// <summary>The inverse as a linear map, summed where receptive fields overlap.</summary>
    /// <param name="p">Pre-activation values or displacements, <c>[batch, k ≤ rows, …]</c>; rows that are not there count as zero.</param>
    /// <param name="strategy">How the inverse is found.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    /// <exception cref="GaitPropException">The layer cannot be inverted, or its weight is singular or not finite.</exception>
    public Tensor Inverted(Tensor p, InverseStrategy strategy) => Invert(p, strategy).Inputs;

    /// <summary>The inverse as a linear map, as <see cref="Inverted"/>, with what the strategy found out about the weight on the way.</summary>
    /// <param name="p">Values or displacements of the weighted input, <c>[batch, k ≤ rows, …]</c>; rows that are not there count as zero.</param>
    /// <param name="strategy">How the inverse is found.</param>
    /// <exception cref="GaitPropException">
    /// The layer cannot be inverted; or, on a CPU, its weight is singular or not finite. Elsewhere a look would wait for the device: there such a weight gives values that are not finite.
    /// </exception>
    public Inversion Invert(Tensor p, InverseStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(strategy);
        if (!IsSquare)
        {
            throw new GaitPropException($"{Name} has {Outputs} outputs and {FanIn} inputs: only a square layer can be inverted.");
        }

        // Factorisations take values that are not finite without complaint.
        if (strategy.IsExact && HostRead.IsFree(Weight))
        {
            CheckWeight(Weight);
        }

        Inversion inversion;
        try
        {
            inversion = InvertedCore(p, strategy);
        }
        catch (System.Runtime.InteropServices.ExternalException e) when (DeviceFailure.Of(e) is null)
        {
            throw new GaitPropException($"{Name}: the weight ({Shapes.Text(Weight.shape)}) is singular and has no inverse.", e);
        }

        // Products hand them on, so that a look at the result, which is smaller, is enough.
        if (!strategy.IsExact && HostRead.IsFree(Weight))
        {
            CheckWeight(inversion.Inputs);
        }

        return inversion;
    }

    /// <summary>Refuses a weight that is not finite if something else already is not. A sum is the cheapest look at every value; it may overflow, so it does not decide.</summary>
    private void CheckWeight(Tensor seen)
    {
        using var sum = seen.sum();
        if (!double.IsFinite(sum.Number()) && !Weight.isfinite().all().IsTrue())
        {
            throw new GaitPropException($"{Name}: the weight ({Shapes.Text(Weight.shape)}) holds values that are not finite.");
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
        WithParameters(
            Weight.to(dtype, device ?? Weight.device, copy: true), Bias.to(dtype, device ?? Bias.device, copy: true), Gain?.to(dtype, device ?? Gain.device, copy: true));

    /// <summary>The rows of a tensor of this layer's outputs that go on.</summary>
    /// <param name="outputs"><c>[batch, rows, …]</c>.</param>
    public Tensor Kept(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.shape[1] == Keep ? outputs : outputs.narrow(1, 0, Keep);
    }

    private protected abstract Layer WithParameters(Tensor weight, Tensor bias, Tensor? gain);

    private protected abstract Inversion InvertedCore(Tensor p, InverseStrategy strategy);

    /// <summary>dL/dW of the rows that delta has, <c>[k, fan-in]</c>.</summary>
    private protected abstract Tensor WeightGradient(Tensor delta, Tensor x);

    /// <summary>The sum over samples and positions, <c>[rows]</c>.</summary>
    private static Tensor SumOfRows(Tensor values) => values.dim() == 2 ? values.sum([0]) : values.sum([0, 2, 3]);

    /// <summary>A value of each row, shaped to go with a tensor of the first of them.</summary>
    private static Tensor RowsLike(Tensor rows, Tensor like) =>
        (rows.shape[0] == 1 || rows.shape[0] == like.shape[1] ? rows : rows.narrow(0, 0, like.shape[1])).reshape([1, -1, .. Enumerable.Repeat(1L, (int)like.dim() - 2)]);

    private Tensor GainLike(Tensor a) => RowsLike(Gain!, a);

    /// <summary>The gain of each row that a tensor has, <c>[k]</c>, for a pass over memory; <see langword="null"/> without gains.</summary>
    private Tensor? GainOf(Tensor a) =>
        Gain is null ? null : (Gain.shape[0] == 1 ? Gain.expand(a.shape[1]) : Gain.narrow(0, 0, a.shape[1])).contiguous();

    /// <summary>f(g u + b), in the memory of u: <c>[batch, rows, …]</c>.</summary>
    private protected Tensor Activated_(Tensor u) => FusedPass.Fits(u, u)
        ? FusedPass.Activated_(u, GainOf(u)!, Bias, Activation.Slope)
        : Activation.Forward_(u.mul_(GainLike(u)).add_(RowsLike(Bias, u)));

    private Tensor WithZeroRows(Tensor gradient)
    {
        var shape = gradient.shape;
        if (shape[0] == Weight.shape[0])
        {
            return gradient;
        }

        shape[0] = Weight.shape[0];
        var whole = zeros(shape, gradient.dtype, gradient.device);
        whole.narrow(0, 0, gradient.shape[0]).copy_(gradient);
        return whole;
    }

    private protected Tensor Checked(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.device_type != Weight.device_type)
        {
            throw new GaitPropException($"{Name} lies on {Weight.device}, and its inputs on {x.device}: move one of them with To(...).");
        }

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
            Gain?.Dispose();
        }
    }
}
