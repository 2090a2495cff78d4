using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// A layer <c>a = f(u)</c> of the weighted input <c>u = A x</c>, whose first <see cref="Keep"/> outputs go on and whose others are
/// auxiliary units, kept so that A can be inverted. Here f is the identity and A whatever a type of layer makes of it: a type tells
/// <see cref="Forward"/>, <see cref="Gradient"/>, <see cref="Feedback"/> and <see cref="Inverse"/>. A may depend on the input, as a
/// permutation does that sorts it: the last three are told where. <see cref="AffineLayer"/> is the common one, of weights, biases, a leaky
/// ReLU and gains.
/// </summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public abstract class Layer : IDisposable
{
    /// <summary>Creates the layer around its parameters, which it owns from now on.</summary>
    /// <param name="name">What errors and tables call it, such as <c>layer 2</c>.</param>
    /// <param name="size">Its sizes.</param>
    /// <param name="auxiliary">Whether auxiliary units are computed (explicit) or not; of no meaning where all outputs go on.</param>
    /// <param name="owned">What it owns, in a fixed order that files follow; nothing for a layer without parameters.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together, or two parameters have one name.</exception>
    protected Layer(string name, LayerSize size, AuxiliaryUnits auxiliary, params IReadOnlyList<LayerParameter> owned)
    {
        ArgumentNullException.ThrowIfNull(size);
        ArgumentNullException.ThrowIfNull(owned);
        CheckKeep(name, size.Keep, size.Outputs);
        if (size.Keep < size.Outputs && auxiliary == AuxiliaryUnits.None)
        {
            throw new GaitPropException($"{name}: {size.Outputs - size.Keep} auxiliary outputs must be explicit or implicit.");
        }

        if (owned.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new GaitPropException($"{name}: two of its parameters are called {twice.Key}.");
        }

        Name = name;
        Size = size;
        Auxiliary = size.Keep == size.Outputs ? AuxiliaryUnits.None : auxiliary;
        Owned = owned;
        Trained = [.. owned.Where(p => p.Role != ParameterRole.Fixed).Select(p => p.Value)];
        Weights = [.. owned.Where(p => p.Role == ParameterRole.Weight).Select(p => p.Value)];
        foreach (var parameter in owned)
        {
            parameter.Value.DetachFromDisposeScope();
        }
    }

    /// <summary>What errors and tables call the layer.</summary>
    public string Name { get; }

    /// <summary>What it does, in words: <c>conv 3×3/2</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Its sizes.</summary>
    public LayerSize Size { get; }

    /// <summary>What it owns, in a fixed order.</summary>
    public IReadOnlyList<LayerParameter> Owned { get; }

    /// <summary>What is trained of it, in the same order: of an affine layer W, b, and g where there is one.</summary>
    public IReadOnlyList<Tensor> Trained { get; }

    /// <summary>
    /// The matrices that it inverts, <c>[rows, columns]</c>: those that are kept orthogonal. None for a layer that is orthogonal as it is.
    /// </summary>
    public IReadOnlyList<Tensor> Weights { get; }

    /// <summary>W, the first weight.</summary>
    /// <exception cref="GaitPropException">The layer has none.</exception>
    public virtual Tensor Weight => Weights.Count > 0 ? Weights[0] : throw new GaitPropException($"{Name} ({Kind}) has no weight.");

    /// <summary>b, the parameter of the name <c>bias</c>.</summary>
    /// <exception cref="GaitPropException">The layer has none.</exception>
    public virtual Tensor Bias => Named("bias") ?? throw new GaitPropException($"{Name} ({Kind}) has no bias.");

    /// <summary>
    /// g, the parameter of the name <c>gain</c>: <c>[rows]</c>, or <c>[1]</c> for all rows; <see langword="null"/> for a layer without
    /// gains.
    /// </summary>
    public virtual Tensor? Gain => Named("gain");

    /// <summary>f; the identity, unless the layer has another.</summary>
    public virtual LeakyReLU Activation => LeakyReLU.Identity;

    /// <summary>Outputs (channels of a convolution) that the next layer sees.</summary>
    public int Keep => (int)Size.Keep;

    /// <summary>Outputs (channels) of the whole layer: kept and auxiliary, implicit ones included.</summary>
    internal int Outputs => (int)Size.Outputs;

    /// <summary>Outputs (channels) that are computed: all, or the kept ones where auxiliary units are implicit.</summary>
    public int Rows => Auxiliary == AuxiliaryUnits.Implicit ? Keep : Outputs;

    /// <summary>Inputs of one position: n of <c>z = W x + b</c>, for a convolution channels x kernel x kernel.</summary>
    public long FanIn => Size.FanIn;

    /// <summary>Whether the layer has as many outputs as inputs, so that it can be inverted.</summary>
    public bool IsSquare => Outputs == FanIn;

    /// <summary>How the auxiliary units are represented.</summary>
    public AuxiliaryUnits Auxiliary { get; }

    /// <summary>Shape of one input, without the batch.</summary>
    public IReadOnlyList<long> InputShape => Size.InputShape;

    /// <summary>Shape of one kept output, without the batch: what the next layer sees.</summary>
    internal IReadOnlyList<long> OutputShape => Size.OutputShape;

    /// <summary>Outputs of one sample, auxiliary ones included: the <c>units</c> of the normalisation constant.</summary>
    internal long Units => Size.KeptUnits + Size.AuxiliaryUnits;

    /// <summary>Which gains the layer has.</summary>
    internal UnitGain UnitGain =>
        Gain is null ? UnitGain.None
        : Gain.shape[0] == 1 && Rows != 1 ? UnitGain.Scalar
        : UnitGain.Row;

    /// <summary>Trained numbers: weights, biases and gains.</summary>
    public long Parameters => Trained.Sum(t => t.numel());

    /// <summary>Floating-point operations of one sample's forward pass.</summary>
    internal long Flops => Rows * Size.FlopsAnOutput * Size.Positions;

    /// <summary>Whether the parameters have been given back.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>
    /// How many receptive fields rebuild each input, of a shape that broadcasts to <c>[…InputShape]</c>: the <c>count</c> of the paper's
    /// section 2.2.2;
    /// <see langword="null"/> where each is rebuilt once.
    /// </summary>
    public virtual Tensor? OverlapCount => null;

    /// <summary>Whether A depends on the input, so that there is no feedback and no inverse without one.</summary>
    protected virtual bool DependsOnInput => false;

    /// <summary>
    /// The largest singular value of the weights over the smallest: 1 for orthogonal ones, infinite for one that cannot be inverted.
    /// </summary>
    internal double ConditionNumber()
    {
        using var scope = NewDisposeScope();
        return Weights
            .Select(weight => linalg.svdvals(weight.to(ScalarType.Float64)))
            .Select(values => values[0].Number() / values[-1].Number())
            .DefaultIfEmpty(1)
            .Max();
    }

    /// <summary>
    /// The weights' orthogonality defect, as a typical relative error of taking the transpose for the inverse; 0 without weights.
    /// </summary>
    public double Defect() => Weights.Select(OrthogonalityDefect.RootMeanSquare).DefaultIfEmpty(0).Max();

    /// <summary>Adds noise to every weight, each its own (<see cref="OrthogonalityDefect.Perturb_"/>).</summary>
    internal void Perturb_(double defect, int seed)
    {
        foreach (var (which, weight) in Weights.Index())
        {
            OrthogonalityDefect.Perturb_(weight, defect, seed + (500 * which));
        }
    }

    /// <summary>
    /// Adds the gradient of the orthogonality penalty (<see cref="OrthogonalityDefect.AddPenaltyGradient_"/>) to that of every weight, in
    /// place.
    /// </summary>
    internal void AddPenaltyGradient_(LayerGradient gradient, double lambda)
    {
        foreach (var (byWeight, weight) in WeightsIn(gradient).Zip(Weights))
        {
            OrthogonalityDefect.AddPenaltyGradient_(byWeight, weight, lambda);
        }
    }

    /// <summary>a = f(A x).</summary>
    /// <param name="x">Inputs, <c>[batch, …InputShape]</c>.</param>
    /// <returns>Activations with auxiliary units, <c>[batch, rows]</c> or <c>[batch, rows, height, width]</c>.</returns>
    /// <exception cref="GaitPropException"><paramref name="x"/> has another shape.</exception>
    public abstract Tensor Forward(Tensor x);

    /// <summary>The gradient by what the layer trains, from the gradient by the weighted input.</summary>
    /// <param name="delta">dL/du, <c>[batch, rows or fewer, …]</c>. Rows that are not there count as zero.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    /// <param name="activation">The layer's activations, of delta's shape, where they are at hand.</param>
    public virtual LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null) =>
        Trained.Count == 0
            ? default
            : throw new InvalidOperationException($"{GetType().Name} trains parameters: it must override {nameof(Gradient)}.");

    /// <summary>dL/dx = A^T dL/du, the step that backpropagation takes, or the same with other matrices in the weights' place.</summary>
    /// <param name="delta">dL/du, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    /// <param name="feedback">What stands in for <see cref="Weights"/>, one of each shape; those themselves if
    /// <see langword="null"/>.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    public abstract Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null);

    /// <summary>The inverse A^-1 as a linear map, summed where receptive fields overlap. Only a square layer is asked.</summary>
    /// <param name="p">Values or displacements of the weighted input, <c>[batch, k ≤ rows, …]</c>; rows that are not there count as
    /// zero.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    /// <param name="strategy">How weights are inverted.</param>
    protected abstract Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy);

    /// <summary>
    /// D = du → da, the derivative of an activation by its weighted input, of the shape of a. A layer with an activation of its own
    /// overrides this and the three members that follow together: every rule uses all of them.
    /// </summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public virtual Tensor Derivative(Tensor a) => ones_like(a);

    /// <summary>v D: a gradient or displacement of activations carried back to the weighted input.</summary>
    /// <param name="v">Any tensor of the shape of a.</param>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public virtual Tensor TimesDerivative(Tensor v, Tensor a) => v;

    /// <summary>The weighted input <c>u = A x = f^-1(a)</c> that a layer had, from its activations.</summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public virtual Tensor WeightedInput(Tensor a) => a;

    /// <summary>
    /// How far the weighted input moves when activations do, <c>f^-1(a + displacement) - f^-1(a)</c>, without subtracting large numbers
    /// where that can be helped.
    /// </summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="displacement">Displacements of the activations, of the same shape.</param>
    public virtual Tensor InverseDisplacement(Tensor a, Tensor displacement) => displacement;

    /// <summary>
    /// q = v D, and what a nudge <c>step = q D / scale</c> of the activations moves the weighted input by, times the scale: the same tensor
    /// where f is linear all the way.
    /// </summary>
    /// <param name="v">Scaled displacements of the activations, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="a">Activations of the same shape.</param>
    /// <param name="scale">A factor a sample, <c>[batch]</c>; <see langword="null"/> where nothing is nudged.</param>
    internal virtual (Tensor Delta, Tensor Nudged) Nudged(Tensor v, Tensor a, Tensor? scale)
    {
        var delta = TimesDerivative(v, a);
        if (scale is null || ReferenceEquals(delta, v))
        {
            return (delta, delta);
        }

        scale = Shapes.PerSample(scale, a);
        // Where the scale is infinite the nudge is zero, and f linear so far.
        var nudged = scale * InverseDisplacement(a, TimesDerivative(delta, a) / scale);
        return (delta, where(scale.isfinite(), nudged, delta));
    }

    /// <summary>The inverse as a linear map, with what the strategy found out about the weights on the way.</summary>
    /// <param name="p">Values or displacements of the weighted input, <c>[batch, k ≤ rows, …]</c>; rows that are not there count as
    /// zero.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    /// <param name="strategy">How weights are inverted.</param>
    /// <exception cref="GaitPropException">
    /// The layer cannot be inverted; or, on a CPU, a weight is singular or not finite. Elsewhere a look would wait for the device: there
    /// such a weight gives values that are not finite.
    /// </exception>
    public Inversion Invert(Tensor p, Tensor x, InverseStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        if (!IsSquare)
        {
            throw new GaitPropException($"{Name} has {Outputs} outputs and {FanIn} inputs: only a square layer can be inverted.");
        }

        // Factorisations take values that are not finite without complaint.
        var looks = Weights.Count > 0 && HostRead.IsFree(Weights[0]);
        if (strategy.IsExact && looks)
        {
            foreach (var weight in Weights)
            {
                CheckWeight(weight, weight);
            }
        }

        Inversion inversion;
        try
        {
            inversion = Inverse(p, x, strategy);
        }
        catch (System.Runtime.InteropServices.ExternalException e) when (Weights.Count > 0 && DeviceFailure.Of(e) is null)
        {
            var isSingular = e.Message.Contains("singular", StringComparison.OrdinalIgnoreCase);
            throw new GaitPropException(
                isSingular
                    ? $"{Name}: the weight ({WeightShapes}) is singular and has no inverse."
                    : $"{Name}: the weight ({WeightShapes}) cannot be inverted on values of {Shapes.Text(p.shape)}: {e.Message.Split('\n')[0]}",
                e
            );
        }

        // Products hand them on, so that a look at the result, which is smaller, is enough.
        if (!strategy.IsExact && looks)
        {
            foreach (var weight in Weights)
            {
                CheckWeight(inversion.Inputs, weight);
            }
        }

        return inversion;
    }

    /// <summary>The inverse of a layer whose A is the same for every input.</summary>
    /// <param name="p">As in <see cref="Invert"/>.</param>
    /// <param name="strategy">How weights are inverted.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    /// <exception cref="GaitPropException">As in <see cref="Invert"/>; or A depends on the input.</exception>
    public Tensor Inverted(Tensor p, InverseStrategy strategy) => Invert(p, AnyInput(p), strategy).Inputs;

    /// <summary>The feedback of a layer whose A is the same for every input.</summary>
    /// <param name="delta">As in <see cref="Feedback"/>.</param>
    /// <param name="feedback">What stands in for the layer's one weight; that itself if <see langword="null"/>.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    /// <exception cref="GaitPropException">A depends on the input.</exception>
    internal Tensor Transposed(Tensor delta, Tensor? feedback = null) =>
        Feedback(delta, AnyInput(delta), feedback is null ? null : [feedback]);

    /// <summary>A layer of the same shape and numbers, in another precision or place.</summary>
    /// <param name="dtype">Element type of the copy.</param>
    /// <param name="device">Where the copy lies; where this one does if <see langword="null"/>.</param>
    public Layer To(ScalarType dtype, Device? device = null) =>
        Around([
            .. Owned.Select(p => p.Value.to(p.Role == ParameterRole.Fixed ? p.Value.dtype : dtype, device ?? p.Value.device, copy: true)),
        ]);

    /// <summary>The rows of a tensor of this layer's outputs that go on.</summary>
    /// <param name="outputs"><c>[batch, rows, …]</c>.</param>
    public Tensor Kept(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.shape[1] == Keep ? outputs : outputs.narrow(1, 0, Keep);
    }

    /// <summary>
    /// The gradients by <see cref="Weights"/> in a gradient of this layer; of all that it trains where it has no weights.
    /// </summary>
    /// <param name="gradient">A gradient of this layer.</param>
    internal IReadOnlyList<Tensor> WeightsIn(LayerGradient gradient) =>
        Weights.Count == 0
            ? gradient.Trained
            :
            [
                .. Owned
                    .Where(p => p.Role != ParameterRole.Fixed)
                    .Zip(gradient.Trained)
                    .Where(p => p.First.Role == ParameterRole.Weight)
                    .Select(p => p.Second),
            ];

    /// <summary>A layer of this type, name and size around other parameters: a copy in another precision or place.</summary>
    /// <param name="owned">One tensor for each of <see cref="Owned"/>, which the new layer owns.</param>
    protected abstract Layer Around(IReadOnlyList<Tensor> owned);

    /// <summary>The inputs, if they are of the layer's shape, element type and place; flat ones, or those of a flat layer, in its shape.</summary>
    /// <param name="x">Inputs.</param>
    /// <returns><c>[batch, …InputShape]</c>.</returns>
    /// <exception cref="GaitPropException">They are not.</exception>
    protected Tensor Checked(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (
            Owned.Count > 0
            && (
                x.device_type != Owned[0].Value.device_type
                || (x.device_type != TorchSharp.DeviceType.CPU && x.device_index != Owned[0].Value.device_index)
            )
        )
        {
            throw new GaitPropException(
                $"{Name} lies on {Owned[0].Value.device}, and its inputs on {x.device}: move one of them with To(...)."
            );
        }

        if (Owned.FirstOrDefault(p => p.Role != ParameterRole.Fixed) is { Value: { } own } && own.dtype != x.dtype)
        {
            throw new GaitPropException(
                $"{Name} computes in {own.dtype.ToString().ToLowerInvariant()}, and its inputs are {x.dtype.ToString().ToLowerInvariant()}: convert one of them with to(...)."
            );
        }

        if (x.dim() > 1 && x.shape.AsSpan(1).SequenceEqual(InputShape.ToArray()))
        {
            return x;
        }

        return x.dim() > 1 && Shapes.Units(x.shape.Skip(1)) == Shapes.Units(InputShape) && (x.dim() == 2 || InputShape.Count == 1)
            ? x.reshape([x.shape[0], .. InputShape])
            : throw new GaitPropException($"{Name} takes inputs of batch x {Shapes.Text(InputShape)}, not {Shapes.Text(x.shape)}.");
    }

    /// <summary>Refuses a layer that keeps more than it has, or nothing.</summary>
    private protected static void CheckKeep(string name, long keep, long outputs)
    {
        if (keep < 1 || keep > outputs)
        {
            throw new GaitPropException($"{name}: keep {keep} of {outputs} outputs is not possible; keep must be 1 to {outputs}.");
        }
    }

    /// <summary>The shapes of the weights in words: <c>24 x 27</c>.</summary>
    internal string WeightShapes => string.Join(" and ", Weights.Select(w => Shapes.Text(w.shape)));

    private Tensor? Named(string name) => Owned.FirstOrDefault(p => p.Name == name)?.Value;

    /// <summary>Inputs that a layer does not look at; they take no memory.</summary>
    private Tensor AnyInput(Tensor like) =>
        DependsOnInput
            ? throw new GaitPropException(
                $"{Name} ({Kind}) goes another way down for every input: give it the input, in {nameof(Feedback)} or {nameof(Invert)}."
            )
            : zeros(1, like.dtype, like.device).expand([like.shape[0], .. InputShape]);

    /// <summary>
    /// Refuses a weight that is not finite if something else already is not. A sum is the cheapest look at every value; it may overflow, so
    /// it does not decide.
    /// </summary>
    private void CheckWeight(Tensor seen, Tensor weight)
    {
        using var sum = seen.sum();
        if (!double.IsFinite(sum.Number()) && !weight.isfinite().all().IsTrue())
        {
            throw new GaitPropException($"{Name}: the weight ({Shapes.Text(weight.shape)}) holds values that are not finite.");
        }
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
            IsDisposed = true;
            foreach (var parameter in Owned)
            {
                parameter.Value.Dispose();
            }
        }
    }
}
