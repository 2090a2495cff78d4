using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// GAIT-prop (Ahmad, van Gerven and Ambrogioni 2020): a fixed increment factor. The displacement shrinks by it at every layer, so in the
/// literal form the lower layers of deep networks lose it to rounding.
/// </summary>
/// <param name="options">The increment factor, form, inverse and target step.</param>
[Rule("gait", "GAIT", typeof(GaitOptions))]
internal sealed class GaitRule(GaitOptions options) : TargetRule(options)
{
    /// <summary>The rule's options.</summary>
    public GaitOptions Options { get; } = options;

    /// <inheritdoc/>
    protected internal override Tensor IncrementFactor(Tensor distance, Tensor activation, long units) =>
        full_like(distance, Options.Gamma);
}

/// <summary>Options of GAIT-prop.</summary>
public sealed record GaitOptions : TargetOptions
{
    /// <summary>The increment factor gamma, the same for every layer and sample. Default: 1e-3, as published.</summary>
    [
        Range(0.0, 1.0, MinimumIsExclusive = true),
        Description("The increment factor gamma, the same for every layer and sample. Default: 1e-3, as published.")
    ]
    public double Gamma { get; init; } = 1e-3;
}
