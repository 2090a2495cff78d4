using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Notebook.Notebooks.Parameters;

/// <summary>What a parameter's value is.</summary>
internal enum ParameterKind
{
    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Real,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>A text.</summary>
    Text,
}

/// <summary>What the value of a parameter is, as the notebook's own value of it tells.</summary>
/// <param name="Kind">The kind, of each item where it is a list.</param>
/// <param name="Suffix">What the language puts behind such a number: <c>L</c>.</param>
internal sealed record ParameterType(ParameterKind Kind, string Suffix = "")
{
    /// <summary>The smallest and the largest whole number that it can hold; any if <see langword="null"/>.</summary>
    public (BigInteger Least, BigInteger Most)? Range { get; init; }

    /// <summary>Whether it is a list.</summary>
    public bool IsList { get; init; }

    /// <summary>What people call it.</summary>
    public string Title =>
        (Kind, IsList) switch
        {
            (ParameterKind.Whole, false) => Range is var (least, most) ? $"a whole number from {least} to {most}" : "a whole number",
            (ParameterKind.Real, false) => "a number",
            (ParameterKind.Truth, false) => "true or false",
            (ParameterKind.Text, false) => "a text",
            (ParameterKind.Whole, true) => "a list of whole numbers, such as 1,2",
            (ParameterKind.Real, true) => "a list of numbers, such as 0.1,0.2",
            (ParameterKind.Truth, true) => "a list of true and false, such as true,false",
            _ => "a list of texts, such as a,b or [\"a\", \"b, c\"]",
        };

    /// <summary>
    /// A word of the command line as values of this type, in the language's spelling; <see langword="null"/> if it is none.
    /// </summary>
    /// <param name="word">The word: for a list, items between commas, or a JSON array.</param>
    /// <param name="truth">How the language spells true and false.</param>
    public IReadOnlyList<string>? Literals(string word, (string True, string False) truth)
    {
        if (!IsList)
        {
            return Literal(word, truth) is { } one ? [one] : null;
        }

        var items = Items(word)?.Select(item => Literal(item, truth)).ToArray();
        return items is null || items.Contains(null) ? null : [.. items.OfType<string>()];
    }

    private static IEnumerable<string>? Items(string word)
    {
        if (!word.TrimStart().StartsWith('['))
        {
            return word.Length == 0 ? [] : word.Split(',', StringSplitOptions.TrimEntries);
        }

        try
        {
            return WholeJson.Parse(word) is JsonArray list && list.All(i => i is JsonValue) ? list.Select(i => i!.ToString()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? Literal(string word, (string True, string False) truth) =>
        Kind switch
        {
            ParameterKind.Whole
                when BigInteger.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                    && (Range is not var (least, most) || (least <= whole && whole <= most)) => $"{whole}{Suffix}",
            ParameterKind.Real
                when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) => Real(
                word.Trim()
            ),
            ParameterKind.Truth when bool.TryParse(word, out var isTrue) => isTrue ? truth.True : truth.False,
            ParameterKind.Text => Quoted(word),
            _ => null,
        };

    /// <summary>The number as it was written, so that no digit is lost, in a form that no language takes for a whole number.</summary>
    private string Real(string word)
    {
        var plain = word.StartsWith('+') ? word[1..] : word;
        var (sign, digits) = plain.StartsWith('-') ? ("-", plain[1..]) : ("", plain);
        var end = digits.IndexOfAny(['e', 'E']) is >= 0 and var at ? at : digits.Length;
        var (mantissa, exponent) = (digits[..end], digits[end..]);
        var (whole, part) = mantissa.Split('.') is [var before, var after] ? (before, after) : (mantissa, "");
        return $"{sign}{(whole.Length == 0 ? "0" : whole)}.{(part.Length == 0 ? "0" : part)}{exponent}{Suffix}";
    }

    /// <summary>A text between quotation marks, as C#, F# and Python read it alike.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
