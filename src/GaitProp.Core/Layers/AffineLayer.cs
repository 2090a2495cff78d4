using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// A layer <c>z = W x + b</c>, <c>a = f(z)</c>; a convolution is the same thing for every patch of its input. With gains it is <c>z = g (W
/// x) + b</c>, and what the paper calls D, the derivative of the forward mapping, is <c>g f'(z)</c>. f is a leaky ReLU or the identity: a
/// layer with another activation derives from <see cref="Layer"/>.
/// </summary>
public abstract class AffineLayer : Layer
{
    /// <summary>Creates the layer around its parameters, which it owns from now on.</summary>
    /// <param name="name">What errors and tables call it, such as <c>layer 2</c>.</param>
    /// <param name="size">Its sizes.</param>
    /// <param name="weight">W, <c>[rows, fan-in]</c>: rows are all outputs, or the kept ones alone (implicit auxiliary units).</param>
    /// <param name="bias">b, <c>[rows]</c>.</param>
    /// <param name="activation">f.</param>
    /// <param name="gain">g, <c>[rows]</c>, or <c>[1]</c> for all rows; owned like the others.</param>
    /// <exception cref="GaitPropException">The numbers do not fit together.</exception>
    protected AffineLayer(string name, LayerSize size, Tensor weight, Tensor bias, LeakyReLU activation, Tensor? gain)
        : base(name, size, Fitting(name, size, weight, bias, activation, gain), Parts(weight, bias, gain))
    {
        (Weight, Bias, Gain, Activation) = (weight, bias, gain, activation);
    }

    /// <summary>W, <c>[rows, fan-in]</c>; rows are all outputs, or with implicit auxiliary units the kept ones.</summary>
    public override Tensor Weight { get; }

    /// <summary>b, <c>[rows]</c>.</summary>
    public override Tensor Bias { get; }

    /// <summary>g, <c>[rows]</c>, or <c>[1]</c> for all rows; <see langword="null"/> for a layer without gains.</summary>
    public override Tensor? Gain { get; }

    /// <summary>f.</summary>
    public override LeakyReLU Activation { get; }

    /// <summary>D = g f'(z), the derivative of an activation by its weighted input <c>W x</c>, of the shape of a.</summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public sealed override Tensor Derivative(Tensor a) => Gain is null ? Activation.Derivative(a) : Activation.Derivative(a) * GainLike(a);

    /// <summary>v D: a gradient or displacement of activations carried back to the weighted input <c>W x</c>, in one pass.</summary>
    /// <param name="v">Any tensor of the shape of a.</param>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public sealed override Tensor TimesDerivative(Tensor v, Tensor a) =>
        Gain is null ? Activation.TimesDerivative(v, a)
        : FusedPass.Fits(v, a) ? FusedPass.TimesDerivative(v, a, Activation.Slope, GainOf(a))
        : Activation.TimesDerivative(v, a) * GainLike(a);

    /// <summary>The weighted input <c>u = W x = (f^-1(a) - b) / g</c> that a layer had, from its activations.</summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    public sealed override Tensor WeightedInput(Tensor a)
    {
        var shifted = Activation.Inverse(a) - RowsLike(Bias, a);
        return Gain is null ? shifted : shifted / GainLike(a);
    }

    /// <summary>
    /// How far the weighted input moves when activations do, <c>(f^-1(a + displacement) - f^-1(a)) / g</c>, without subtracting large
    /// numbers where they keep their sign.
    /// </summary>
    /// <param name="a">Activations, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="displacement">Displacements of the activations, of the same shape.</param>
    public sealed override Tensor InverseDisplacement(Tensor a, Tensor displacement)
    {
        var moved = Activation.InverseDisplacement(a, displacement);
        return Gain is null ? moved : moved / GainLike(a);
    }

    /// <summary>
    /// q = v D, and q with those displacements corrected that carry an activation across zero (<see cref="WithCrossings"/>): the same
    /// tensor where none does.
    /// </summary>
    /// <param name="v">Scaled displacements of the activations, <c>[batch, k ≤ rows, …]</c>.</param>
    /// <param name="a">Activations of the same shape.</param>
    /// <param name="scale">A factor a sample, <c>[batch]</c>; <see langword="null"/> where nothing is nudged.</param>
    internal override (Tensor Delta, Tensor Nudged) Nudged(Tensor v, Tensor a, Tensor? scale)
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
    /// <c>scale (f^-1(a + step) - f^-1(a)) / g</c> with <c>step = q D / scale</c> where the step carries an activation across zero, and q
    /// where it does not.
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

