namespace GaitProp.Notebook.Outputs;

/// <summary>Rows in columns, as plain text and as HTML that reads as a table where styles are left out.</summary>
/// <param name="rows">The rows, each with as many cells.</param>
/// <param name="head">The heads of the columns; none if <see langword="null"/>.</param>
internal sealed class TextColumns(IReadOnlyList<string[]> rows, string[]? head = null)
{
    /// <summary>Letters of a line of text; no front end or forge breaks so few.</summary>
    private const int Width = 100;

    /// <summary>Letters of a cell that is not in the last column.</summary>
    private const int MostCell = 40;

    /// <summary>Lines that a cell of the last column may take.</summary>
    private const int MostLines = 4;

    private const string Gap = "  ";

    /// <summary>The columns as text: the last one goes on in the next line where it is long.</summary>
    public string Text
    {
        get
        {
            var cells = rows.Prepend(head)
                .OfType<string[]>()
                .Select(row =>
                    row.Select((cell, column) => column < row.Length - 1 ? Cut(OneLine(cell), MostCell) : OneLine(cell)).ToArray()
                )
                .ToArray();
            var widths =
                cells.Length == 0
                    ? []
                    : Enumerable.Range(0, cells[0].Length - 1).Select(column => cells.Max(row => row[column].Length)).ToArray();
            var indent = new string(' ', widths.Sum(w => w + Gap.Length));
            return string.Join(
                '\n',
                cells.SelectMany(row =>
                    Wrapped(row[^1], Width - indent.Length)
                        .Select(
                            (line, number) =>
                                (
                                    (
                                        number == 0
                                            ? string.Concat(widths.Select((width, column) => row[column].PadRight(width) + Gap))
                                            : indent
                                    ) + line
                                ).TrimEnd()
                        )
                )
            );
        }
    }

    /// <summary>The columns as HTML.</summary>
    public string Html =>
        $"<table>{(head is null ? "" : $"<thead><tr>{string.Concat(head.Select(h => $"<th style=\"text-align:left\">{HtmlText.Escape(h)}</th>"))}</tr></thead>")}"
        + $"<tbody>{string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td style=\"text-align:left\">{Cell(cell)}</td>"))}</tr>"))}</tbody></table>";

    private static string Cell(string text) =>
        text.Contains('\n', StringComparison.Ordinal)
            ? $"<pre style=\"margin:0;background:none\">{HtmlText.Escape(text)}</pre>"
            : HtmlText.Escape(text);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{CutText.Start(text, most - 1)}…";

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        for (var line = 1; text.Length > width; line++)
        {
            if (line == MostLines)
            {
                text = Cut(text, width);
                break;
            }

            var end = text.LastIndexOf(' ', width) is > 0 and var space ? space : CutText.Start(text, width).Length;
            yield return text[..end];
            text = text[end..].TrimStart();
        }

        yield return text;
    }
}
