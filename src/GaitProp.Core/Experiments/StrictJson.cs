using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>Holds JSON against the types that it is meant for. An error is one line: the file, the field's path, what is wrong, what would do.</summary>
/// <param name="source">The file, as errors name it; empty if there is none.</param>
internal sealed class StrictJson(string source)
{
    /// <summary>The values that precision may have.</summary>
    public static IReadOnlyList<string> Precisions { get; } = ["float32", "float64"];

    /// <summary>The fields of a type that can be set, by their JSON names.</summary>
    public static IEnumerable<JsonPropertyInfo> Fields(Type type) => ExperimentJson.Options.GetTypeInfo(type).Properties.Where(p => p.Set is not null);

    /// <summary>The options of a rule; those of all rules if <see langword="null"/>.</summary>
    public static IReadOnlyDictionary<string, Type> RuleOptions(string? rule) =>
        (rule is null ? RuleCatalog.Names : [rule]).SelectMany(r => Fields(RuleCatalog.OptionsType(r))).DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.PropertyType);

    /// <summary>The names of an enumeration's values in JSON.</summary>
    public static IReadOnlyList<string> Names(Type enumeration) =>
        [.. Enum.GetValues(enumeration).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, enumeration, ExperimentJson.Options).GetString()!)];

    /// <summary>The path of a field below another.</summary>
    public static string Join(string path, string field) => path.Length == 0 ? field : $"{path}.{field}";

    /// <summary>An error at no field in particular.</summary>
    public GaitPropException Error(string message) => new(source.Length == 0 ? message : $"{source}: {message}");

    /// <summary>A value that is not of the kind it must be.</summary>
    public GaitPropException Wrong(string path, string expected, JsonNode? node) => Error($"{(path.Length == 0 ? "the whole" : path)} must be {expected}, not {Shown(node)}.");

    /// <summary>A word that is none of those known.</summary>
    public GaitPropException Unknown(string path, string kind, string word, IEnumerable<string> known) =>
        Error((path.Length == 0 ? "" : $"{path}: ") + Suggestion.Unknown(kind, word, known));

    /// <summary>An object whose fields are all known.</summary>
    public JsonObject Object(JsonNode? node, string path, IReadOnlyCollection<string> known, string kind = "field")
    {
        var read = node as JsonObject ?? throw Wrong(path, "an object { … }", node);
        var unknown = read.Select(p => p.Key).FirstOrDefault(k => !known.Contains(k));
        return unknown is null ? read : throw Unknown(path, kind, unknown, known);
    }

    /// <summary>Text that is one of some words.</summary>
    public string Word(JsonNode? node, string path, string kind, IReadOnlyCollection<string> known)
    {
        var word = Text(node, path);
        return known.Contains(word) ? word : throw Unknown(path == kind ? "" : path, kind, word, known);
    }

    /// <summary>Text in quotes.</summary>
    public string Text(JsonNode? node, string path) =>
        Kind(node) == JsonValueKind.String ? node!.GetValue<string>() : throw Wrong(path, "text in quotes", node);

    /// <summary>Checks a value of any type that experiments have.</summary>
    public void Check(JsonNode? node, Type type, string path)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            if (node is null)
            {
                return;
            }

            type = inner;
        }

        if (type == typeof(int) || type == typeof(long))
        {
            Require(Kind(node) == JsonValueKind.Number && (type == typeof(int) ? node!.AsValue().TryGetValue<int>(out _) : node!.AsValue().TryGetValue<long>(out _)), "a whole number");
        }
        else if (type == typeof(double) || type == typeof(float))
        {
            Require(Kind(node) == JsonValueKind.Number, "a number");
        }
        else if (type == typeof(bool))
        {
            Require(Kind(node) is JsonValueKind.True or JsonValueKind.False, "true or false");
        }
        else if (type == typeof(string))
        {
            Text(node, path);
        }
        else if (type == typeof(ScalarType))
        {
            Word(node, path, path[(path.LastIndexOf('.') + 1)..], Precisions);
        }
        else if (type.IsEnum)
        {
            Word(node, path, path[(path.LastIndexOf('.') + 1)..], Names(type));
        }
        else if (type == typeof(InverseStrategy))
        {
            Tried(path, () => InverseStrategy.Parse(Text(node, path)));
        }
        else if (ExperimentJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object)
        {
            var fields = Fields(type).ToDictionary(p => p.Name, p => p.PropertyType);
            foreach (var (name, value) in Object(node, path, fields.Keys))
            {
                Check(value, fields[name], Join(path, name));
            }
        }
        else
        {
            Tried(path, () => node.Deserialize(type, ExperimentJson.Options));
        }

        void Require(bool holds, string expected)
        {
            if (!holds)
            {
                throw Wrong(path, expected, node);
            }
        }
    }

    /// <summary>Reads a value; what it finds wrong is told with the field's path.</summary>
    public T Tried<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (GaitPropException e) when (source.Length == 0 || !e.Message.StartsWith($"{source}: ", StringComparison.Ordinal))
        {
            throw Error(e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}");
        }
        catch (JsonException e)
        {
            throw Error($"{path} cannot be read: {e.Message.Split(" Path:")[0]}");
        }
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static string Shown(JsonNode? node) => node switch
    {
        JsonObject => "an object",
        JsonArray => "a list",
        null => "null",
        _ => node.ToJsonString(ExperimentJson.Line) is var text && text.Length <= 60 ? text : $"{text[..57]}...",
    };
}
