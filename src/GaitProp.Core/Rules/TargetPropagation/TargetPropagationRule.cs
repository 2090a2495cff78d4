using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using GaitProp.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Target propagation with the exact inverse: the target below is the inverse image of the target itself, <c>t_below = G(t)</c>, with no
/// increment in between. Computed on displacements, as <c>t_below - a_below = W^-1 (u(t) - u(a))</c>, where u(a) is the weighted input that
/// gives a.
/// </summary>
/// <param name="options">Inverse and target step.</param>
[Rule("tp", "TP", typeof(TargetPropagationOptions))]
internal sealed class TargetPropagationRule(TargetPropagationOptions options) : DescentRule
{
    /// <summary>The rule's options.</summary>
    public TargetPropagationOptions Options { get; } = options;

    /// <inheritdoc/>
    public override bool NeedsSquareLayers => true;

    /// <inheritdoc/>
    protected override Carried Top(ForwardTrace trace, Tensor outputGradient) => PlainTargets.Top(outputGradient, Options.TargetStep);

    /// <inheritdoc/>
    protected override UnitStep Delta(LayerStep at, Carried from) => PlainTargets.Delta(at, from, Options.TargetStep);

    /// <inheritdoc/>
    protected override Inversion Below(LayerStep at, Tensor sent) => at.Layer.Invert(sent, at.Input, Options.Inverse);
}

/// <summary>Options of target propagation.</summary>
public sealed record TargetPropagationOptions : RuleOptions
{
    /// <summary>How layers are inverted. Default: exact.</summary>
    [Description("How layers are inverted. Default: exact.")]
    public InverseStrategy Inverse { get; init; } = InverseStrategy.Exact;

    /// <summary>The target step k of <c>t = y - k dL/dy</c>. Default: 1/2.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true), Description("The target step k of t = y - k dL/dy. Default: 1/2.")]
    public double TargetStep { get; init; } = 0.5;

    /// <inheritdoc/>
    public override RuleOptions? Exact() => this with { Inverse = InverseStrategy.Solve };
}
