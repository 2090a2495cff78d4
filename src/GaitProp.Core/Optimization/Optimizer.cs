using GaitProp.Layers;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Moves parameters down their gradients, a step size for each of them.</summary>
public abstract class Optimizer : IDisposable
{
    private readonly Tensor[] _parameters;
    private readonly double[] _rates;

    /// <summary>Takes hold of the parameters.</summary>
    /// <param name="parameters">What is trained: contiguous float32 or float64 tensors, changed in place by <see cref="Step"/>.</param>
    /// <param name="options">Step size, and what else the optimiser has.</param>
    /// <param name="rates">The step size of each parameter; that of <paramref name="options"/> for all if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">An option is not possible.</exception>
    /// <exception cref="ArgumentException">There are more or fewer rates than parameters.</exception>
    private protected Optimizer(IEnumerable<Tensor> parameters, OptimizerOptions options, IReadOnlyList<double>? rates)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _parameters = [.. parameters];
        _rates = rates is null ? [.. _parameters.Select(_ => options.LearningRate)] : [.. rates];
        if (_rates.Length != _parameters.Length)
        {
            throw new ArgumentException($"{_rates.Length} rates came for {_parameters.Length} parameters.", nameof(rates));
        }
    }

    /// <summary>
    /// The optimiser of a network's layers: <see cref="Layer.Trained"/> of each, from the input up, gains with a step size of their own.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Which optimiser, and its settings.</param>
    /// <exception cref="GaitPropException">An option is not possible.</exception>
    public static Optimizer Of(Network network, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        var plain = options.Kind == OptimizerKind.Sgd;
        Tensor[] parameters = [.. network.Layers.SelectMany(l => l.Trained)];
        double[] rates =
        [
            .. network.Layers.SelectMany(l =>
                l.Owned.Where(p => p.Role != ParameterRole.Fixed)
                    .Select(p =>
                        p.Role == ParameterRole.Gain
                            ? options.GainLr ?? (plain ? options.LearningRate : options.LearningRate * Math.Sqrt(l.FanIn))
                            : options.LearningRate
                    )
            ),
        ];
        return plain ? new GradientDescent(parameters, options, rates) : new Adam(parameters, options, rates);
    }

    /// <summary>The settings.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; internal set; }

    /// <summary>What is trained.</summary>
    internal IReadOnlyList<Tensor> Parameters => _parameters;

    /// <summary>
    /// What the optimiser keeps from step to step beside <see cref="Steps"/>: under each name a tensor a parameter, in their order.
    /// </summary>
    internal virtual IReadOnlyList<(string Name, IReadOnlyList<Tensor> Tensors)> State => [];

    /// <summary>Moves the parameters one step down.</summary>
    /// <param name="gradients">One gradient a parameter, in their order and shapes.</param>
    /// <exception cref="ArgumentException">There are more or fewer gradients than parameters, or one has another shape, element type or
    /// device than its parameter.</exception>
    public void Step(IReadOnlyList<Tensor> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (gradients.Count != _parameters.Length)
        {
            throw new ArgumentException($"{gradients.Count} gradients came for {_parameters.Length} parameters.", nameof(gradients));
        }

        // All before any is moved: what follows reads memory as it lies.
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (gradient, parameter) = (gradients[i], _parameters[i]);
            if (
                gradient.dtype != parameter.dtype
                || gradient.device_type != parameter.device_type
                || !gradient.shape.AsSpan().SequenceEqual(parameter.shape)
            )
            {
                throw new ArgumentException(
                    $"gradient {i + 1} is {Said(gradient)}, and its parameter {Said(parameter)}: gradients come in the order of the network's parameters, and .to(...) converts them.",
                    nameof(gradients)
                );
            }
        }

        Steps++;
        using var scope = NewDisposeScope();
        for (var i = 0; i < _parameters.Length; i++)
        {
            Move(i, _parameters[i], gradients[i], _rates[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in State.SelectMany(s => s.Tensors))
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private static string Said(Tensor tensor) =>
        $"{Shapes.Text(tensor.shape)} in {tensor.dtype.ToString().ToLowerInvariant()} on {tensor.device}";

    /// <summary>Moves one parameter, in place.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient, of the same shape.</param>
    /// <param name="rate">Its step size.</param>
    private protected abstract void Move(int index, Tensor parameter, Tensor gradient, double rate);
}
