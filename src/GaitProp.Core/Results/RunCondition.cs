using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GaitProp.Results;

/// <summary>
/// A condition on runs, such as <c>rule == 'ngait' and (lambda >= 10 or not seed == 1)</c>: fields, text in quotes, numbers, <c>true</c>,
/// <c>false</c> and <c>null</c>, compared by <c>== != &lt; &lt;= &gt; &gt;=</c>. What a run has not is null, and is neither above nor below
/// anything.
/// </summary>
internal sealed partial class RunCondition
{
    private readonly string _text;
    private readonly List<(string Word, int Place)> _words = [];
    private readonly HashSet<string> _fields = [];
    private readonly Func<Func<string, JsonNode?>, bool> _holds;
    private int _next;

    private RunCondition(string text)
    {
        _text = text;
        for (var place = 0; place < text.Length; )
        {
            var word = Word().Match(text, place);
            if (!word.Success || word.Index != place)
            {
                throw Wrong(place, $"'{text[place]}' is not understood");
            }

            place += word.Length;
            if (word.Value.Trim().Length > 0)
            {
                _words.Add((word.Value, word.Index));
            }
        }

        _holds = Or();
        if (_next < _words.Count)
        {
            throw Wrong(_words[_next].Place, $"'{_words[_next].Word}' is one word too many");
        }
    }

    /// <summary>The fields that it names.</summary>
    public IReadOnlyCollection<string> Fields => _fields;

    /// <summary>Reads a condition.</summary>
    /// <param name="text">Its words.</param>
    /// <exception cref="GaitPropException">It cannot be read; one line says where and why.</exception>
    public static RunCondition Parse(string text) => new(text);

    /// <summary>Whether it holds.</summary>
    /// <param name="field">The value of a field.</param>
    public bool Holds(Func<string, JsonNode?> field) => _holds(field);

    private Func<Func<string, JsonNode?>, bool> Or()
    {
        var first = And();
        while (Takes("or", "||"))
        {
            var (left, right) = (first, And());
            first = field => left(field) || right(field);
        }

        return first;
    }

    private Func<Func<string, JsonNode?>, bool> And()
    {
        var first = Not();
        while (Takes("and", "&&"))
        {
            var (left, right) = (first, Not());
            first = field => left(field) && right(field);
        }

        return first;
    }

    private Func<Func<string, JsonNode?>, bool> Not()
    {
        if (Takes("not", "!"))
        {
            var inner = Not();
            return field => !inner(field);
        }

        if (Takes("("))
        {
            var inner = Or();
            return Takes(")") ? inner : throw Wrong(End(), "a ')' is missing");
        }

        var left = Value();
        var comparison =
            _next < _words.Count && _words[_next].Word is "==" or "=" or "!=" or "<" or "<=" or ">" or ">="
                ? _words[_next++].Word
                : throw Wrong(End(), "a comparison is missing (== != < <= > >=)");
        var right = Value();
        return field => Compare(left(field), comparison, right(field));
    }

    private Func<Func<string, JsonNode?>, JsonNode?> Value()
    {
        if (_next == _words.Count)
        {
            throw Wrong(_text.Length, "a field or value is missing");
        }

        var (word, place) = _words[_next++];
        if (word[0] is '\'' or '"')
        {
            var text = JsonValue.Create(word[1..^1]);
            return _ => text;
        }

        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (!double.IsFinite(number))
            {
                throw Wrong(place, $"'{word}' is no finite number");
            }

            var value = JsonValue.Create(number);
            return _ => value;
        }

        if (word is "true" or "false" or "null")
        {
            var value = word == "null" ? null : JsonValue.Create(word == "true");
            return _ => value;
        }

        if (!char.IsLetter(word[0]) || word is "and" or "or" or "not")
        {
            throw Wrong(place, $"'{word}' stands where a field or value must");
        }

        _fields.Add(word);
        return field => field(word);
    }

    private static bool Compare(JsonNode? left, string comparison, JsonNode? right)
    {
        if (Number(left) is { } a && Number(right) is { } b)
        {
            return comparison switch
            {
                "==" or "=" => a == b,
                "!=" => a != b,
                "<" => a < b,
                "<=" => a <= b,
                ">" => a > b,
                _ => a >= b,
            };
        }

        if (comparison is "==" or "=" or "!=")
        {
            return (Kind(left) == Kind(right) && left?.ToString() == right?.ToString()) == (comparison != "!=");
        }

        var order =
            Kind(left) == JsonValueKind.String && Kind(right) == JsonValueKind.String
                ? string.CompareOrdinal(left!.ToString(), right!.ToString())
                : (int?)null;
        return order is { } o
            && comparison switch
            {
                "<" => o < 0,
                "<=" => o <= 0,
                ">" => o > 0,
                _ => o >= 0,
            };
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static double? Number(JsonNode? node) =>
        Kind(node) == JsonValueKind.Number
        && double.TryParse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    private bool Takes(params string[] words)
    {
        var takes = _next < _words.Count && words.Contains(_words[_next].Word);
        _next += takes ? 1 : 0;
        return takes;
    }

    private int End() => _next < _words.Count ? _words[_next].Place : _text.Length;

    private GaitPropException Wrong(int place, string what) =>
        new(
            Text(
                $"the condition \"{_text}\" cannot be read at character {place + 1}: {what}; write it like rule == 'ngait' and lambda >= 10."
            )
        );

    [GeneratedRegex(
        @"\G(\s+|'[^']*'|""[^""]*""|==|!=|<=|>=|&&|\|\||[=<>!()]|[A-Za-z_][A-Za-z0-9_.]*|[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)"
    )]
    private static partial Regex Word();
}
