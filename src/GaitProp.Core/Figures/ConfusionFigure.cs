namespace GaitProp.Figures;

/// <summary>A confusion matrix as a heat map: a row a class, a column what the network takes its images for.</summary>
internal static class ConfusionFigure
{
    /// <summary>Classes that a heat map has room for.</summary>
    internal const int MostClasses = 30;

    /// <summary>Draws up the figure.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="most">The most classes; of more, those that are told worst are shown, and a column for all others.</param>
    public static Figure Of(string name, Evaluation evaluation, int most = MostClasses)
    {
        var (names, accuracy) = (evaluation.ClassNames, evaluation.ClassAccuracy);
        int[] all = [.. Enumerable.Range(0, names.Count)];
        int[] shown = all.Length <= most ? all : [.. all.Where(c => accuracy[c] is not null).OrderBy(c => accuracy[c]).Take(most).Order()];
        var cut = shown.Length < all.Length;
        string[] columns = [.. shown.Select(c => names[c]), .. cut ? (string[])["others"] : []];
        var series = shown.Select(c =>
        {
            var row = evaluation.Confusion[c];
            var images = row.Sum();
            long[] counts = [.. shown.Select(k => row[k]), .. cut ? (long[])[images - shown.Sum(k => row[k])] : []];
            return new Series(
                names[c],
                names[c],
                [.. columns.Select((_, k) => (double)k)],
                [.. counts.Select(n => images == 0 ? double.NaN : 100.0 * n / images)]
            );
        });
        var weights = evaluation.Weights.Length == 0 ? "" : $"Weights: {evaluation.Weights}. ";
        var classes = cut ? Text($" The {shown.Length} of {all.Length} classes that are told worst.") : "";
        return new Figure(
            name,
            evaluation.Title,
            Text(
                $"Data: {evaluation.Data}, {evaluation.Images} {evaluation.PartWord} images. {weights}Top-1 {100 * evaluation.Top1:F2} %, {(evaluation.TellsTop5 ? Text($"top-5 {100 * evaluation.Top5:F2} %, ") : "")}loss {Quantity.LossWords(evaluation.Loss, "F4")}. "
            )
                + "A row for each class: the share of its images, in per cent, that the network takes for the class of the column."
                + classes,
            [
                new Panel(
                    "A",
                    "What the images of each class are taken for",
                    new Axis("class that the network finds likeliest", columns),
                    new Axis("share of the images of the row's class (%)"),
                    [.. series],
                    PanelKind.HeatMap
                )
                {
                    Cells = CellValues.Shares,
                },
            ]
        );
    }
}
