using System.Text;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Tables;

/// <summary>
/// A table as HTML: no script and no style sheet; it reads on white and on black, and its cells stay apart where styles are taken out.
/// </summary>
internal static class TableHtml
{
    /// <summary>
    /// Pixels that tables may take, so that the output of a cell in a window of 900 pixels shows them whole beside prompts, margins and
    /// frames.
    /// </summary>
    private const int Width = 715;

    /// <summary>Pixels between two columns.</summary>
    private const int Gap = 14;

    /// <summary>Pixels of a digit, in a wide font.</summary>
    private const double Letter = 8.2;

    /// <summary>Pixels of a bar of full length.</summary>
    private const double BarWidth = 105;

    /// <summary>
    /// The colour of what went wrong. Words in colour lie on white pages and on dark grey ones (#1e1e1e): contrast 4.0 and 4.2, of which no
    /// colour has more than 4.1 on both.
    /// </summary>
    public const string Bad = "#d9542b";

    /// <summary>The colour of what is missing: contrast 4.1 on white and on dark grey.</summary>
    private const string Middling = "#a8740c";

    /// <summary>The colour of what is well: contrast 3.9 on white, 4.2 on dark grey.</summary>
    public const string Good = "#26916a";

    /// <summary>The lines of tables and frames.</summary>
    public const string Line = "1px solid rgba(128,128,128,.35)";

    /// <summary>The style of words that matter less.</summary>
    public const string Muted = "opacity:.72";

    private const string Kept = "#3b82c4";
    private const string Explicit = "repeating-linear-gradient(45deg,#3b82c4 0 2px,rgba(59,130,196,.25) 2px 5px)";
    private const string Undefined =
        "background:repeating-linear-gradient(45deg,rgba(128,128,128,.35) 0 3px,rgba(128,128,128,.12) 3px 7px)";

    /// <summary>The table, without its title.</summary>
    /// <param name="table">The table.</param>
    public static string Of(Table table)
    {
        var written = new WrittenTable(table);
        var html = new StringBuilder();
        foreach (var part in TablePart.Of(written, Width, Gap, Letter))
        {
            Part(html, written, part);
        }

        foreach (var problem in table.Problems)
        {
            html.Append(Text($"<div style=\"color:{Bad};font-size:13px\">{Words(problem)}</div>"));
        }

        foreach (var note in table.Notes)
        {
            html.Append(Text($"<div style=\"{Muted};font-size:12px\">{Words(note)}</div>"));
        }

        return html.ToString();
    }

    /// <summary>The key of a bar's second part.</summary>
    /// <param name="kind">What it is.</param>
    private static string Look(AuxiliaryUnits kind) =>
        kind switch
        {
            AuxiliaryUnits.None => $"background:{Kept}",
            AuxiliaryUnits.Implicit => $"border:1px dashed {Kept}",
            _ => $"background:{Explicit}",
        };

    private static void Part(StringBuilder html, WrittenTable table, TablePart part)
    {
        html.Append("<table style=\"border-collapse:collapse;margin:4px 0;font-size:13px;font-variant-numeric:tabular-nums\">");
        if (table.HasHeadings)
        {
            html.Append("<thead><tr>");
            foreach (var column in part.Columns)
            {
                html.Append(
                    Text(
                        $"<th {Side(column)};vertical-align:bottom;padding:2px 7px;border-bottom:{Line};font-weight:600\">{HtmlText.Escape(table.Headings[column])}</th>"
                    )
                );
            }

            html.Append("</tr></thead>");
        }

        html.Append("<tbody>");
        foreach (var (index, row) in table.Rows.Index())
        {
            Row(row, table.Table.Rows[index].Rule, "");
        }

        if (table.Sum is { } sum)
        {
            Row(sum, null, $";border-top:{Line};font-weight:600");
        }

        html.Append("</tbody></table>");

        void Row(IReadOnlyList<WrittenCell> row, string? rule, string more)
        {
            html.Append("<tr style=\"background:none\">");
            foreach (var column in part.Columns)
            {
                var (look, content) = Cell(table, column, row[column]);
                var names = table.HasHeadings || column > 0 ? "" : $";{Muted}";
                html.Append(
                    Text(
                        $"<td {Side(column)};vertical-align:top;padding:2px 7px{(table.Table.Columns[column].Quantity.IsWords ? names : ";white-space:nowrap")}{look}{more}\">{(rule is not null && column == 0 ? Marked(rule, row[column].Text) : content)}</td>"
                    )
                );
            }

            html.Append("</tr>");
        }

        // The attribute stays where styles are taken out; front ends with styles of their own for tables obey the style.
        string Side(int column) =>
            table.Table.Columns[column].Quantity.IsWords
                ? "align=\"left\" style=\"text-align:left"
                : "align=\"right\" style=\"text-align:right";
    }

