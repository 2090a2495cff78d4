using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>A table as plain text.</summary>
internal static class TableText
{
    /// <summary>Letters of a line of a cell's output that most front ends show without a scroll bar.</summary>
    public const int Letters = 110;

    /// <summary>The text, without a line end.</summary>
    /// <param name="table">The table.</param>
    public static string Of(Table table) =>
        string.Join('\n', TableLines.Of(table, Letters, ruled: false).Select(line => string.Concat(line.Select(span => span.Text))));
}
