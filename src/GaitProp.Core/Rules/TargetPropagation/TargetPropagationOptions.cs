using GaitProp.Layers;

namespace GaitProp.Rules.TargetPropagation;

/// <summary>Options of target propagation.</summary>
public sealed record TargetPropagationOptions : RuleOptions
{
    /// <summary>How layers are inverted. Default: exact.</summary>
    public InverseStrategy Inverse { get; init; } = InverseStrategy.Exact;

    /// <summary>The target step k of <c>t = y - k dL/dy</c>. Default: 1/2.</summary>
    public double TargetStep { get; init; } = 0.5;

    /// <inheritdoc/>
    public override RuleOptions? Exact() => this with { Inverse = InverseStrategy.Solve };

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(TargetStep > 0) || !double.IsFinite(TargetStep))
        {
            throw new GaitPropException($"targetStep {TargetStep:R} is not possible: it must be above 0.");
        }
    }
}
