using GaitProp.Metrics;
using GaitProp.Rules.Backpropagation;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>
/// How far targets lie from activations, layer by layer, and how much of that distance each arithmetic keeps: the reason why targets have
/// to be normalised, and why the literal form needs float64 (the paper's figure 1, in numbers).
/// </summary>
internal sealed record TargetStudy
{
    /// <summary>The network's plan; its weights are random and orthogonal, with explicit auxiliary units.</summary>
    public required NetworkDefinition Network { get; init; }

    /// <summary>The ways of computing that are looked at, beside the displacement form in float64 that they are measured against.</summary>
    public static IReadOnlyList<(TargetForm Form, ScalarType Precision)> Ways { get; } =
    [(TargetForm.Literal, ScalarType.Float64), (TargetForm.Literal, ScalarType.Float32), (TargetForm.Displacement, ScalarType.Float32)];

    /// <summary>Fixes the weights. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Measures GAIT and normalised GAIT with their default options.</summary>
    /// <param name="images">One batch, <c>[batch, …]</c>, as the network sees it.</param>
    /// <param name="labels">Its class numbers, int64 <c>[batch]</c>.</param>
    public TargetTable Measure(Tensor images, Tensor labels)
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        using var drawn = GaitProp.Network.Build(Network, AuxiliaryUnits.Explicit, Seed, ScalarType.Float64, images.device);
        using var rounded = drawn.To(ScalarType.Float32);

        // Every way sees the same numbers: those that float32 holds.
        using var exact = rounded.To(ScalarType.Float64);
        var batch = images.to(ScalarType.Float32);
        var (trace, gradient) = Forward(exact, batch.to(ScalarType.Float64), labels);
        var (roundedTrace, roundedGradient) = Forward(rounded, batch, labels);
        var reference = new BackpropagationRule().Update(exact, trace, gradient);
        var size = trace.Activations.Select((a, l) => RootMeanSquare(a, exact.Layers[l].Units)).ToArray();
        return new TargetTable(
            [.. exact.Layers.Select(l => l.Name)],
            size,
            [
                .. ((string[])["gait", "ngait"]).Select(rule =>
                {
                    var truth = Targets(rule, TargetForm.Displacement, exact, trace, gradient);
                    return new TargetColumn(
                        rule,
                        [.. truth.Select((t, l) => TargetDistance.RootMeanSquare(t, exact.Layers[l].Units))],
                        [
                            .. Ways.Select(way =>
                            {
                                var (network, seen, error) =
                                    way.Precision == ScalarType.Float64
                                        ? (exact, trace, gradient)
                                        : (rounded, roundedTrace, roundedGradient);
                                var targets = Targets(rule, way.Form, network, seen, error);
                                var angles = targets.Select(
                                    (t, l) =>
                                        UpdateAngle.Degrees(
                                            network.Layers[l],
                                            network.Layers[l].Gradient(t.Delta, seen.Inputs[l]),
                                            reference[l]
                                        )
                                );
                                return new TargetPrecision(way.Form, way.Precision, [.. targets.Zip(truth, Error)], [.. angles]);
                            }),
                        ]
                    );
                }),
            ]
        );
    }

    private static (ForwardTrace Trace, Tensor Gradient) Forward(Network network, Tensor images, Tensor labels)
    {
        var trace = network.Forward(images);
        return (trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);
    }

    private static IReadOnlyList<LayerTarget> Targets(string rule, TargetForm form, Network network, ForwardTrace trace, Tensor gradient)
    {
        using var made = (TargetRule)
            RuleCatalog.Create(
                rule,
                RuleCatalog.DefaultOptions(rule) switch
                {
                    GaitOptions gait => gait with { Form = form },
                    NormalisedGaitOptions gait => gait with { Form = form },
                    var other => other,
                }
            );
        return made.Targets(network, trace, gradient);
    }

    /// <summary>The relative error of <c>t - a</c>, kept units; <see langword="null"/> where it is not finite.</summary>
    private static double? Error(LayerTarget computed, LayerTarget truth)
    {
        var (c, t) = (computed.Displacement.to(ScalarType.Float64), truth.Displacement);
        var kept = Math.Min(c.shape[1], t.shape[1]);
        c = c.narrow(1, 0, kept);
        t = t.narrow(1, 0, kept);
        var error = ((c - t).norm() / t.norm()).Number();
        return double.IsFinite(error) ? error : null;
    }

    private static double RootMeanSquare(Tensor activations, long units) => TargetRule.Norm(activations).mean().Number() / Math.Sqrt(units);
}

/// <summary>What a <see cref="TargetStudy"/> found.</summary>
/// <param name="Layers">The layers' names, from the input up.</param>
/// <param name="Activations">Root mean square of each layer's activations, a unit.</param>
/// <param name="Columns">GAIT, then normalised GAIT.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
internal sealed record TargetTable(IReadOnlyList<string> Layers, IReadOnlyList<double> Activations, IReadOnlyList<TargetColumn> Columns);

/// <summary>The targets of one rule.</summary>
/// <param name="Rule">The rule's name on the command line.</param>
/// <param name="Distances">Root mean square of <c>t - a</c> of each layer, a unit, free of cancellation.</param>
/// <param name="Precision">What each way of computing makes of them.</param>
internal sealed record TargetColumn(string Rule, IReadOnlyList<double> Distances, IReadOnlyList<TargetPrecision> Precision);

/// <summary>What one way of computing makes of a rule's targets.</summary>
/// <param name="Form">The form.</param>
/// <param name="Type">The element type.</param>
/// <param name="Errors">Relative error of <c>t - a</c> in each layer; <see langword="null"/> where it is not finite.</param>
/// <param name="Angles">Update angle to BP in float64, degrees; <see langword="null"/> where undefined.</param>
internal sealed record TargetPrecision(TargetForm Form, ScalarType Type, IReadOnlyList<double?> Errors, IReadOnlyList<double?> Angles);
