using System.CommandLine;
using System.Text.Json.Nodes;
using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Studies;

namespace GaitProp.Kernel.Commands;

/// <summary>
/// What <c>angles</c> measures on: an experiment's network, data and rule options, as <c>train</c> reads them, with other defaults:
/// float32, explicit auxiliary units, the displacement form and exact inverses. Options and <c>--set</c> win over the file.
/// </summary>
internal sealed class AngleExperiment
{
    /// <summary>Fields of an experiment that say something of rules on a batch; the others are about training.</summary>
    private static readonly string[] Meant =
    [
        "network",
        "data",
        "ruleOptions",
        "preset",
        "auxiliary",
        "gain",
        "activation",
        "loss",
        "precision",
        "tf32",
        "seed",
    ];

    /// <summary>Fields that rules on one network may have each for itself.</summary>
    private static readonly string[] MeantForOne = ["ruleOptions", "precision"];

    private readonly Argument<string> _experiment = SharedOptions.NetworkOf();
    private readonly Option<string[]> _set = TrainingOptions.Set();
    private readonly Option<Precision?> _dtype = SharedOptions.OptionalChoice<Precision>(
        "--dtype",
        "Precision of weights, activations and updates. Default: float32."
    );
    private readonly Option<TargetForm?> _form = SharedOptions.OptionalChoice<TargetForm>(
        "--form",
        "Form of the GAIT rules. Default: displacement."
    );
    private readonly Option<Normalisation?> _normalisation = SharedOptions.OptionalChoice<Normalisation>(
        "--normalisation",
        "What eta of normalised GAIT is measured against. Default: absolute."
    );
    private readonly Option<string?> _inverse = new("--inverse")
    {
        Description =
            "How to invert layers: exact, solve, pinv, folded(K), refined(K), within(TOLERANCE), or transpose (weight transport: this is BP). Default: exact.",
        HelpName = "NAME",
    };

    private readonly Option<AuxiliaryUnits?> _auxiliary = SharedOptions.OptionalChoice<AuxiliaryUnits>(
        "--auxiliary",
        "Auxiliary units. Default: explicit."
    );
    private readonly Option<UnitGain?> _gain = SharedOptions.OptionalChoice<UnitGain>(
        "--gain",
        "Gains of the layers above the first, drawn at random: exp(0.7 N(0, 1)). Default: none."
    );
    private readonly Option<double?> _eta = SharedOptions.Real("--eta", "Normalisation constant of normalised GAIT. Default: 1e-7.");
    private readonly Option<double?> _gamma = SharedOptions.Real("--gamma", "Increment factor of GAIT. Default: 1e-3.");
    private readonly Option<int?> _seed = SharedOptions.Number("--seed", "Fixes weights and feedback. Default: 1.", least: 0);
    private readonly Option<int?> _depth = SharedOptions.Number(
        "--depth",
        "Hidden layers of the CIFAR-10 networks. Default: the network's own.",
        least: 1
    );
    private readonly Option<string?> _data = SharedOptions.Data();

    /// <summary>Adds argument and options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_experiment);
        foreach (
            var option in (Option[])[_set, _depth, _dtype, _form, _normalisation, _inverse, _auxiliary, _gain, _eta, _gamma, _seed, _data]
        )
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The experiment of each rule.</summary>
    /// <param name="parsed">The words.</param>
    /// <param name="rules">The rules' names.</param>
    /// <exception cref="GaitPropException">There is no such experiment, rule or field, or a value is not possible.</exception>
    public IReadOnlyDictionary<string, Experiment> Of(ParseResult parsed, IReadOnlyList<string> rules)
    {
        var set = parsed.GetValue(_set) ?? [];
        foreach (var setting in set)
        {
            CheckMeaning(setting);
        }

        if (parsed.GetValue(_inverse) is { } inverse)
        {
            _ = InverseStrategy.Parse(inverse);
        }

        var document = ExperimentDocument.Open(parsed.GetValue(_experiment)!);
        var choices = new ExperimentChoices
        {
            Set = set,
            Options = [.. Layers(parsed)],
            Otherwise = Plain,
        };
        return rules.ToDictionary(rule => rule, rule => document.Resolve(rule, choices));
    }