        scale = Shapes.PerSample(scale, q);
        var step = TimesDerivative(q, a) / scale;
        var crosses = a.gt(0).ne((a + step).gt(0));
        return where(crosses, scale * InverseDisplacement(a, step), q);
    }

    /// <summary>dL/dW, dL/db and dL/dg from the gradient by the weighted input <c>u = W x</c>.</summary>
    /// <param name="delta">dL/du, <c>[batch, rows or fewer, …]</c>: without gains that is dL/dz. Rows that are not there count as
    /// zero.</param>
    /// <param name="x">The layer's inputs, <c>[batch, …InputShape]</c>.</param>
    /// <param name="activation">
    /// The layer's activations, of delta's shape, where they are at hand: with gains the weighted input is read off them. Else it is
    /// computed with another product.
    /// </param>
    /// <exception cref="GaitPropException">A gain is 0.</exception>
    public override LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null)
    {
        CheckGain();
        var weight = WeightGradient(delta, x);
        var bias = SumOfRows(delta);
        if (Gain is null)
        {
            return new LayerGradient(WithZeroRows(weight), WithZeroRows(bias));
        }

        // dL/dz = (dL/du) / g; dL/dg = sum (dL/dz) u.
        var rows = delta.shape[1];
        var gain = Gain.shape[0] == 1 ? Gain : Gain.narrow(0, 0, rows);
        var byGain =
            (
                activation is null ? (weight * Weight.narrow(0, 0, rows)).sum([1])
                : FusedPass.Fits(delta, activation) && delta.dim() == 2
                    ? FusedPass.GainGradient(delta, activation, Bias, Activation.Slope) / gain
                : SumOfRows(delta * WeightedInput(activation))
            ) / gain;
        return new LayerGradient(
            WithZeroRows(weight),
            WithZeroRows(bias / gain),
            Gain.shape[0] == 1 ? byGain.sum().reshape(1) : WithZeroRows(byGain)
        );
    }

    /// <summary>With a gain of 0 the gradient is 0 / 0, which Adam would carry into every weight of its row.</summary>
    private void CheckGain()
    {
        if (Gain is null || !HostRead.IsFree(Gain))
        {
            return;
        }

        using var others = Gain.count_nonzero();
        if (others.Whole() < Gain.shape[0])
        {
            throw new GaitPropException($"{Name}: a gain is 0, with which no gradient can be computed: give it another number.");
        }
    }

    /// <summary>A layer of this type, name and size around other parameters.</summary>
    /// <param name="weight">W.</param>
    /// <param name="bias">b.</param>
    /// <param name="gain">g, where there is one.</param>
    protected abstract Layer Around(Tensor weight, Tensor bias, Tensor? gain);

    /// <inheritdoc/>
    protected sealed override Layer Around(IReadOnlyList<Tensor> owned) => Around(owned[0], owned[1], owned.Count > 2 ? owned[2] : null);

    /// <summary>dL/dW of the rows that delta has, <c>[k, fan-in]</c>.</summary>
    protected abstract Tensor WeightGradient(Tensor delta, Tensor x);

    /// <summary>The sum over samples and positions, <c>[rows]</c>.</summary>
    private static Tensor SumOfRows(Tensor values) => values.dim() == 2 ? values.sum([0]) : values.sum([0, 2, 3]);

    /// <summary>A value of each row, shaped to go with a tensor of the first of them.</summary>
    private static Tensor RowsLike(Tensor rows, Tensor like) =>
        (rows.shape[0] == 1 || rows.shape[0] == like.shape[1] ? rows : rows.narrow(0, 0, like.shape[1])).reshape([
            1,
            -1,
            .. Enumerable.Repeat(1L, (int)like.dim() - 2),
        ]);

    private Tensor GainLike(Tensor a) => RowsLike(Gain!, a);

    /// <summary>The gain of each row that a tensor has, <c>[k]</c>, for a pass over memory; <see langword="null"/> without gains.</summary>
    private Tensor? GainOf(Tensor a) =>
        Gain is null ? null : (Gain.shape[0] == 1 ? Gain.expand(a.shape[1]) : Gain.narrow(0, 0, a.shape[1])).contiguous();

    /// <summary>f(g u + b), in the memory of u: <c>[batch, rows, …]</c>.</summary>
    /// <param name="u">Weighted inputs without gaps; overwritten.</param>
    protected Tensor Activated_(Tensor u) =>
        FusedPass.Fits(u, u)
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

    /// <summary>How the auxiliary units are there, once the numbers are known to fit together.</summary>
    private static AuxiliaryUnits Fitting(string name, LayerSize size, Tensor weight, Tensor bias, LeakyReLU activation, Tensor? gain)
    {
        if (!(activation.Slope > 0))
        {
            throw new GaitPropException(
                Text($"{name}: a leaky ReLU of slope {activation.Slope:R} has no inverse; the slope must be above 0.")
            );
        }

        CheckKeep(name, size.Keep, size.Outputs);
        if (
            weight.dim() != 2
            || bias.dim() != 1
            || bias.shape[0] != weight.shape[0]
            || (weight.shape[0] != size.Outputs && weight.shape[0] != size.Keep)
        )
        {
            throw new GaitPropException(
                $"{name}: a weight of {Shapes.Text(weight.shape)} and a bias of {Shapes.Text(bias.shape)} do not make {size.Outputs} outputs, {size.Keep} kept."
            );
        }

        if (gain is not null && (gain.dim() != 1 || (gain.shape[0] != 1 && gain.shape[0] != weight.shape[0])))
        {
            throw new GaitPropException(
                $"{name}: a gain of {Shapes.Text(gain.shape)} does not fit {weight.shape[0]} rows; give one for each, or one for all."
            );
        }

        return weight.shape[0] == size.Outputs ? AuxiliaryUnits.Explicit : AuxiliaryUnits.Implicit;
    }

    private static LayerParameter[] Parts(Tensor weight, Tensor bias, Tensor? gain)
    {
        LayerParameter[] parts = [new("weight", weight, ParameterRole.Weight), new("bias", bias, ParameterRole.Offset)];
        return gain is null ? parts : [.. parts, new("gain", gain, ParameterRole.Gain)];
    }
}

