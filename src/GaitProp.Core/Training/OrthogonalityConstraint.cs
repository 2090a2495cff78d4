using GaitProp.Experiments;
using GaitProp.Runtime;

namespace GaitProp;

/// <summary>
/// The orthogonality constraint of an experiment, in the trainer's loop and in loops of your own: <see cref="Step"/> takes the optimiser's
/// step with all that the constraint adds before and after it. It acts on the weights above the first layer.
/// </summary>
public sealed class OrthogonalityConstraint : IDisposable
{
    /// <summary>
    /// The defect (<see cref="Layer.Defect"/>) above which a layer has lost orthogonality: its transpose is then a tenth off its inverse, 6
    /// degrees.
    /// </summary>
    internal const double MostDefect = 0.1;

    /// <summary>Steps from one look at the defects to the next: a look costs a product of the weight with itself.</summary>
    private const int LookEvery = 16;

    private readonly Network _network;
    private readonly Experiment _experiment;
    private readonly Action<string>? _warn;
    private readonly IReadOnlyList<Retracted> _retracted;
    private readonly HashSet<Layer> _lost = [];

    /// <summary>Takes hold of a network's weights.</summary>
    /// <param name="network">The network that is trained.</param>
    /// <param name="experiment">Whose constraint it is, such as <c>Presets.Experiment("cifar-shallow", "ngait", "fast")</c>; its rule and
    /// seed count too.</param>
    /// <param name="warn">
    /// Told in a line when a layer has lost orthogonality, as a rule that inverts layers needs it or the constraint should keep it: looked
    /// at after every 16th step. Nobody looks if it is <see langword="null"/>.
    /// </param>
    /// <exception cref="GaitPropException">A setting is not possible, or a rule of the user's own cannot be made.</exception>
    public OrthogonalityConstraint(Network network, Experiment experiment, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(experiment);
        experiment.Orthogonality.Validate();
        (_network, _experiment) = (network, experiment);
        _warn =
            experiment.Orthogonality.Kind != OrthogonalityKind.None || RuleNeeds.SquareLayers(experiment.Rule, experiment.RuleOptions)
                ? warn
                : null;
        _retracted = experiment.Orthogonality is { Kind: OrthogonalityKind.Retraction, Rank: var rank }
            ?
            [
                .. network
                    .Layers.Index()
                    .Skip(1)
                    .SelectMany(l =>
                        l.Item.Weights.Select(
                            (weight, which) =>
                                new Retracted(
                                    l.Index,
                                    which,
                                    weight,
                                    rank > 0
                                        ? new SubspaceRetraction(
                                            weight,
                                            rank,
                                            Seeds.Derive(experiment.Seed, SeedUse.Probes, Seeds.Of(l.Index, which))
                                        )
                                        : null
                                )
                        )
                    ),
            ]
            : [];
    }

    /// <summary>
    /// Takes one step: the penalty's gradient joins the update, the optimiser moves the weights, the retraction brings them back.
    /// </summary>
    /// <param name="optimizer">The optimiser of the network, <c>Optimizer.Of(network, …)</c>; its count of steps says when a whole
    /// retraction is due.</param>
    /// <param name="update">The rule's update, one gradient a layer; a penalty changes it. Measure its angles before.</param>
    /// <exception cref="GaitPropException">The update does not fit the network: where, and what it should be.</exception>
    public void Step(Optimizer optimizer, IReadOnlyList<LayerGradient> update)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        LearningRule.Check("the step got", _network, update);
        var orthogonality = _experiment.Orthogonality;
        if (orthogonality.Kind == OrthogonalityKind.Penalty)
        {
            for (var l = 1; l < update.Count; l++)
            {
                _network.Layers[l].AddPenaltyGradient_(update[l], orthogonality.Lambda);
            }
        }

        optimizer.Step([.. update.SelectMany(u => u.Trained)]);
        foreach (var (layer, which, weight, subspace) in _retracted)
        {
            if (orthogonality.IsWhole(optimizer.Steps))
            {
                OrthogonalityDefect.Retract_(weight);
            }
            else if (orthogonality.Rank > 0 && update[layer].Inversion.Defects.ElementAtOrDefault(which) is { } found)
            {
                found.Retract_(weight);
            }
            else
            {
                subspace?.Apply_(weight);
            }
        }

        if (_warn is not null && optimizer.Steps % LookEvery == 0)
        {
            Look(optimizer.Steps, update);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var retracted in _retracted)
        {
            retracted.Subspace?.Dispose();
        }
    }

    /// <summary>Warns of each layer once, and again if it was better in between.</summary>
    private void Look(long step, IReadOnlyList<LayerGradient> update)
    {
        foreach (var (index, layer) in _network.Layers.Index().Skip(1))
        {
            var defect = layer.Defect();
            if (!(defect <= MostDefect))
            {
                if (_lost.Add(layer))
                {
                    _warn!(
                        Text(
                            $"{layer.Name} has lost orthogonality: a defect of {defect:0.000} after step {step}, more than {MostDefect}. Lower the learning rate, or {Cure(update[index])}."
                        )
                    );
                }
            }
            else if (defect < MostDefect / 2)
            {
                _lost.Remove(layer);
            }
        }
    }

    private string Cure(LayerGradient update) =>
        _experiment.Orthogonality.Kind switch
        {
            OrthogonalityKind.None =>
                $"set orthogonality.kind to retraction or penalty, since rule '{_experiment.Rule}' inverts layers and needs a constraint",
            OrthogonalityKind.Penalty => "raise orthogonality.lambda",
            _ when _experiment.Orthogonality.Rank > 0 && update.Inversion.Defects.Any(d => d is not null) =>
                "raise the K of ruleOptions.inverse (folded(K)), whose directions are retracted, or retract all more often (orthogonality.every)",
            _ => "retract more directions (orthogonality.rank) or more often (orthogonality.every)",
        };

    /// <summary>A weight that a retraction keeps orthogonal.</summary>
    /// <param name="Layer">Its layer, from 0.</param>
    /// <param name="Which">Which of the layer's weights it is, from 0.</param>
    /// <param name="Weight">The weight.</param>
    /// <param name="Subspace">What retracts its leading directions where the inverse finds none; <see langword="null"/> where nothing
    /// does.</param>
    private sealed record Retracted(int Layer, int Which, TorchSharp.torch.Tensor Weight, SubspaceRetraction? Subspace);
}
