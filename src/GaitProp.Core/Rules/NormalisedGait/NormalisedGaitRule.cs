using GaitProp.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp.Rules.NormalisedGait;

/// <summary>
/// Normalised GAIT-prop, the paper's rule: per sample and per layer <c>gamma = eta sqrt(units) / ||t - a||_2</c> (equation 5; its words and
/// its published configuration use the norm, its print the squared norm), so that displacements neither vanish nor grow.
/// </summary>
/// <param name="options">The normalisation constant, form, inverse and target step.</param>
[Rule("ngait", "normalised GAIT", typeof(NormalisedGaitOptions))]
public sealed class NormalisedGaitRule(NormalisedGaitOptions options) : TargetRule(options)
{
    /// <summary>The rule's options.</summary>
    public NormalisedGaitOptions Options { get; } = options;

    /// <inheritdoc/>
    protected internal override Tensor IncrementFactor(Tensor distance, Tensor activation, long units)
    {
        ArgumentNullException.ThrowIfNull(distance);
        ArgumentNullException.ThrowIfNull(activation);
        var length = Options.Eta * Math.Sqrt(units);
        return Options.Normalisation == Normalisation.Absolute
            ? length / distance
            : length * Norm(activation) / Math.Sqrt(activation[0].numel()) / distance;
    }
}
