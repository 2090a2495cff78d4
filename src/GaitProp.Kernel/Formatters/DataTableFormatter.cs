using System.Collections;
using System.Data;
using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Sql;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.Formatting.TabularData;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// A table of data: SQL's, with its first rows and how many there are; and one that a cell makes of a sequence,
/// <c>items.ToTabularDataResource()</c>.
/// </summary>
internal static class DataTableFormatter
{
    private const int MostText = 200;

    /// <summary>Columns that are shown.</summary>
    private const int MostColumns = 60;

    /// <summary>Rows that are shown of a table that a cell makes on purpose.</summary>
    private const int MostRows = 100;

    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<DataTable>(table => Html(Table(table)), table => TableText.Of(Table(table)));
        RichFormatter.Register<TabularDataResource>(table => Html(Table(table)), table => TableText.Of(Table(table)));

        // For spreadsheets, the library's own form.
        Formatter.SetPreferredMimeTypesFor(typeof(TabularDataResource), MimeBundle.Html, "text/csv", MimeBundle.PlainText);
    }

    private static string Html(Table table) => $"<div style=\"overflow-x:auto\">{TableHtml.Of(table)}</div>";

    private static Table Table(DataTable table)
    {
        var columns = table.Columns.Cast<DataColumn>().Take(MostColumns).ToArray();
        var rows = table.Rows.Cast<DataRow>().Take(SqlKernel.Shown).ToArray();
        return new Table(
            [.. columns.Select(c => Column(c.ColumnName, IsNumber(c.DataType)))],
            [.. rows.Select(row => new Row([.. columns.Select(c => row[c] is DBNull or null ? "NULL" : Cell(row[c]))]))]
        )
        {
            Notes = [Rows(rows.Length, SqlResult.Count(table)) + Columns(columns.Length, table.Columns.Count)],
        };
    }

    private static Table Table(TabularDataResource table)
    {
        var columns = table.Schema.Fields.Take(MostColumns).ToArray();
        var rows = table.Data.Take(MostRows).Select(row => row.DistinctBy(c => c.Key).ToDictionary(c => c.Key, c => c.Value)).ToArray();
        var all = table.Data.Count();
        var isWhole = rows.Length == all && columns.Length == table.Schema.Fields.Count;
        return new Table(
            [.. columns.Select(c => Column(c.Name, c.Type is TableSchemaFieldType.Number or TableSchemaFieldType.Integer))],
            [.. rows.Select(row => new Row([.. columns.Select(c => row.GetValueOrDefault(c.Name) is { } value ? Cell(value) : null)]))]
        )
        {
            Notes = isWhole ? [] : [Rows(rows.Length, all) + Columns(columns.Length, table.Schema.Fields.Count)],
        };
    }

    private static Column Column(string name, bool isNumber) => new(name, isNumber ? Quantity.Number : Quantity.Words);

    private static string Rows(int shown, long all) =>
        all == shown
            ? $"{Number.Whole(all)} {(all == 1 ? "row" : "rows")}"
            : $"the first {Number.Whole(shown)} of {Number.Whole(all)} rows";

    private static string Columns(int shown, int all) => shown < all ? $", {Number.Whole(shown)} of {Number.Whole(all)} columns" : "";

    /// <summary>A value as a cell: a number with a fraction as it is, for its column to write; all else as text.</summary>
    private static object Cell(object value) => value is double or float ? value : Words(value);

    private static string Words(object value)
    {
        var text = value switch
        {
            double number => Quantity.Number.Written(number),
            float number => Quantity.Number.Written(number),
            DateTime time => time.ToString(time.TimeOfDay == default ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
            string words => words,
            byte[] bytes => Number.Bytes(bytes.Length),
            IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Take(20).Select(v => v is null ? "NULL" : Words(v)))}]",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        text = text.ReplaceLineEndings(" ");
        return text.Length <= MostText ? text : $"{CutText.Start(text, MostText)}…";
    }

    private static bool IsNumber(Type type) =>
        type.IsPrimitive && type != typeof(bool) && type != typeof(char)
        || type == typeof(decimal)
        || type == typeof(System.Numerics.BigInteger);
}
