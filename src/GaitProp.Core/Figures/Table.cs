namespace GaitProp.Figures;

/// <summary>
/// What a table shows, free of any drawing: columns of one quantity each, and a row for each thing. Terminals, cells and plain text draw
/// the same table.
/// </summary>
/// <param name="Columns">The columns. Where none has a name, the table has no headings: names and values.</param>
/// <param name="Rows">The rows, each with a cell for every column.</param>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows)
{
    /// <summary>The heading; empty if there is none.</summary>
    public string Title { get; init; } = "";

    /// <summary>
    /// How many columns, from the first, say what a row is. A table too wide for its page goes on below, and there they stand again.
    /// </summary>
    public int Keys { get; init; } = 1;

    /// <summary>A last row that stands apart, such as a sum; <see langword="null"/> if there is none.</summary>
    public Row? Sum { get; init; }

    /// <summary>What went wrong, a sentence each, below the table.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What explains the numbers, a sentence each, below the table.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Names and values below each other, without headings.</summary>
    /// <param name="fields">The names and the values.</param>
    public static Table OfFields(params IEnumerable<(string Name, object? Value)> fields) =>
        new([new("", Quantity.Words), new("", Quantity.Words)], [.. fields.Select(f => new Row(f.Name, f.Value))]);
}

/// <summary>A column of a table.</summary>
/// <param name="Name">What stands above it, without the unit.</param>
/// <param name="Quantity">What its cells are.</param>
internal sealed record Column(string Name, Quantity Quantity)
{
    /// <summary>The name with the unit: <c>test (%)</c>.</summary>
    public string Heading => Quantity.Unit.Length == 0 ? Name : $"{Name} ({Quantity.Unit})";
}

/// <summary>A row of a table.</summary>
/// <param name="Cells">
/// One for each column: a number; words; a <see cref="Bar"/>; a <see cref="Mark"/>; <see cref="double.NaN"/> for what is undefined;
/// <see langword="null"/> where there is nothing to be said.
/// </param>
internal sealed record Row(params IReadOnlyList<object?> Cells)
{
    /// <summary>The rule whose colour marks the row, its name on the command line; <see langword="null"/> for no mark.</summary>
    public string? Rule { get; init; }
}

/// <summary>A cell that shows two lengths one after the other: what a layer keeps and what it does not.</summary>
/// <param name="Kept">The first length, as a share of the longest bar of the table, 0 to 1.</param>
/// <param name="Auxiliary">The second length, in the same unit.</param>
/// <param name="Kind">What the second one is.</param>
internal sealed record Bar(double Kept, double Auxiliary, AuxiliaryUnits Kind);

/// <summary>A cell that says how something is, in a word.</summary>
/// <param name="Word">The word.</param>
/// <param name="Tone">Whether it is good news.</param>
internal sealed record Mark(string Word, Tone Tone);

/// <summary>Whether news is good.</summary>
internal enum Tone
{
    /// <summary>It is.</summary>
    Good,

    /// <summary>Something is missing.</summary>
    Middling,

    /// <summary>Something is broken.</summary>
    Bad,
}
