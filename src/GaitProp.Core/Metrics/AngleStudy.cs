using GaitProp.Layers;
using GaitProp.Losses;
using GaitProp.Networks;
using GaitProp.Orthogonality;
using GaitProp.Rules;
using GaitProp.Rules.Backpropagation;
using GaitProp.Rules.Gait;
using GaitProp.Rules.NormalisedGait;
using GaitProp.Rules.Targets;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Metrics;

/// <summary>What update angles are to be measured on: a network with random orthogonal weights, and how rules compute on it.</summary>
public sealed record AngleStudy
{
    /// <summary>The network's plan.</summary>
    public required NetworkDefinition Network { get; init; }

    /// <summary>Element type of weights, activations and updates. Default: float32.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>How layers get square. Default: explicit auxiliary units.</summary>
    public AuxiliaryUnits Auxiliary { get; init; } = AuxiliaryUnits.Explicit;

    /// <summary>The form of GAIT and normalised GAIT. Default: displacement.</summary>
    public TargetForm Form { get; init; } = TargetForm.Displacement;

    /// <summary>How GAIT and normalised GAIT invert layers. Default: exact.</summary>
    public InverseStrategy Inverse { get; init; } = InverseStrategy.Exact;

    /// <summary>What eta of normalised GAIT is measured against. Default: absolute.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.Absolute;

    /// <summary>The normalisation constant eta of normalised GAIT; its default if <see langword="null"/>.</summary>
    public double? Eta { get; init; }

    /// <summary>The increment factor gamma of GAIT; its default if <see langword="null"/>.</summary>
    public double? Gamma { get; init; }

    /// <summary>The root mean square orthogonality defect that weights get. Default: 0, orthogonal.</summary>
    public double Defect { get; init; }

    /// <summary>Gains of the layers above the first, drawn as exp(0.7 N(0, 1)), so that they are far from 1. Default: none.</summary>
    public UnitGain Gain { get; init; }

    /// <summary>Fixes weights, gains and feedback. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Measures every rule's update angle, layer by layer, to backpropagation <b>in float64</b> on the same weights and batch. So <c>bp</c> in
    /// float32 shows what rounding alone does.
    /// </summary>
    /// <param name="rules">The rules' names.</param>
    /// <param name="images">One batch, <c>[batch, …]</c> in [0, 1].</param>
    /// <param name="labels">Its class numbers, int64 <c>[batch]</c>.</param>
    /// <exception cref="GaitPropException">A rule is not known, or an option is not possible.</exception>
    public AngleTable Measure(IReadOnlyList<string> rules, Tensor images, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(images);
        LibTorch.Load();
        using var drawn = Draw(images.device);
        return Measure(rules, drawn, images, labels);
    }

    /// <summary>The network that is measured on, in float64.</summary>
    internal Network Draw(Device device)
    {
        using var scope = NewDisposeScope();
        var drawn = Networks.Network.Build(Network, Auxiliary, Seed, ScalarType.Float64, device, Gain);
        foreach (var (index, layer) in drawn.Layers.Index())
        {
            OrthogonalityDefect.Perturb_(layer, Defect, (Seed * 1000) + index);
            if (layer.Gain is { } gain)
            {
                using var generator = new Generator(Seeds.Derive(Seed, SeedUse.Gains, index), CPU);
                gain.copy_((randn(gain.shape, dtype: ScalarType.Float64, device: CPU, generator: generator) * 0.7).exp());
            }

            foreach (var parameter in layer.Trained)
            {
                parameter.DetachFromDisposeScope();
            }
        }

        return drawn;
    }

    /// <summary>The same on a network that <see cref="Draw"/> has made for this study, or for one that differs in how rules compute alone.</summary>
    internal AngleTable Measure(IReadOnlyList<string> rules, Network drawn, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();

        // The reference sees the very weights that the rules see, rounded as theirs are.
        using var network = drawn.To(Precision);
        using var exact = network.To(ScalarType.Float64);
        var batch = images.to(Precision);
        var reference = Update(new BackpropagationRule(), exact, batch.to(ScalarType.Float64), labels);
        return new AngleTable([.. network.Layers.Select(l => l.Name)], [.. rules.Select(name =>
        {
            using var rule = RuleCatalog.Create(name, Options(name));
            rule.Prepare(network, Seed);
            var angles = UpdateAngle.OfLayers(network, Update(rule, network, batch, labels), reference);
            return new AngleColumn(name, Label(name), [.. angles]);
        })]);
    }

    private static LayerGradient[] Update(LearningRule rule, Network network, Tensor images, Tensor labels)
    {
        var trace = network.Forward(images);
        return rule.CheckedUpdate(network, trace, Loss.CrossEntropySum(trace.Output, labels).Gradient);
    }

    internal RuleOptions Options(string rule) => RuleCatalog.DefaultOptions(rule) switch
    {
        GaitOptions gait => gait with { Form = Form, Inverse = Inverse, Gamma = Gamma ?? gait.Gamma },
        NormalisedGaitOptions gait => gait with { Form = Form, Inverse = Inverse, Eta = Eta ?? gait.Eta, Normalisation = Normalisation },
        TargetOptions other => other with { Form = Form, Inverse = Inverse },
        var other => other,
    };

    private string Label(string rule) => RuleCatalog.DefaultOptions(rule) is TargetOptions
        ? $"{RuleCatalog.Title(rule)}, {Form.ToString().ToLowerInvariant()}{(rule == "ngait" && Normalisation == Normalisation.Relative ? ", relative" : "")}"
        : RuleCatalog.Title(rule);
}

/// <summary>Update angles of some rules on one batch.</summary>
/// <param name="Layers">The layers' names, from the input up.</param>
/// <param name="Columns">The rules.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed record AngleTable(IReadOnlyList<string> Layers, IReadOnlyList<AngleColumn> Columns);

/// <summary>Update angles of one rule.</summary>
/// <param name="Rule">The rule's name on the command line.</param>
/// <param name="Label">The rule and its form, for headings.</param>
/// <param name="Angles">Degrees to BP in float64, one a layer; <see langword="null"/> where the angle is undefined.</param>
public sealed record AngleColumn(string Rule, string Label, IReadOnlyList<double?> Angles)
{
    /// <summary>The largest defined angle, degrees; <see langword="null"/> if there is none.</summary>
    public double? Worst => Angles.Max();
}
