using GaitProp.Layers;

namespace GaitProp.Rules.Targets;

/// <summary>What the rules of the GAIT family have in common.</summary>
public abstract record TargetOptions : RuleOptions
{
    /// <summary>How targets are computed. Default: <see cref="TargetForm.Displacement"/>.</summary>
    public TargetForm Form { get; init; } = TargetForm.Displacement;

    /// <summary>How layers are inverted. Default: exact, as in the paper.</summary>
    public InverseStrategy Inverse { get; init; } = InverseStrategy.Exact;

    /// <summary>The target step k of <c>t = y - k dL/dy</c>. Default: 1/2.</summary>
    public double TargetStep { get; init; } = 0.5;

    /// <inheritdoc/>
    public override RuleOptions? Exact() => this with { Form = Form == TargetForm.Literal ? TargetForm.Displacement : Form, Inverse = InverseStrategy.Solve };

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(TargetStep > 0) || !double.IsFinite(TargetStep))
        {
            throw new GaitPropException($"targetStep {TargetStep:R} is not possible: it must be above 0.");
        }

        if (Form == TargetForm.Literal && !Inverse.IsExact)
        {
            throw new GaitPropException($"the literal form needs an exact inverse, not {Inverse.Name}: choose exact, solve or pinv, or another form.");
        }
    }
}
