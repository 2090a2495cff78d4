using GaitProp.Rules.Backpropagation;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Verification;

/// <summary>
/// Recomputes reference vectors: numbers of the implementation published with the 2020 paper, and of an independent float64 oracle for
/// convolutions. This is how an installation is trusted.
/// </summary>
internal static class Verifier
{
    /// <summary>Float32 displacement may differ by this from float64 displacement, degrees.</summary>
    private const double Float32Degrees = 0.05;

    /// <summary>What the arc cosine of a float64 cosine near 1 leaves of an angle, degrees, with room.</summary>
    private const double AngleRounding = 1e-5;

    /// <summary>Checks the vectors that are embedded in the assembly, or those of files.</summary>
    /// <param name="files">Files of the format <c>gaitprop-vectors/1</c>; the embedded ones if there is none.</param>
    /// <param name="device">Where to compute; the CPU if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">A file is missing or not of the format.</exception>
    public static IEnumerable<VerificationResult> Verify(IReadOnlyList<string> files, Device? device = null)
    {
        var cases = files.Count == 0 ? ReferenceFile.Embedded().SelectMany(f => f.Cases) : files.SelectMany(ReferenceFile.Read);
        foreach (var read in cases)
        {
            using var reference = read.On(device ?? CPU);
            foreach (var result in Named(reference))
            {
                yield return result;
            }
        }
    }

    private static List<VerificationResult> Named(ReferenceCase reference)
    {
        try
        {
            return Verify(reference);
        }
        catch (GaitPropException e)
        {
            throw new GaitPropException($"{reference.Name}: {e.Message}", e);
        }
    }

    private static List<VerificationResult> Verify(ReferenceCase reference)
    {
        using var scope = NewDisposeScope();
        var results = new List<VerificationResult> { Forward(reference), Float32Forward(reference) };
        LayerGradient[]? backprop = null;
        foreach (var rule in reference.Rules)
        {
            var forms = rule.Rule is "gait" or "ngait" ? new TargetForm?[] { TargetForm.Literal, TargetForm.Displacement } : [null];
            var (carried, literal, targetBounds) = Float64Bounds(reference, rule);
            foreach (var form in forms)
            {
                // The vectors of GAIT are literal unless they say that they are exact, so that form's rounding is in them, whatever form is
                // held against them.
                var bounds = rule.IsExact && form != TargetForm.Literal ? carried : literal;
                if (form == TargetForm.Literal && rule.Targets is { } targets)
                {
                    results.Add(Targets(reference, rule, targets, targetBounds));
                }

                var update = Update(reference, rule, form, ScalarType.Float64);
                results.Add(AgainstReference(reference, rule, form, update, bounds));
                if ((form is null or TargetForm.Literal) && rule.Angles is { } stated)
                {
                    backprop ??= Update(reference, new ReferenceRule("bp", null, null, [], null, null), null, ScalarType.Float64);
                    results.Add(Angles(reference, rule, form, update, backprop, stated, bounds));
                }

                if (form != TargetForm.Literal)
                {
                    results.Add(Float32(reference, rule, form));
                }
            }
        }

        return results;
    }

    /// <summary>Activations and loss.</summary>
    private static VerificationResult Forward(ReferenceCase reference)
    {
        using var network = reference.BuildNetwork(ScalarType.Float64);
        var trace = network.Forward(reference.Input);
        var errors = trace.Activations.Zip(reference.Activations, RelativeError).ToList();
        if (reference.LossError(reference.Loss(trace.Output).Value.Number()) is { } lossError)
        {
            errors[^1] = Math.Max(errors[^1], lossError);
        }

        return Worst(reference, "forward", "float64", "relative error", errors, _ => 1e-12, 0);
    }

    /// <summary>
    /// The forward pass of float32 beside that of float64. An activation that lies within the rounding of zero may be on the other side of
    /// it; how many are is said.
    /// </summary>
    private static VerificationResult Float32Forward(ReferenceCase reference)
    {
        using var network = reference.BuildNetwork(ScalarType.Float64);
        using var single = reference.BuildNetwork(ScalarType.Float32);
        var trace = network.Forward(reference.Input);
        var found = single.Forward(reference.Input.to(ScalarType.Float32)).Activations.Select(a => a.to(ScalarType.Float64)).ToArray();
        var bounds = RoundingBounds
            .Forward(network, trace, ScalarType.Float32)
            .Zip(trace.Activations, (error, a) => error.norm().Number() / a.norm().Number())
            .ToArray();
        var flips = found.Zip(trace.Activations, (f, a) => f.gt(0).ne(a.gt(0)).sum().Whole()).Sum();
        return Worst(
            reference,
            "forward",
            "float32",
            Text($"relative error{(flips > 0 ? $", signs that flip: {flips}" : "")}"),
            [.. found.Zip(trace.Activations, RelativeError)],
            layer => bounds[layer],
            null
        );
    }

