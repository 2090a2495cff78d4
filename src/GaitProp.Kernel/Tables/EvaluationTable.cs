using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>An evaluation by class, and the counts of its confusion matrix.</summary>
internal static class EvaluationTable
{
    /// <summary>Classes that have rows; of more, those that are told worst and best.</summary>
    private const int Most = 40;

    /// <summary>Classes of which all counts have a place.</summary>
    public const int MostCounts = 20;

    /// <summary>Draws up the table of classes.</summary>
    /// <param name="evaluation">The evaluation.</param>
    public static Table Classes(Evaluation evaluation)
    {
        var (names, accuracy) = (evaluation.ClassNames, evaluation.ClassAccuracy);
        int[] rows = [.. Enumerable.Range(0, names.Count)];
        if (rows.Length > Most)
        {
            int[] order = [.. rows.Where(c => accuracy[c] is not null).OrderBy(c => accuracy[c])];
            rows = [.. order.Take(Most / 2), .. order.Skip(Most / 2).TakeLast(Most / 2)];
        }

        return new Table(
            [
                new("class", Quantity.Words),
                new("images", Quantity.Count),
                new("accuracy", Quantity.Share with { Colours = CellValues.Shares }),
                new("most often taken for", Quantity.Words),
                new("images", Quantity.Count),
            ],
            [
                .. rows.Select(c =>
                {
                    var other = evaluation.TakenFor(c);
                    return new Row(
                        names[c],
                        evaluation.Confusion[c].Sum(),
                        accuracy[c],
                        other is { } taken ? names[taken.Class] : null,
                        other?.Images
                    );
                }),
            ]
        )
        {
            Notes =
                names.Count <= Most
                    ? []
                    :
                    [
                        Text(
                            $"The {Most / 2} classes that are told worst and the {Most / 2} best of {names.Count}; 'evaluate --save FILE.csv' has all."
                        ),
                    ],
        };
    }

    /// <summary>Draws up the table of counts: a row for each class, a column for what its images are taken for.</summary>
    /// <param name="evaluation">The evaluation, of <see cref="MostCounts"/> classes at the most.</param>
    public static Table Counts(Evaluation evaluation)
    {
        return new Table(
            [new("class \\ taken for", Quantity.Words), .. evaluation.ClassNames.Select(name => new Column(name, Quantity.Count))],
            [.. evaluation.Confusion.Select((row, c) => new Row([evaluation.ClassNames[c], .. row.Select(n => (object?)n)]))]
        );
    }
}
