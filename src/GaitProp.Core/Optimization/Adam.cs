using System.Numerics;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1, in the order of operations of torch's own) or, by <see cref="OptimizerOptions.Kind"/>, Keras's
/// variant of it: on the CPU one fused, vectorised, threaded pass over parameter, gradient and moments, which is what the memory bus
/// allows; on other devices torch operations in place.
/// </summary>
public sealed class Adam : Optimizer
{
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;

    /// <summary>Starts with zero moments.</summary>
    /// <param name="parameters">What is trained: contiguous float32 or float64 tensors, changed in place by
    /// <see cref="Optimizer.Step"/>.</param>
    /// <param name="options">Step size, decays and epsilon.</param>
    /// <param name="rates">The step size of each parameter; that of <paramref name="options"/> for all if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">An option is not possible.</exception>
    /// <exception cref="ArgumentException">There are more or fewer rates than parameters.</exception>
    public Adam(IEnumerable<Tensor> parameters, OptimizerOptions options, IReadOnlyList<double>? rates = null)
        : base(parameters, options, rates)
    {
        _first = [.. Parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
        _second = [.. Parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string Name, IReadOnlyList<Tensor> Tensors)> State => [("first", _first), ("second", _second)];

    private protected override void Move(int index, Tensor parameter, Tensor gradient, double rate)
    {
        var correction2 = Math.Sqrt(1 - Math.Pow(Options.Beta2, Steps));
        var step = rate / (1 - Math.Pow(Options.Beta1, Steps));
        if (Options.Kind == OptimizerKind.KerasAdam)
        {
            // The correction moves from the root, where epsilon stands beside it, to the step.
            (step, correction2) = (step * correction2, 1);
        }

        gradient = gradient.contiguous();
        if (!HostRead.IsFree(parameter))
        {
            InOperations(parameter, gradient, _first[index], _second[index], step, correction2);
        }
        else if (parameter.dtype == ScalarType.Float64)
        {
            Fused<double>(parameter, gradient, _first[index], _second[index], step, correction2);
        }
        else
        {
            Fused<float>(parameter, gradient, _first[index], _second[index], step, correction2);
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
        T* p = MemoryPass.Address<T>(parameter),
            g = MemoryPass.Address<T>(gradient),
            m = MemoryPass.Address<T>(first),
            v = MemoryPass.Address<T>(second);
        var constants = new Constants<T>(
            T.CreateChecked(1 - Options.Beta1),
            T.CreateChecked(Options.Beta2),
            T.CreateChecked(1 - Options.Beta2),
            T.CreateChecked(1 / correction2),
            T.CreateChecked(Options.Epsilon),
            T.CreateChecked(step)
        );
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

    /// <summary>
    /// 1 - beta1, beta2, 1 - beta2, 1 / the root of the second moment's bias correction, epsilon, and the step over the first's.
    /// </summary>
    private readonly record struct Constants<T>(T Rest1, T Beta2, T Rest2, T Scale, T Epsilon, T Step);
}
