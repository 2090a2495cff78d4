using System.Collections;
using System.Data;
using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Sql;

namespace GaitProp.Kernel.Formatters;

/// <summary>A table of data, such as SQL's: its first rows, and how many there are.</summary>
internal static class DataTableFormatter
{
    private const int MostText = 200;

    /// <summary>Columns that are shown.</summary>
    private const int MostColumns = 60;

    /// <summary>Registers it.</summary>
    public static void Register() =>
        RichFormatter.Register<DataTable>(table => $"<div>{TableHtml.Of(Table(table))}</div>", table => TableText.Of(Table(table)));

    private static Table Table(DataTable table)
    {
        var columns = table.Columns.Cast<DataColumn>().Take(MostColumns).ToArray();
        return new Table(
            [.. columns.Select(c => new Column(c.ColumnName, IsNumber(c.DataType) ? Quantity.Number : Quantity.Words))],
            [
                .. Shown(table)
                    .Select(row => new Row([
                        .. columns.Select(c =>
                            row[c] switch
                            {
                                DBNull or null => "NULL",
                                double or float => row[c],
                                var value => (object)Cell(value),
                            }
                        ),
                    ])),
            ]
        )
        {
            Notes =
            [
                Count(table)
                    + (
                        table.Columns.Count > columns.Length
                            ? $", {Number.Whole(columns.Length)} of {Number.Whole(table.Columns.Count)} columns"
                            : ""
                    ),
            ],
        };
    }

    private static IEnumerable<DataRow> Shown(DataTable table) => table.Rows.Cast<DataRow>().Take(SqlKernel.Shown);

    private static string Count(DataTable table)
    {
        var (all, shown) = (SqlResult.Count(table), Math.Min(table.Rows.Count, SqlKernel.Shown));
        return all == shown
            ? $"{Number.Whole(all)} {(all == 1 ? "row" : "rows")}"
            : $"the first {Number.Whole(shown)} of {Number.Whole(all)} rows";
    }

    private static string Cell(object value)
    {
        var text = value switch
        {
            double number => Quantity.Number.Written(number),
            float number => Quantity.Number.Written(number),
            DateTime time => time.ToString(time.TimeOfDay == default ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
            string words => words,
            byte[] bytes => Number.Bytes(bytes.Length),
            IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Take(20).Select(v => v is null ? "NULL" : Cell(v)))}]",
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
