using static TorchSharp.torch;

namespace GaitProp.Tests.Layers;

/// <summary>A layer of two weights and a bias, <c>u = W2 (W1 x)</c> and <c>a = u + b</c>, as a user would write it.</summary>
internal sealed class Twofold(string name, LayerSize size, Tensor first, Tensor second, Tensor bias)
    : Layer(
        name,
        size,
        AuxiliaryUnits.None,
        new("first", first, ParameterRole.Weight),
        new("shift", bias, ParameterRole.Offset),
        new("second", second, ParameterRole.Weight)
    )
{
    public override string Kind => "twofold";

    public override Tensor Forward(Tensor x) => Checked(x).matmul(first.t()).matmul(second.t()) + bias;

    public override Tensor WeightedInput(Tensor a) => a - bias;

    public override LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null) =>
        new([delta.matmul(second).t().matmul(x), delta.sum([0]), delta.t().matmul(x.matmul(first.t()))]);

    public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) =>
        delta.matmul(feedback?[1] ?? second).matmul(feedback?[0] ?? first);

    protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy)
    {
        var outer = strategy.Invert(second, p);
        var inner = strategy.Invert(first, outer.Inputs);
        return inner with { Defects = [inner.Defect, outer.Defect] };
    }

    protected override Layer Around(IReadOnlyList<Tensor> owned) => new Twofold(Name, Size, owned[0], owned[2], owned[1]);
}

[LayerKind("twofold", "")]
internal sealed record TwofoldDefinition : LayerDefinition
{
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) =>
        inputShape is [var units]
            ? new(ToString(), inputShape, units, units, units, []) { ParametersAnOutput = (2 * units) + 1, FlopsAnOutput = 4 * units }
            : throw new GaitPropException("needs a vector.");

    public override Layer Build(LayerPlace place)
    {
        var units = place.InputShape[0];
        return new Twofold(
            place.Name,
            SizeAt(place.InputShape, place.IsSquare),
            place.Orthogonal(units, units),
            place.Orthogonal(units, units, 1),
            place.Zeros(units)
        );
    }
}

/// <summary>A layer that trains something and has no weight: each unit times a number of its own.</summary>
internal sealed class Stretch(string name, LayerSize size, Tensor factors)
    : Layer(name, size, AuxiliaryUnits.None, new LayerParameter("factors", factors, ParameterRole.Gain))
{
    public override string Kind => "stretch";

    public override Tensor Forward(Tensor x) => Checked(x) * factors;

    public override LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null) => new([(delta * x).sum([0])]);

    public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) => delta * factors;

    protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy) => p / factors;

    protected override Layer Around(IReadOnlyList<Tensor> owned) => new Stretch(Name, Size, owned[0]);
}

[LayerKind("stretch", "")]
internal sealed record StretchDefinition : LayerDefinition
{
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) =>
        new(ToString(), inputShape, inputShape[0], inputShape[0], inputShape[0], []) { ParametersAnOutput = 1, FlopsAnOutput = 1 };

    public override Layer Build(LayerPlace place) =>
        new Stretch(place.Name, SizeAt(place.InputShape, place.IsSquare), place.Ones(place.InputShape[0]));
}

/// <summary>
/// A dense layer with an activation of its own, <c>a = f(W x + b)</c> with a leaky ReLU, as a user would write it: it overrides the four
/// members that go together, and takes what the kit computes of them as it is.
/// </summary>
internal sealed class Bent(string name, LayerSize size, Tensor weight, Tensor bias)
    : Layer(name, size, AuxiliaryUnits.Explicit, new("weight", weight, ParameterRole.Weight), new("bias", bias, ParameterRole.Offset))
{
    private const double Slope = 0.1;

    public override string Kind => "bent";

    public override Tensor Forward(Tensor x)
    {
        var z = addmm(bias, Checked(x), weight.t(), beta: 1, alpha: 1);
        return TimesDerivative(z, z);
    }

    public override Tensor Derivative(Tensor a) => TimesDerivative(ones_like(a), a);

    public override Tensor TimesDerivative(Tensor v, Tensor a) => where(a.gt(0), v, v * Slope);

    public override Tensor WeightedInput(Tensor a) => Straight(a) - bias.narrow(0, 0, a.shape[1]);

    public override Tensor InverseDisplacement(Tensor a, Tensor displacement)
    {
        var moved = a + displacement;
        return where(a.gt(0).eq(moved.gt(0)), displacement / Derivative(a), Straight(moved) - Straight(a));
    }

    public override LayerGradient Gradient(Tensor delta, Tensor x, Tensor? activation = null)
    {
        var whole = nn.functional.pad(delta, [0, Rows - delta.shape[1]]);
        return new([whole.t().matmul(x), whole.sum([0])]);
    }

    public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) =>
        delta.matmul((feedback?[0] ?? weight).narrow(0, 0, delta.shape[1]));

    protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy) => strategy.Invert(weight, p);

    protected override Layer Around(IReadOnlyList<Tensor> owned) => new Bent(Name, Size, owned[0], owned[1]);

    private static Tensor Straight(Tensor a) => where(a.gt(0), a, a / Slope);
}
