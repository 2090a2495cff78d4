using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GaitProp.Experiments;

/// <summary>
/// The JSON schema of experiment files (draft 7), by which an editor completes fields and marks mistakes. The platform's exporter makes it
/// from the records: names and kinds from their properties, descriptions and ranges from the attributes of these.
/// </summary>
internal static class ExperimentSchema
{
    private static readonly JsonSerializerOptions Strict = new(ExperimentJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly JsonSchemaExporterOptions Exported = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) =>
        {
            (schema as JsonObject)?.Remove("required");
            return Described(context.PropertyInfo?.AttributeProvider, OfType(context.TypeInfo.Type) ?? schema);
        },
    };

    /// <summary>Makes the schema.</summary>
    /// <param name="rules">The rules that files may name; all of <see cref="RuleCatalog"/>, your own included, if
    /// <see langword="null"/>.</param>
    /// <param name="dataSets">The data sets that files may name; all of <see cref="DataSets"/>, your own included, if
    /// <see langword="null"/>.</param>
    /// <returns>The schema as indented JSON.</returns>
    /// <exception cref="GaitPropException">There is no such rule.</exception>
    public static string Create(IReadOnlyList<string>? rules = null, IReadOnlyList<string>? dataSets = null)
    {
        rules ??= RuleCatalog.Names;
        var definitions = new JsonObject();
        foreach (var field in StrictJson.Fields(typeof(Experiment)).Values.Where(f => f.Name is not ("rule" or "seed" or "ruleOptions")))
        {
            definitions[field.Name] = field.Name switch
            {
                "network" => Described(
                    field.AttributeProvider,
                    AnyOf(Words(Architectures.Names), Text("[ ,]"), Layers(), Object([new("layers", Layers())]))
                ),
                "data" => Described(field.AttributeProvider, Words(dataSets ?? DataSets.Names)),
                "preset" => Described(field.AttributeProvider, AnyOf(Words(Presets.Names), Text(null))),
                _ => Of(field),
            };
        }

        definitions["ruleName"] = Words(rules);
        definitions["ruleVariant"] = With(
            "A rule, or a rule with additions, such as bp+constraint+gain.",
            AnyOf(Reference("ruleName"), Text($@"^({string.Join('|', rules)})(\+({string.Join('|', RuleVariant.Known)}))+$"))
        );
        definitions["anyRuleOptions"] = With("Options of the rules; each rule takes those that it has.", Object(Options(rules)));
        foreach (var rule in rules)
        {
            definitions[$"{rule}Options"] = With($"Options of {RuleCatalog.Title(rule)}.", Object(Options([rule])));
            definitions[rule] = With($"What {RuleCatalog.Title(rule)} has otherwise.", Object(Fields(FilePart.Rule, $"{rule}Options")));
        }

        definitions["byRule"] = With("What single rules have otherwise.", Object([.. rules.Select(r => Property(r, Reference(r)))]));
        definitions["presetSettings"] = With(
            "What the preset has otherwise.",
            Object([.. Fields(FilePart.Preset), Property("rules", Reference("byRule"))])
        );
        var root = Object([
            .. StrictJson.Fields(typeof(FileFields)).Values.Select(f => Property(f.Name, Described(f.AttributeProvider, OfFile(f)))),
            .. Fields(FilePart.File),
        ]);
        return new JsonObject([
                Property("$schema", "http://json-schema.org/draft-07/schema#"),
                Property("title", "GaitProp experiment"),
                Property("description", "A network, data, rules and how they are trained. Comments are allowed."),
                Property("allowComments", true),
                Property("allowTrailingCommas", true),
                .. root.Select(p => Property(p.Key, p.Value?.DeepClone())),
                Property("definitions", definitions),
            ]).ToJsonString(ExperimentJson.Options) + "\n";
    }

    /// <summary>What stands in a file beside the fields of an experiment.</summary>
    private static JsonObject OfFile(JsonPropertyInfo field) =>
        field.Name switch
        {
            "extends" => AnyOf(Words(ExperimentDocument.BuiltIn), Text(null)),
            "rules" => AnyOf(Reference("byRule"), List(Reference("ruleVariant"), unique: true)),
            "seeds" => AnyOf(List(WholeNumber(), unique: true), WholeNumber(), Text(@"^\d+(\.\.\d+)?(\s*,\s*\d+(\.\.\d+)?)*$")),
            "sweep" => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = AnyOf(
                    new JsonObject { ["type"] = "array", ["minItems"] = 1 },
                    new JsonObject { ["type"] = "string", ["minLength"] = 1 }
                ),
            },
            "presets" => new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference("presetSettings") },
            _ => Text(null),
        };

    private static KeyValuePair<string, JsonNode?>[] Fields(FilePart part, string options = "anyRuleOptions") =>
        [.. ExperimentFile.Fields(part).Select(name => Property(name, Reference(name == "ruleOptions" ? options : name)))];

    private static KeyValuePair<string, JsonNode?>[] Options(IReadOnlyList<string> rules) =>
        [.. rules.SelectMany(StrictJson.RuleOptions).DistinctBy(o => o.Key).Select(o => Property(o.Key, Of(o.Value)))];

    /// <summary>A property's schema by the exporter, with the property's attributes.</summary>
    private static JsonNode Of(JsonPropertyInfo field) =>
        Described(field.AttributeProvider, Strict.GetJsonSchemaAsNode(field.PropertyType, Exported));

    /// <summary>Types that are written as words.</summary>
    private static JsonObject? OfType(Type type) =>
        StrictJson.Words(type) is { } words ? Words(words)
        : type != typeof(InverseStrategy) ? null
        : AnyOf(
            Words([
                .. (
                    (InverseStrategy[])
                        [
                            InverseStrategy.Exact,
                            InverseStrategy.Solve,
                            InverseStrategy.PseudoInverse,
                            InverseStrategy.Folded(32),
                            InverseStrategy.Refined(1),
                            InverseStrategy.Within(0.0014),
                            InverseStrategy.Transpose,
                        ]
                ).Select(i => i.Name),
            ]),
            Text(@"^((refined|folded)(\([1-9]\d*\))?|within\((0?\.\d+|\d(\.\d+)?[eE]-\d+)\))$")
        );

    /// <summary>A schema with what the attributes of its property say.</summary>
    private static JsonNode Described(ICustomAttributeProvider? property, JsonNode schema)
    {
        if (schema is not JsonObject || property is null)
        {
            return schema;
        }

        if (PossibleValues.Of<RangeAttribute>(property) is { } range)
        {
            var (least, most) = PossibleValues.Ends(range);
            schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Number(least);
            if (double.IsFinite(most))
            {
                schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Number(most);
            }
        }

        if (PossibleValues.Of<RegularExpressionAttribute>(property) is { } text)
        {
            schema["pattern"] = $"^({text.Pattern})$";
        }

        return PossibleValues.Of<DescriptionAttribute>(property) is { } described ? With(described.Description, schema.AsObject()) : schema;
    }

    /// <summary>The end of a range, as it is written by hand.</summary>
    private static JsonValue Number(double end) =>
        double.IsInteger(end) && Math.Abs(end) <= int.MaxValue ? JsonValue.Create((int)end) : JsonValue.Create(end);

    private static JsonObject With(string description, JsonObject schema)
    {
        // Draft 7 ignores what stands beside a reference.
        schema = schema.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(schema) } : schema;
        return new JsonObject([Property("description", description), .. schema.Select(p => Property(p.Key, p.Value?.DeepClone()))]);
    }

    private static KeyValuePair<string, JsonNode?> Property(string name, JsonNode? value) => new(name, value);

    private static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> properties) =>
        new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(properties),
            ["additionalProperties"] = false,
        };

    private static JsonObject Layers() => List(Text(LayerCatalog.Pattern));

    private static JsonObject List(JsonObject items, bool unique = false) =>
        new([
            Property("type", "array"),
            Property("items", items),
            Property("minItems", 1),
            .. unique ? (KeyValuePair<string, JsonNode?>[])[Property("uniqueItems", true)] : [],
        ]);

    private static JsonObject WholeNumber() => new() { ["type"] = "integer", ["minimum"] = 0 };

    private static JsonObject Text(string? pattern) =>
        pattern is null ? new() { ["type"] = "string" } : new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject AnyOf(params JsonNode[] choices) => new() { ["anyOf"] = new JsonArray(choices) };

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    private static JsonObject Words(IReadOnlyList<string> words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]) };
}