/// <summary>The plan of an affine layer. With auxiliary units it is square: as many outputs as inputs.</summary>
internal abstract record AffineDefinition : LayerDefinition
{
    /// <inheritdoc/>
    public override bool TakesGain => true;

    /// <inheritdoc/>
    public sealed override Layer Build(LayerPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var size = SizeAt(place.InputShape, place.IsSquare);
        var rows = place.Auxiliary == AuxiliaryUnits.Explicit ? size.Outputs : size.Keep;
        var weight = place.Orthogonal(rows, size.FanIn);
        var gain = (Gain ?? (place.Index > 0 ? place.Gain : UnitGain.None)) switch
        {
            UnitGain.None => null,
            UnitGain.Scalar => place.Ones(1),
            _ => place.Ones(rows),
        };
        return Build(place, size, weight, place.Zeros(rows), gain);
    }

    /// <summary>Builds the layer around its parameters.</summary>
    /// <param name="place">Where it will be.</param>
    /// <param name="size">Its sizes there.</param>
    /// <param name="weight">W, <c>[rows, fan-in]</c>, orthogonal.</param>
    /// <param name="bias">b, <c>[rows]</c>, zero.</param>
    /// <param name="gain">g, one; <see langword="null"/> without gains.</param>
    protected abstract Layer Build(LayerPlace place, LayerSize size, Tensor weight, Tensor bias, Tensor? gain);

    /// <summary>The sizes of an affine layer.</summary>
    /// <param name="name">The plan in words.</param>
    /// <param name="inputShape">Shape of one input.</param>
    /// <param name="fanIn">Inputs of one output.</param>
    /// <param name="keep">Outputs that go on.</param>
    /// <param name="outputs">All outputs, auxiliary ones included.</param>
    /// <param name="map">Height and width of the output map; empty for a dense layer.</param>
    protected internal static LayerSize Sizes(
        string name,
        IReadOnlyList<long> inputShape,
        long fanIn,
        long keep,
        long outputs,
        IReadOnlyList<long> map
    ) => new(name, inputShape, fanIn, keep, outputs, map) { ParametersAnOutput = fanIn + 1, FlopsAnOutput = 2 * fanIn };

    /// <summary>All outputs of a layer that keeps so many: as many as inputs, if it must be square.</summary>
    /// <param name="square">Whether it must.</param>
    /// <param name="keep">Outputs that go on.</param>
    /// <param name="fanIn">Inputs of one output.</param>
    /// <exception cref="GaitPropException">It keeps more than it has inputs.</exception>
    protected static long OutputsOf(bool square, long keep, long fanIn) =>
        !square ? keep
        : keep <= fanIn ? fanIn
        : throw new GaitPropException($"passes on {keep} outputs of {fanIn} inputs: a square layer cannot keep more than it has.");
}
