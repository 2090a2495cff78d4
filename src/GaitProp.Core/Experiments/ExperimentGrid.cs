using System.Text.Json;

namespace GaitProp.Experiments;

/// <summary>A run of a grid.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Rule">Its rule, with what is added to it.</param>
/// <param name="Settings">The swept fields and their values, as <c>FIELD=VALUE</c>.</param>
/// <param name="Experiment">Its experiment.</param>
internal sealed record GridRun(int Number, string Rule, IReadOnlyList<string> Settings, Experiment Experiment)
{
    /// <summary>Its name, in one word that is the same whoever asks for it: <c>ngait-s1,orthogonality.lambda=10</c>.</summary>
    public string Name => Text($"{string.Join(',', [$"{Rule}-s{Experiment.Seed}", .. Settings])}");

    /// <summary>What to call it where people look.</summary>
    public string Label => Settings.Count == 0 ? Text($"{Rule} seed {Experiment.Seed}") : Name;
}

/// <summary>
/// The runs of a comparison or a sweep: seeds by values by rules, in that order, the rules of the first seed and the first values first.
/// </summary>
internal static class ExperimentGrid
{
    /// <summary>Resolves every run.</summary>
    /// <param name="document">The experiment.</param>
    /// <param name="rules">The rules; the experiment's if there are none.</param>
    /// <param name="seeds">The seeds; the experiment's if there are none.</param>
    /// <param name="axes">The fields that are swept.</param>
    /// <param name="choices">What is the same in all runs.</param>
    /// <returns>The runs. One that a field for another rule alone leaves as it is stands there once.</returns>
    /// <exception cref="GaitPropException">There are too many, two are the same, or a field or value is not possible.</exception>
    public static IReadOnlyList<GridRun> Of(
        ExperimentDocument document,
        IReadOnlyList<string>? rules,
        IReadOnlyList<int>? seeds,
        IReadOnlyList<SweepAxis> axes,
        ExperimentChoices choices
    )
    {
        // An option that was not given comes as an empty list.
        rules = rules is { Count: > 0 } ? rules : document.Rules;
        seeds = seeds is { Count: > 0 } ? seeds : document.Seeds;
        Check(rules, seeds, axes);
        var all =
            from seed in seeds
            from settings in Combinations(axes)
            from rule in rules
            select (Rule: rule, Settings: settings, Experiment: document.Resolve(rule, choices with { Seed = seed, Over = settings }));
        var runs = all.Select(r =>
                (Run: new GridRun(0, r.Rule, r.Settings, r.Experiment), Key: JsonSerializer.Serialize(r.Experiment, ExperimentJson.Line))
            )
            .ToArray();
        foreach (var same in runs.GroupBy(r => r.Key).Where(g => g.Count() > 1))
        {
            // Only a field of another rule leaves a run as it is.
            if (same.DistinctBy(r => r.Run.Rule).Count() > 1 || !axes.Any(a => a.Field.StartsWith("rules.", StringComparison.Ordinal)))
            {
                throw new GaitPropException(
                    same.Select(r => r.Run.Name).Distinct().Count() == 1
                        ? $"the grid has {same.Count()} cells that are the same run, {same.First().Run.Label}: name seeds with --seeds and rules with --rules, each once, not with --set."
                        : $"the grid has {same.Count()} cells that are the same run: {string.Join(" and ", same.Take(2).Select(r => r.Run.Label))}; leave one of them out."
                );
            }
        }

        return [.. runs.DistinctBy(r => r.Key).Select((r, i) => r.Run with { Number = i + 1 })];
    }

    private static void Check(IReadOnlyList<string> rules, IReadOnlyList<int> seeds, IReadOnlyList<SweepAxis> axes)
    {
        foreach (var axis in axes)
        {
            var better = axis.Field switch
            {
                "seed" or "seeds" => "use --seeds, such as --seeds 1..3",
                "rule" or "rules" => "use --rules, such as --rules bp,fa",
                "name" => "runs are filed under it, and a sweep has one folder",
                "profile" => "use --over preset=paper,fast",
                _ => null,
            };
            if (better is not null)
            {
                throw new GaitPropException($"--over {axis.Field} is not possible: {better}.");
            }
        }

        if (axes.CountBy(a => a.Field).FirstOrDefault(a => a.Value > 1).Key is { } twice)
        {
            throw new GaitPropException($"--over {twice} stands there twice: put its values behind one of them.");
        }

        var count = axes.Aggregate((double)rules.Count * seeds.Count, (product, axis) => product * axis.Values.Count);
        if (count > SweepAxis.Most)
        {
            throw new GaitPropException(
                Text(
                    $"the grid would have {count:0} runs, {string.Join(" x ", [$"{rules.Count} rules", $"{seeds.Count} seeds", .. axes.Select(a => $"{a.Values.Count} of {a.Field}")])}: at the most {SweepAxis.Most} are possible; take fewer values, or several sweeps."
                )
            );
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Combinations(IReadOnlyList<SweepAxis> axes) =>
        axes.Aggregate(
            (IEnumerable<IReadOnlyList<string>>)
                [
                    [],
                ],
            (all, axis) => all.SelectMany(_ => axis.Values, (settings, value) => (IReadOnlyList<string>)[.. settings, axis.With(value)])
        );
}
