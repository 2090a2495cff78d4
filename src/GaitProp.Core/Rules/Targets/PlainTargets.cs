using static TorchSharp.torch;

namespace GaitProp.Rules.Targets;

/// <summary>
/// Targets that are taken as they are, without an increment: what target propagation and its difference form have in common. What goes
/// down is the displacement t - a, the same below as above.
/// </summary>
internal static class PlainTargets
{
    /// <summary>At the output t - a = -k dL/dy. Kept units only.</summary>
    /// <param name="outputGradient">dL/dy, <c>[batch, classes]</c>.</param>
    /// <param name="targetStep">k.</param>
    public static Carried Top(Tensor outputGradient, double targetStep) => new(-targetStep * outputGradient);

    /// <summary>delta = -(1/k) (t - a) D, and u(t) - u(a), where u is the weighted input that gives an activation.</summary>
    /// <param name="at">The layer, and what it saw and computed.</param>
    /// <param name="from">t - a.</param>
    /// <param name="targetStep">k.</param>
    public static UnitStep Delta(LayerStep at, Carried from, double targetStep) =>
        new(
            at.Layer.TimesDerivative(from.Value / -targetStep, at.Activation),
            at.IsFirst ? from.Value : at.Layer.InverseDisplacement(at.Activation, from.Value)
        );
}
