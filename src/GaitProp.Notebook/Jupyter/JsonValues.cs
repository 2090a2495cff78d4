using System.Globalization;
using System.Text.Json;

namespace GaitProp.Notebook.Jupyter;

/// <summary>JSON as objects of .NET: what a foreign kernel's lists and dictionaries become.</summary>
internal static class JsonValues
{
    /// <summary>
    /// The object of a JSON value: of a list of whole numbers <c>long[]</c>, of numbers <c>double[]</c>, of texts <c>string[]</c>, of truth
    /// values <c>bool[]</c>, of objects an array of dictionaries; of a mixed one <c>object[]</c>; of an object a dictionary.
    /// </summary>
    /// <param name="json">The value.</param>
    public static object? Of(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => json.TryGetInt64(out var whole) ? whole : json.GetDouble(),
            JsonValueKind.Object => json.EnumerateObject().ToDictionary(p => p.Name, p => Of(p.Value)),
            JsonValueKind.Array => List([.. json.EnumerateArray()]),
            _ => null,
        };

    private static object List(JsonElement[] items)
    {
        if (items.Length == 0)
        {
            return Array.Empty<object?>();
        }

        if (items.All(i => i.ValueKind == JsonValueKind.Number || IsNamed(i)) && items.Any(i => i.ValueKind == JsonValueKind.Number))
        {
            return items.All(i => i.ValueKind == JsonValueKind.Number && i.TryGetInt64(out _))
                ? items.Select(i => i.GetInt64()).ToArray()
                : items.Select(Number).ToArray();
        }

        return items switch
        {
            _ when items.All(i => i.ValueKind == JsonValueKind.String) => items.Select(i => i.GetString()!).ToArray(),
            _ when items.All(i => i.ValueKind is JsonValueKind.True or JsonValueKind.False) => items.Select(i => i.GetBoolean()).ToArray(),
            _ when items.All(i => i.ValueKind == JsonValueKind.Object) => items.Select(i => (Dictionary<string, object?>)Of(i)!).ToArray(),
            _ => items.Select(Of).ToArray(),
        };
    }

    /// <summary>The numbers that JSON has no words for.</summary>
    private static bool IsNamed(JsonElement item) =>
        item.ValueKind == JsonValueKind.String && item.GetString() is "NaN" or "Infinity" or "-Infinity";

    private static double Number(JsonElement item) =>
        item.ValueKind == JsonValueKind.Number ? item.GetDouble() : double.Parse(item.GetString()!, CultureInfo.InvariantCulture);
}
