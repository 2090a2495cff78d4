using GaitProp.Layers;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Verification;

/// <summary>
/// A network with numbers, an input, a loss, and the updates that every rule must find: a case of a <c>gaitprop-vectors/1</c> file.
/// </summary>
internal sealed class ReferenceCase : IDisposable
{
    private readonly IReadOnlyList<ReferenceLayer> _layers;
    private readonly Tensor _lossData;
    private readonly bool _isCrossEntropy;
    private readonly double? _lossValue;

    public ReferenceCase(
        string name,
        Tensor input,
        IReadOnlyList<ReferenceLayer> layers,
        bool isCrossEntropy,
        Tensor lossData,
        double targetStep,
        double? lossValue,
        IReadOnlyList<Tensor> activations,
        IReadOnlyList<ReferenceRule> rules
    )
    {
        Name = name;
        Input = input;
        _layers = layers;
        _isCrossEntropy = isCrossEntropy;
        _lossData = lossData;
        TargetStep = targetStep;
        _lossValue = lossValue;
        Activations = activations;
        Rules = rules;
    }

    public string Name { get; }

    /// <summary>Float64 <c>[batch, …]</c>.</summary>
    public Tensor Input { get; }

    /// <summary>k of <c>t = y - k dL/dy</c>.</summary>
    public double TargetStep { get; }

    /// <summary>What each layer must compute, float64, auxiliary units included.</summary>
    public IReadOnlyList<Tensor> Activations { get; }

    public IReadOnlyList<ReferenceRule> Rules { get; }

    /// <summary>The network of the case, in another precision if that is asked for.</summary>
    public Network BuildNetwork(ScalarType dtype)
    {
        var layers = new List<Layer>();
        IReadOnlyList<long> shape = [.. Input.shape.Skip(1)];
        foreach (var (index, layer) in _layers.Index())
        {
            var name = $"layer {index + 1}";
            if (layer.Plan is not null)
            {
                layers.Add(Planned(layer, index, shape, dtype, Input.device));
                shape = layers[^1].OutputShape;
                continue;
            }

            var weight = layer.Weight.to(dtype, copy: true);
            var bias = layer.Bias.to(dtype, copy: true);
            var gain = layer.Gain?.to(dtype, copy: true);
            var outputs = (int)weight.shape[0];
            layers.Add(
                layer.Convolution is { } c
                    ? new InvertibleConv2d(name, weight, bias, layer.Activation, layer.Keep, outputs, shape, c.Kernel, c.Stride, gain)
                    : new InvertibleDense(name, weight, bias, layer.Activation, layer.Keep, outputs, shape, gain)
            );
            shape = layers[^1].OutputShape;
        }

        return new Network(Name, layers);
    }

    /// <summary>A layer of any type, around the numbers that the case has of it.</summary>
    private static Layer Planned(ReferenceLayer numbers, int index, IReadOnlyList<long> shape, ScalarType dtype, Device device)
    {
        var layer = numbers.Plan!.Build(
            new LayerPlace
            {
                Index = index,
                InputShape = shape,
                Auxiliary = index > 0 ? AuxiliaryUnits.Explicit : AuxiliaryUnits.None,
                Activation = numbers.Activation,
                Type = dtype,
                Device = device,
            }
        );
        foreach (var parameter in layer.Owned.Where(p => p.Role != ParameterRole.Fixed))
        {
            var (name, value) = (parameter.Name, parameter.Value);
            var given =
                numbers.Named!.GetValueOrDefault(name)
                ?? throw new GaitPropException($"layer {index + 1} ({numbers.Plan}): the field '{name}' is missing.");
            value.copy_(
                given.shape.SequenceEqual(value.shape)
                    ? given
                    : throw new GaitPropException(
                        $"layer {index + 1} ({numbers.Plan}): '{name}' is of shape {Shapes.Text(given.shape)}; {Shapes.Text(value.shape)} was expected."
                    )
            );
        }

        return layer;
    }

