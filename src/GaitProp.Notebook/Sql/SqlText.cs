namespace GaitProp.Notebook.Sql;

/// <summary>SQL as a text: where its statements begin and end, and the word before a place.</summary>
internal static class SqlText
{
    /// <summary>The statements of a text, without those that have nothing but blanks and comments.</summary>
    /// <param name="sql">The text.</param>
    /// <returns>Where each begins, and its text without the semicolon.</returns>
    public static IReadOnlyList<(int Start, string Text)> Statements(string sql)
    {
        var statements = new List<(int, string)>();
        int? begin = null;
        var at = 0;
        while (at < sql.Length)
        {
            var (length, _) = Skipped(sql, at);
            if (length == 0 && sql[at] == ';')
            {
                Add(at);
                at++;
                continue;
            }

            // Texts in quotes count as code; comments and blanks do not.
            begin ??= (length == 0 && !char.IsWhiteSpace(sql[at])) || sql[at] is '\'' or '"' or '$' ? at : null;
            at += Math.Max(1, length);
        }

        Add(sql.Length);
        return statements;

        void Add(int end)
        {
            if (begin is { } start)
            {
                statements.Add((start, sql[start..end].TrimEnd()));
            }

            begin = null;
        }
    }

    /// <summary>Whether a place is within a comment or a text.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="position">The place.</param>
    public static bool IsInside(string sql, int position)
    {
        for (var at = 0; at < position; )
        {
            var (length, isOpen) = Skipped(sql, at);
            if (length > 0 && sql[at] != '"' && (at + length > position || isOpen))
            {
                return true;
            }

            at += Math.Max(1, length);
        }

        return false;
    }

    /// <summary>The letters of a name that end at a place.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="position">The place.</param>
    public static string WordBefore(string sql, int position)
    {
        var start = position;
        while (start > 0 && (char.IsLetterOrDigit(sql[start - 1]) || sql[start - 1] == '_'))
        {
            start--;
        }

        return sql[start..position];
    }

    /// <summary>A text as SQL writes it.</summary>
    /// <param name="text">The text.</param>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A name as SQL writes it.</summary>
    /// <param name="name">The name.</param>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>
    /// The length of the comment or the text in quotes that begins at a place, 0 if none does; and whether it goes on behind the last
    /// letter.
    /// </summary>
    private static (int Length, bool IsOpen) Skipped(string sql, int at)
    {
        var rest = sql.AsSpan(at);
        switch (rest)
        {
            case ['-', '-', ..]:
                return Until(rest.IndexOf('\n'), 0);
            case ['/', '*', ..]:
                return Until(rest[2..].IndexOf("*/"), 4);
            case ['\'' or '"', ..]:
                return Until(rest[1..].IndexOf(rest[0]), 2);
            case ['$', ..]
                when rest[1..].IndexOf('$') is >= 0 and var tag
                    && rest[1..(tag + 1)].ToString().All(c => char.IsLetterOrDigit(c) || c == '_')
                    && (tag == 0 || !char.IsDigit(rest[1])):
                var mark = rest[..(tag + 2)];
                return Until(rest[mark.Length..].IndexOf(mark), 2 * mark.Length);
            default:
                return (0, false);
        }

        (int, bool) Until(int found, int more) => found < 0 ? (sql.Length - at, true) : (found + more, false);
    }
}