    /// <summary>Refuses a number or a choice that nothing is computed with.</summary>
    /// <param name="parsed">The words.</param>
    /// <param name="experiments">The experiments of the rules.</param>
    /// <param name="over">What is swept.</param>
    /// <param name="defect">The option of the defect.</param>
    /// <exception cref="GaitPropException">It is swept too, or no rule has it.</exception>
    public void CheckUse(ParseResult parsed, IReadOnlyDictionary<string, Experiment> experiments, SweepParameter? over, Option defect)
    {
        foreach (
            var (parameter, option) in ((SweepParameter, Option)[])
                [
                    (SweepParameter.Eta, _eta),
                    (SweepParameter.Gamma, _gamma),
                    (SweepParameter.Depth, _depth),
                    (SweepParameter.Defect, defect),
                ]
        )
        {
            var isGiven = parsed.GetResult(option) is { Implicit: false };
            if (isGiven && parameter == over)
            {
                throw new GaitPropException($"{option.Name} and --over give the same number: leave one of them out.");
            }

            // A rule of a notebook's own may have a number of that name; only those of the kit's are swept.
            var isOfNone = parameter switch
            {
                SweepParameter.Eta or SweepParameter.Gamma when parameter == over => !experiments.Values.Any(e =>
                    parameter == SweepParameter.Eta ? e.RuleOptions is NormalisedGaitOptions : e.RuleOptions is GaitOptions
                ),
                SweepParameter.Eta or SweepParameter.Gamma => !experiments.Values.Any(e =>
                    e.RuleOptions.GetType().GetProperty(parameter.ToString()) is not null
                ),
                _ => false,
            };
            if (isOfNone && (isGiven || parameter == over))
            {
                throw new GaitPropException(
                    $"{parameter.ToString().ToLowerInvariant()} says nothing to {string.Join(", ", experiments.Keys)}: it is a number of {(parameter == SweepParameter.Eta ? "normalised GAIT, --rules ngait" : "GAIT, --rules gait")}."
                );
            }
        }

        foreach (
            var (option, property, whose) in ((Option, string, string)[])
                [
                    (_form, nameof(TargetOptions.Form), "the GAIT rules, --rules gait or ngait"),
                    (_normalisation, nameof(NormalisedGaitOptions.Normalisation), "normalised GAIT, --rules ngait"),
                    (_inverse, nameof(TargetOptions.Inverse), "rules that invert layers, --rules tp, gait or ngait"),
                ]
        )
        {
            // One rule that has it is enough: beside it stand others for comparison.
            if (!experiments.Values.Any(e => e.RuleOptions.GetType().GetProperty(property) is not null))
            {
                SharedOptions.Refuse(parsed, $"says nothing to {string.Join(", ", experiments.Keys)}: it is a choice of {whose}.", option);
            }
        }
    }

    /// <summary>The experiment whose network is measured on: a rule's that needs square layers, if there is one.</summary>
    public static Experiment Lead(IReadOnlyDictionary<string, Experiment> experiments) =>
        experiments.FirstOrDefault(e => RuleNeeds.SquareLayers(e.Key, e.Value.RuleOptions)).Value ?? experiments.First().Value;

    /// <summary>
    /// The images: those of <c>--data</c>, or the experiment's. CIFAR-10, or the embedded set, stand in for ImageNet where nobody asked for
    /// that.
    /// </summary>
    public ImageDataset Images(ParseResult parsed, Experiment lead) =>
        parsed.GetValue(_data) is { } named ? DataSets.In(named, lead.Data)
        : lead.Data == Cifar10.Official.Name || (lead.Data == Photos.Prepared.Name && !Sets(parsed, "data")) ? DataSets.In(null)
        : DataSets.Of(lead.Data, null).Data;

    /// <summary>The study of the experiments' network on images of some shape.</summary>
    public AngleStudy Study(
        ParseResult parsed,
        IReadOnlyDictionary<string, Experiment> experiments,
        IReadOnlyList<long> shape,
        int classes,
        double defect
    )
    {
        var lead = Lead(experiments);
        return new AngleStudy
        {
            Network = Plan(lead, shape, classes, parsed.GetValue(_depth)),
            Precision = lead.Precision,
            Auxiliary = lead.Auxiliary,
            Gain = lead.Gain,
            Hidden = lead.Activation.Function(),
            Descended = lead.Loss,
            Chosen = experiments.ToDictionary(e => e.Key, e => e.Value.RuleOptions),
            Defect = defect,
            Seed = lead.Seed,
        };
    }