    private static LayerGradient[] Update(ReferenceCase reference, ReferenceRule rule, TargetForm? form, ScalarType dtype)
    {
        using var network = reference.BuildNetwork(dtype);
        using var learning = Rule(reference, rule, form);
        var trace = network.Forward(reference.Input.to(dtype));
        return learning.Update(network, trace, reference.Loss(trace.Output).Gradient);
    }

    /// <summary>
    /// The targets themselves, which lie so close to the activations that only the literal form's own rounding is left between them.
    /// </summary>
    private static VerificationResult Targets(ReferenceCase reference, ReferenceRule rule, IReadOnlyList<Tensor> expected, double[] bounds)
    {
        using var network = reference.BuildNetwork(ScalarType.Float64);
        using var learning = (TargetRule)Rule(reference, rule, TargetForm.Literal);
        var trace = network.Forward(reference.Input);
        var found = learning.Targets(network, trace, reference.Loss(trace.Output).Gradient);
        var errors = found.Zip(trace.Activations, (target, a) => a + target.Displacement).Zip(expected, RelativeError).ToList();

        return Worst(reference, rule.Rule, "literal targets", "relative error", errors, layer => bounds[layer], null);
    }

    private static LearningRule Rule(ReferenceCase reference, ReferenceRule rule, TargetForm? form) =>
        RuleCatalog.Create(
            rule.Rule,
            rule.Rule switch
            {
                "gait" => new GaitOptions
                {
                    Form = form!.Value,
                    TargetStep = reference.TargetStep,
                    Gamma = rule.Gamma ?? new GaitOptions().Gamma,
                },
                "ngait" => new NormalisedGaitOptions
                {
                    Form = form!.Value,
                    TargetStep = reference.TargetStep,
                    Eta = rule.Eta ?? new NormalisedGaitOptions().Eta,
                },
                "tp" => new TargetPropagationOptions { TargetStep = reference.TargetStep },
                _ => new NoOptions(),
            }
        );

    private static VerificationResult AgainstReference(
        ReferenceCase reference,
        ReferenceRule rule,
        TargetForm? form,
        LayerGradient[] update,
        double[] bounds
    )
    {
        var errors = update.Zip(rule.Gradients, RelativeError).ToList();
        var angles = Angles(reference, update, rule.Gradients);
        return Worst(
            reference,
            rule.Rule,
            form is null ? "float64" : $"{form} float64".ToLowerInvariant(),
            "relative error",
            errors,
            layer => bounds[layer],
            WorstAngle(angles)
        );
    }

    /// <summary>
    /// The angles to BP that the vectors state, of the weights: they may differ by what the bounds of the updates leave to them.
    /// </summary>
    private static VerificationResult Angles(
        ReferenceCase reference,
        ReferenceRule rule,
        TargetForm? form,
        LayerGradient[] update,
        LayerGradient[] backprop,
        IReadOnlyList<double?> stated,
        double[] bounds
    )
    {
        var differences = Angles(reference, update, backprop)
            .Zip(
                stated,
                (found, angle) =>
                    found is null && angle is null ? 0
                    : found is null || angle is null ? double.PositiveInfinity
                    : Math.Abs(found.Value - angle.Value)
            )
            .ToList();
        return Worst(
            reference,
            rule.Rule,
            form is null ? "angles float64" : $"{form} angles".ToLowerInvariant(),
            "degrees",
            differences,
            layer => AngleRounding + (2 * bounds[layer] * 180 / Math.PI),
            null
        );
    }

    /// <summary>
    /// Float32 beside float64 on the same weights and activations, those that float32 has computed: so no activation can be on another side
    /// of zero, and what is left is what the rule rounds.
    /// </summary>
    private static VerificationResult Float32(ReferenceCase reference, ReferenceRule rule, TargetForm? form)
    {
        using var network = reference.BuildNetwork(ScalarType.Float32);
        using var exact = network.To(ScalarType.Float64);
        using var learning = Rule(reference, rule, form);
        var trace = network.Forward(reference.Input.to(ScalarType.Float32));
        var outputGradient = reference.Loss(trace.Output).Gradient;
        var single = learning.Update(network, trace, outputGradient);
        var (wide, wideGradient) = (trace.To(ScalarType.Float64), outputGradient.to(ScalarType.Float64));
        var exactly = learning.Update(exact, wide, wideGradient);
        var angles = UpdateAngle.OfLayers(network, single, exactly);

        // An angle is undefined where an update is zero; both must be, then.
        var degrees = angles
            .Zip(exactly, (angle, e) => angle ?? (e.Trained.All(t => t.count_nonzero().Whole() == 0) ? 0 : double.PositiveInfinity))
            .ToList();
        var bounds = RoundingBounds.Carried(
            exact,
            wide,
            Deltas(exact, wide, wideGradient, learning),
            rule.Rule != "bp",
            ScalarType.Float32
        );
        return Worst(
            reference,
            rule.Rule,
            form is null ? "float32" : $"{form} float32".ToLowerInvariant(),
            "degrees",
            degrees,
            layer => Math.Max(Float32Degrees, bounds[layer] * 180 / Math.PI),
            WorstAngle(angles)
        );
    }

