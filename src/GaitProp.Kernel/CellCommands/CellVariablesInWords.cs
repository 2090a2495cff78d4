using System.Globalization;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;

namespace GaitProp.Kernel.CellCommands;

/// <summary>Values of C# variables in the words of a command: <c>#!gaitprop reproduce fig4 --preset {preset}</c>.</summary>
internal static partial class CellVariablesInWords
{
    /// <summary>The words with each <c>{name}</c> replaced by the variable's value.</summary>
    /// <param name="words">What follows the magic's name.</param>
    /// <param name="variables">The notebook's variables.</param>
    /// <exception cref="CellException">There is no such variable, or it has no value.</exception>
    public static string Filled(string words, ICellVariables variables) =>
        Name()
            .Replace(
                words,
                match =>
                {
                    var name = match.Groups[1].Value;
                    if (variables.Names is var names && !names.Contains(name))
                    {
                        throw new CellException(
                            $"{Suggestion.Unknown("variable", name, names)} A cell above has to declare it.",
                            "GaitPropError"
                        );
                    }

                    return Convert.ToString(variables.Value(name), CultureInfo.InvariantCulture) is { Length: > 0 } text
                        ? text
                        : throw new CellException($"the variable '{name}' is empty: give it a value before this cell.", "GaitPropError");
                }
            );

    [GeneratedRegex(@"\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")]
    private static partial Regex Name();
}
