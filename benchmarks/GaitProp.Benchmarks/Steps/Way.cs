using GaitProp.Benchmarks.Measuring;
using GaitProp.Experiments;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Steps;

/// <summary>A way to compute a training step.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Preset">The preset that it begins with.</param>
/// <param name="Change">What is otherwise than in the preset.</param>
/// <param name="IsMain">Whether it is measured at every batch size and number of threads; the others only at the published batch
/// size.</param>
internal sealed record Way(string Name, string Rule, string Preset, Func<Experiment, Experiment>? Change = null, bool IsMain = false)
{
    private static readonly OrthogonalityOptions Free = new();

    /// <summary>The ways that are measured; the first is what the others are held against.</summary>
    public static IReadOnlyList<Way> All { get; } =
    [
        new("BP", "bp", "fast", IsMain: true),
        new(
            "BP, retraction",
            "bp",
            "fast",
            e => e with { Orthogonality = Presets.Experiment(e.Name, "ngait", "fast").Orthogonality },
            IsMain: true
        ),
        new("BP, gains", "bp", "fast", e => e with { Gain = UnitGain.Row }),
        new(
            "BP, retraction, gains",
            "bp",
            "fast",
            e => e with { Orthogonality = Presets.Experiment(e.Name, "ngait", "fast").Orthogonality, Gain = UnitGain.Row }
        ),
        new("BP, float64 (paper)", "bp", "paper"),
        new("FA", "fa", "fast"),
        new("DFA", "dfa", "fast"),
        new("TP", "tp", "fast"),
        new("DTP", "dtp", "fast"),
        new("GAIT, displacement", "gait", "fast", Displaced),
        new("GAIT, paper", "gait", "paper"),
        new("normalised GAIT, fast", "ngait", "fast", IsMain: true),
        new("normalised GAIT, fast, gains", "ngait", "fast", e => e with { Gain = UnitGain.Row }, IsMain: true),
        new("fast, folded(8)", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Folded(8) })),
        new("fast, folded(16)", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Folded(16) })),
        new("fast, folded(24)", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Folded(24) })),
        new("fast, folded(48)", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Folded(48) })),
        new("fast, folded(64)", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Folded(64) })),
        new(
            "fast, whole retraction at every step",
            "ngait",
            "fast",
            e => e with { Orthogonality = e.Orthogonality with { Rank = 0, Every = 1 } }
        ),
        new("fast, penalty", "ngait", "fast", e => e with { Orthogonality = e.Orthogonality with { Kind = OrthogonalityKind.Penalty } }),
        new("fast, no constraint", "ngait", "fast", e => e with { Orthogonality = Free }),
        new("fast, limit", "ngait", "fast", e => Target(e, o => o with { Form = TargetForm.Limit })),
        new("fast, displacement", "ngait", "fast", e => Target(e, o => o with { Form = TargetForm.Displacement })),
        new(
            "fast, refined(1): a correction at every step",
            "ngait",
            "fast",
            e => Target(e, o => o with { Inverse = InverseStrategy.Refined(1) })
        ),
        new(
            "fast, within(0.0014): a transpose where that is near enough",
            "ngait",
            "fast",
            e => Target(e, o => o with { Inverse = InverseStrategy.Within(0.0014) })
        ),
        new("fast, refined(2)", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Refined(2) })),
        new("fast, pinv", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.PseudoInverse })),
        new("fast, solve", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Solve })),
        new("fast, exact", "ngait", "fast", e => Target(e, o => o with { Inverse = InverseStrategy.Exact })),
        new(
            "fast, transpose (weight transport: a baseline)",
            "ngait",
            "fast",
            e => Target(e, o => o with { Inverse = InverseStrategy.Transpose })
        ),
        new("fast, explicit auxiliary units", "ngait", "fast", e => e with { Auxiliary = AuxiliaryUnits.Explicit }),
        new("fast, float64", "ngait", "fast", e => e with { Precision = ScalarType.Float64 }),
        new(
            "paper, float32, displacement",
            "ngait",
            "paper",
            e => Target(e, o => o with { Form = TargetForm.Displacement }) with { Precision = ScalarType.Float32 }
        ),
        new("paper, displacement", "ngait", "paper", e => Target(e, o => o with { Form = TargetForm.Displacement })),
        new("normalised GAIT, paper", "ngait", "paper", IsMain: true),
    ];

    /// <summary>Whether it is to be measured: the first, which the others are held against, always.</summary>
    /// <param name="settings">What was asked for.</param>
    public bool IsWanted(BenchmarkSettings settings) =>
        this == All[0] || !settings.Without.Any(w => Name.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <summary>An experiment that takes steps in this way.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="batch">Images a step.</param>
    public Experiment Experiment(Subject subject, int batch)
    {
        var published = Presets.Experiment(subject.Name, Rule, Preset);
        return (Change?.Invoke(published) ?? published) with { Network = subject.Layers, BatchSize = batch, AngleEvery = int.MaxValue };
    }

    private static Experiment Displaced(Experiment experiment) =>
        ExperimentDocument.Open(experiment.Name).Resolve("gait+displacement", new ExperimentChoices { Preset = "fast" });

    private static Experiment Target(Experiment experiment, Func<TargetOptions, TargetOptions> change) =>
        experiment with
        {
            RuleOptions = change((TargetOptions)experiment.RuleOptions),
        };
}
