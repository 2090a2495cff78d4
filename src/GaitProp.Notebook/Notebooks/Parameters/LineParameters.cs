using System.Text.RegularExpressions;

namespace GaitProp.Notebook.Notebooks.Parameters;

/// <summary>
/// Parameters in languages that set a variable in a line of its own: F# (<c>let epochs = 4</c>) and Python (<c>epochs = 4</c>).
/// </summary>
internal static partial class LineParameters
{
    /// <summary>The variables that a text of F# sets.</summary>
    public static IEnumerable<Parameter> FSharp(string code) =>
        Read(code, FSharpLine(), value => Of(value, FSharpList(), quotes: "", between: "; ", padding: " "));

    /// <summary>The variables that a text of Python sets.</summary>
    public static IEnumerable<Parameter> Python(string code) =>
        Read(code, PythonLine(), value => Of(value, PythonList(), quotes: "'", between: ", ", padding: ""));

    /// <summary>What a value is, or each of a list.</summary>
    private static (ParameterType? Type, string Open, string Between, string Close) Of(
        string value,
        Regex lists,
        string quotes,
        string between,
        string padding
    ) =>
        lists.Match(value) is { Success: true } list
            ? Together(
                list.Groups["item"].Captures.Select(c => Of(c.Value, quotes)),
                list.Groups["open"].Value + padding,
                between,
                padding + list.Groups["close"].Value
            )
            : Of(value, quotes);

    private static IEnumerable<Parameter> Read(
        string code,
        Regex line,
        Func<string, (ParameterType? Type, string Open, string Between, string Close)> of
    )
    {
        foreach (Match match in line.Matches(code))
        {
            var value = match.Groups["value"].Value.Trim();
            var (type, open, between, close) = of(value);
            yield return new Parameter(
                match.Groups["name"].Value,
                type,
                value,
                literals => $"{match.Groups["head"].Value}{open}{string.Join(between, literals)}{close}"
            );
        }
    }

    /// <summary>What one value is; a language without bounds and letters behind its numbers has neither.</summary>
    private static (ParameterType? Type, string Open, string Between, string Close) Of(string value, string quotes) =>
        Literal().Match(value.Trim()) switch
        {
            { Success: false } => default,
            var m when m.Groups["whole"].Success => (
                new(ParameterKind.Whole, m.Groups["suffix"].Value)
                {
                    Range =
                        quotes.Length > 0 ? null
                        : m.Groups["suffix"].Value == "L" ? (long.MinValue, long.MaxValue)
                        : (int.MinValue, int.MaxValue),
                },
                "",
                "",
                ""
            ),
            var m when m.Groups["real"].Success => (new(ParameterKind.Real, m.Groups["suffix"].Value), "", "", ""),
            var m when m.Groups["truth"].Success => (new(ParameterKind.Truth), "", "", ""),
            var m when !m.Groups["single"].Success || quotes.Contains('\'', StringComparison.Ordinal) => (
                new(ParameterKind.Text),
                "",
                "",
                ""
            ),
            _ => default,
        };

    private static (ParameterType? Type, string Open, string Between, string Close) Together(
        IEnumerable<(ParameterType? Type, string, string, string)> items,
        string open,
        string between,
        string close
    ) => items.Select(i => i.Type).Distinct().ToArray() is [{ } type] ? (type with { IsList = true }, open, between, close) : default;

    /// <summary>A number, true or false, or a text.</summary>
    [GeneratedRegex(
        """^(?:(?<real>-?(?:\d[\d_]*\.\d*|\.\d+|\d[\d_]*(?=[eE]))(?:[eE][-+]?\d+)?)(?<suffix>[fmFM]?)|(?<whole>-?\d[\d_]*)(?<suffix>L?)|(?<truth>true|false|True|False)|(?<double>"(?:\\.|[^"\\])*")|(?<single>'(?:\\.|[^'\\])*'))$"""
    )]
    private static partial Regex Literal();

    [GeneratedRegex(
        """^(?<head>let[ \t]+(?:mutable[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*(?::[^=\r\n]+)?=[ \t]*)(?<value>(?:"(?:\\.|[^"\\\r\n])*"|(?!//)[^"\r\n])*)""",
        RegexOptions.Multiline
    )]
    private static partial Regex FSharpLine();

    [GeneratedRegex(
        """^(?<head>(?<name>[A-Za-z_]\w*)[ \t]*(?::[^=\r\n]+)?=(?!=)[ \t]*)(?<value>(?:"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'|[^"'#\r\n])*)""",
        RegexOptions.Multiline
    )]
    private static partial Regex PythonLine();

    [GeneratedRegex("""^(?<open>\[\|?)\s*(?:(?<item>(?:"(?:\\.|[^"\\])*"|[^";|\]])+)(?:;|(?=\s*\|?\])))+\s*(?<close>\|?\])$""")]
    private static partial Regex FSharpList();

    [GeneratedRegex(
        """^(?<open>[\[(])\s*(?:(?<item>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"',\])])+)(?:,|(?=\s*[\])])))+\s*(?<close>[\])])$"""
    )]
    private static partial Regex PythonList();
}
