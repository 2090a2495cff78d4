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
