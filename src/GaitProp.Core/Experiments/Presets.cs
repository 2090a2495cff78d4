using GaitProp.Layers;
using GaitProp.Optimization;
using GaitProp.Rules;
using GaitProp.Rules.Targets;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>The settings that were published (design notes, section 2.6), and the two ways to compute them.</summary>
public static class Presets
{
    /// <summary>
    /// Steps from one retraction to the next. At the published learning rate the worst update angle after it grows by about 0.3 degrees a
    /// step on CIFAR-10 (shallow network), so that this keeps it near one degree.
    /// </summary>
    private const int RetractionEvery = 4;

    /// <summary>The names that <see cref="Experiment(string, string, string)"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["paper", "fast"];

    /// <summary>The published experiment of a network and rule.</summary>
    /// <param name="network">The network's name, which is also the experiment's.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="preset">
    /// <c>paper</c>: float64; rules that invert layers get explicit auxiliary units and the orthogonality penalty, and those of the GAIT family the
    /// literal form and exact inverse. <c>fast</c>: float32; implicit auxiliary units and retraction, the displacement form and one refinement of the
    /// transpose.
    /// </param>
    /// <exception cref="GaitPropException">There is no such preset or rule.</exception>
    public static Experiment Experiment(string network, string rule, string preset)
    {
        if (!Names.Contains(preset))
        {
            throw new GaitPropException(Suggestion.Unknown("preset", preset, Names));
        }

        var options = RuleCatalog.DefaultOptions(rule);
        var paper = preset == "paper";
        var experiment = new Experiment
        {
            Name = network,
            Network = network,
            Rule = rule,
            RuleOptions = options,
            Preset = preset,
            Optimizer = PublishedAdam(network, rule),
            Precision = paper ? ScalarType.Float64 : ScalarType.Float32,
        };
        using var learning = RuleCatalog.Create(rule);
        return !learning.NeedsSquareLayers ? experiment
            : paper ? experiment with
            {
                RuleOptions = options is TargetOptions target ? target with { Form = TargetForm.Literal, Inverse = InverseStrategy.Exact } : options,
                Auxiliary = AuxiliaryUnits.Explicit,
                Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Penalty, Lambda = network == "imagenet" ? 1 : 100 },
            }
            : experiment with
            {
                RuleOptions = options is TargetOptions family ? family with { Form = TargetForm.Displacement, Inverse = InverseStrategy.Refined(1) } : options,
                Auxiliary = AuxiliaryUnits.Implicit,
                Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Retraction, Every = RetractionEvery },

                // Angles grow from one retraction to the next: an odd interval meets them at every age.
                AngleEvery = 101,
            };
    }

    /// <summary>Adam as published for BP and GAIT, and for FA, whose feedback the other random-feedback rule shares.</summary>
    private static AdamOptions PublishedAdam(string network, string rule) => (network == "imagenet", rule is "fa" or "dfa") switch
    {
        (false, false) => new AdamOptions { LearningRate = 1.9e-5, Beta2 = 0.999, Epsilon = 1e-6 },
        (false, true) => new AdamOptions { LearningRate = 2.5e-5, Beta2 = 0.99, Epsilon = 1e-4 },
        (true, false) => new AdamOptions { LearningRate = 4.9e-5, Beta2 = 0.99, Epsilon = 1e-8 },
        (true, true) => new AdamOptions { LearningRate = 4.3e-5, Beta2 = 0.99, Epsilon = 1e-4 },
    };
}
