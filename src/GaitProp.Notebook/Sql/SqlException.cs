using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GaitProp.Notebook.Sql;

/// <summary>A statement cannot be run.</summary>
/// <param name="message">Why, in one line.</param>
/// <param name="position">Where in the statement; <see langword="null"/> if that is not known.</param>
internal sealed partial class SqlException(string message, int? position) : Exception(message)
{
    /// <summary>Where in the statement, in UTF-8 bytes; <see langword="null"/> if that is not known.</summary>
    public int? Position { get; } = position;

    /// <summary>The table that there is not, if that is what is wrong.</summary>
    public string? MissingTable => Missing().Match(Message) is { Success: true } found ? found.Groups["name"].Value : null;

    /// <summary>What the database says, in one line.</summary>
    /// <param name="error">Its error, which is JSON where it comes from a statement.</param>
    public static SqlException Of(Exception error)
    {
        var text = error.Message;
        if (text.IndexOf('{', StringComparison.Ordinal) is >= 0 and var brace)
        {
            try
            {
                using var json = JsonDocument.Parse(text[brace..]);
                var root = json.RootElement;
                var type = root.TryGetProperty("exception_type", out var kind) ? kind.GetString() : null;
                var message = root.TryGetProperty("exception_message", out var said) ? said.GetString() : null;
                int? position =
                    root.TryGetProperty("position", out var at)
                    && int.TryParse(at.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : null;
                return new($"{(type is null ? "" : $"{type} error: ")}{OneLine(message ?? text)}", position);
            }
            catch (JsonException)
            {
                // It says it in words.
            }
        }

        return new(OneLine(text), null);
    }

    private static string OneLine(string text) => Blanks().Replace(Marked().Replace(text, ""), " ").Trim();

    /// <summary>The line of the statement with a mark under it: the place is said in the cell's own lines.</summary>
    [GeneratedRegex(@"\n\s*LINE \d+:.*", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("Table with name \"?(?<name>[^\"!]+?)\"? does not exist")]
    private static partial Regex Missing();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
