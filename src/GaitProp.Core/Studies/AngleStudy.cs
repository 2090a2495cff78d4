using GaitProp.Experiments;
using GaitProp.Rules.Backpropagation;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>What update angles are to be measured on: a network with random orthogonal weights, and how rules compute on it.</summary>
internal sealed record AngleStudy
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

    /// <summary>The normalisation constant eta of normalised GAIT; its default if <see langword="null"/>.</summary>
    public double? Eta { get; init; }

    /// <summary>The increment factor gamma of GAIT; its default if <see langword="null"/>.</summary>
    public double? Gamma { get; init; }

    /// <summary>The root mean square orthogonality defect that weights get. Default: 0, orthogonal.</summary>
    public double Defect { get; init; }

    /// <summary>Gains of the layers above the first, drawn as exp(0.7 N(0, 1)), so that they are far from 1. Default: none.</summary>
    public UnitGain Gain { get; init; }

    /// <summary>The activation of the layers below the last; leaky ReLU if <see langword="null"/>.</summary>
    internal LeakyReLU? Hidden { get; init; }

    /// <summary>What is descended. Default: cross-entropy.</summary>
    internal LossKind Descended { get; init; }

    /// <summary>Options of rules by their names, in place of <see cref="Form"/> and <see cref="Inverse"/>.</summary>
    internal IReadOnlyDictionary<string, RuleOptions> Chosen { get; init; } = new Dictionary<string, RuleOptions>();

    /// <summary>Fixes weights, gains and feedback. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Measures every rule's update angle, layer by layer, to backpropagation <b>in float64</b> on the same weights and batch. So <c>bp</c>
    /// in float32 shows what rounding alone does.
    /// </summary>
    /// <param name="rules">The rules' names.</param>
    /// <param name="images">One batch, <c>[batch, …]</c>, as the network sees it.</param>
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

    /// <summary>The same for rules that compute in precisions of their own.</summary>
    internal AngleTable Measure(IEnumerable<(string Name, ScalarType Precision)> rules, Tensor images, Tensor labels)
    {
        LibTorch.Load();
        using var drawn = Draw(images.device);
        var tables = rules
            .Select(r => (r.Precision, Table: (this with { Precision = r.Precision }).Measure([r.Name], drawn, images, labels)))
            .ToArray();
        var isOne = tables.All(t => t.Precision == Precision);
        return new AngleTable(
            tables[0].Table.Layers,
            [
                .. tables.SelectMany(
                    t => t.Table.Columns,
                    (t, c) => isOne ? c : new AngleColumn(c.Rule, $"{c.Label}, {t.Precision.ToString().ToLowerInvariant()}", c.Angles)
                ),
            ]
        )
        {
            Untrained = tables[0].Table.Untrained,
        };
    }

    /// <summary>The same study in another form and precision.</summary>
    internal AngleStudy In(TargetForm form, ScalarType precision) =>
        this with
        {
            Form = form,
            Precision = precision,
            Chosen = Chosen.ToDictionary(c => c.Key, c => c.Value is TargetOptions target ? target with { Form = form } : c.Value),
        };

    /// <summary>The network that is measured on, in float64.</summary>
    /// <exception cref="GaitPropException">A layer is not possible, or one of the user's own fails.</exception>
    internal Network Draw(Device device) => Guarded([], null, () => Drawn(device));

    /// <summary>
    /// The same on a network that <see cref="Draw"/> has made for this study, or for one that differs in how rules compute alone.
    /// </summary>
    internal AngleTable Measure(IReadOnlyList<string> rules, Network drawn, Tensor images, Tensor labels) =>
        Guarded(rules, drawn, () => Measured(rules, drawn, images, labels));

    private Network Drawn(Device device)
    {
        using var scope = NewDisposeScope();
        var drawn = GaitProp.Network.Build(Network, Auxiliary, Seed, ScalarType.Float64, device, Gain, Hidden);
        foreach (var (index, layer) in drawn.Layers.Index())
        {
            layer.Perturb_(Defect, (Seed * 1000) + index);
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

    private AngleTable Measured(IReadOnlyList<string> rules, Network drawn, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();

        // The reference sees the very weights that the rules see, rounded as theirs are.
        using var network = drawn.To(Precision);
        using var exact = network.To(ScalarType.Float64);
        var batch = images.to(Precision);
        var reference = Update(new BackpropagationRule(), exact, batch.to(ScalarType.Float64), labels);
        return new AngleTable(
            [.. network.Layers.Select(l => l.Name)],
            [
                .. rules.Select(name =>
                {
                    using var rule = RuleCatalog.Create(name, Options(name));
                    rule.Prepare(network, Seed);
                    var angles = UpdateAngle.OfLayers(network, Update(rule, network, batch, labels), reference);
                    return new AngleColumn(name, Label(name), [.. angles]);
                }),
            ]
        )
        {
            Untrained = [.. network.Layers.Index().Where(l => l.Item.Trained.Count == 0).Select(l => l.Index)],
        };
    }

    /// <summary>What layers and rules of anybody's do.</summary>
    private T Guarded<T>(IReadOnlyList<string> rules, Network? drawn, Func<T> measure) =>
        OwnFailure.Guarded(() => OwnTypes(rules, drawn), measure);

    private Type[] OwnTypes(IReadOnlyList<string> rules, Network? drawn)
    {
        Type[] layers = [.. Network.Layers.Select(l => l.GetType()), .. drawn?.Layers.Select(l => l.GetType()) ?? []];
        return [.. layers.Where(OwnParts.IsOwn), .. rules.Where(r => RuleCatalog.Names.Contains(r)).SelectMany(OwnParts.OfRule)];
    }

    private LayerGradient[] Update(LearningRule rule, Network network, Tensor images, Tensor labels)
    {
        var trace = network.Forward(images);
        return rule.CheckedUpdate(network, trace, Loss.Sum(Descended, trace.Output, labels).Gradient);
    }

    internal RuleOptions Options(string rule) =>
        (
            Chosen.GetValueOrDefault(rule)
            ?? RuleCatalog.DefaultOptions(rule) switch
            {
                TargetOptions target => target with { Form = Form, Inverse = Inverse },
                var other => other,
            }
        ) switch
        {
            GaitOptions gait => gait with { Gamma = Gamma ?? gait.Gamma },
            NormalisedGaitOptions gait => gait with { Eta = Eta ?? gait.Eta },
            var other => other,
        };

    private string Label(string rule) =>
        Options(rule) is TargetOptions options
            ? $"{RuleCatalog.Title(rule)}, {options.Form.ToString().ToLowerInvariant()}{(options is NormalisedGaitOptions { Normalisation: Normalisation.Relative } ? ", relative" : "")}"
            : RuleCatalog.Title(rule);
}

/// <summary>Update angles of some rules on one batch.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public sealed class AngleTable
{
    internal AngleTable(IReadOnlyList<string> layers, IReadOnlyList<AngleColumn> columns) => (Layers, Columns) = (layers, columns);

    /// <summary>The layers' names, from the input up.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>The rules.</summary>
    public IReadOnlyList<AngleColumn> Columns { get; }

    /// <summary>The layers that train nothing, from 0: they have no angle.</summary>
    internal IReadOnlyList<int> Untrained { get; init; } = [];

    /// <summary>Whether a layer trains something.</summary>
    /// <param name="layer">The layer, from 0.</param>
    internal bool IsTrained(int layer) => !Untrained.Contains(layer);
}

/// <summary>Update angles of one rule.</summary>
public sealed class AngleColumn
{
    internal AngleColumn(string rule, string label, IReadOnlyList<double?> angles) => (Rule, Label, Angles) = (rule, label, angles);

    /// <summary>The rule's name on the command line.</summary>
    public string Rule { get; }

    /// <summary>The rule and its form, for headings.</summary>
    public string Label { get; }

    /// <summary>Degrees to BP in float64, one a layer; <see langword="null"/> where the angle is undefined.</summary>
    public IReadOnlyList<double?> Angles { get; }

    /// <summary>The largest defined angle, degrees; <see langword="null"/> if there is none.</summary>
    public double? Worst => Angles.Max();
}
