using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>How experiments and runs are written as JSON: camel-case names, enumerations and strategies by their names.</summary>
internal static class ExperimentJson
{
    /// <summary>The settings of every JSON file of the kit.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters =
        {
            new InverseConverter(),
            new PrecisionConverter(),
            new RuleOptionsConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower),
        },
    };

    /// <summary>The settings of a line of a JSON-lines file.</summary>
    public static JsonSerializerOptions Line { get; } = new(Options) { WriteIndented = false };

    /// <summary>How files are read that others may have written: no field twice, and none null that may not be.</summary>
    public static JsonSerializerOptions Strict { get; } = new(Options) { AllowDuplicateProperties = false, RespectNullableAnnotations = true };

    /// <summary>An experiment with every setting, as <c>run.json</c> holds it.</summary>
    public static JsonObject ToJson(Experiment experiment) => JsonSerializer.SerializeToNode(experiment, Options)!.AsObject();

    /// <summary>Reads what <see cref="ToJson"/> wrote; what is left out, apart from name, network, rule and preset, has its default.</summary>
    /// <param name="json">The experiment.</param>
    /// <param name="source">Where it is from, as errors name it; empty if nowhere in particular.</param>
    /// <exception cref="GaitPropException">A field is unknown, missing or of the wrong type; the message names it.</exception>
    public static Experiment FromJson(JsonNode json, string source = "")
    {
        var strict = new StrictJson(source);
        var fields = StrictJson.Fields(typeof(Experiment)).ToDictionary(p => p.Name, p => p);
        var read = strict.Object(json, "", fields.Keys).DeepClone().AsObject();
        foreach (var required in (string[])["name", "network", "rule", "preset"])
        {
            if (!read.ContainsKey(required))
            {
                throw strict.Error($"the field '{required}' is missing.");
            }
        }

        var rule = strict.Word(read["rule"], "rule", "rule", RuleCatalog.Names);
        foreach (var (name, value) in read)
        {
            switch (name)
            {
                case "network":
                    break;
                case "ruleOptions":
                    strict.Check(value, RuleCatalog.OptionsType(rule), name);
                    break;
                default:
                    strict.Check(value, fields[name].PropertyType, name);
                    break;
            }
        }

        read["network"] = NetworkText(read["network"], strict, "network");
        read.TryAdd("ruleOptions", new JsonObject());
        var options = (RuleOptions)read["ruleOptions"].Deserialize(RuleCatalog.OptionsType(rule), Options)!;
        return read.Deserialize<Experiment>(Options)! with { RuleOptions = options };
    }

    /// <summary>
    /// The network of a file as experiments carry it: a published name, or its layers in one line. Files may also write the layers as a list, or
    /// as <c>{ "layers": [...] }</c>.
    /// </summary>
    public static string NetworkText(JsonNode? json, StrictJson strict, string path)
    {
        if (json is JsonObject)
        {
            (json, path) = (strict.Object(json, path, ["layers"])["layers"], StrictJson.Join(path, "layers"));
        }

        var text = json is JsonArray layers
            ? string.Join(", ", layers.Select((l, i) => strict.Text(l, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"))))
            : json?.GetValueKind() == JsonValueKind.String ? json.GetValue<string>()
            : throw strict.Wrong(path, "a published network's name or a list of layers", json);
        return strict.Tried(path, () => OwnNetwork.IsPublished(text) ? text : OwnNetwork.Canonical(text));
    }

    private sealed class InverseConverter : JsonConverter<InverseStrategy>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(InverseStrategy));

        public override InverseStrategy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            InverseStrategy.Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, InverseStrategy value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }

    private sealed class PrecisionConverter : JsonConverter<ScalarType>
    {
        public override ScalarType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() switch
            {
                "float32" => ScalarType.Float32,
                "float64" => ScalarType.Float64,
                var other => throw new GaitPropException($"precision '{other}' is not known: choose float32 or float64."),
            };

        public override void Write(Utf8JsonWriter writer, ScalarType value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value == ScalarType.Float64 ? "float64" : "float32");
    }

    /// <summary>Options are written as the record that they are, of whatever rule. They are read by <see cref="FromJson"/>, which knows the rule.</summary>
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
