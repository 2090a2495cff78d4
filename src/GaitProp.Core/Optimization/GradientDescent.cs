using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Gradient descent without momentum, <c>p -= lr g</c>: the optimiser that the paper's code calls SGD. It keeps nothing from step to step.
/// </summary>
/// <param name="parameters">What is trained: contiguous float32 or float64 tensors, changed in place by
/// <see cref="Optimizer.Step"/>.</param>
/// <param name="options">The step size.</param>
/// <param name="rates">The step size of each parameter; that of <paramref name="options"/> for all if <see langword="null"/>.</param>
/// <exception cref="GaitPropException">An option is not possible.</exception>
/// <exception cref="ArgumentException">There are more or fewer rates than parameters.</exception>
public sealed class GradientDescent(IEnumerable<Tensor> parameters, OptimizerOptions options, IReadOnlyList<double>? rates = null)
    : Optimizer(parameters, options, rates)
{
    private protected override void Move(int index, Tensor parameter, Tensor gradient, double rate) =>
        parameter.add_(gradient, alpha: -rate);
}
