using GaitProp.Figures;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Formatters;

/// <summary>A table that a command has made.</summary>
internal static class TableFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<Table>(Html, TableText.Of);

    /// <summary>The table as HTML, in a frame if it has a title.</summary>
    /// <param name="table">The table.</param>
    public static string Html(Table table) =>
        table.Title.Length == 0 ? $"<div>{TableHtml.Of(table)}</div>" : CellHtml.Card(table.Title, "", TableHtml.Of(table));
}
