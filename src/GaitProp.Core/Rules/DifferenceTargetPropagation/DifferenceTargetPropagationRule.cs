using GaitProp.Layers;
using GaitProp.Networks;
using static TorchSharp.torch;

namespace GaitProp.Rules.DifferenceTargetPropagation;

/// <summary>
/// Difference target propagation (Lee et al. 2015): the inverse is not computed but learned. Feedback weights V rebuild a layer's input from
/// its weighted input, <c>g(a) = V^T u(a)</c> with <c>u(a) = f^-1(a) - b</c> over the gain, and what they get wrong is corrected by its difference at the activation itself:
/// <c>t_below = a_below + g(t) - g(a)</c>. Layers need not be square.
/// </summary>
/// <remarks>
/// The feedback weights start random and orthogonal. At every update they take one step of normalised least mean squares on
/// <c>||g(a) - x||^2</c>, patch by patch in a convolution: the step divided by the summed squares of the pre-activations, which bounds
/// the largest eigenvalue of the problem.
/// </remarks>
/// <param name="options">Target step and rate of the feedback weights.</param>
[Rule("dtp", "DTP", typeof(DifferenceTargetPropagationOptions))]
public sealed class DifferenceTargetPropagationRule(DifferenceTargetPropagationOptions options) : FeedbackRule
{
    /// <summary>The rule's options.</summary>
    public DifferenceTargetPropagationOptions Options { get; } = options;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The rule was not prepared for this network.</exception>
    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(outputGradient);
        var feedback = FeedbackFor(network);
        var gradients = new LayerGradient[network.Layers.Count];
        var displacement = -Options.TargetStep * outputGradient;
        for (var l = gradients.Length - 1; l >= 0; l--)
        {
            var layer = network.Layers[l];
            var a = layer.Kept(trace.Activations[l]);
            gradients[l] = layer.Gradient(layer.TimesDerivative(displacement / -Options.TargetStep, a), trace.Inputs[l], a);
            if (l > 0)
            {
                // g is affine after f^-1: the difference of its values is its linear part of the difference.
                displacement = layer.Transposed(layer.InverseDisplacement(a, displacement), feedback[l]);
                LearnToRebuild(layer, trace.Activations[l], trace.Inputs[l], feedback[l]);
            }
        }

        return gradients;
    }

    private void LearnToRebuild(Layer layer, Tensor activation, Tensor input, Tensor feedback)
    {
        using var scope = NewDisposeScope();
        var u = layer.WeightedInput(activation);

        // The gradient of sum ||V^T u - x||^2 / 2 over patches is (sum u u^T) V - sum u x^T.
        var points = u.transpose(0, 1).flatten(1);
        var energy = points.square().sum();
        var slope = points.matmul(points.t()).matmul(feedback) - layer.Gradient(u, input).Weight;
        feedback.sub_(slope * where(energy.gt(0), Options.FeedbackRate / energy, zeros_like(energy)));
    }
}
