using System.Collections;
using System.Data;
using System.Globalization;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Sql;

namespace GaitProp.Kernel.Formatters;

/// <summary>A table of data, such as SQL's: its first rows, and how many there are.</summary>
internal static class DataTableFormatter
{
    private const int MostText = 200;

    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<DataTable>(Html, Text);

    private static string Html(DataTable table)
    {
        var columns = table.Columns.Cast<DataColumn>().ToArray();
        var left = columns.TakeWhile(c => !IsNumber(c.DataType)).Count();
        var rows = Shown(table).Select(r => r.ItemArray.Select(v => v is DBNull or null ? $"<span style=\"{CellHtml.Muted}\">NULL</span>" : HtmlText.Escape(Cell(v))));
        return $"<div style=\"overflow-x:auto\">{CellHtml.Table(columns.Select(c => c.ColumnName), rows, left)}<div style=\"{CellHtml.Muted};font-size:12px\">{HtmlText.Escape(Count(table))}</div></div>";
    }

    private static string Text(DataTable table)
    {
        var columns = table.Columns.Cast<DataColumn>().ToArray();
        string[][] rows = [[.. columns.Select(c => c.ColumnName)], .. Shown(table).Select(r => r.ItemArray.Select(v => v is DBNull or null ? "NULL" : Cell(v)).ToArray())];
        var widths = columns.Select((_, i) => rows.Max(r => r[i].Length)).ToArray();
        var lines = rows.Select(r => string.Join("  ", r.Select((v, i) => IsNumber(columns[i].DataType) ? v.PadLeft(widths[i]) : v.PadRight(widths[i]))).TrimEnd());
        return string.Join('\n', lines.Append(Count(table)));
    }

    private static IEnumerable<DataRow> Shown(DataTable table) => table.Rows.Cast<DataRow>().Take(SqlKernel.Shown);

    private static string Count(DataTable table)
    {
        var (all, shown) = (SqlResult.Count(table), Math.Min(table.Rows.Count, SqlKernel.Shown));
        return all == shown ? $"{Number.Whole(all)} {(all == 1 ? "row" : "rows")}" : $"the first {Number.Whole(shown)} of {Number.Whole(all)} rows";
    }

    private static string Cell(object value)
    {
        var text = value switch
        {
            double number => Number.Short(number),
            float number => Number.Short(number),
            DateTime time => time.ToString(time.TimeOfDay == default ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
            string words => words,
            byte[] bytes => Number.Bytes(bytes.Length),
            IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Take(20).Select(v => v is null ? "NULL" : Cell(v)))}]",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        text = text.ReplaceLineEndings(" ");
        return text.Length <= MostText ? text : $"{text[..MostText]}…";
    }

    private static bool IsNumber(Type type) => type.IsPrimitive && type != typeof(bool) && type != typeof(char) || type == typeof(decimal) || type == typeof(System.Numerics.BigInteger);
}
