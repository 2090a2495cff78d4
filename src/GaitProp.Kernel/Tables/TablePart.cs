namespace GaitProp.Kernel.Tables;

/// <summary>A part of a table that fits into a width: some of its columns, the keys always among them.</summary>
/// <param name="Columns">The columns, by their numbers.</param>
/// <param name="Widths">The letters that each of them gets.</param>
internal sealed record TablePart(IReadOnlyList<int> Columns, IReadOnlyList<int> Widths)
{
    /// <summary>
    /// Lays a table out: whole where it fits, with words on several lines where that is enough, else in parts of about the same width, one
    /// below another. No column is left out, and no word is broken.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="width">The width that there is.</param>
    /// <param name="gap">What is between two columns.</param>
    /// <param name="letter">How wide a letter is.</param>
    public static IReadOnlyList<TablePart> Of(WrittenTable table, int width, int gap, double letter = 1)
    {
        int[] all = [.. Enumerable.Range(0, table.Natural.Count)];
        int[] keys = [.. all.Take(Math.Min(table.Table.Keys, all.Length - 1))];
        var others = all.Skip(keys.Length);
        var split = Split(width);

        // As few parts as there must be, none of them much wider than the others.
        for (
            var narrower = width - 1;
            split.Count > 1 && narrower > 0 && Split(narrower) is var next && next.Count == split.Count;
            narrower--
        )
        {
            split = next;
        }

        return [.. split.Select(columns => new TablePart(columns, Widths(columns)))];

        List<int[]> Split(int most)
        {
            List<int[]> parts = [];
            List<int> part = [.. keys];
            foreach (var column in others)
            {
                if (part.Count > keys.Length && part.Append(column).Sum(c => (table.Least[c] * letter) + gap) - gap > most)
                {
                    parts.Add([.. part]);
                    part = [.. keys];
                }

                part.Add(column);
            }

            return [.. parts, [.. part]];
        }

        int[] Widths(int[] columns)
        {
            var spare = (int)((width + gap - columns.Sum(c => (table.Least[c] * letter) + gap)) / letter);
            return
            [
                .. columns.Select(c =>
                {
                    var more = Math.Clamp(table.Natural[c] - table.Least[c], 0, Math.Max(0, spare));
                    spare -= more;
                    return table.Least[c] + more;
                }),
            ];
        }
    }
}
