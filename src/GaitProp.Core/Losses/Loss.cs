using static TorchSharp.torch;

namespace GaitProp;

/// <summary>A loss's value and its gradient by the kept outputs.</summary>
public readonly struct LossGradient
{
    internal LossGradient(Tensor value, Tensor gradient) => (Value, Gradient) = (value, gradient);

    /// <summary>The loss, a scalar tensor.</summary>
    public Tensor Value { get; }

    /// <summary>dL/dy, of the outputs' shape.</summary>
    public Tensor Gradient { get; }
}

/// <summary>The losses that learning rules descend.</summary>
public static class Loss
{
    /// <summary>
    /// Softmax cross-entropy, <b>summed</b> over the batch: <c>dL/dy = softmax(y) - onehot(label)</c>. Nothing cancels where a label is
    /// nearly certain: its gradient is minus the sum of the others', and its loss is <c>log(1 + sum exp(y_j - y_label))</c> over the
    /// others.
    /// </summary>
    /// <param name="output">Logits y, <c>[batch, classes]</c>; the values of a last layer that is a convolution are taken as they lie in
    /// memory.</param>
    /// <param name="labels">Class numbers, int64 <c>[batch]</c>.</param>
    /// <exception cref="GaitPropException">The batch is empty, or labels and outputs are not equally many.</exception>
    public static LossGradient CrossEntropySum(Tensor output, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(labels);
        Check(output, labels.shape[0]);
        var logits = output.flatten(1);
        var index = labels.unsqueeze(1);
        var others = (logits - logits.gather(1, index))
            .scatter_(1, index, full_like(index, double.NegativeInfinity, output.dtype))
            .logsumexp(1);
        var value = (others.clamp_min(0) + others.abs().neg_().exp_().log1p_()).sum();
        var gradient = logits.softmax(1).scatter_(1, index, zeros_like(index, output.dtype));
        gradient.scatter_(1, index, gradient.sum(1, keepdim: true).neg_());
        return new LossGradient(value, gradient.view(output.shape));
    }

    /// <summary>
    /// Half the squared error of the outputs against one for the label's and zero for the others, <b>summed</b> over the batch: <c>L = sum
    /// |y - onehot(label)|^2 / 2</c>, so <c>dL/dy = y - onehot(label)</c>. A rule whose target step is 1 takes the labels themselves for
    /// its targets.
    /// </summary>
    /// <param name="output">Outputs y, <c>[batch, classes]</c>; the values of a last layer that is a convolution are taken as they lie in
    /// memory.</param>
    /// <param name="labels">Class numbers, int64 <c>[batch]</c>.</param>
    /// <exception cref="GaitPropException">The batch is empty, or labels and outputs are not equally many.</exception>
    public static LossGradient HalfSquareSum(Tensor output, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(labels);
        Check(output, labels.shape[0]);
        var index = labels.unsqueeze(1);
        var error = output.flatten(1).scatter_add(1, index, full_like(index, -1, output.dtype));
        return new LossGradient(error.square().sum() / 2, error.view(output.shape));
    }

    /// <summary>The loss of an experiment, summed over the batch.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="output">Outputs y, <c>[batch, classes]</c>.</param>
    /// <param name="labels">Class numbers, int64 <c>[batch]</c>.</param>
    /// <exception cref="GaitPropException">The batch is empty, or labels and outputs are not equally many.</exception>
    internal static LossGradient Sum(LossKind kind, Tensor output, Tensor labels) =>
        kind == LossKind.Mse ? HalfSquareSum(output, labels) : CrossEntropySum(output, labels);

    /// <summary>Half the squared error, averaged over the batch: <c>L = sum (y - target)^2 / (2 batch)</c>.</summary>
    /// <param name="output">Outputs y, <c>[batch, classes]</c>; the values of a last layer that is a convolution are taken as they lie in
    /// memory.</param>
    /// <param name="target">What they should be, <c>[batch, classes]</c>.</param>
    /// <exception cref="GaitPropException">The batch is empty, or the shapes differ.</exception>
    public static LossGradient HalfMeanSquare(Tensor output, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(target);
        Check(output, target.shape[0]);
        var values = output.flatten(1);
        if (!values.shape.SequenceEqual(target.shape))
        {
            throw new GaitPropException(
                $"the loss needs a target of {string.Join(" x ", values.shape)} values, one an output; this one has {string.Join(" x ", target.shape)}."
            );
        }

        // A target written down in C# is float64.
        var error = values - target.to(values.dtype);
        var batch = output.shape[0];
        return new LossGradient(error.square().sum() / (2 * batch), (error / batch).view(output.shape));
    }

    private static void Check(Tensor output, long targets)
    {
        if (output.shape[0] == 0)
        {
            throw new GaitPropException("the loss of an empty batch is not defined: give it at least one sample.");
        }

        if (output.shape[0] != targets)
        {
            throw new GaitPropException($"the loss needs one target a sample: {output.shape[0]} outputs came with {targets} targets.");
        }
    }
}
