using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks;

/// <summary>
/// JSON as Jupyter writes notebooks, to the byte: one space of indentation, keys in order, text in UTF-8 with nothing escaped that need not
/// be.
/// </summary>
internal static class NotebookJson
{
    /// <summary>The text of a value, with the line end that Jupyter puts behind it.</summary>
    public static string Text(JsonNode node)
    {
        var json = new StringBuilder();
        Write(json, node, 0);
        return json.Append('\n').ToString();
    }

    private static void Write(StringBuilder json, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                json.Append("null");
                break;
            case JsonObject fields:
                Block(
                    json,
                    '{',
                    '}',
                    [.. fields.OrderBy(f => f.Key, StringComparer.Ordinal)],
                    depth,
                    field =>
                    {
                        Quote(json, field.Key);
                        json.Append(": ");
                        Write(json, field.Value, depth + 1);
                    }
                );
                break;
            case JsonArray items:
                Block(json, '[', ']', [.. items], depth, item => Write(json, item, depth + 1));
                break;
            case JsonValue when node.GetValueKind() == JsonValueKind.String:
                Quote(json, node.GetValue<string>());
                break;
            default:
                json.Append(Number(node.ToJsonString()));
                break;
        }
    }

    /// <summary>
    /// A number as Python writes it: whole numbers as they are, others with the fewest digits that make the same float64.
    /// </summary>
    private static string Number(string literal)
    {
        if (
            literal.AsSpan().IndexOfAny('.', 'e', 'E') < 0
            || !double.TryParse(literal, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value)
        )
        {
            // Words of JSON, true and false, come here too.
            return literal;
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 16; digits++)
        {
            if (
                value.ToString($"E{digits}", CultureInfo.InvariantCulture) is var shorter
                && double.Parse(shorter, CultureInfo.InvariantCulture) == value
            )
            {
                shortest = shorter;
                break;
            }
        }

        var (mantissa, exponent) = (
            shortest[..shortest.IndexOf('E', StringComparison.Ordinal)],
            int.Parse(shortest[(shortest.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture)
        );
        if (exponent is < -4 or >= 16)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        var plain = decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        return plain.Contains('.', StringComparison.Ordinal) ? plain : $"{plain}.0";
    }

    private static void Block<T>(StringBuilder json, char open, char close, T[] items, int depth, Action<T> write)
    {
        json.Append(open);
        foreach (var (index, item) in items.Index())
        {
            json.Append(index == 0 ? "\n" : ",\n").Append(' ', depth + 1);
            write(item);
        }

        if (items.Length > 0)
        {
            json.Append('\n').Append(' ', depth);
        }

        json.Append(close);
    }

    private static void Quote(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\f' => json.Append("\\f"),
                '\b' => json.Append("\\b"),
                < ' ' => json.Append($"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
