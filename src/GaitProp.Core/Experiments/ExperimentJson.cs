using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GaitProp.Layers;
using GaitProp.Rules;
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

    public static JsonNode ToJson(Experiment experiment) => JsonSerializer.SerializeToNode(experiment, Options)!;

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

    /// <summary>Options are written as the record that they are, of whatever rule.</summary>
    private sealed class RuleOptionsConverter : JsonConverter<RuleOptions>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(RuleOptions);

        public override RuleOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Rule options are read with their rule's own type.");

        public override void Write(Utf8JsonWriter writer, RuleOptions value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
