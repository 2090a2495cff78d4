using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>What a piece of a line is.</summary>
internal enum SpanKind
{
    /// <summary>Space, or a cell.</summary>
    Plain,

    /// <summary>A heading, or a row that stands apart.</summary>
    Strong,

    /// <summary>What explains, and names without headings.</summary>
    Muted,

    /// <summary>What went wrong.</summary>
    Problem,
}

/// <summary>A piece of a line of a table.</summary>
/// <param name="Text">The piece.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Source">The cell that it shows, if it shows one.</param>
internal readonly record struct TableSpan(string Text, SpanKind Kind = SpanKind.Plain, object? Source = null);

/// <summary>A table as lines of a text in which all letters have one width: what terminals and plain text have in common.</summary>
internal static class TableLines
{
    private const int Gap = 2;

    /// <summary>The lines.</summary>
    /// <param name="table">The table.</param>
    /// <param name="width">The letters that a line may have. A word longer than that stays whole.</param>
    /// <param name="ruled">Whether a line is drawn below the headings, and above the row that stands apart.</param>
    public static IEnumerable<IReadOnlyList<TableSpan>> Of(Table table, int width, bool ruled)
    {
        if (table.Title.Length > 0)
        {
            yield return [new(VisibleText.Of(table.Title), SpanKind.Strong)];
        }

        var written = new WrittenTable(table);
        foreach (var (index, part) in TablePart.Of(written, width, Gap).Index())
        {
            if (index > 0)
            {
                yield return [];
            }

            foreach (var line in Lines(written, part, ruled))
            {
                yield return line;
            }
        }

        foreach (
            var (sentence, kind) in table.Problems.Select(p => (p, SpanKind.Problem)).Concat(table.Notes.Select(n => (n, SpanKind.Muted)))
        )
        {
            foreach (var line in Wrapped(VisibleText.Of(sentence), width))
            {
                yield return [new(line, kind)];
            }
        }
    }

    private static IEnumerable<IReadOnlyList<TableSpan>> Lines(WrittenTable table, TablePart part, bool ruled)
    {
        TableSpan[] rule = [new(string.Join(new string(' ', Gap), part.Widths.Select(w => new string('─', w))), SpanKind.Muted)];
        if (table.HasHeadings)
        {
            foreach (
                var line in Stacked(
                    part.Columns.Select((c, i) => Aligned(table, c, part.Widths[i], table.Headings[c], 0, SpanKind.Strong, null)),
                    fromBelow: true
                )
            )
            {
                yield return line;
            }

            if (ruled)
            {
                yield return rule;
            }
        }

        foreach (var row in table.Rows)
        {
            foreach (var line in Row(row, SpanKind.Plain))
            {
                yield return line;
            }
        }

        if (table.Sum is { } sum)
        {
            if (ruled)
            {
                yield return rule;
            }

            foreach (var line in Row(sum, SpanKind.Strong))
            {
                yield return line;
            }
        }

        IEnumerable<IReadOnlyList<TableSpan>> Row(IReadOnlyList<WrittenCell> row, SpanKind kind) =>
            Stacked(
                part.Columns.Select(
                    (c, i) =>
                        Aligned(
                            table,
                            c,
                            part.Widths[i],
                            row[c].Text,
                            row[c].Number is null ? 0 : table.Tails[c] - row[c].Tail,
                            table.HasHeadings || c > 0 ? kind : SpanKind.Muted,
                            row[c].Source
                        )
                ),
                fromBelow: false
            );
    }

    /// <summary>
    /// The lines of a cell, all of its column's width: words to the left, numbers to the right with their points below each other.
    /// </summary>
    private static TableSpan[] Aligned(WrittenTable table, int column, int width, string text, int padding, SpanKind kind, object? source)
    {
        var left = table.Table.Columns[column].Quantity.IsWords;
        return
        [
            .. Wrapped(text + new string(' ', padding), left || kind == SpanKind.Strong ? width : int.MaxValue)
                .Select(line =>
                {
                    var space = new string(' ', Math.Max(0, width - WrittenTable.Letters(line)));
                    return new TableSpan(left ? line + space : space + line, kind, source);
                }),
        ];
    }

    /// <summary>A text in lines that are broken at spaces alone, at least one.</summary>
    private static List<string> Wrapped(string text, int width)
    {
        if (WrittenTable.Letters(text) <= width)
        {
            return [text];
        }

        List<string> lines = [];
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines is [.., var last] && WrittenTable.Letters(last) + 1 + WrittenTable.Letters(word) <= width)
            {
                lines[^1] = $"{last} {word}";
            }
            else
            {
                lines.Add(word);
            }
        }

        // A long text of blanks has no words.
        return lines.Count > 0 ? lines : [""];
    }

    /// <summary>Cells beside each other, each of one or more lines.</summary>
    private static IEnumerable<IReadOnlyList<TableSpan>> Stacked(IEnumerable<TableSpan[]> cells, bool fromBelow)
    {
        var all = cells.ToArray();
        var height = all.Max(c => c.Length);
        for (var line = 0; line < height; line++)
        {
            List<TableSpan> spans = [];
            foreach (var (index, cell) in all.Index())
            {
                var at = fromBelow ? line - (height - cell.Length) : line;
                spans.Add(at >= 0 && at < cell.Length ? cell[at] : new TableSpan(new string(' ', WrittenTable.Letters(cell[0].Text))));
                if (index < all.Length - 1)
                {
                    spans.Add(new TableSpan(new string(' ', Gap)));
                }
            }

            yield return Trimmed(spans);
        }
    }

    /// <summary>The line without the space at its end.</summary>
    private static List<TableSpan> Trimmed(List<TableSpan> spans)
    {
        while (spans is [.., var last])
        {
            var text = last.Text.TrimEnd(' ');
            if (text.Length > 0)
            {
                spans[^1] = last with { Text = text };
                break;
            }

            spans.RemoveAt(spans.Count - 1);
        }

        return spans;
    }
}
