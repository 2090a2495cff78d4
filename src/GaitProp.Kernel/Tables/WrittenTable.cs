using GaitProp.Figures;
using Spectre.Console.Rendering;

namespace GaitProp.Kernel.Tables;

/// <summary>The cells of a table in writing, and how much room they take.</summary>
internal sealed class WrittenTable
{
    /// <summary>Letters that a bar of full length takes.</summary>
    private const int BarLetters = 13;

    /// <summary>What a column of words gets at least, where it has as many.</summary>
    private const int FewWords = 18;

    private readonly WrittenCell[][] _rows;
    private readonly WrittenCell[]? _sum;

    /// <summary>Writes a table.</summary>
    /// <param name="table">The table.</param>
    public WrittenTable(Table table)
    {
        Table = table;
        _rows = [.. table.Rows.Select(Written)];
        _sum = table.Sum is null ? null : Written(table.Sum);
        var all = _sum is null ? _rows : [.. _rows, _sum];
        Tails = [.. table.Columns.Select((c, i) => c.Quantity.IsWords ? 0 : all.Select(r => r[i].Tail).DefaultIfEmpty(0).Max())];
        Uneven =
        [
            .. table.Columns.Select(
                (_, i) =>
                    all.Where(r => r[i].Number is not null)
                        .Select(r => r[i].Text.Contains('e', StringComparison.Ordinal) ? -1 : r[i].Tail)
                        .Distinct()
                        .Skip(1)
                        .Any()
            ),
        ];
        var headings = table.Columns.Select(c => VisibleText.Of(c.Heading)).ToArray();
        HasHeadings = headings.Any(h => h.Length > 0);
        Headings = headings;
        Least =
        [
            .. table.Columns.Select(
                (c, i) =>
                    Math.Max(Math.Max(LongestWord(headings[i]), c.Quantity.Room), all.Select(r => LeastOf(i, r[i])).DefaultIfEmpty(0).Max())
            ),
        ];
        Natural =
        [
            .. table.Columns.Select(
                (c, i) => Math.Max(Math.Max(Letters(headings[i]), c.Quantity.Room), all.Select(r => Room(i, r[i])).DefaultIfEmpty(0).Max())
            ),
        ];
    }

    /// <summary>What is written.</summary>
    public Table Table { get; }

    /// <summary>Whether a column has a name.</summary>
    public bool HasHeadings { get; }

    /// <summary>What stands above each column, with its unit.</summary>
    public IReadOnlyList<string> Headings { get; }

    /// <summary>The letters that each column needs: its longest number, or word.</summary>
    public IReadOnlyList<int> Least { get; }

    /// <summary>The letters with which each column has all on one line.</summary>
    public IReadOnlyList<int> Natural { get; }

    /// <summary>
    /// The letters that the numbers of each column have from the decimal point on, at the most: points stand below each other.
    /// </summary>
    public IReadOnlyList<int> Tails { get; }

    /// <summary>Whether the numbers of each column differ in what they have from the decimal point on.</summary>
    public IReadOnlyList<bool> Uneven { get; }

    /// <summary>The rows, each with a cell for every column.</summary>
    public IReadOnlyList<IReadOnlyList<WrittenCell>> Rows => _rows;

    /// <summary>The row that stands apart.</summary>
    public IReadOnlyList<WrittenCell>? Sum => _sum;

    /// <summary>How many letters of a terminal a text takes.</summary>
    /// <param name="text">The text, one line.</param>
    public static int Letters(string text) => text.All(char.IsAscii) ? text.Length : new Segment(text).CellCount();

    private WrittenCell[] Written(Row row) => [.. row.Cells.Select((cell, i) => Written(cell, Table.Columns[i].Quantity))];

    private static WrittenCell Written(object? cell, Quantity quantity)
    {
        if ((cell is WordedBar worded ? worded.Bar : cell as Bar) is { } bar)
        {
            return new(Drawn(bar), cell, null);
        }

        var text = VisibleText.Of(quantity.Written(cell)).ReplaceLineEndings(" ").Replace('\t', ' ');
        return new(text, cell, quantity.NumberOf(cell) is { } number && !double.IsNaN(number) ? number : null);
    }

    private static string Drawn(Bar bar)
    {
        var whole = Math.Max(1, (int)Math.Round(BarLetters * (bar.Kept + bar.Auxiliary)));
        var kept = Math.Clamp((int)Math.Round(whole * bar.Kept / (bar.Kept + bar.Auxiliary)), 1, whole);
        return new string('█', kept) + new string(bar.Kind == AuxiliaryUnits.Implicit ? '░' : '▒', whole - kept);
    }

    /// <summary>The room of a cell on one line: of a number with the digits after the point that others of its column have.</summary>
    private int Room(int column, WrittenCell cell) => Letters(cell.Text) + (cell.Number is null ? 0 : Tails[column] - cell.Tail);

    private int LeastOf(int column, WrittenCell cell) =>
        Table.Columns[column].Quantity.IsWords && cell.Source is not (Bar or WordedBar)
            ? Math.Max(LongestWord(cell.Text), Math.Min(Letters(cell.Text), FewWords))
            : Room(column, cell);

    private static int LongestWord(string text) => text.Split(' ').Max(Letters);
}

/// <summary>A cell in writing.</summary>
/// <param name="Text">The text, one line.</param>
/// <param name="Source">The cell that it was.</param>
/// <param name="Number">The number that it shows; <see langword="null"/> if it shows none.</param>
internal readonly record struct WrittenCell(string Text, object? Source, double? Number)
{
    /// <summary>Where the digits end that stand before the decimal point.</summary>
    public int Head => Number is not null && Text.AsSpan().IndexOfAny('.', 'e') is >= 0 and var point ? point : Text.Length;

    /// <summary>The letters from the decimal point on.</summary>
    public int Tail => Text.Length - Head;
}
