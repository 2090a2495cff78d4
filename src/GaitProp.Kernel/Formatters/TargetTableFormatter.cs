using GaitProp.Notebook.Outputs;
using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Formatters;

/// <summary>How far targets lie from activations, and what each arithmetic makes of that: figure 1 in numbers and panels.</summary>
internal static class TargetTableFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<TargetTable>(Html, Text, table => StaticFigure.Light(Figure(table), StaticTheme.Paper));

    private static Figure Figure(TargetTable table) => TargetFigure.Of("fig1", "", "", table);

    private static string Html(TargetTable table)
    {
        var headings = ((string[])["rule", "computed in", "measure"]).Concat(table.Layers.Select((_, l) => string.Create(CultureInfo.InvariantCulture, $"{(l == 0 ? "layer " : "")}{l + 1}")));
        var rows = Rows(table).Select(r => ((string[])[HtmlText.Escape(r.Rule), HtmlText.Escape(r.Way), r.Measure]).Concat(r.IsAngle ? r.Values.Select(AngleTableFormatter.Cell) : r.Values.Select(v => HtmlText.Escape(Value(r, v)))));
        return CellHtml.Card("targets", "distance of targets from activations (RMS), relative error of it, angle of the update", CellHtml.Chart(Figure(table)) + CellHtml.Folded("numbers", CellHtml.Table(headings, rows, left: 3)));
    }

    private static string Text(TargetTable table) => string.Join('\n', Rows(table).Select(r => $"{r.Rule,-18} {r.Way,-22} {r.Measure,-9} {string.Concat(r.Values.Select(v => Value(r, v).PadLeft(11)))}"));

    private static string Value(Row row, double? value) => row.IsAngle ? Number.Angle(value) : value is { } v ? Number.Short(v) : "undefined";

    private static IEnumerable<Row> Rows(TargetTable table)
    {
        foreach (var column in table.Columns)
        {
            var rule = RuleCatalog.Title(column.Rule);
            yield return new Row(rule, "", "distance", [.. column.Distances.Select(d => (double?)d)], IsAngle: false);
            foreach (var way in column.Precision)
            {
                var words = $"{way.Form.ToString().ToLowerInvariant()} {way.Type.ToString().ToLowerInvariant()}";
                yield return new Row(rule, words, "error", way.Errors, IsAngle: false);
                yield return new Row(rule, words, "angle", way.Angles, IsAngle: true);
            }
        }
    }

    private sealed record Row(string Rule, string Way, string Measure, IReadOnlyList<double?> Values, bool IsAngle);
}
