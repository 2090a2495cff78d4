using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>
/// The JSON schema of experiment files (draft 7), by which an editor completes fields and marks mistakes. Made from the types: names, kinds and
/// descriptions from the records, ranges from what they accept.
/// </summary>
public static class ExperimentSchema
{
    /// <summary>Makes the schema.</summary>
    /// <param name="rules">The rules that files may name; all of <see cref="RuleCatalog"/>, your own included, if <see langword="null"/>.</param>
    /// <param name="dataSets">The data sets that files may name; all of <see cref="DataSets"/>, your own included, if <see langword="null"/>.</param>
    /// <returns>The schema as indented JSON.</returns>
    /// <exception cref="GaitPropException">There is no such rule.</exception>
    public static string Create(IReadOnlyList<string>? rules = null, IReadOnlyList<string>? dataSets = null) =>
        new Writer(rules ?? RuleCatalog.Names, dataSets ?? DataSets.Names).Root().ToJsonString(ExperimentJson.Options) + "\n";

    private sealed class Writer(IReadOnlyList<string> rules, IReadOnlyList<string> dataSets)
    {
        private readonly DocumentedMembers _documented = new();
        private readonly JsonObject _definitions = [];

        public JsonObject Root()
        {
            foreach (var field in StrictJson.Fields(typeof(Experiment)).Where(p => p.Name is not ("rule" or "seed" or "ruleOptions")))
            {
                _definitions[field.Name] = Field(field, () => Presets.Meaning("bp", "fast"));
            }

            _definitions["ruleName"] = new JsonObject { ["enum"] = Words(rules) };
            _definitions["ruleVariant"] = Described("A rule, or a rule with additions, such as bp+constraint+gain.", AnyOf(
                Reference("ruleName"), new JsonObject { ["type"] = "string", ["pattern"] = $@"^({string.Join('|', rules)})(\+({string.Join('|', RuleVariant.Known)}))+$" }));
            _definitions["anyRuleOptions"] = Object("Options of the rules; each rule takes those that it has.", Options(rules));
            foreach (var rule in rules)
            {
                _definitions[$"{rule}Options"] = Object($"Options of {RuleCatalog.Title(rule)}.", Options([rule]));
                _definitions[rule] = Object($"What {RuleCatalog.Title(rule)} has otherwise.", Overrides(ExperimentFile.Part.Rule, $"{rule}Options"));
            }

            _definitions["byRule"] = Object("What single rules have otherwise.", [.. rules.Select(r => KeyValuePair.Create<string, JsonNode?>(r, Reference(r)))]);
            _definitions["presetOverrides"] = Object("What the preset has otherwise.", [.. Overrides(ExperimentFile.Part.Preset, "anyRuleOptions"), new("rules", Reference("byRule"))]);
            _definitions["profileOverrides"] = Object("What the profile has otherwise.", [.. Overrides(ExperimentFile.Part.Profile, "anyRuleOptions"), new("rules", Reference("byRule"))]);

            var root = Object("A network, data, rules and how they are trained. Comments are allowed.",
            [
                new("$schema", Described("The schema of this file.", new JsonObject { ["type"] = "string" })),
                new("extends", Described("The file that this one adds to: its path from here, or a built-in experiment.", AnyOf(new JsonObject { ["enum"] = Words(ExperimentDocument.BuiltIn) }, new JsonObject { ["type"] = "string" }))),
                new("title", Described("The heading.", new JsonObject { ["type"] = "string" })),
                .. Overrides(ExperimentFile.Part.File, "anyRuleOptions"),
                new("rule", Described("The only rule; short for a list of one.", Reference("ruleName"))),
                new("rules", Described("The rules in the order of the figure: a list, or what each of them has otherwise.", AnyOf(Reference("byRule"), List(Reference("ruleVariant"), unique: true)))),
                new("sameAs", Object("Rules that are set as another one is: a rule's name, and the other's.", [.. rules.Select(r => KeyValuePair.Create<string, JsonNode?>(r, Reference("ruleName")))])),
                new("seeds", Described("The seeds of the runs, from 0 up: a list, or a range such as \"1..5\".",
                    AnyOf(List(WholeNumber(), unique: true), WholeNumber(), new JsonObject { ["type"] = "string", ["pattern"] = @"^\d+(\.\.\d+)?(\s*,\s*\d+(\.\.\d+)?)*$" }))),
                new("sweep", Described("The fields that 'gaitprop sweep' goes over, such as optimizer.lr: a list of values, or words such as \"1..5\", \"log(1e-5..1e-3,5)\" or \"linear(0..1,5)\".", new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = AnyOf(new JsonObject { ["type"] = "array", ["minItems"] = 1 }, new JsonObject { ["type"] = "string", ["minLength"] = 1 }),
                })),
                new("profile", Described("The profile that is used if none is chosen.", new JsonObject { ["type"] = "string" })),
                new("presets", Object("What the presets have otherwise.", [.. Presets.Names.Select(p => KeyValuePair.Create<string, JsonNode?>(p, Reference("presetOverrides")))])),
                new("profiles", Described("How much a run takes: settings by name, chosen with --profile.", new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference("profileOverrides") })),
            ]);
            return new JsonObject([
                new("$schema", "http://json-schema.org/draft-07/schema#"),
                new("title", "GaitProp experiment"),
                new("allowComments", true),
                new("allowTrailingCommas", true),
                .. root.Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())),
                new("definitions", _definitions),
            ]);
        }

        private static KeyValuePair<string, JsonNode?>[] Overrides(ExperimentFile.Part part, string options) =>
            [.. ExperimentFile.OverrideFields(part).Select(name => KeyValuePair.Create<string, JsonNode?>(name, Reference(name == "ruleOptions" ? options : name)))];

        private KeyValuePair<string, JsonNode?>[] Options(IReadOnlyList<string> of) =>
            [.. of.SelectMany(rule => StrictJson.Fields(RuleCatalog.OptionsType(rule)).Select(p => (Field: p, Rule: rule)))
                .DistinctBy(p => p.Field.Name)
                .Select(p => KeyValuePair.Create<string, JsonNode?>(p.Field.Name, Field(p.Field, () => RuleCatalog.DefaultOptions(p.Rule))))];

        private JsonObject Field(JsonPropertyInfo field, Func<object> settings)
        {
            var property = (PropertyInfo)field.AttributeProvider!;
            return Described(_documented.Summary(property), Value(field, property, settings));
        }

        private JsonObject Value(JsonPropertyInfo field, PropertyInfo property, Func<object> settings)
        {
            var type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
            var nullable = type != field.PropertyType;
            return field.Name switch
            {
                "name" => new JsonObject { ["type"] = "string", ["pattern"] = $"^{Experiment.NamePattern}$" },
                "network" => AnyOf(
                    new JsonObject { ["enum"] = Words(Architectures.Names) },
                    new JsonObject { ["type"] = "string", ["pattern"] = "[ ,]" },
                    Layers(),
                    Object(null, [new("layers", Layers())])),
                "data" => new JsonObject { ["enum"] = Words(dataSets) },
                "preset" => new JsonObject { ["enum"] = Words(Presets.Names) },
                _ when type == typeof(ScalarType) => new JsonObject { ["enum"] = Words(StrictJson.Precisions) },
                _ when type == typeof(InverseStrategy) => AnyOf(
                    new JsonObject { ["enum"] = Words([.. ((InverseStrategy[])[InverseStrategy.Exact, InverseStrategy.Solve, InverseStrategy.PseudoInverse, InverseStrategy.Folded(32), InverseStrategy.Refined(1), InverseStrategy.Within(0.0014), InverseStrategy.Transpose]).Select(i => i.Name)]) },
                    new JsonObject { ["type"] = "string", ["pattern"] = @"^((refined|folded)(\([1-9]\d*\))?|within\((0?\.\d+|\d(\.\d+)?[eE]-\d+)\))$" }),
                _ when type.IsEnum => new JsonObject { ["enum"] = Words(StrictJson.Names(type)) },
                _ when type == typeof(int) => Number("integer"),
                _ when type == typeof(double) => Number("number"),
                _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
                _ when type == typeof(string) => new JsonObject { ["type"] = "string" },
                _ when ExperimentJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object => Object(null,
                    [.. StrictJson.Fields(type).Select(p => KeyValuePair.Create<string, JsonNode?>(p.Name, Field(p, () => Activator.CreateInstance(type)!)))]),
                _ => [],
            };

            JsonObject Number(string kind) =>
                new([new("type", nullable ? new JsonArray(kind, "null") : kind), .. PossibleRange.Of(settings, property)]);
        }

        private static JsonObject Layers() => List(new JsonObject { ["type"] = "string", ["pattern"] = LayerCatalog.Pattern });

        private static JsonObject List(JsonObject items, bool unique = false)
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = items, ["minItems"] = 1 };
            if (unique)
            {
                list["uniqueItems"] = true;
            }

            return list;
        }

        private static JsonObject WholeNumber() => new() { ["type"] = "integer", ["minimum"] = 0 };

        private static JsonObject Object(string? description, IReadOnlyList<KeyValuePair<string, JsonNode?>> properties) => Described(description, new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(properties),
            ["additionalProperties"] = false,
        });

        private static JsonObject AnyOf(params JsonNode[] choices) => new() { ["anyOf"] = new JsonArray(choices) };

        private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

        private static JsonArray Words(IReadOnlyList<string> words) => [.. words.Select(w => JsonValue.Create(w))];

        private static JsonObject Described(string? description, JsonObject schema)
        {
            // Draft 7 ignores what stands beside a reference.
            if (description is not null && schema.ContainsKey("$ref"))
            {
                schema = new JsonObject { ["allOf"] = new JsonArray(schema) };
            }

            return description is null ? schema : new JsonObject([new("description", description), .. schema.Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))]);
        }
    }
}
