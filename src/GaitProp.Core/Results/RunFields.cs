using System.Globalization;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Runs;

namespace GaitProp.Results;

/// <summary>What a run can be asked for: the settings of its experiment, where it stands, and what was measured.</summary>
internal sealed class RunFields
{
    /// <summary>Times and counts of an epoch: those of its parts come to the whole's.</summary>
    private static readonly HashSet<string> Summed = ["steps", "trainSeconds", "angleSeconds", "evaluationSeconds", "checkpointSeconds"];

    /// <summary>Which number of what was measured over a course.</summary>
    public static IReadOnlyList<string> Ways { get; } = ["last", "first", "max", "min", "mean"];

    private readonly Dictionary<string, JsonNode?> _settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode?> _defaults = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<(double X, double Y)>>> _measured;

    /// <summary>Takes what is known of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="lines">What was measured; asked for once, and late.</param>
    internal RunFields(RunSummary run, JsonNode experiment, Func<IEnumerable<MetricLine>> lines)
    {
        Run = run;

        // Fields that stand there only where they are not at their defaults have those.
        try
        {
            Flatten(ExperimentJson.Whole(ExperimentJson.FromJson(RunCommandLine.Said(experiment))), "", _defaults);
        }
        catch (GaitPropException)
        {
            // Of a rule or a version that this one does not know: what it says itself is all.
        }

        Flatten(experiment, "", _settings);
        _settings["experiment"] = run.Experiment;
        _settings["run"] = run.Name;
        _settings["status"] = run.State.ToString().ToLowerInvariant();
        _measured = new(() => Measured(lines()));
    }

    /// <summary>Reads a run; its measurements when they are asked for.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="GaitPropException">It is damaged.</exception>
    public static RunFields Read(RunSummary run)
    {
        var description = RunRecord.ReadDescription(run.Folder);
        return new(run, description.Experiment, () => MetricFile.Metrics(run.Folder).Concat(MetricFile.Timings(run.Folder)))
        {
            Description = description,
        };
    }

    /// <summary>Reads a run of a sweep, which knows by what it was told apart even where the run itself does not say it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="settings">What was set, such as <c>preset=smoke</c>.</param>
    /// <exception cref="GaitPropException">It is damaged.</exception>
    public static RunFields Read(RunSummary run, IReadOnlyList<string> settings)
    {
        var fields = Read(run);
        foreach (var setting in settings.Select(s => s.Split('=', 2)).Where(s => s.Length == 2))
        {
            // A run says which preset its own is built on, and of an object its fields.
            if (setting[0] == "preset" || (!fields._settings.ContainsKey(setting[0]) && !fields._defaults.ContainsKey(setting[0])))
            {
                fields._settings[setting[0]] = setting[1];
            }
        }

        return fields;
    }

    /// <summary>The run.</summary>
    public RunSummary Run { get; }

    /// <summary>What its <c>run.json</c> says; <see langword="null"/> of one that is not read from a folder.</summary>
    public RunDescription? Description { get; private init; }

    /// <summary>Its settings, by their paths: <c>optimizer.lr</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Settings => _settings;

    /// <summary>The names of what was measured.</summary>
    public IEnumerable<string> Metrics => _measured.Value.Keys;

    /// <summary>What was measured over its course.</summary>
    /// <param name="metric">A name of <see cref="Metrics"/>.</param>
    /// <returns>Epochs, or steps where it is measured at steps, and values.</returns>
    public IReadOnlyList<(double X, double Y)> Course(string metric) => _measured.Value.GetValueOrDefault(metric) ?? [];

    /// <summary>One number of what was measured: <c>testAccuracy.max</c>.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="way">Which number: last, first, max, min or mean.</param>
    /// <returns><see langword="null"/> where nothing was measured.</returns>
    public double? Number(string metric, string way) =>
        Course(metric) is { Count: > 0 } course
            ? way switch
            {
                "first" => course[0].Y,
                "max" => course.Max(v => v.Y),
                "min" => course.Min(v => v.Y),
                "mean" => course.Average(v => v.Y),
                _ => course[^1].Y,
            }
            : null;

