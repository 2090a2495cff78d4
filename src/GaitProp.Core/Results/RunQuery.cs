using System.Text.Json.Nodes;

namespace GaitProp.Results;

/// <summary>Runs that have the same values of some fields.</summary>
/// <param name="Values">The values, one a field, as tables show them.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Numbers">One a number that is shown: the mean over the runs, and its 95 % interval; <see langword="null"/> where no run has
/// it. Runs that compute the same are one sample, their mean.</param>
internal sealed record RunQueryGroup(IReadOnlyList<string> Values, IReadOnlyList<RunFields> Runs, IReadOnlyList<StudentInterval?> Numbers);

/// <summary>A question to runs: which, grouped by what, and which numbers of theirs.</summary>
/// <param name="By">The fields that runs are grouped by; each run alone if there is none.</param>
/// <param name="Show">The numbers that are shown: <c>testAccuracy.max</c>.</param>
/// <param name="Groups">The answer.</param>
internal sealed record RunQuery(IReadOnlyList<string> By, IReadOnlyList<string> Show, IReadOnlyList<RunQueryGroup> Groups)
{
    /// <summary>Asks. Of runs of a group that compute the same, those that are done count, if there are any.</summary>
    /// <param name="condition">Which runs; all if <see langword="null"/>.</param>
    /// <param name="by">The fields that they are grouped by.</param>
    /// <param name="show">The numbers that are shown.</param>
    /// <param name="runs">The runs that there are.</param>
    /// <exception cref="GaitPropException">A field or number is not known; or no run is left.</exception>
    public static RunQuery Ask(RunCondition? condition, IReadOnlyList<string> by, IReadOnlyList<string> show, IReadOnlyList<RunFields> runs)
    {
        var fields = (condition?.Fields ?? []).Concat(by).Distinct().ToDictionary(f => f, f => RunFields.Find(f, runs));
        var shown = show.Select(s =>
                RunFields.Metric(s, runs)
                ?? throw new GaitPropException(
                    RunFields.Metric(s.Split('.')[0], runs) is not null && s.Split('.', 2) is [_, var number]
                        ? Suggestion.Unknown($"number of {s.Split('.')[0]}", number, RunFields.Ways)
                        : Suggestion.Unknown(
                            "measurement",
                            s.Split('.')[0],
                            runs.SelectMany(r => r.Metrics).Distinct().Order(StringComparer.Ordinal)
                        ) + " One number of it is NAME.last, .first, .max, .min or .mean."
                )
            )
            .ToArray();
        var left = runs.Where(r => condition?.Holds(f => fields[f](r)) ?? true).ToArray();
        if (left.Length == 0)
        {
            throw new GaitPropException(
                $"no run of {runs.Count} fits that condition: ask with --by and a field for the values that there are, or without the condition."
            );
        }

        var grouped =
            by.Count == 0
                ? left.Select(r => (Values: (JsonNode?[])[JsonValue.Create(r.Run.QualifiedName)], Runs: (RunFields[])[r]))
                : left.GroupBy(r => string.Join('\n', by.Select(f => RunFields.Shown(fields[f](r)))))
                    .Select(g => (Values: by.Select(f => fields[f](g.First())).ToArray(), Runs: Counted(g)))
                    .Order(
                        Comparer<(JsonNode?[] Values, RunFields[] Runs)>.Create(
                            (a, b) => a.Values.Zip(b.Values, Order).FirstOrDefault(o => o != 0)
                        )
                    );
        return new RunQuery(
            by,
            show,
            [
                .. grouped.Select(g => new RunQueryGroup(
                    [.. g.Values.Select(RunFields.Shown)],
                    g.Runs,
                    [
                        .. shown.Select(s =>
                            Samples(g.Runs.Select(r => (r, r.Number(s.Metric, s.Way)))) is { Length: > 0 } numbers
                                ? StudentInterval.Of(numbers)
                                : (StudentInterval?)null
                        ),
                    ]
                )),
            ]
        );
    }

