using GaitProp.Notebook.Outputs;
using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Formatters;

/// <summary>Update angles as a heat map: a row a rule, a column a layer, what is undefined hatched.</summary>
internal static class AngleTableFormatter
{
    private const string Undefined = "background:repeating-linear-gradient(45deg,rgba(128,128,128,.35) 0 3px,rgba(128,128,128,.12) 3px 7px)";

    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<AngleTable>(Html, Text, table => StaticFigure.Light(Figure(table), StaticTheme.Paper));

    /// <summary>A cell of a heat map of angles, HTML.</summary>
    public static string Cell(double? angle)
    {
        var look = angle is { } value ? $"background:{HeatScale.Angles.ColorOf(value)};color:{HeatScale.Angles.InkOn(value)}" : Undefined;
        return $"<div style=\"{look};margin:0 -9px;padding:3px 9px;min-width:3.2em;text-align:center\">{HtmlText.Escape(Number.Angle(angle))}</div>";
    }

    private static Figure Figure(AngleTable table) => AngleFigure.Of("angles", "Update angles to backpropagation", "", table);

    private static string Html(AngleTable table)
    {
        var headings = table.Layers.Select((_, l) => Text($"{l + 1}")).Prepend("rule \\ layer").Append("worst");
        var rows = table.Columns.Select(c => c.Angles.Select(Cell).Prepend(HtmlText.Escape(c.Label)).Append($"<b>{HtmlText.Escape(Number.Angle(c.Worst))}</b>"));
        var note = table.Columns.Any(c => c.Angles.Any(a => a is null)) ? $"<div style=\"{CellHtml.Muted};font-size:12px\">undefined: the update is zero or not finite</div>" : "";
        return CellHtml.Card("update angles", "degrees to BP in float64, one batch", CellHtml.Table(headings, rows) + note);
    }

    private static string Text(AngleTable table)
    {
        var width = Math.Max(5, table.Columns.Select(c => c.Label.Length).DefaultIfEmpty(0).Max());
        var lines = table.Columns.Select(c => $"{c.Label.PadRight(width)}{string.Concat(c.Angles.Append(c.Worst).Select(a => Number.Angle(a).PadLeft(11)))}");
        return $"{"layer".PadRight(width)}{string.Concat(table.Layers.Select((_, l) => Text($"{l + 1}").PadLeft(11)))}{"worst",11}\n{string.Join('\n', lines)}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