    /// <summary>Whether its numbers fit together: a check that compared too little would pass for no reason.</summary>
    /// <param name="where">File and case, for messages.</param>
    /// <exception cref="GaitPropException">They do not.</exception>
    public void Validate(string where)
    {
        if (Input.dim() is not (2 or 4) || Input.numel() == 0)
        {
            throw new GaitPropException($"{where}: an input of shape {Shapes.Text(Input.shape)} is no batch of vectors or images.");
        }

        if (!(TargetStep > 0 && double.IsFinite(TargetStep)))
        {
            throw new GaitPropException(Text($"{where}: a targetStep of {TargetStep:R} is not possible; it must be above 0."));
        }

        using var network = Built(where);
        Count("activations", Activations.Count);
        foreach (var rule in Rules)
        {
            Count($"gradients of {rule.Rule}", rule.Gradients.Count);
            foreach (var (index, gradient) in rule.Gradients.Index())
            {
                var layer = network.Layers[index];
                if (layer is AffineLayer ? gradient.Trained.Count < 2 : gradient.Trained.Count != layer.Trained.Count)
                {
                    throw new GaitPropException(
                        Text(
                            $"{where}, layer {index + 1}: the gradients of {rule.Rule} are by {gradient.Trained.Count} parameters; the layer has {layer.Trained.Count}."
                        )
                    );
                }

                foreach (
                    var (parameter, given) in layer
                        .Owned.Where(p => p.Role != ParameterRole.Fixed && p.Name != "gain")
                        .Zip(gradient.Trained)
                )
                {
                    var own = parameter.Value;
                    var what = parameter.Name switch
                    {
                        "weight" => "weights",
                        "bias" => "biases",
                        var other => other,
                    };
                    if (!own.shape.SequenceEqual(given.shape))
                    {
                        throw new GaitPropException(
                            Text(
                                $"{where}, layer {index + 1}: the gradients of {rule.Rule} by {what} are of shape {Shapes.Text(given.shape)}; the layer's are of shape {Shapes.Text(own.shape)}."
                            )
                        );
                    }
                }

                var gains = layer.Gain?.shape[0] ?? 0;
                if (layer is AffineLayer && gradient.Gain is { } gain && gain.shape[0] != gains)
                {
                    throw new GaitPropException(
                        Text(
                            $"{where}, layer {index + 1}: the gradients of {rule.Rule} have {gain.shape[0]} by gains; the layer has {gains} gains."
                        )
                    );
                }
            }

            Count($"targets of {rule.Rule}", rule.Targets?.Count);
            Count($"anglesToBackprop of {rule.Rule}", rule.Angles?.Count);
        }

        if (Rules.Count == 0)
        {
            throw new GaitPropException($"{where}: it names no rule.");
        }

        var classes = Shapes.Units(network.Layers[^1].OutputShape);
        long[] expected = _isCrossEntropy ? [Input.shape[0]] : [Input.shape[0], classes];
        if (!_lossData.shape.SequenceEqual(expected))
        {
            throw new GaitPropException(
                $"{where}: the loss has {(_isCrossEntropy ? "labels" : "a target")} of shape {Shapes.Text(_lossData.shape)}; {Shapes.Text(expected)} was expected."
            );
        }

        if (_isCrossEntropy && (_lossData.min().Whole() < 0 || _lossData.max().Whole() >= classes))
        {
            throw new GaitPropException($"{where}: a label is outside of 0 to {classes - 1}, the outputs of the network.");
        }

        void Count(string what, int? count)
        {
            if (count is not null && count != _layers.Count)
            {
                throw new GaitPropException(Text($"{where}: the {what} are {count}; the network has {_layers.Count} layers."));
            }
        }
    }

    private Network Built(string where)
    {
        if (_layers.Count == 0)
        {
            throw new GaitPropException($"{where}: the network has no layers.");
        }

        try
        {
            return BuildNetwork(ScalarType.Float64);
        }
        catch (GaitPropException e)
        {
            throw new GaitPropException($"{where}: {e.Message}", e);
        }
    }

    public LossGradient Loss(Tensor output) =>
        _isCrossEntropy
            ? GaitProp.Loss.CrossEntropySum(output, _lossData)
            : GaitProp.Loss.HalfMeanSquare(output, _lossData.to(output.dtype));

