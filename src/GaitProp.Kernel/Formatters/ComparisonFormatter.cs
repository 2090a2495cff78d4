using GaitProp.Notebook.Outputs;
using System.Globalization;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Formatters;

/// <summary>Runs side by side: a row a run with accuracy, angles of its layers and cost, and the figure's panels.</summary>
internal static class ComparisonFormatter
{
    /// <summary>Layers whose angles stand in the table; of more, mean and worst are.</summary>
    private const int MostLayers = 8;

    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<RunComparison>(c => Html(c, withCurves: true), Text, c => StaticFigure.Light(c.Figure, StaticTheme.Paper));

    /// <summary>The comparison as HTML.</summary>
    /// <param name="comparison">The runs.</param>
    /// <param name="withCurves">Whether the panels are in it, and not beside it.</param>
    public static string Html(RunComparison comparison, bool withCurves)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var (headings, rows) = Rows(comparison);
        var table = CellHtml.Table(headings, rows.Select(r => r.Cells.Select(HtmlText.Escape).Prepend(Swatch(r.Run.Rule))), left: 2);
        var errors = string.Concat(comparison.Runs.Where(r => r.Description.Error is not null)
            .Select(r => $"<div style=\"color:#d9542b\">{HtmlText.Escape($"{RunTitles.Of(r, comparison.Runs)}: {r.Description.Error}")}</div>"));
        var curves = withCurves ? $"<div style=\"margin-top:6px\">{CellHtml.Chart(comparison.Figure with { Title = "", Caption = "" })}</div><div style=\"{CellHtml.Muted};font-size:12px\">{HtmlText.Escape(comparison.Figure.Caption)}</div>" : "";
        return CellHtml.Card(comparison.Title, "angles: mean over steps, degrees to BP", table + errors + curves + LeftOut(comparison));
    }

    /// <summary>A line for each run that is no part of it.</summary>
    private static string LeftOut(RunComparison comparison) => comparison.LeftOut.Count == 0 ? ""
        : $"<div style=\"{CellHtml.Muted};font-size:12px;margin-top:4px\">{string.Concat(comparison.LeftOut.Select(line => $"<div>{HtmlText.Escape($"Left out: {line}")}</div>"))}</div>";

    private static string Text(RunComparison comparison)
    {
        var (headings, rows) = Rows(comparison);
        string[][] cells = [[.. headings.Skip(1)], .. rows.Select(r => r.Cells)];
        var widths = Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(r => r[c].Length)).ToArray();
        return $"{comparison.Title}\n{string.Join('\n', cells.Select(r => string.Join("  ", r.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd()))}{string.Concat(comparison.LeftOut.Select(line => $"\nLeft out: {line}"))}";
    }

    /// <summary>The rule's colour, as in the panels: a dot that tells rows apart.</summary>
    private static string Swatch(string rule) =>
        $"<span style=\"display:inline-block;width:10px;height:10px;border-radius:5px;background:{StaticTheme.Neutral.Shown(RulePalette.StyleOf(rule)).Color}\"></span>";

    private static (string[] Headings, List<(RunRecord Run, string[] Cells)> Rows) Rows(RunComparison comparison)
    {
        var runs = comparison.Runs;
        var layers = runs.Max(r => r.Description.Layers.Count);
        var each = layers <= MostLayers;
        var reference = runs.FirstOrDefault(r => r.Rule == "bp")?.SecondsPerStep;
        var validated = runs.Any(r => r.Epochs is [.., { ValidationAccuracy: not null }]);
        string[] angles = each ? [.. Enumerable.Range(1, layers).Select(l => l.ToString(CultureInfo.InvariantCulture))] : ["mean angle", "worst layer"];
        return (
            ["", "rule", "test", "train", .. validated ? ["validation"] : (string[])[], .. angles.Select((a, i) => each && i == 0 ? $"angle: layer {a}" : a), "ms a step", "× BP"],
            [.. runs.Select(run => (run, (string[])
            [
                RunTitles.Of(run, runs),
                run.Epochs.Count == 0 ? "–" : Number.Percent(run.Epochs[^1].TestAccuracy),
                run.Epochs.Count == 0 ? "–" : Number.Percent(run.Epochs[^1].TrainAccuracy),
                .. !validated ? [] : (string[])[run.Epochs is [.., { ValidationAccuracy: { } held }] ? Number.Percent(held) : "–"],
                .. run.Steps.All(s => s.Angles.Count == 0) ? angles.Select(_ => "–") : Angles(run, layers, each),
                run.SecondsPerStep is { } seconds ? Text($"{1000 * seconds:0.0}") : "–",
                run.SecondsPerStep / reference is { } ratio ? Text($"{ratio:0.00}") : "–",
            ]))]);
    }

    private static IEnumerable<string> Angles(RunRecord run, int layers, bool each)
    {
        var means = Enumerable.Range(0, layers).Select(l => TrainingFigure.LayerAngle(run, l)?.Mean).ToArray();
        return each ? means.Select(Number.Angle) : [Number.Angle(means.SkipLast(1).Average()), Number.Angle(means.Max())];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
