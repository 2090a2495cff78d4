using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using GaitProp.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// Gradient adjusted incremental target propagation: every layer learns from a target next to its activation, and the target of the layer
/// below is the inverse image of a nudge towards it. What a member of the family decides is the increment factor.
/// </summary>
/// <param name="options">Form, inverse and target step.</param>
internal abstract class TargetRule(TargetOptions options) : DescentRule
{
    /// <inheritdoc/>
    public sealed override bool NeedsSquareLayers => true;

    private bool IsLiteral => options.Form == TargetForm.Literal;

    /// <summary>The increment factor gamma of each sample: what part of the way to the target the layer is nudged.</summary>
    /// <param name="distance">The target distance ||t - a||_2, <c>[batch]</c>; above 0.</param>
    /// <param name="activation">The layer's kept activations, <c>[batch, keep, …]</c>.</param>
    /// <param name="units">Outputs of the layer, auxiliary ones included.</param>
    /// <returns>gamma, <c>[batch]</c>.</returns>
    protected internal abstract Tensor IncrementFactor(Tensor distance, Tensor activation, long units);

    /// <inheritdoc/>
    /// <exception cref="GaitPropException">The form is literal, and a layer above the first has implicit auxiliary units.</exception>
    public sealed override void Prepare(Network network, int seed)
    {
        ArgumentNullException.ThrowIfNull(network);

        // From the top, as an update would come to them.
        foreach (var layer in IsLiteral ? network.Layers.Skip(1).Reverse() : [])
        {
            LiteralTargets.Check(layer);
        }
    }

    /// <summary>The targets of every layer, from the input up.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trace">Its forward pass on a batch.</param>
    /// <param name="outputGradient">dL/dy by the kept outputs, <c>[batch, classes]</c>.</param>
    /// <exception cref="GaitPropException">A layer above the first is not square, or not invertible.</exception>
    public IReadOnlyList<LayerTarget> Targets(Network network, ForwardTrace trace, Tensor outputGradient) =>
        OfEach(
            network,
            trace,
            outputGradient,
            (at, from, step) =>
                new LayerTarget(
                    IsLiteral ? LiteralTargets.Displacement(at, from) : DisplacedTargets.Displacement(from, options),
                    step.Delta
                )
        );

    /// <inheritdoc/>
    protected sealed override Carried Top(ForwardTrace trace, Tensor outputGradient) =>
        IsLiteral ? LiteralTargets.Top(trace, outputGradient, options) : DisplacedTargets.Top(trace, outputGradient);

    /// <inheritdoc/>
    protected sealed override UnitStep Delta(LayerStep at, Carried from) =>
        IsLiteral ? LiteralTargets.Delta(at, from, options, IncrementFactor) : DisplacedTargets.Delta(at, from, options, IncrementFactor);

    /// <inheritdoc/>
    protected sealed override Inversion Below(LayerStep at, Tensor sent) =>
        IsLiteral ? LiteralTargets.Below(at, sent, options) : DisplacedTargets.Below(at, sent, options);

    /// <summary>||v||_2 of each sample, <c>[batch]</c>.</summary>
    internal static Tensor Norm(Tensor v) => v.flatten(1).square().sum(1).sqrt_();
}

/// <summary>
/// How a rule of the GAIT family computes its targets. The first two are the same mathematics; they differ in rounding and cost. The third
/// is what both come to as increments vanish.
/// </summary>
public enum TargetForm
{
    /// <summary>As printed in the paper: targets are activations plus tiny increments. The oracle; needs float64.</summary>
    Literal,

    /// <summary>Carries the displacement target - activation, so that nothing cancels: float32 gives the literal float64 updates.</summary>
    Displacement,

    /// <summary>
    /// The limit of vanishing increments: backpropagation with the inverse in the transpose's place. Gamma and eta say nothing here, and no
    /// unit's sign flips. Fewest operations.
    /// </summary>
    Limit,
}

/// <summary>What the rules of the GAIT family have in common.</summary>
public abstract record TargetOptions : RuleOptions
{
    /// <summary>How targets are computed. Default: <see cref="TargetForm.Displacement"/>.</summary>
    [Description("How targets are computed. Default: displacement.")]
    public TargetForm Form { get; init; } = TargetForm.Displacement;

    /// <summary>How layers are inverted. Default: exact, as in the paper.</summary>
    [Description("How layers are inverted. Default: exact, as in the paper.")]
    public InverseStrategy Inverse { get; init; } = InverseStrategy.Exact;

    /// <summary>The target step k of <c>t = y - k dL/dy</c>. Default: 1/2.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true), Description("The target step k of t = y - k dL/dy. Default: 1/2.")]
    public double TargetStep { get; init; } = 0.5;

    /// <inheritdoc/>
    public override RuleOptions? Exact() =>
        this with
        {
            Form = Form == TargetForm.Literal ? TargetForm.Displacement : Form,
            Inverse = InverseStrategy.Solve,
        };

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Form == TargetForm.Literal && !Inverse.IsExact)
        {
            throw new GaitPropException(
                $"the literal form needs an exact inverse, not {Inverse.Name}: choose exact, solve or pinv, or another form."
            );
        }
    }
}

/// <summary>What target propagation finds for one layer.</summary>
/// <param name="Displacement">
/// t - a, how far the target lies from the activation: <c>[batch, rows, …]</c>, or the kept rows alone where the others are zero. In the
/// limit form, where it would vanish, the displacement before any increment factor.
/// </param>
/// <param name="Delta">dL/du by the weighted input u = W x as the rule sees it, <c>-(1/k) m (t - a) D</c> with D = g f'(z), of the same
/// shape.</param>
internal readonly record struct LayerTarget(Tensor Displacement, Tensor Delta);
