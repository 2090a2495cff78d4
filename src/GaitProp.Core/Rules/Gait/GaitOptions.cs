using GaitProp.Rules.Targets;

namespace GaitProp.Rules.Gait;

/// <summary>Options of GAIT-prop.</summary>
public sealed record GaitOptions : TargetOptions
{
    /// <summary>The increment factor gamma, the same for every layer and sample. Default: 1e-3, as published.</summary>
    public double Gamma { get; init; } = 1e-3;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (!(Gamma > 0 && Gamma <= 1))
        {
            throw new GaitPropException($"gamma {Gamma:R} is not possible: it must be above 0 and at most 1.");
        }
    }
}
