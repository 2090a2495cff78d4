using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Metrics;

/// <summary>How far a layer's targets lie from its activations.</summary>
internal static class TargetDistance
{
    /// <summary>
    /// The root mean square of <c>t - a</c> over the layer's units, auxiliary ones included, averaged over the batch (the paper's figure
    /// 1).
    /// </summary>
    /// <param name="target">The layer's targets.</param>
    /// <param name="units">Outputs of the layer, auxiliary ones included: <see cref="Layer.Units"/>.</param>
    public static double RootMeanSquare(LayerTarget target, long units)
    {
        using var scope = NewDisposeScope();
        return TargetRule.Norm(target.Displacement.to(ScalarType.Float64)).mean().Number() / Math.Sqrt(units);
    }
}
