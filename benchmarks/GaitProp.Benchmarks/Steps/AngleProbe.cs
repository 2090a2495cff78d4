using GaitProp.Data;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Steps;

/// <summary>Update angles of what trains, on its present weights: to backpropagation and to the literal rule, both in float64.</summary>
/// <param name="images">The images that batches are taken of, in turns.</param>
/// <param name="batch">Images of a batch.</param>
internal sealed class AngleProbe(ImageSplit images, int batch) : IDisposable
{
    private readonly TrainingImages _images = TrainingImages.Of(images, ScalarType.Float32, CPU);
    private readonly LearningRule _bp = RuleCatalog.Create("bp");
    private readonly LearningRule _literal = RuleCatalog.Create(
        "ngait",
        new NormalisedGaitOptions { Form = TargetForm.Literal, Inverse = InverseStrategy.Exact }
    );
    private readonly LearningRule _limit = RuleCatalog.Create(
        "ngait",
        new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = InverseStrategy.Exact }
    );
    private long _next;

    /// <summary>Angles of its update to backpropagation by layer, degrees, on the next batch.</summary>
    /// <param name="state">What trains; it is not changed.</param>
    public double[] ToBp(LearningState state)
    {
        using var scope = NewDisposeScope();
        var (pixels, labels) = Next();
        using var exact = state.Network.To(ScalarType.Float64);
        return Angles(
            Update(state.Rule, state.Network, pixels.to(state.Network.DataType), labels),
            Update(_bp, exact, pixels.to(ScalarType.Float64), labels)
        );
    }

    /// <summary>Angles of its update to that of others by layer, degrees, on the next batch.</summary>
    /// <param name="state">What trains by normalised GAIT; it is not changed. Its network is made of dense layers.</param>
    /// <param name="options">Of its rule.</param>
    public ProbedAngles Measure(LearningState state, NormalisedGaitOptions options)
    {
        using var scope = NewDisposeScope();
        var (pixels, labels) = Next();
        var once = pixels.to(state.Network.DataType);
        var update = Update(state.Rule, state.Network, once, labels);
        using var still = RuleCatalog.Create("ngait", options with { Form = TargetForm.Limit });
        var ownFlip = Angles(update, Update(still, state.Network, once, labels)).Max();
        var rounded = Update(_bp, state.Network, once, labels);

        using var exact = state.Network.To(ScalarType.Float64);
        using var complete = Completed(exact);
        var twice = pixels.to(ScalarType.Float64);
        var bp = Update(_bp, exact, twice, labels);
        var literal = Update(_literal, complete, twice, labels);
        var literalFlip = Angles(literal, Update(_limit, complete, twice, labels)).Max();
        return new ProbedAngles(
            Angles(update, bp),
            Angles(update, literal),
            Angles(bp, literal),
            Angles(rounded, bp),
            ownFlip,
            literalFlip
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _bp.Dispose();
        _literal.Dispose();
        _limit.Dispose();
    }

    private (Tensor Pixels, Tensor Labels) Next()
    {
        var next = _images.Range(_next, batch);
        _next = _next + (2L * batch) > _images.Count ? 0 : _next + batch;
        return next;
    }

    private static LayerGradient[] Update(LearningRule rule, Network network, Tensor pixels, Tensor labels)
    {
        var trace = network.Forward(pixels);
        return rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);
    }

    /// <summary>Of rows that both have: the literal rule's auxiliary rows are no part of the other update.</summary>
    private static double[] Angles(LayerGradient[] update, LayerGradient[] reference) =>
        [.. update.Zip(reference, (u, r) => UpdateAngle.Degrees(u.Weight, r.Weight.narrow(0, 0, u.Weight.shape[0])) ?? double.NaN)];

    /// <summary>The network with its implicit auxiliary units made explicit: an orthonormal basis of what the kept rows leave.</summary>
    private static Network Completed(Network network) =>
        new(
            network.Name,
            [
                .. network.Layers.Select(layer =>
                {
                    if (layer.Auxiliary != AuxiliaryUnits.Implicit)
                    {
                        return layer.To(ScalarType.Float64);
                    }

                    var missing = layer.Outputs - layer.Keep;
                    var basis = linalg.qr(layer.Weight.t(), linalg.QRMode.Complete).Q;
                    return new InvertibleDense(
                        layer.Name,
                        cat([layer.Weight, basis.narrow(1, layer.Keep, missing).t()], 0),
                        cat([layer.Bias, zeros(missing, dtype: layer.Bias.dtype)], 0),
                        layer.Activation,
                        layer.Keep,
                        layer.Outputs,
                        layer.InputShape
                    );
                }),
            ]
        );
}