    /// <summary>
    /// The relative error that a layer's update may have in float64, in displacements and in the literal form, and that a target may have
    /// in that.
    /// </summary>
    private static (double[] Carried, double[] Literal, double[] Targets) Float64Bounds(ReferenceCase reference, ReferenceRule rule)
    {
        using var network = reference.BuildNetwork(ScalarType.Float64);
        using var learning = Rule(reference, rule, rule.Rule is "gait" or "ngait" ? TargetForm.Displacement : null);
        var trace = network.Forward(reference.Input);
        var outputGradient = reference.Loss(trace.Output).Gradient;
        var bounds = RoundingBounds.Carried(
            network,
            trace,
            Deltas(network, trace, outputGradient, learning),
            rule.Rule != "bp",
            ScalarType.Float64
        );
        var literal = learning is TargetRule targets
            ? RoundingBounds.Literal(network, trace, outputGradient, targets, reference.TargetStep)
            : new (double Gradient, double Target)[bounds.Length];
        return (
            [.. bounds.Select(carried => Math.Max(1e-12, carried))],
            [.. bounds.Zip(literal, (carried, rebuilt) => Math.Max(1e-12, carried + rebuilt.Gradient))],
            [.. literal.Select(l => Math.Max(1e-12, l.Target))]
        );
    }

    /// <summary>
    /// dL/du of each layer, of rules of the GAIT family; of others the gradient that backpropagation has, which is of their size on nearly
    /// orthogonal weights.
    /// </summary>
    private static Tensor[] Deltas(Network network, ForwardTrace trace, Tensor outputGradient, LearningRule learning) =>
        (learning as TargetRule ?? (DescentRule)new BackpropagationRule()).Deltas(network, trace, outputGradient);

    private static VerificationResult Worst(
        ReferenceCase reference,
        string rule,
        string way,
        string measure,
        List<double> values,
        Func<int, double> bound,
        double? angle
    )
    {
        // The layer that comes closest to its bound, or exceeds it most; NaN counts as the worst of all.
        var layer = Enumerable.Range(0, values.Count).MaxBy(l => double.IsNaN(values[l]) ? double.PositiveInfinity : values[l] / bound(l));
        var isVacuous = bound(layer) >= (measure == "degrees" ? 90 : 1);
        return new VerificationResult(
            reference.Name,
            rule,
            way,
            isVacuous ? $"{measure} (all is rounding)" : measure,
            values[layer],
            layer + 1,
            bound(layer),
            angle
        );
    }

    private static double?[] Angles(ReferenceCase reference, LayerGradient[] update, IReadOnlyList<LayerGradient> expected)
    {
        using var network = reference.BuildNetwork(ScalarType.Float64);
        return UpdateAngle.OfLayers(network, update, expected);
    }

    private static double? WorstAngle(IEnumerable<double?> angles) => angles.All(a => a is not null) ? angles.Max() : null;

    /// <summary>Of a layer's weights, biases and, where they are stated, gains together.</summary>
    private static double RelativeError(LayerGradient value, LayerGradient reference)
    {
        var (found, expected) = (value.Trained, reference.Trained);
        if (found.Count == 0 && expected.Count == 0)
        {
            return 0;
        }

        return found.Count >= expected.Count && expected.Zip(found, (e, f) => e.shape.SequenceEqual(f.shape)).All(same => same)
            ? RelativeError(cat([.. found.Take(expected.Count).Select(f => f.flatten())]), cat([.. expected.Select(e => e.flatten())]))
            : double.PositiveInfinity;
    }

    private static double RelativeError(Tensor value, Tensor reference)
    {
        if (!value.shape.SequenceEqual(reference.shape))
        {
            return double.PositiveInfinity;
        }

        var norm = reference.norm().Number();
        var error = (value - reference).norm().Number();
        return norm > 0 ? error / norm : error;
    }
}