    private static (string Look, string Content) Cell(WrittenTable table, int column, WrittenCell cell) =>
        (cell.Source, table.Table.Columns[column].Quantity) switch
        {
            (Bar bar, _) => ("", Drawn(bar)),
            (WordedBar bar, _) => ("", $"<div style=\"font-size:0;line-height:0\">{HtmlText.Escape(bar.Words)}</div>{Drawn(bar.Bar)}"),
            (Mark mark, _) => (
                "",
                $"<b style=\"color:{(mark.Tone switch { Tone.Good => Good, Tone.Middling => Middling, _ => Bad })}\">{HtmlText.Escape(cell.Text)}</b>"
            ),
            (_, { IsWords: true }) => ("", Words(cell.Text)),
            (double.NaN, { Colours: not null }) => ($";{Undefined}", Quantity.Undefined),
            (_, { Colours: { } colours }) when cell.Number is { } number => (Heat(colours, number), Number(table, column, cell)),
            _ => ("", Number(table, column, cell)),
        };

    private static string Heat(CellValues colours, double number)
    {
        var (scale, value) = colours == CellValues.Shares ? (HeatScale.Shares, 100 * number) : (HeatScale.Angles, number);
        return $";background:{scale.ColorOf(value)};color:{scale.InkOn(value)}";
    }

    /// <summary>
    /// A number. Where others of its column have more digits after the point, its own stand in a place as wide as theirs.
    /// </summary>
    private static string Number(WrittenTable table, int column, WrittenCell cell)
    {
        var text = HtmlText.Escape(cell.Text.Replace('-', '−'));
        return cell.Number is null || !table.Uneven[column]
            ? text
            : Text(
                $"{text[..cell.Head]}<span style=\"display:inline-block;width:{table.Tails[column]}ch;text-align:left\">{text[cell.Head..]}</span>"
            );
    }

    /// <summary>Words that break at spaces; what has a slash, such as a path, does not break at all.</summary>
    private static string Words(string text) =>
        string.Join(
            ' ',
            text.Split(' ')
                .Select(word =>
                    word.Contains('/', StringComparison.Ordinal) || word.Contains('\\', StringComparison.Ordinal)
                        ? $"<span style=\"white-space:nowrap\">{HtmlText.Escape(word)}</span>"
                        : HtmlText.Escape(word)
                )
        );

    /// <summary>Words with the rule's colour before the first of them, as in figures: a dot that tells rows apart.</summary>
    private static string Marked(string rule, string words)
    {
        var first = words.Split(' ')[0];
        return $"<span style=\"white-space:nowrap\">{Swatch(rule)}{HtmlText.Escape(first)}</span>{Words(words[first.Length..])}";
    }

    private static string Swatch(string rule) =>
        $"<span style=\"display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:6px;vertical-align:middle;background:{StaticTheme.Neutral.Shown(RulePalette.StyleOf(rule)).Color}\"></span>";

    private static string Drawn(Bar bar)
    {
        var kept = Math.Max(1, BarWidth * bar.Kept);
        var html = new StringBuilder(
            Text(
                $"<div style=\"display:flex;width:{BarWidth}px;height:13px\"><div style=\"width:{kept:0.#}px;{Look(AuxiliaryUnits.None)}\"></div>"
            )
        );
        if (bar.Auxiliary > 0)
        {
            html.Append(Text($"<div style=\"width:{BarWidth * bar.Auxiliary:0.#}px;box-sizing:border-box;{Look(bar.Kind)}\"></div>"));
        }

        return html.Append("</div>").ToString();
    }
}