    /// <summary>The plan of an experiment's network, for images of some shape.</summary>
    /// <exception cref="GaitPropException">It does not fit the images, or has no depth that could be chosen.</exception>
    internal static NetworkDefinition Plan(Experiment experiment, IReadOnlyList<long> shape, int classes, int? depth) =>
        depth is null ? OwnNetwork.Define(experiment.Network, experiment.Network, shape, classes)
        : OwnNetwork.IsPublished(experiment.Network) ? Architectures.Define(experiment.Network, shape, classes, depth)
        : throw new GaitPropException(
            $"--depth {depth} has no meaning for a network that lists its layers: leave it out, or write --set network=cifar-shallow."
        );

    /// <summary>Whether a precision or a form was asked for, by an option of its own or by <c>--set</c>.</summary>
    public bool ChoosesWay(ParseResult parsed) =>
        parsed.GetValue(_form) is not null
        || parsed.GetValue(_dtype) is not null
        || Sets(parsed, "precision")
        || Sets(parsed, "ruleOptions.form")
        || Sets(parsed, "preset");

    private bool Sets(ParseResult parsed, string field) =>
        (parsed.GetValue(_set) ?? []).Any(s =>
            s.Split('=')[0].Trim() is var path && (path == field || path.EndsWith($".{field}", StringComparison.Ordinal))
        );

    private static void CheckMeaning(string setting)
    {
        var path = setting.Split('=')[0].Trim().Split('.');
        var field = path is ["rules", _, var below, ..] ? below : path[0];
        if (!ExperimentFile.Fields(FilePart.Setting).Contains(field))
        {
            return;
        }

        var better =
            field == "batchSize" ? $"the batch is --batch {setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]}"
            : !Meant.Contains(field) ? $"{field} has no meaning for angles, which trains nothing: leave it out"
            : path[0] == "rules" && !MeantForOne.Contains(field)
                ? $"all rules are measured on one network: write --set {CommandWord.Quoted(string.Join('.', setting.Split('.')[2..]))}"
            : null;
        if (better is not null)
        {
            throw new GaitPropException($"--set {setting}: {better}.");
        }
    }

    /// <summary>What angles has where neither file nor words say otherwise.</summary>
    internal static Experiment Plain(string rule) =>
        Presets.Meaning(rule, Presets.Default) with
        {
            RuleOptions = RuleCatalog.DefaultOptions(rule),
            Auxiliary = AuxiliaryUnits.Explicit,
            Orthogonality = new(),
        };

    /// <summary>The options that have a name of their own, as fields of the experiment.</summary>
    private IEnumerable<ExperimentLayer> Layers(ParseResult parsed)
    {
        return
        [
            .. One(_dtype, "precision", Word(parsed.GetValue(_dtype))),
            .. One(_auxiliary, "auxiliary", Word(parsed.GetValue(_auxiliary))),
            .. One(_gain, "gain", Word(parsed.GetValue(_gain))),
            .. One(_seed, "seed", parsed.GetValue(_seed)),
            .. OfRules(_form, "form", Word(parsed.GetValue(_form))),
            .. OfRules(_normalisation, "normalisation", Word(parsed.GetValue(_normalisation))),
            .. OfRules(_inverse, "inverse", parsed.GetValue(_inverse)),
            .. OfRules(_eta, "eta", parsed.GetValue(_eta)),
            .. OfRules(_gamma, "gamma", parsed.GetValue(_gamma)),
        ];

        static string? Word<T>(T? value)
            where T : struct, Enum => value?.ToString().ToLowerInvariant();

        static IEnumerable<ExperimentLayer> One(Option option, string field, JsonNode? value) =>
            value is null ? [] : [new($"{option.Name} {value}", new JsonObject { [field] = value })];

        static IEnumerable<ExperimentLayer> OfRules(Option option, string field, JsonNode? value) =>
            value is null ? [] : [new($"{option.Name} {value}", new JsonObject { ["ruleOptions"] = new JsonObject { [field] = value } })];
    }

    private enum Precision
    {
        Float32,
        Float64,
    }
}
