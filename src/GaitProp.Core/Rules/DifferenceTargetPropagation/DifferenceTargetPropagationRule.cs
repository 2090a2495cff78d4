using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using GaitProp.Ranks;
using GaitProp.Rules;
using GaitProp.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Difference target propagation (Lee et al. 2015): the inverse is not computed but learned. Feedback weights V rebuild a layer's input
/// from its weighted input, <c>g(a) = V^T u(a)</c> with <c>u(a) = f^-1(a) - b</c> over the gain, and what they get wrong is corrected by
/// its difference at the activation itself: <c>t_below = a_below + g(t) - g(a)</c>. Layers need not be square.
/// </summary>
/// <remarks>
/// The feedback weights start random and orthogonal. At every update they take one step of normalised least mean squares on
/// <c>||g(a) - x||^2</c>, patch by patch in a convolution: the step divided by the summed squares of the weighted inputs u, which bounds
/// the largest eigenvalue of the problem.
/// </remarks>
/// <param name="options">Target step and rate of the feedback weights.</param>
[Rule("dtp", "DTP", typeof(DifferenceTargetPropagationOptions))]
internal sealed class DifferenceTargetPropagationRule(DifferenceTargetPropagationOptions options) : FeedbackRule
{
    /// <summary>The rule's options.</summary>
    public DifferenceTargetPropagationOptions Options { get; } = options;

    /// <inheritdoc/>
    protected override Carried Top(ForwardTrace trace, Tensor outputGradient) =>
        PlainTargets.Top(base.Top(trace, outputGradient).Value, Options.TargetStep);

    /// <inheritdoc/>
    protected override UnitStep Delta(LayerStep at, Carried from) => PlainTargets.Delta(at, from, Options.TargetStep);

    /// <summary>g is affine after f^-1: the difference of its values is its linear part of the difference.</summary>
    /// <param name="at">The layer.</param>
    /// <param name="sent">The difference u(t) - u(a).</param>
    protected override Inversion Below(LayerStep at, Tensor sent)
    {
        var below = at.Layer.Feedback(sent, at.Input, FeedbackOf(at.Index));
        if (FeedbackOf(at.Index).Count > 0)
        {
            LearnToRebuild(at, FeedbackOf(at.Index));
        }

        return below;
    }

    private void LearnToRebuild(LayerStep at, IReadOnlyList<Tensor> feedback)
    {
        using var scope = NewDisposeScope();
        var u = at.Layer.WeightedInput(at.All);
        var points = u.transpose(0, 1).flatten(1);
        var batch = BatchShare.At(u.shape[0]);
        var energy = batch.Sum_(points.square().sum());

        // The gradient of sum ||V^T u - x||^2 / 2 over patches is (sum u u^T) V - sum u x^T; of a layer that is not affine, by what it
        // makes of V.
        IReadOnlyList<Tensor> slopes =
            at.Layer is AffineLayer
                ? [points.matmul(points.t()).matmul(feedback[0]) - at.Layer.Gradient(u, at.Input).Weight]
                : at.Layer.WeightsIn(
                    at.Layer.Gradient(u, at.Layer.Feedback(u, at.Input, feedback) - at.Input.reshape([-1, .. at.Layer.InputShape]))
                );
        foreach (var (matrix, slope) in feedback.Zip(slopes))
        {
            matrix.sub_(batch.Sum_(slope.contiguous()) * where(energy.gt(0), Options.FeedbackRate / energy, zeros_like(energy)));
        }
    }
}

/// <summary>Options of difference target propagation.</summary>
public sealed record DifferenceTargetPropagationOptions : RuleOptions
{
    /// <summary>The target step k of <c>t = y - k dL/dy</c>. Default: 1/2.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true), Description("The target step k of t = y - k dL/dy. Default: 1/2.")]
    public double TargetStep { get; init; } = 0.5;

    /// <summary>
    /// The step of the normalised least-mean-squares update by which the feedback weights learn to rebuild a layer's input; stable between
    /// 0 and 2. 0 keeps them as they were drawn. Default: 1.
    /// </summary>
    [Range(0.0, 2.0, MaximumIsExclusive = true)]
    [Description(
        "The step by which the feedback weights learn to rebuild a layer's input; stable between 0 and 2. 0 keeps them as they were drawn. Default: 1."
    )]
    public double FeedbackRate { get; init; } = 1;
}