    /// <summary>The course of what is shown, a line for each group: the mean over its runs, with the 95 % interval.</summary>
    /// <param name="name">The figure's name.</param>
    /// <param name="title">Its heading.</param>
    public Figure Figure(string name, string title)
    {
        var count = Groups.Sum(g => g.Runs.Count);
        var panels = Show.Select(s => s.Split('.')[0])
            .Distinct()
            .Select(
                (metric, i) =>
                    new Panel(
                        ((char)('A' + i)).ToString(),
                        metric,
                        new Axis(metric is "loss" or "meanAngle" ? "step" : "epoch"),
                        new Axis(
                            metric.EndsWith("Accuracy", StringComparison.Ordinal) || metric.EndsWith("Top5", StringComparison.Ordinal)
                                ? $"{metric} (share of the images)"
                                : metric
                        ),
                        [.. Groups.Select(g => Line(g, metric))],
                        PanelKind.Lines
                    )
            );
        return new Figure(
            name,
            title,
            Text(
                $"{Made()}{Count(count, "run")}{(Repeats ? ", repeats of one as one, their mean" : "")}. Lines are means over runs, bands their 95 % interval by Student's t; one run has no band. Where runs end early the rest goes on without them."
            ),
            [.. panels]
        );
    }

    private bool Repeats => Groups.Any(g => g.Runs.DistinctBy(Computed).Count() < g.Runs.Count);

    /// <summary>What a run computes; an older one does not say, and is like no other.</summary>
    private static object Computed(RunFields run) => (object?)run.Run.Identity ?? run;

    private static RunFields[] Counted(IEnumerable<RunFields> runs) =>
        [.. runs.GroupBy(Computed).SelectMany(same => same.Any(r => r.Run.IsDone) ? same.Where(r => r.Run.IsDone) : same)];

    /// <summary>A sample is what runs that compute the same have on average: accuracies are then equal, and times are not.</summary>
    private static double[] Samples(IEnumerable<(RunFields Run, double? Value)> values) =>
        [.. values.Where(v => v.Value is not null).GroupBy(v => Computed(v.Run), v => v.Value!.Value).Select(same => same.Average())];

    /// <summary>On what, how and where the runs were made: the beginning of a caption.</summary>
    private string Made()
    {
        RunDescription[] made = [.. Groups.SelectMany(g => g.Runs).Select(r => r.Description).OfType<RunDescription>()];
        var epochs = All(d => $"{d.Experiment["epochs"]}");
        return made.Length == 0
            ? ""
            : $"Data: {All(d => d.Data.Name)}. Experiments: {All(d => $"{d.Experiment["name"]}")}; preset {All(d => $"{d.Experiment["preset"]}")}; {epochs} epoch{(epochs == "1" ? "" : "s")}. "
                + $"Machine: {All(d => d.Environment.ToString())}; GaitProp {All(d => d.Environment.Version)}. ";

        string All(Func<RunDescription, string> word) => string.Join(" and ", made.Select(word).Distinct().Order(StringComparer.Ordinal));
    }

    private Series Line(RunQueryGroup group, string metric)
    {
        var points = group
            .Runs.SelectMany(r => r.Course(metric).Select(p => (p.X, Run: r, p.Y)))
            .GroupBy(p => p.X)
            .OrderBy(p => p.Key)
            .Select(p => (X: p.Key, Y: StudentInterval.Of(Samples(p.Select(v => (v.Run, (double?)v.Y))))))
            .ToArray();

        // A rule has its own colour; other values get theirs by their name.
        var label =
            By.Count == 0
                ? group.Values[0]
                : string.Join(", ", By.Zip(group.Values, (field, value) => field == "rule" ? value : $"{field} {value}"));
        return new Series(
            By is ["rule"] ? group.Values[0] : label,
            label,
            [.. points.Select(p => p.X)],
            [.. points.Select(p => p.Y.Mean)],
            [.. points.Select(p => p.Y.HalfWidth ?? 0)]
        );
    }

    private static int Order(JsonNode? a, JsonNode? b) =>
        a is JsonValue x && b is JsonValue y && x.TryGetValue<double>(out var left) && y.TryGetValue<double>(out var right)
            ? left.CompareTo(right)
            : string.CompareOrdinal(RunFields.Shown(a), RunFields.Shown(b));
}
