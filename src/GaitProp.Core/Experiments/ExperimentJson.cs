using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GaitProp.Experiments;

/// <summary>How experiments and runs are written as JSON: camel-case names, enumerations and strategies by their names.</summary>
internal static class ExperimentJson
{
    /// <summary>The settings of every JSON file of the kit.</summary>
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters =
            {
                new InverseConverter(),
                new RuleOptionsConverter(),
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower),
            },
        };

    /// <summary>The settings of a line of a JSON-lines file.</summary>
    public static JsonSerializerOptions Line { get; } = new(Options) { WriteIndented = false };

    /// <summary>How files are read that others may have written: no field twice, and none null that may not be.</summary>
    public static JsonSerializerOptions Strict { get; } =
        new(Options) { AllowDuplicateProperties = false, RespectNullableAnnotations = true };

    /// <summary>As <see cref="Options"/>, also with what is left out at its default.</summary>
    private static readonly JsonSerializerOptions Everything = new(Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                type =>
                {
                    foreach (var property in type.Properties)
                    {
                        property.ShouldSerialize = (_, _) => true;
                    }
                },
            },
        },
    };

    /// <summary>An experiment with every setting, those among them that <c>run.json</c> leaves out at their defaults.</summary>
    public static JsonObject Whole(Experiment experiment) => JsonSerializer.SerializeToNode(experiment, Everything)!.AsObject();

    /// <summary>An experiment with every setting, as <c>run.json</c> holds it.</summary>
    public static JsonObject ToJson(Experiment experiment) => JsonSerializer.SerializeToNode(experiment, Options)!.AsObject();

    /// <summary>
    /// Reads what <see cref="ToJson"/> wrote; what is left out, apart from name, network, rule and preset, has its default.
    /// </summary>
    /// <param name="json">The experiment.</param>
    /// <param name="source">Where it is from, as errors name it; empty if nowhere in particular.</param>
    /// <exception cref="GaitPropException">A field is unknown, missing, of the wrong type or out of range; the message names
    /// it.</exception>
    public static Experiment FromJson(JsonNode json, string source = "")
    {
        var (strict, fields) = (new StrictJson(source), StrictJson.Fields(typeof(Experiment)));
        var read = strict.Object(json, "", fields.Keys).DeepClone().AsObject();
        read.TryAdd("ruleOptions", new JsonObject());
        if (source.Length > 0 && OwnParts.Unregistered(read) is { Count: > 0 } unknown)
        {
            throw strict.Error(
                $"it has the {string.Join(" and the ", unknown)}, which {(unknown.Count == 1 ? "is" : "are")} not known here: run the cell that registers {(unknown.Count == 1 ? "it" : "them")} first, in this kernel; a terminal has no such cell."
            );
        }

        if (fields.Values.FirstOrDefault(f => f.IsRequired && !read.ContainsKey(f.Name)) is { Name: var missing })
        {
            throw strict.Error($"the field '{missing}' is missing.");
        }

        var rule = strict.Word(read["rule"], "rule", "rule", RuleCatalog.Names);
        foreach (var (name, value) in read)
        {
            strict.Check(value, fields[name], name, rule);
        }

        read["network"] = OwnNetwork.Text(read["network"], strict, "network");
        var options = (RuleOptions)read["ruleOptions"].Deserialize(RuleCatalog.OptionsType(rule), Options)!;
        return read.Deserialize<Experiment>(Options)! with { RuleOptions = options };
    }

    private sealed class InverseConverter : JsonConverter<InverseStrategy>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(InverseStrategy));

        public override InverseStrategy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            InverseStrategy.Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, InverseStrategy value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Name);
    }

    /// <summary>
    /// Options are written as the record that they are, of whatever rule. They are read by <see cref="FromJson"/>, which knows the rule.
    /// </summary>
    private sealed class RuleOptionsConverter : JsonConverter<RuleOptions>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(RuleOptions);

        public override RuleOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Skip();
            return new NoOptions();
        }

        public override void Write(Utf8JsonWriter writer, RuleOptions value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
