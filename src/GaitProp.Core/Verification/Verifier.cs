using GaitProp.Layers;
using GaitProp.Metrics;
using GaitProp.Rules;
using GaitProp.Rules.Gait;
using GaitProp.Rules.NormalisedGait;
using GaitProp.Rules.TargetPropagation;
using GaitProp.Rules.Targets;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Verification;

/// <summary>
/// Recomputes reference vectors: numbers of the implementation published with the 2020 paper, and of an independent float64 oracle for
/// convolutions. This is how an installation is trusted.
/// </summary>
public static class Verifier
{
    /// <summary>Float32 displacement may differ by this from float64 displacement, degrees.</summary>
    private const double Float32Degrees = 0.05;

    /// <summary>What the arc cosine of a float64 cosine near 1 leaves of an angle, degrees, with room.</summary>
    private const double AngleRounding = 1e-5;

    /// <summary>Checks the vectors that are embedded in the assembly, or those of files.</summary>
    /// <param name="files">Files of the format <c>gaitprop-vectors/1</c>; the embedded ones if there is none.</param>
    /// <exception cref="GaitPropException">A file is missing or not of the format.</exception>
    public static IEnumerable<VerificationResult> Verify(IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var cases = files.Count == 0 ? ReferenceFile.Embedded().SelectMany(f => f.Cases) : files.SelectMany(ReferenceFile.Read);
        foreach (var reference in cases)
        {
            using (reference)
            {
                foreach (var result in Named(reference))
                {
                    yield return result;
                }
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
        var results = new List<VerificationResult> { Forward(reference) };
        LayerGradient[]? backprop = null;
        foreach (var rule in reference.Rules)
        {
            var forms = rule.Rule is "gait" or "ngait" ? new TargetForm?[] { TargetForm.Literal, TargetForm.Displacement } : [null];
            foreach (var form in forms)
            {
                if (form == TargetForm.Literal && rule.Targets is { } targets)
                {
                    results.Add(Targets(reference, rule, targets));
                }

                var update = Update(reference, rule, form, ScalarType.Float64);
                results.Add(AgainstReference(reference, rule, form, update));
                if ((form is null or TargetForm.Literal) && rule.Angles is { } stated)
                {
                    backprop ??= Update(reference, new ReferenceRule("bp", null, null, [], null, null), null, ScalarType.Float64);
                    results.Add(Angles(reference, rule, form, update, backprop, stated));
                }

                if (form != TargetForm.Literal)
                {
                    results.Add(AgainstFloat64(reference, rule, form, update, Update(reference, rule, form, ScalarType.Float32)));
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

    private static LayerGradient[] Update(ReferenceCase reference, ReferenceRule rule, TargetForm? form, ScalarType dtype)
    {
        using var network = reference.BuildNetwork(dtype);
        using var learning = Rule(reference, rule, form);
        var trace = network.Forward(reference.Input.to(dtype));
        return learning.Update(network, trace, reference.Loss(trace.Output).Gradient);
    }

    /// <summary>The targets themselves, which lie so close to the activations that only the literal form's own rounding is left between them.</summary>
    private static VerificationResult Targets(ReferenceCase reference, ReferenceRule rule, IReadOnlyList<Tensor> expected)
    {
        using var network = reference.BuildNetwork(ScalarType.Float64);
        using var learning = (TargetRule)Rule(reference, rule, TargetForm.Literal);
        var trace = network.Forward(reference.Input);
        var found = learning.Targets(network, trace, reference.Loss(trace.Output).Gradient);
        var errors = found.Zip(trace.Activations, (target, a) => a + target.Displacement).Zip(expected, RelativeError).ToList();

        // A target has the rounding of the inverse images above it, which condition numbers enlarge.
        var condition = network.Layers.Where(l => l.IsSquare).Select(l => l.ConditionNumber()).DefaultIfEmpty(1).Max();
        return Worst(reference, rule.Rule, "literal targets", "relative error", errors, _ => Math.Max(1e-12, 1e-14 * condition), null);
    }

    private static LearningRule Rule(ReferenceCase reference, ReferenceRule rule, TargetForm? form) => RuleCatalog.Create(rule.Rule, rule.Rule switch
    {
        "gait" => new GaitOptions { Form = form!.Value, TargetStep = reference.TargetStep, Gamma = rule.Gamma ?? new GaitOptions().Gamma },
        "ngait" => new NormalisedGaitOptions { Form = form!.Value, TargetStep = reference.TargetStep, Eta = rule.Eta ?? new NormalisedGaitOptions().Eta },
        "tp" => new TargetPropagationOptions { TargetStep = reference.TargetStep },
        _ => new NoOptions(),
    });

    private static VerificationResult AgainstReference(ReferenceCase reference, ReferenceRule rule, TargetForm? form, LayerGradient[] update)
    {
        var errors = update.Zip(rule.Gradients, RelativeError).ToList();
        var angles = update.Zip(rule.Gradients, (u, r) => UpdateAngle.Degrees(u.Weight, r.Weight));
        return Worst(reference, rule.Rule, form is null ? "float64" : $"{form} float64".ToLowerInvariant(), "relative error", errors,
            layer => Bound(rule, update.Length - 1 - layer), WorstAngle(angles));
    }

    /// <summary>The angles to BP that the vectors state, of the weights: they may differ by what the bounds of the updates leave to them.</summary>
    private static VerificationResult Angles(
        ReferenceCase reference, ReferenceRule rule, TargetForm? form, LayerGradient[] update, LayerGradient[] backprop, IReadOnlyList<double?> stated)
    {
        var differences = update.Zip(backprop, (u, b) => UpdateAngle.Degrees(u.Weight, b.Weight))
            .Zip(stated, (found, angle) => found is null && angle is null ? 0 : found is null || angle is null ? double.PositiveInfinity : Math.Abs(found.Value - angle.Value)).ToList();
        return Worst(reference, rule.Rule, form is null ? "angles float64" : $"{form} angles".ToLowerInvariant(), "degrees", differences,
            layer => AngleRounding + (2 * Bound(rule, update.Length - 1 - layer) * 180 / Math.PI), null);
    }

    private static VerificationResult AgainstFloat64(ReferenceCase reference, ReferenceRule rule, TargetForm? form, LayerGradient[] exact, LayerGradient[] single)
    {
        var angles = single.Zip(exact, (s, e) => UpdateAngle.Degrees(s.Weight, e.Weight)).ToArray();

        // An angle is undefined where an update is zero; both must be, then.
        var degrees = angles.Zip(exact, (angle, e) => angle ?? (e.Weight.count_nonzero().item<long>() == 0 ? 0 : double.PositiveInfinity)).ToList();
        return Worst(reference, rule.Rule, form is null ? "float32" : $"{form} float32".ToLowerInvariant(), "degrees", degrees, _ => Float32Degrees, WorstAngle(angles));
    }

    /// <summary>
    /// The relative error that a layer may have. The reference of GAIT is literal and loses a factor gamma of its digits at every layer:
    /// below k layers the remainder is its own noise.
    /// </summary>
    private static double Bound(ReferenceRule rule, int layersAbove) => rule.Rule switch
    {
        "gait" => Math.Max(1e-9, 1e-13 / Math.Pow(rule.Gamma ?? new GaitOptions().Gamma, layersAbove)),
        "ngait" => 1e-6,
        _ => 1e-12,
    };

    private static VerificationResult Worst(
        ReferenceCase reference, string rule, string way, string measure, List<double> values, Func<int, double> bound, double? angle)
    {
        // The layer that comes closest to its bound, or exceeds it most; NaN counts as the worst of all.
        var layer = Enumerable.Range(0, values.Count).MaxBy(l => double.IsNaN(values[l]) ? double.PositiveInfinity : values[l] / bound(l));
        return new VerificationResult(reference.Name, rule, way, measure, values[layer], layer + 1, bound(layer), angle);
    }

    private static double? WorstAngle(IEnumerable<double?> angles) => angles.All(a => a is not null) ? angles.Max() : null;

    /// <summary>Of a layer's weights and biases together.</summary>
    private static double RelativeError(LayerGradient value, LayerGradient reference) =>
        value.Weight.shape.SequenceEqual(reference.Weight.shape) && value.Bias.shape.SequenceEqual(reference.Bias.shape)
            ? RelativeError(cat([value.Weight.flatten(), value.Bias]), cat([reference.Weight.flatten(), reference.Bias]))
            : double.PositiveInfinity;

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
