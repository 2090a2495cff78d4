using System.Globalization;
using System.Text;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The numbers of a figure as comma-separated values, one value a line: <c>figure,panel,series,rule,x,category,y,deviation,low,high</c>.
/// Numbers read back to the same bits; an undefined number is an empty field; a field with a comma, quote or line break is quoted (RFC
/// 4180).
/// </summary>
internal static class FigureCsv
{
    /// <summary>The first line.</summary>
    public const string Header = "figure,panel,series,rule,x,category,y,deviation,low,high";

    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>The text of the file.</summary>
    /// <param name="figure">The figure.</param>
    /// <returns>Lines that end in a line feed, the header first.</returns>
    /// <exception cref="ArgumentException">A series has positions and values of different number.</exception>
    public static string Write(Figure figure)
    {
        FigureCheck.Validate(figure);
        var text = new StringBuilder(Header).Append('\n');
        foreach (var panel in figure.Panels)
        {
            foreach (var series in panel.Series)
            {
                for (var i = 0; i < series.Y.Count; i++)
                {
                    text.Append(Quote(figure.Name))
                        .Append(',')
                        .Append(Quote(panel.Letter))
                        .Append(',')
                        .Append(Quote(series.Label))
                        .Append(',')
                        .Append(Quote(series.Rule))
                        .Append(',')
                        .Append(Number(series.X[i]))
                        .Append(',')
                        .Append(Quote(CategoryAt(panel.X, series.X[i])))
                        .Append(',')
                        .Append(Number(series.Y[i]))
                        .Append(',')
                        .Append(Number(series.Deviation?[i] ?? double.NaN))
                        .Append(',')
                        .Append(Number(series.Low?[i] ?? double.NaN))
                        .Append(',')
                        .Append(Number(series.High?[i] ?? double.NaN))
                        .Append('\n');
                }
            }
        }

        return text.ToString();
    }

    private static string CategoryAt(Axis axis, double x) =>
        axis.Categories is { } categories && x >= 0 && x < categories.Count && x == Math.Floor(x) ? categories[(int)x] : string.Empty;

    private static string Number(double value) => double.IsNaN(value) ? string.Empty : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string field) =>
        field.AsSpan().ContainsAny(Special) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
