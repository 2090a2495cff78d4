using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using static TorchSharp.torch;

namespace GaitProp.Experiments;

/// <summary>
/// Holds JSON against the properties that it is meant for: unknown fields, wrong types, values out of range (<see cref="PossibleValues"/>).
/// An error is one line: the file, the field's path, what is wrong, what would do.
/// </summary>
/// <param name="source">The file, as errors name it; empty if there is none.</param>
internal sealed class StrictJson(string source)
{
    /// <summary>The fields of a type that can be set, by their JSON names.</summary>
    public static IReadOnlyDictionary<string, JsonPropertyInfo> Fields(Type type) =>
        ExperimentJson.Options.GetTypeInfo(type).Properties.Where(p => p.Set is not null).ToDictionary(p => p.Name);

    /// <summary>The options of a rule; those of all rules if <see langword="null"/>.</summary>
    public static IReadOnlyDictionary<string, JsonPropertyInfo> RuleOptions(string? rule) =>
        (rule is null ? RuleCatalog.Names : [rule])
            .SelectMany(r => Fields(RuleCatalog.OptionsType(r)))
            .DistinctBy(p => p.Key)
            .ToDictionary();

    /// <summary>The words that a field may hold; <see langword="null"/> if it holds no words of a list.</summary>
    public static IReadOnlyList<string>? Words(JsonPropertyInfo field) =>
        Words(Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType)
        ?? (field.DeclaringType == typeof(Experiment) ? field.Name : "") switch
        {
            "data" => DataSets.Names,
            "rule" => RuleCatalog.Names,
            "preset" => Presets.Names,
            _ => null,
        };

    /// <summary>The words of an enumeration as JSON has them; <see langword="null"/> of another type.</summary>
    public static IReadOnlyList<string>? Words(Type type) =>
        type == typeof(ScalarType) ? ["float32", "float64"]
        : type.IsEnum
            ?
            [
                .. Enum.GetValues(type)
                    .Cast<object>()
                    .Select(value => JsonSerializer.SerializeToElement(value, type, ExperimentJson.Options).GetString()!),
            ]
        : null;

    /// <summary>The path of a field below another.</summary>
    public static string Join(string path, string field) => path.Length == 0 ? field : $"{path}.{field}";

    /// <summary>An error at no field in particular.</summary>
    public GaitPropException Error(string message) => new(source.Length == 0 ? message : $"{source}: {message}");

    /// <summary>A value that is not of the kind it must be.</summary>
    public GaitPropException Wrong(string path, string expected, JsonNode? node) =>
        Error($"{(path.Length == 0 ? "the whole" : path)} must be {expected}, not {Shown(node)}.");

    /// <summary>A word that is none of those known.</summary>
    public GaitPropException Unknown(string path, string kind, string word, IEnumerable<string> known) =>
        Error((path.Length == 0 ? "" : $"{path}: ") + Suggestion.Unknown(kind, word, known));

    /// <summary>An object whose fields are all known.</summary>
    public JsonObject Object(JsonNode? node, string path, IEnumerable<string> known, string kind = "field")
    {
        var read = node as JsonObject ?? throw Wrong(path, "an object { … }", node);
        var unknown = read.Select(p => p.Key).FirstOrDefault(k => !known.Contains(k));
        if (unknown is null)
        {
            return read;
        }

        throw kind == "field" && Inside(known, unknown) is { } meant
            ? Error(
                $"{(path.Length == 0 ? "" : $"{path}: ")}unknown field '{unknown}'. Did you mean '{meant}'? Choose from {string.Join(", ", known)}."
            )
            : Unknown(path, kind, unknown, known);
    }

    /// <summary>Text that is one of some words.</summary>
    public string Word(JsonNode? node, string path, string kind, IEnumerable<string> known)
    {
        var word = Text(node, path);
        return known.Contains(word) ? word : throw Unknown(path == kind ? "" : path, kind, word, known);
    }

    /// <summary>Text in quotes.</summary>
    public string Text(JsonNode? node, string path) =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Wrong(path, "text in quotes", node);

    /// <summary>Checks a value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="field">The property that it is meant for.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="rule">The rule whose options <c>ruleOptions</c> are; any rule's if <see langword="null"/>.</param>
    public void Check(JsonNode? node, JsonPropertyInfo field, string path, string? rule = null)
    {
        var type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        if (node is null && type != field.PropertyType)
        {
            return;
        }

        if (FieldsInside(type, rule) is { } fields)
        {
            foreach (var (name, value) in Object(node, path, fields.Keys))
            {
                Check(value, fields[name], Join(path, name));
            }
        }
        else if (type == typeof(InverseStrategy))
        {
            Tried(path, () => InverseStrategy.Parse(Text(node, path)));
        }
        else if (Words(field) is { } words)
        {
            Word(node, path, field.Name, words);
        }
        else if (field.DeclaringType == typeof(Experiment) && field.Name == "network")
        {
            OwnNetwork.Text(node, this, path);
        }
        else if (PossibleValues.Wrong(field.AttributeProvider!, Value(node, type, path)) is { } wrong)
        {
            throw Error($"{path} {Shown(node)} is not possible: {wrong}.");
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
    }

    /// <summary>The fields that a field of this type has; <see langword="null"/> if it has none.</summary>
    private static IReadOnlyDictionary<string, JsonPropertyInfo>? FieldsInside(Type type, string? rule) =>
        type == typeof(RuleOptions) ? RuleOptions(rule)
        : ExperimentJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object && !type.IsAssignableTo(typeof(JsonNode)) ? Fields(type)
        : null;

    /// <summary>Where an experiment has a field of this name inside one of those that are known here: <c>optimizer.lr</c>.</summary>
    private static string? Inside(IEnumerable<string> known, string name) =>
        Fields(typeof(Experiment))
            .Where(f => known.Contains(f.Key) && FieldsInside(f.Value.PropertyType, rule: null) is { } fields && fields.ContainsKey(name))
            .Select(f => Join(f.Key, name))
            .FirstOrDefault();

    private object Value(JsonNode? node, Type type, string path)
    {
        var expected =
            type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) || type == typeof(float) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "text in quotes"
            : null;
        try
        {
            return node.Deserialize(type, ExperimentJson.Options) ?? throw Wrong(path, expected ?? "a value", node);
        }
        catch (JsonException e)
        {
            throw expected is null ? Error($"{path} cannot be read: {e.Message.Split(" Path:")[0]}") : Wrong(path, expected, node);
        }
    }

    private static string Shown(JsonNode? node) =>
        node switch
        {
            JsonObject => "an object",
            JsonArray => "a list",
            null => "null",
            _ => node.ToJsonString(ExperimentJson.Line) is var text && text.Length <= 60 ? text : $"{text[..57]}...",
        };
}
