using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks;

/// <summary>A failed cell in words: its source with the line marked, and what was said of the error.</summary>
internal static partial class FailedCellText
{
    /// <summary>Lines of source around the marked one.</summary>
    private const int Around = 5;

    /// <summary>Lines of a traceback; of more, the first ones.</summary>
    private const int MostTraceback = 20;

    /// <summary>The lines to print.</summary>
    /// <param name="failed">The cell.</param>
    public static string Of(FailedCell failed)
    {
        var source = failed.Cell.Source.TrimEnd().Split('\n');
        var marked = Line(failed);
        var (first, last) = marked is { } m
            ? (Math.Max(1, m - Around), Math.Min(source.Length, m + Around))
            : (1, Math.Min(source.Length, 1 + (2 * Around)));
        var text = new StringBuilder();
        for (var line = first; line <= last; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(line == marked ? " > " : "   ")}{line, 3}  {source[line - 1].TrimEnd()}\n");
        }

        if (last < source.Length)
        {
            text.Append(CultureInfo.InvariantCulture, $"        … {source.Length - last} more\n");
        }

        text.Append('\n');
        var traceback = failed.Error.Traceback.SelectMany(l => Ansi.Plain(l).TrimEnd().Split('\n')).ToArray();
        if (!traceback.Any(l => l.Contains(FirstLine(failed.Error.Message), StringComparison.Ordinal)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{failed.Error.Name}: {failed.Error.Message}\n");
        }

        text.AppendJoin('\n', traceback.Take(MostTraceback)).Append('\n');
        return text.ToString();
    }

    /// <summary>The line of the source that the error names, from 1; <see langword="null"/> if it names none.</summary>
    public static int? Line(FailedCell failed)
    {
        var lines = failed.Cell.Source.Count(c => c == '\n') + 1;

        // A line that names the cell's language stands before the source.
        var added = failed.Cell.Code.Length > failed.Cell.Source.Length ? 1 : 0;
        foreach (Match match in Place().Matches(Ansi.Plain(string.Join('\n', failed.Error.Traceback.Prepend(failed.Error.Message)))))
        {
            if (
                int.Parse(match.Groups["cell"].ValueSpan, CultureInfo.InvariantCulture) == failed.Number
                && int.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture) - added is var line
                && line >= 1
                && line <= lines
            )
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>A text's first line.</summary>
    public static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    /// <summary>
    /// The places that the engine and the runtime name: <c>Cell [3], line 2</c>, <c>Cell [3]:line 2</c>, <c>Cell [3](2,5)</c>.
    /// </summary>
    [GeneratedRegex(@"Cell \[(?<cell>\d{1,8})\](?:, line |:line |\()(?<line>\d{1,8})")]
    private static partial Regex Place();
}
