using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Formatters;

/// <summary>The result of a command as outputs of a cell.</summary>
internal static class ResultOutputs
{
    /// <summary>
    /// A result as one or more outputs: what is a table and a picture gives both, so that each is shown where the other cannot be.
    /// </summary>
    /// <param name="value">The value.</param>
    public static IEnumerable<MimeBundle> Of(object value)
    {
        GaitPropFormatters.Register();
        return value switch
        {
            RunRecord { Epochs.Count: > 0 } run =>
            [
                WithHtml(value, RunFormatter.Html(run, withCurves: false)),
                Formatted.Bundle(RunFormatter.Figure(run)),
            ],
            RunComparison comparison =>
            [
                WithHtml(value, ComparisonFormatter.Html(comparison, withCurves: false)),
                Formatted.Bundle(comparison.Figure),
            ],
            Evaluation evaluation =>
            [
                WithHtml(value, EvaluationFormatter.Html(evaluation, withMatrix: false)),
                Formatted.Bundle(EvaluationFormatter.Figure(evaluation)),
            ],
            _ => [Formatted.Bundle(value)],
        };
    }

    private static MimeBundle WithHtml(object value, string html) =>
        MimeBundle.Of((MimeBundle.Html, html), (MimeBundle.PlainText, value.ToDisplayString(MimeBundle.PlainText)));
}