    /// <summary>The relative error of the loss's value, or <see langword="null"/> if the case does not state one.</summary>
    public double? LossError(double value) =>
        _lossValue is { } expected ? Math.Abs(value - expected) / (expected == 0 ? 1 : Math.Abs(expected)) : null;

    /// <summary>The case with its numbers on a device. This one is not to be used any more where that is another.</summary>
    /// <param name="device">Where they go.</param>
    public ReferenceCase On(Device device)
    {
        if (Input.device_type == device.type)
        {
            return this;
        }

        using (this)
        {
            Tensor Moved(Tensor tensor) => tensor.to(device).DetachFromDisposeScope();
            return new ReferenceCase(
                Name,
                Moved(Input),
                [
                    .. _layers.Select(l =>
                        l with
                        {
                            Weight = Moved(l.Weight),
                            Bias = Moved(l.Bias),
                            Gain = l.Gain is null ? null : Moved(l.Gain),
                            Named = l.Named?.ToDictionary(n => n.Key, n => Moved(n.Value)),
                        }
                    ),
                ],
                _isCrossEntropy,
                Moved(_lossData),
                TargetStep,
                _lossValue,
                [.. Activations.Select(Moved)],
                [
                    .. Rules.Select(r =>
                        r with
                        {
                            Gradients = [.. r.Gradients.Select(g => new LayerGradient([.. g.Trained.Select(Moved)]))],
                            Targets = r.Targets is null ? null : [.. r.Targets.Select(Moved)],
                        }
                    ),
                ]
            );
        }
    }

    public void Dispose()
    {
        foreach (
            var tensor in (Tensor[])
                [
                    Input,
                    _lossData,
                    .. Activations,
                    .. _layers.SelectMany(l => (Tensor?[])[l.Weight, l.Bias, l.Gain, .. l.Named?.Values ?? []]).OfType<Tensor>(),
                    .. Rules.SelectMany(r => r.Tensors),
                ]
        )
        {
            tensor.Dispose();
        }
    }
}

/// <summary>The numbers of a layer.</summary>
/// <param name="Weight">Float64 <c>[outputs, fan-in]</c>.</param>
/// <param name="Bias">Float64 <c>[outputs]</c>.</param>
/// <param name="Gain">Float64 <c>[outputs]</c> or <c>[1]</c>; <see langword="null"/> without gains.</param>
/// <param name="Activation">f.</param>
/// <param name="Keep">Outputs that go on.</param>
/// <param name="Convolution">Kernel and stride, for a convolution.</param>
internal sealed record ReferenceLayer(
    Tensor Weight,
    Tensor Bias,
    Tensor? Gain,
    LeakyReLU Activation,
    int Keep,
    (int Kernel, int Stride)? Convolution
)
{
    /// <summary>The plan of a layer that is neither dense nor a convolution; its numbers are in <see cref="Named"/>.</summary>
    public LayerDefinition? Plan { get; init; }

    /// <summary>Its numbers by their names, float64.</summary>
    public IReadOnlyDictionary<string, Tensor>? Named { get; init; }
}

/// <summary>What a rule must find.</summary>
/// <param name="Rule">The rule's name on the command line.</param>
/// <param name="Gamma">The increment factor of GAIT.</param>
/// <param name="Eta">The normalisation constant of normalised GAIT.</param>
/// <param name="Gradients">dL/dW, dL/db and, if it is stated, dL/dg of each layer, float64.</param>
/// <param name="Targets">The targets of each layer, float64, if they are stated.</param>
/// <param name="Angles">Update angle to BP of each layer, of the weights, degrees, if they are stated; <see langword="null"/> where it is
/// undefined.</param>
/// <param name="IsExact">Whether the numbers were computed with so many digits that they have no rounding; else it may be that of the
/// literal form in float64.</param>
internal sealed record ReferenceRule(
    string Rule,
    double? Gamma,
    double? Eta,
    IReadOnlyList<LayerGradient> Gradients,
    IReadOnlyList<Tensor>? Targets,
    IReadOnlyList<double?>? Angles,
    bool IsExact = false
)
{
    public IEnumerable<Tensor> Tensors => Gradients.SelectMany(g => g.Trained).Concat(Targets ?? []);
}
