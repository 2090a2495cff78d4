using System.Numerics;
using GaitProp.Layers;
using GaitProp.Networks;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Optimization;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1, in the order of operations of torch's own): on the CPU one fused, vectorised, threaded pass
/// over parameter, gradient and moments, which is what the memory bus allows; on other devices torch operations in place.
/// </summary>
public sealed class Adam : IDisposable
{
    private readonly Tensor[] _parameters;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly double[] _rates;

    /// <summary>The optimiser of a network's layers: <see cref="Layer.Trained"/> of each, from the input up, gains with a step size of their own.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Step sizes, decays and epsilon.</param>
    /// <exception cref="GaitPropException">An option is not possible.</exception>
    public static Adam Of(Network network, AdamOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        return new Adam(
            network.Layers.SelectMany(l => l.Trained),
            options,
            [.. network.Layers.SelectMany(l => l.Trained.Select(t => ReferenceEquals(t, l.Gain) ? options.GainLr ?? options.LearningRate * Math.Sqrt(l.FanIn) : options.LearningRate))]);
    }

    /// <summary>Starts with zero moments.</summary>
    /// <param name="parameters">What is trained: contiguous float32 or float64 tensors, changed in place by <see cref="Step"/>.</param>
    /// <param name="options">Step size, decays and epsilon.</param>
    /// <param name="rates">The step size of each parameter; that of <paramref name="options"/> for all if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">An option is not possible.</exception>
    /// <exception cref="ArgumentException">There are more or fewer rates than parameters.</exception>
    public Adam(IEnumerable<Tensor> parameters, AdamOptions options, IReadOnlyList<double>? rates = null)
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

        _first = [.. _parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
        _second = [.. _parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
    }

    /// <summary>Step size, decays and epsilon.</summary>
    public AdamOptions Options { get; }

    /// <summary>What is trained.</summary>
    internal IReadOnlyList<Tensor> Parameters => _parameters;

    /// <summary>Steps taken.</summary>
    public long Steps { get; internal set; }

    /// <summary>Running means of the gradients, one a parameter.</summary>
    public IReadOnlyList<Tensor> FirstMoments => _first;

    /// <summary>Running means of the squared gradients, one a parameter.</summary>
    public IReadOnlyList<Tensor> SecondMoments => _second;

    /// <summary>Moves the parameters one step down.</summary>
    /// <param name="gradients">One gradient a parameter, in their order and shapes.</param>
    /// <exception cref="ArgumentException">There are more or fewer gradients than parameters.</exception>
    public void Step(IReadOnlyList<Tensor> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (gradients.Count != _parameters.Length)
        {
            throw new ArgumentException($"{gradients.Count} gradients came for {_parameters.Length} parameters.", nameof(gradients));
        }

        Steps++;
        using var scope = NewDisposeScope();
        var correction1 = 1 - Math.Pow(Options.Beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(Options.Beta2, Steps));
        for (var i = 0; i < _parameters.Length; i++)
        {
            var step = _rates[i] / correction1;
            var gradient = gradients[i].contiguous();
            if (_parameters[i].device_type == DeviceType.CPU)
            {
                if (_parameters[i].dtype == ScalarType.Float64)
                {
                    Fused<double>(_parameters[i], gradient, _first[i], _second[i], step, correction2);
                }
                else
                {
                    Fused<float>(_parameters[i], gradient, _first[i], _second[i], step, correction2);
                }
            }
            else
            {
                InOperations(_parameters[i], gradient, _first[i], _second[i], step, correction2);
            }
        }
    }

    /// <summary>The same step as torch operations in place, for devices whose memory is out of reach.</summary>
    internal void InOperations(Tensor parameter, Tensor gradient, Tensor first, Tensor second, double step, double correction2)
    {
        first.lerp_(gradient, 1 - Options.Beta1);
        second.mul_(Options.Beta2).addcmul_(gradient, gradient, 1 - Options.Beta2);
        parameter.addcdiv_(first, (second.sqrt() / correction2).add_(Options.Epsilon), -step);
    }

    private unsafe void Fused<T>(Tensor parameter, Tensor gradient, Tensor first, Tensor second, double step, double correction2)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* p = MemoryPass.Address<T>(parameter), g = MemoryPass.Address<T>(gradient), m = MemoryPass.Address<T>(first), v = MemoryPass.Address<T>(second);
        var constants = new Constants<T>(
            T.CreateChecked(1 - Options.Beta1),
            T.CreateChecked(Options.Beta2),
            T.CreateChecked(1 - Options.Beta2),
            T.CreateChecked(1 / correction2),
            T.CreateChecked(Options.Epsilon),
            T.CreateChecked(step));
        MemoryPass.Run(parameter.numel(), (from, to) => Pass(p, g, m, v, from, to, constants));
        GC.KeepAlive((parameter, gradient, first, second));
    }

    private static unsafe void Pass<T>(T* p, T* g, T* m, T* v, long from, long to, Constants<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var width = Vector<T>.Count;
        var (rest1, beta2, rest2) = (new Vector<T>(c.Rest1), new Vector<T>(c.Beta2), new Vector<T>(c.Rest2));
        var (scale, epsilon, step) = (new Vector<T>(c.Scale), new Vector<T>(c.Epsilon), new Vector<T>(c.Step));
        var i = from;
        for (; i + width <= to; i += width)
        {
            var gradient = Vector.Load(g + i);
            var first = Vector.Load(m + i);
            first += rest1 * (gradient - first);
            var second = (beta2 * Vector.Load(v + i)) + (rest2 * gradient * gradient);
            var parameter = Vector.Load(p + i) - (step * first / ((Vector.SquareRoot(second) * scale) + epsilon));
            first.Store(m + i);
            second.Store(v + i);
            parameter.Store(p + i);
        }

        for (; i < to; i++)
        {
            m[i] += c.Rest1 * (g[i] - m[i]);
            v[i] = (c.Beta2 * v[i]) + (c.Rest2 * g[i] * g[i]);
            p[i] -= c.Step * m[i] / ((T.Sqrt(v[i]) * c.Scale) + c.Epsilon);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moment in _first.Concat(_second))
        {
            moment.Dispose();
        }
    }

    /// <summary>1 - beta1, beta2, 1 - beta2, 1 / the root of the second moment's bias correction, epsilon, and the step over the first's.</summary>
    private readonly record struct Constants<T>(T Rest1, T Beta2, T Rest2, T Scale, T Epsilon, T Step);
}
