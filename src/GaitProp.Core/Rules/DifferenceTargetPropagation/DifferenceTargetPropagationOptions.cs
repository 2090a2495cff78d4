namespace GaitProp.Rules.DifferenceTargetPropagation;

/// <summary>Options of difference target propagation.</summary>
public sealed record DifferenceTargetPropagationOptions : RuleOptions
{
    /// <summary>The target step k of <c>t = y - k dL/dy</c>. Default: 1/2.</summary>
    public double TargetStep { get; init; } = 0.5;

    /// <summary>
    /// The step of the normalised least-mean-squares update by which the feedback weights learn to rebuild a layer's input; stable between 0
    /// and 2. 0 keeps them as they were drawn. Default: 1.
    /// </summary>
    public double FeedbackRate { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(TargetStep > 0) || !double.IsFinite(TargetStep))
        {
            throw new GaitPropException($"targetStep {TargetStep:R} is not possible: it must be above 0.");
        }

        if (!(FeedbackRate >= 0 && FeedbackRate < 2))
        {
            throw new GaitPropException($"feedbackRate {FeedbackRate:R} is not possible: it must be 0 or more and below 2.");
        }
    }
}
