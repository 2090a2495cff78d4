using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Formatters;

/// <summary>Runs side by side: their table, and the figure's panels.</summary>
internal static class ComparisonFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<RunComparison>(
            c => Html(c, withCurves: true),
            c => TableText.Of(ComparisonTable.Of(c) with { Title = c.Title }),
            c => StaticFigure.Light(c.Figure, StaticTheme.Paper)
        );
        RichFormatter.Register<IReadOnlyList<RunRecord>>(
            runs => CellHtml.Card("runs", Number.Whole(runs.Count), runs.Count == 0 ? "" : TableHtml.Of(ComparisonTable.Of(runs))),
            runs => runs.Count == 0 ? "no runs" : TableText.Of(ComparisonTable.Of(runs))
        );
    }

    /// <summary>The comparison as HTML.</summary>
    /// <param name="comparison">The runs.</param>
    /// <param name="withCurves">Whether the panels are in it, and not beside it.</param>
    public static string Html(RunComparison comparison, bool withCurves)
    {
        var curves = withCurves
            ? $"<div style=\"margin-top:6px\">{CellHtml.Chart(comparison.Figure, titled: false)}</div><div style=\"{CellHtml.Muted};font-size:12px\">{HtmlText.Escape(comparison.Figure.Caption)}</div>"
            : "";
        var table = ComparisonTable.Of(comparison);
        string[] angles = comparison.Runs.Any(LayerAngles.AreOf) ? ["Angles: mean over steps, degrees to BP."] : [];
        return CellHtml.Card(comparison.Title, "", TableHtml.Of(table with { Notes = [.. angles, .. table.Notes] }) + curves);
    }
}
