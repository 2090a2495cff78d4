using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>
/// The two presets that every experiment has: computed as it was published, and the same rule fast. Files add what they set otherwise in
/// these, and presets of their own that are built on them.
/// </summary>
public static class Presets
{
    /// <summary>The names that <see cref="Experiment(string, string, string)"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["paper", "fast"];

    /// <summary>The preset of an experiment that names none.</summary>
    internal const string Default = "fast";

    /// <summary>
    /// Directions in which the preset <c>fast</c> corrects the inverse. Measured on CIFAR-10 with six hidden layers (docs/speed.md): the
    /// worst layer is then within 0.1 degrees of the exact inverse in the first 64 steps and within 0.05 after (with gains, once in 200
    /// epochs, 0.057).
    /// </summary>
    private const int FastDirections = 32;

    /// <summary>
    /// The published experiment of a network and rule; its numbers are those of the built-in experiment file of that name.
    /// </summary>
    /// <param name="network">The network's name, which is also the experiment's.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="preset">
    /// <c>paper</c>: float64; rules that invert layers get explicit auxiliary units and the orthogonality penalty, and those of the GAIT
    /// family the literal form and exact inverse. <c>fast</c>: float32; implicit auxiliary units, the displacement form, and the folded
    /// inverse, whose corrections are the retraction too.
    /// </param>
    /// <exception cref="GaitPropException">There is no such network, preset or rule.</exception>
    public static Experiment Experiment(string network, string rule, string preset) =>
        Architectures.Names.Contains(network)
            ? ExperimentDocument.Open(network).Resolve(rule, new ExperimentChoices { Preset = preset })
            : throw new GaitPropException(Suggestion.Unknown("network", network, Architectures.Names));

    /// <summary>Refuses what is neither of the two.</summary>
    internal static void Check(string preset)
    {
        if (!Names.Contains(preset))
        {
            throw new GaitPropException(Suggestion.Unknown("preset", preset, Names));
        }
    }

    /// <summary>
    /// What a preset says of a rule, before any file: an experiment of defaults, whose name and network are placeholders.
    /// </summary>
    /// <exception cref="GaitPropException">There is no such preset or rule, or one of the user's own cannot be made.</exception>
    internal static Experiment Meaning(string rule, string preset)
    {
        Check(preset);
        var options = RuleNeeds.Options(rule);
        var paper = preset == "paper";
        var experiment = new Experiment
        {
            Name = Architectures.Names[0],
            Network = Architectures.Names[0],
            Rule = rule,
            RuleOptions = options,
            Preset = preset,
            Precision = paper ? ScalarType.Float64 : ScalarType.Float32,
        };
        return !RuleNeeds.SquareLayers(rule, options) ? experiment
            : paper
                ? experiment with
                {
                    RuleOptions = options is TargetOptions target
                        ? target with
                        {
                            Form = TargetForm.Literal,
                            Inverse = InverseStrategy.Exact,
                        }
                        : options,
                    Auxiliary = AuxiliaryUnits.Explicit,
                    Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Penalty },
                }
            : experiment with
            {
                RuleOptions = options is TargetOptions family
                    ? family with
                    {
                        Form = TargetForm.Displacement,
                        Inverse = InverseStrategy.Folded(FastDirections),
                    }
                    : options,
                Auxiliary = AuxiliaryUnits.Implicit,
                Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Retraction },
            };
    }
}
