using GaitProp.Rules.Targets;

namespace GaitProp.Rules.NormalisedGait;

/// <summary>What the normalisation constant eta is measured against.</summary>
public enum Normalisation
{
    /// <summary>The paper's: the displacement's root mean square is eta.</summary>
    Absolute,

    /// <summary>Beyond the paper: it is eta times the root mean square of the layer's kept activations, so that the rule has no scale.</summary>
    Relative,
}

/// <summary>Options of normalised GAIT-prop.</summary>
public sealed record NormalisedGaitOptions : TargetOptions
{
    /// <summary>The normalisation constant eta: how far from its activation a target lies. Default: 1e-7, as published.</summary>
    public double Eta { get; init; } = 1e-7;

    /// <summary>What eta is measured against. Default: absolute, as in the paper.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.Absolute;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (!(Eta > 0) || !double.IsFinite(Eta))
        {
            throw new GaitPropException($"eta {Eta:R} is not possible: it must be above 0.");
        }
    }
}
