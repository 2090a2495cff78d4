using System.Globalization;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.CellCommands;

/// <summary>
/// The words of a magic line, as a shell takes them: <c>"…"</c> and <c>'…'</c> keep spaces and each other's quotes. Values of C#
/// variables stand in braces: <c>#!gaitprop reproduce fig4 --preset {preset}</c>.
/// </summary>
internal static partial class MagicWords
{
    /// <summary>Splits a line, and puts in the variables' values; a value stays in its word, whatever it contains.</summary>
    /// <param name="line">What follows the magic's name.</param>
    /// <param name="variables">The notebook's variables.</param>
    /// <exception cref="CellException">There is no such variable, or it has no value.</exception>
    public static string[] Of(string line, ICellVariables variables) =>
        [.. Word().Matches(line).Select(word => Name().Replace(Quoted().Replace(word.Value, "$1$2"), name => Value(name, variables)))];

    private static string Value(Match braces, ICellVariables variables)
    {
        var name = braces.Groups[1].Value;
        if (variables.Names is var names && !names.Contains(name))
        {
            throw new CellException($"{Suggestion.Unknown("variable", name, names)} A cell above has to declare it.", "GaitPropError");
        }

        return Convert.ToString(variables.Value(name), CultureInfo.InvariantCulture) is { Length: > 0 } text
            ? text
            : throw new CellException($"the variable '{name}' is empty: give it a value before this cell.", "GaitPropError");
    }

    /// <summary>A quote that is never closed is a character like others.</summary>
    [GeneratedRegex(@"(?:""[^""]*""|'[^']*'|\{[^{}]*\}|\S)+")]
    private static partial Regex Word();

    [GeneratedRegex(@"""([^""]*)""|'([^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")]
    private static partial Regex Name();
}
