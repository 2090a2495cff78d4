using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Formatters;

/// <summary>An evaluation: its numbers, accuracy by class, the confusion matrix as a heat map, and its counts, folded.</summary>
internal static class EvaluationFormatter
{
    /// <summary>Classes that are listed, and whose counts are; of more, those that are told worst.</summary>
    private const int MostClasses = 20;

    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<Evaluation>(e => Html(e, withMatrix: true), Text, e => StaticFigure.Light(Figure(e), StaticTheme.Paper));

    /// <summary>The confusion matrix.</summary>
    public static Figure Figure(Evaluation evaluation) => ConfusionFigure.Of("confusion", evaluation);

    /// <summary>The evaluation as HTML.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="withMatrix">Whether the picture of the matrix is in it, and not beside it.</param>
    public static string Html(Evaluation evaluation, bool withMatrix)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        var (names, accuracy) = (evaluation.ClassNames, evaluation.ClassAccuracy);
        int[] classes = [.. Enumerable.Range(0, names.Count)];
        int[] shown = classes.Length <= MostClasses ? classes : [.. classes.Where(c => accuracy[c] is not null).OrderBy(c => accuracy[c]).Take(MostClasses)];
        var rows = shown.Select(c => (string[])
        [
            HtmlText.Escape(names[c]), Number.Whole(evaluation.Confusion[c].Sum()), accuracy[c] is { } share ? Share(share) : "–",
            evaluation.TakenFor(c) is { } other ? HtmlText.Escape(Text($"{names[other.Class]} ({other.Images})")) : "–",
        ]);
        var body = CellHtml.Numbers(Numbers(evaluation)) + CellHtml.Table(["class", "images", "accuracy", "often taken for"], rows);
        if (shown.Length < classes.Length)
        {
            body += $"<div style=\"{CellHtml.Muted}\">{Text($"the {shown.Length} of {classes.Length} classes that are told worst")}</div>";
        }

        if (withMatrix)
        {
            body += $"<div style=\"margin-top:6px\">{CellHtml.Chart(Figure(evaluation) with { Title = "", Caption = "" })}</div>";
        }

        if (classes.Length <= MostClasses)
        {
            body += CellHtml.Folded("counts: a row a class, a column what its images are taken for", CellHtml.Table(
                ["", .. names], evaluation.Confusion.Select((row, c) => row.Select((n, k) => k == c ? $"<b>{Number.Whole(n)}</b>" : Number.Whole(n)).Prepend(HtmlText.Escape(names[c])))));
        }

        return CellHtml.Card(evaluation.Title, evaluation.Weights, body);
    }

    private static string Text(Evaluation evaluation) => $"{evaluation.Title}: {string.Join(", ", Numbers(evaluation).Select(n => $"{n.Name} {n.Value}"))}";

    private static IEnumerable<(string Name, string Value)> Numbers(Evaluation evaluation) =>
    [
        ("top-1", Number.Percent(evaluation.Top1)), ("top-5", Number.Percent(evaluation.Top5)), ("loss", Text($"{evaluation.Loss:0.0000}")),
        ("on", Text($"{Number.Whole(evaluation.Images)} {(evaluation.Part == DataPart.Test ? "test" : "training")} images of {evaluation.Data}")),
    ];

    /// <summary>A share in the colour that it has in the heat map.</summary>
    private static string Share(double share) =>
        $"<div style=\"background:{HeatScale.Shares.ColorOf(100 * share)};color:{HeatScale.Shares.InkOn(100 * share)};margin:0 -9px;padding:1px 9px;text-align:right\">{Number.Percent(share)}</div>";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
