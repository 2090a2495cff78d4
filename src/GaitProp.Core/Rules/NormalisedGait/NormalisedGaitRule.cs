using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Normalised GAIT-prop, the paper's rule: per sample and per layer <c>gamma = eta sqrt(units) / ||t - a||_2</c> (equation 5; its words and
/// its published configuration use the norm, its print the squared norm), so that displacements neither vanish nor grow.
/// </summary>
/// <param name="options">The normalisation constant, form, inverse and target step.</param>
[Rule("ngait", "normalised GAIT", typeof(NormalisedGaitOptions))]
internal sealed class NormalisedGaitRule(NormalisedGaitOptions options) : TargetRule(options)
{
    /// <summary>The rule's options.</summary>
    public NormalisedGaitOptions Options { get; } = options;

    /// <inheritdoc/>
    protected internal override Tensor IncrementFactor(Tensor distance, Tensor activation, long units)
    {
        var length = Options.Eta * Math.Sqrt(units);
        return Options.Normalisation == Normalisation.Absolute
            ? length / distance
            : length * Norm(activation) / Math.Sqrt(activation[0].numel()) / distance;
    }
}

/// <summary>What the normalisation constant eta is measured against.</summary>
public enum Normalisation
{
    /// <summary>The paper's: the displacement's root mean square is eta.</summary>
    Absolute,

    /// <summary>
    /// Beyond the paper: it is eta times the root mean square of the layer's kept activations, so that the rule has no scale.
    /// </summary>
    Relative,
}

/// <summary>Options of normalised GAIT-prop.</summary>
public sealed record NormalisedGaitOptions : TargetOptions
{
    /// <summary>The normalisation constant eta: how far from its activation a target lies. Default: 1e-7, as published.</summary>
    [
        Range(0, double.MaxValue, MinimumIsExclusive = true),
        Description("The normalisation constant eta: how far from its activation a target lies. Default: 1e-7, as published.")
    ]
    public double Eta { get; init; } = 1e-7;

    /// <summary>What eta is measured against. Default: absolute, as in the paper.</summary>
    [Description("What eta is measured against. Default: absolute, as in the paper.")]
    public Normalisation Normalisation { get; init; } = Normalisation.Absolute;
}
