using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Formatters;

/// <summary>An evaluation: its numbers, accuracy by class, the confusion matrix as a heat map, and its counts, folded.</summary>
internal static class EvaluationFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register() =>
        RichFormatter.Register<Evaluation>(e => Html(e, withMatrix: true), Line, e => StaticFigure.Light(Figure(e), StaticTheme.Paper));

    /// <summary>The confusion matrix.</summary>
    public static Figure Figure(Evaluation evaluation) => ConfusionFigure.Of("confusion", evaluation);

    /// <summary>The evaluation as HTML.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="withMatrix">Whether the picture of the matrix is in it, and not beside it.</param>
    public static string Html(Evaluation evaluation, bool withMatrix)
    {
        var body = CellHtml.Numbers(Numbers(evaluation)) + TableHtml.Of(EvaluationTable.Classes(evaluation));
        if (withMatrix)
        {
            body += $"<div style=\"margin-top:6px\">{CellHtml.Chart(Figure(evaluation), titled: false)}</div>";
        }

        if (evaluation.ClassNames.Count <= EvaluationTable.MostCounts)
        {
            body += CellHtml.Folded(
                "counts: a row for each class, a column for what its images are taken for",
                TableHtml.Of(EvaluationTable.Counts(evaluation))
            );
        }

        return CellHtml.Card(evaluation.Title, evaluation.Weights, body);
    }

    private static string Line(Evaluation evaluation) =>
        $"{evaluation.Title}: {string.Join(", ", Numbers(evaluation).Select(n => $"{n.Name} {n.Value}"))}";

    private static IEnumerable<(string Name, string Value)> Numbers(Evaluation evaluation) =>
        [
            ("top-1", Number.Percent(evaluation.Top1)),
            .. evaluation.TellsTop5 ? (IEnumerable<(string, string)>)[("top-5", Number.Percent(evaluation.Top5))] : [],
            ("loss", Quantity.LossWords(evaluation.Loss, "0.0000")),
            ("on", Text($"{Number.Whole(evaluation.Images)} {evaluation.PartWord} images of {evaluation.Data}")),
        ];
}
