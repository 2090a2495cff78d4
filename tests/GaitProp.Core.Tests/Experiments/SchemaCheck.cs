using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GaitProp.Tests.Experiments;

/// <summary>As much of JSON schema (draft 7) as the kit's schema uses; a keyword that it does not know is an error of the test.</summary>
internal static class SchemaCheck
{
    /// <summary>The first violation as <c>path: keyword</c>; <see langword="null"/> if there is none.</summary>
    public static string? Error(JsonNode root, JsonNode? json) => Error(root, root.AsObject(), json, "");

    private static string? Error(JsonNode root, JsonObject schema, JsonNode? json, string path)
    {
        if (schema.TryGetPropertyValue("$ref", out var reference))
        {
            return Error(root, root["definitions"]![((string)reference!)["#/definitions/".Length..]]!.AsObject(), json, path);
        }

        foreach (var (keyword, value) in schema)
        {
            var below = keyword switch
            {
                "$schema" or "title" or "description" or "definitions" or "allowComments" or "allowTrailingCommas" => null,
                "type" => Holds((value is JsonArray types ? types.Select(t => (string)t!) : [(string)value!]).Any(t => IsOf(t, json))),
                "enum" => Holds(value!.AsArray().Any(v => JsonNode.DeepEquals(v, json))),
                "pattern" => Holds(json?.GetValueKind() != JsonValueKind.String || Regex.IsMatch((string)json!, (string)value!)),
                "minimum" => Holds(!IsNumber(json) || (double)json! >= (double)value!),
                "exclusiveMinimum" => Holds(!IsNumber(json) || (double)json! > (double)value!),
                "maximum" => Holds(!IsNumber(json) || (double)json! <= (double)value!),
                "exclusiveMaximum" => Holds(!IsNumber(json) || (double)json! < (double)value!),
                "minItems" => Holds(json is not JsonArray items || items.Count >= (int)value!),
                "uniqueItems" => Holds(
                    json is not JsonArray items || items.Select(i => i?.ToJsonString()).Distinct().Count() == items.Count
                ),
                "items" => (json as JsonArray)?.Select(i => Error(root, value!.AsObject(), i, path)).FirstOrDefault(e => e is not null),
                "anyOf" => Holds(value!.AsArray().Any(v => Error(root, v!.AsObject(), json, path) is null)),
                "allOf" => value!.AsArray().Select(v => Error(root, v!.AsObject(), json, path)).FirstOrDefault(e => e is not null),
                "properties" => (json as JsonObject)
                    ?.Where(p => value!.AsObject().ContainsKey(p.Key))
                    .Select(p => Error(root, value![p.Key]!.AsObject(), p.Value, Join(p.Key)))
                    .FirstOrDefault(e => e is not null),
                "additionalProperties" => (json as JsonObject)
                    ?.Where(p => schema["properties"]?.AsObject().ContainsKey(p.Key) != true)
                    .Select(p => value is JsonObject other ? Error(root, other, p.Value, Join(p.Key)) : $"{Join(p.Key)}: {keyword}")
                    .FirstOrDefault(e => e is not null),
                _ => throw new NotSupportedException($"The schema uses {keyword}."),
            };
            if (below is not null)
            {
                return below;
            }

            string? Holds(bool holds) => holds ? null : $"{path}: {keyword}";
        }

        return null;

        string Join(string name) => path.Length == 0 ? name : $"{path}.{name}";
    }

    private static bool IsNumber(JsonNode? json) => json?.GetValueKind() == JsonValueKind.Number;

    private static bool IsOf(string type, JsonNode? json) =>
        (type, json?.GetValueKind() ?? JsonValueKind.Null) switch
        {

            ("object", JsonValueKind.Object)
            or
            ("array", JsonValueKind.Array)
            or
            ("string", JsonValueKind.String)
            or
            ("null", JsonValueKind.Null)
            or ("number", JsonValueKind.Number) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("integer", JsonValueKind.Number) => double.IsInteger((double)json!),
            _ => false,
        };
}
