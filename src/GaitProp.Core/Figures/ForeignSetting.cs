using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Figures;

/// <summary>
/// A setting of a run that no preset of its experiment has, beside the choices that have words of their own (<see cref="RunChoices"/>):
/// what makes it another network or another training.
/// </summary>
/// <param name="Field">The field's path: <c>optimizer.lr</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Usual">The values that presets of the experiment have.</param>
internal sealed record ForeignSetting(string Field, string Value, IReadOnlyList<string> Usual)
{
    private const string Form = "ruleOptions.form",
        Constraint = "orthogonality.kind";

    /// <summary>
    /// Fields in which runs of one experiment may differ: seeds, epochs, presets, gains, constraints and ways to compute are what figures
    /// compare.
    /// </summary>
    private static readonly HashSet<string> Free =
    [
        "name",
        "rule",
        "preset",
        "seed",
        "epochs",
        "angleEvery",
        "evaluateEvery",
        "trainImages",
        "testImages",
        "gain",
        "precision",
        "auxiliary",
        Form,
        "orthogonality.rank",
        "orthogonality.every",
        "optimizer.gainLr",
    ];

    /// <summary>By the rule's options too: a notebook may register its rule again, with others.</summary>
    private static readonly ConcurrentDictionary<
        (string Experiment, string Rule, RuleOptions Options, string? Preset),
        IReadOnlyList<JsonObject>
    > Known = new();

    /// <summary>The foreign settings of a run, none for most; none too where its experiment is not built in.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    public static IEnumerable<ForeignSetting> Of(JsonNode experiment)
    {
        var possible = ByPreset(experiment).Select(s => Leaves(s)).ToArray();
        var own = Leaves(experiment.AsObject());
        foreach (var (field, value) in own)
        {
            // A rule's form and its constraint belong together: GAIT as published has a penalty, its displacement form a retraction.
            var ofForm = field == Constraint ? possible.Where(p => HasForm(p, own.GetValueOrDefault(Form))).ToArray() : possible;
            var values = (ofForm.Length > 0 ? ofForm : possible)
                .Where(p => p.ContainsKey(field))
                .Select(p => p[field])
                .Distinct()
                .ToArray();
            if (values.Length > 0 && !values.Contains(value) && Matters(field, value, experiment))
            {
                yield return new(field, value, values);
            }
        }
    }

    /// <summary>
    /// Why the choices that few runs make (<see cref="RunChoices"/>) are not those of a preset, in words that follow a colon;
    /// <see langword="null"/> if they are, or it made none.
    /// </summary>
    /// <param name="experiment">The run's experiment.</param>
    public static string? ChoicesOfNoPreset(JsonNode experiment)
    {
        var choices = RunChoices.All(experiment).ToArray();
        var presets = ByPreset(experiment).Select(s => RunChoices.All(s).ToArray()).ToArray();
        if (choices.Length == 0 || presets.Any(p => p.SequenceEqual(choices)))
        {
            return null;
        }

        var unheard = choices.Except(presets.SelectMany(p => p)).ToArray();
        return unheard.Length > 0
            ? $"no run of the figure has its {string.Join(", ", unheard)}"
            : $"of the choices that a preset makes together, {string.Join(", ", presets.First(p => p.Contains(choices[0])))}, it has {string.Join(", ", choices)} alone";
    }

    /// <summary>Whether a rule inverts layers, so that the constraint belongs to it; not known of one of somebody's own.</summary>
    /// <param name="rule">The rule's name.</param>
    public static bool Inverts(string? rule) => rule is not null && RuleCatalog.Names.Contains(rule) && RuleNeeds.SquareLayers(rule);

    /// <summary>In words that follow the run's name: <c>batchSize 64</c>.</summary>
    public override string ToString() => $"{Field} {Value}";

    private static bool Matters(string field, string value, JsonNode experiment) =>
        field switch
        {
            // The set that stands in is one set whoever chose it; which images were used is said elsewhere.
            "data" => value != DataSets.Embedded,
            "orthogonality.lambda" => (string?)experiment["orthogonality"]?["kind"] == "penalty",

            // BP under the constraint is what the rule is held against. The rule without it is another rule, and so is one with BP's own
            // transpose in the place of the inverse.
            Constraint => Inverts((string?)experiment["rule"]),
            "ruleOptions.inverse" => value == $"{InverseStrategy.Transpose}",
            _ => !Free.Contains(field)
                && !RunChoices.Fields.Contains(field)
                && (IsKnown(experiment) || !field.StartsWith("ruleOptions", StringComparison.Ordinal)),
        };

    private static bool HasForm(Dictionary<string, string> settings, string? form) => settings.GetValueOrDefault(Form) == form;

    private static bool IsKnown(JsonNode experiment) => RuleCatalog.Names.Contains((string?)experiment["rule"]);

    /// <summary>
    /// The experiment as each of its presets has it, of a rule that it compares with additions (<c>gait+displacement</c>) with those too.
    /// Of a rule that only its author's notebook knows the settings count that are common to all rules.
    /// </summary>
    private static IReadOnlyList<JsonObject> ByPreset(JsonNode experiment)
    {
        var (name, preset) = ((string?)experiment["name"], (string?)experiment["preset"]);
        var rule = IsKnown(experiment) ? (string)experiment["rule"]! : "bp";
        return name is null || !ExperimentDocument.BuiltIn.Contains(name) || !Presets.Names.Contains(preset)
            ? []
            : Known.GetOrAdd(
                (name, rule, RuleNeeds.Options(rule), preset),
                _ =>
                {
                    var document = ExperimentDocument.Open(name);
                    return
                    [
                        .. from variant in document.Rules.Where(r => RuleVariant.Parse(r).Rule == rule).Prepend(rule).Distinct()
                        from possible in document.PresetNames
                        select ExperimentJson.ToJson(
                            document.Resolve(variant, new ExperimentChoices { Preset = possible, BuiltOn = preset })
                        ),
                    ];
                }
            );
    }

    /// <summary>The values of an experiment by their paths; numbers as they are read, however they are written.</summary>
    private static Dictionary<string, string> Leaves(JsonObject json, string prefix = "") =>
        json.SelectMany(pair =>
                pair.Value is JsonObject inner
                    ? Leaves(inner, $"{prefix}{pair.Key}.")
                    : (IEnumerable<KeyValuePair<string, string>>)[new(prefix + pair.Key, Word(pair.Value))]
            )
            .ToDictionary();

    private static string Word(JsonNode? value) =>
        value is JsonValue number && number.GetValueKind() == System.Text.Json.JsonValueKind.Number
            ? double.Parse(number.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)
            : value?.ToString() ?? "null";
}