    /// <summary>What a name means in some runs: a setting by its path or the end of it, or a number of what was measured.</summary>
    /// <param name="name">The name: <c>lambda</c>, <c>optimizer.lr</c>, <c>testAccuracy.max</c>.</param>
    /// <param name="runs">The runs.</param>
    /// <returns>The value in a run.</returns>
    /// <exception cref="GaitPropException">No run has it, or it may be several.</exception>
    public static Func<RunFields, JsonNode?> Find(string name, IReadOnlyList<RunFields> runs)
    {
        var paths = runs.SelectMany(r => r.Settings.Keys).ToHashSet();

        // What runs say themselves, then what was measured, then what they leave out.
        if ((Meant(paths) ?? (Metric(name, runs) is null ? Meant([.. runs.SelectMany(r => r._defaults.Keys)]) : null)) is { } path)
        {
            return run => run.Setting(path);
        }

        return Metric(name, runs) is var (metric, way)
            ? run => run.Number(metric, way) is { } number ? JsonValue.Create(number) : null
            : throw new GaitPropException(
                Suggestion.Unknown(
                    "field",
                    name,
                    [
                        .. paths.Select(p => p[(p.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal),
                        .. runs.SelectMany(r => r.Metrics).Distinct().Order(StringComparer.Ordinal),
                    ]
                )
            );

        string? Meant(HashSet<string> among)
        {
            if (among.Contains(name))
            {
                return name;
            }

            var meant = among.Where(p => p.EndsWith($".{name}", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
            return meant.Length > 1
                ? throw new GaitPropException($"the field {name} may be {string.Join(" or ", meant)}: give more of its path.")
                : meant.FirstOrDefault();
        }
    }

    /// <summary>A metric and which number of it is meant; <see langword="null"/> if it is none.</summary>
    /// <param name="name">The name; the last number if it says no other.</param>
    /// <param name="runs">The runs.</param>
    public static (string Metric, string Way)? Metric(string name, IReadOnlyList<RunFields> runs)
    {
        var parts = name.Split('.');
        var (metric, way) = parts is [var first, var second] && Ways.Contains(second) ? (first, second) : (name, "last");
        return runs.Any(r => r.Metrics.Contains(metric)) ? (metric, way) : null;
    }

    /// <summary>A setting as the run says it, or as it has it without a word.</summary>
    internal JsonNode? Setting(string path) => _settings.TryGetValue(path, out var said) ? said : _defaults.GetValueOrDefault(path);

    private static void Flatten(JsonNode? node, string path, Dictionary<string, JsonNode?> into)
    {
        if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields)
            {
                Flatten(value, StrictJson.Join(path, name), into);
            }
        }
        else
        {
            into[path] = node;
        }
    }

    private static Dictionary<string, IReadOnlyList<(double X, double Y)>> Measured(IEnumerable<MetricLine> lines) =>
        lines
            .SelectMany(line =>
            {
                var place = line.Kind == "step" ? line.Step ?? 0 : line.Epoch;
                var steps = line.Values.FirstOrDefault(v => v.Layer is null && v.Metric == "steps").Value;
                return line
                    .Values.Where(v => v.Layer is null && v.Value is not null)
                    .Select(v => (v.Metric, At: (line.Kind, Place: (double)place), Part: (Value: v.Value!.Value, Steps: steps ?? 0)));
            })
            .GroupBy(v => v.Metric)
            .ToDictionary(
                metric => metric.Key,
                IReadOnlyList<(double, double)> (metric) =>
                    [.. metric.GroupBy(v => v.At, v => v.Part).Select(epoch => (epoch.Key.Place, Whole(metric.Key, [.. epoch])))],
                StringComparer.Ordinal
            );

    /// <summary>A number of an epoch from its parts: one that was interrupted has a line of times for each.</summary>
    private static double Whole(string metric, (double Value, double Steps)[] parts) =>
        parts.Length == 1 ? parts[0].Value
        : Summed.Contains(metric) ? parts.Sum(p => p.Value)
        : metric == "stepSeconds" && parts.Sum(p => p.Steps) is > 0 and var taken ? parts.Sum(p => p.Value * p.Steps) / taken
        : parts.Max(p => p.Value);

    /// <summary>A value as tables show it.</summary>
    /// <param name="value">The value.</param>
    public static string Shown(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue<double>(out var real)
            ? real.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal)
            : value?.ToString() ?? "-";
}
