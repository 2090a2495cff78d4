using System.Text;
using GaitProp.Figures;

namespace GaitProp.Results;

/// <summary>
/// The runs that have the paper's length, one by one, as Markdown: test accuracy after the last epoch, at its best and over the last
/// epochs, and how long the run was behind backpropagation of its seed. One epoch's accuracy is luck by some tenths; these tell how much.
/// </summary>
internal static class CourseTable
{
    private const int LastEpochs = 20;
    private const double Behind = 1;

    /// <summary>The table; only its heads if no run is so long.</summary>
    /// <param name="rows">The rows that the runs are of.</param>
    public static string Of(IReadOnlyList<ResultRow> rows)
    {
        var text = new StringBuilder(
            Text(
                $"| network | rule | seed | last % | best % (epoch) | last {LastEpochs}: mean | median | more than a point behind BP |\n|---|---|---:|---:|---:|---:|---:|---|\n"
            )
        );
        foreach (var row in rows.Where(IsWhole))
        {
            var suffix = row.Accuracy.Suffix;
            foreach (var run in row.Runs)
            {
                var accuracies = Accuracies(row, run);
                var best = accuracies.Index().MaxBy(a => a.Item);
                var last = accuracies[^Math.Min(LastEpochs, accuracies.Length)..];
                text.Append(
                    Text(
                        $"| {row.Experiment} | {row.Title} | {run.Seed} | {accuracies[^1]:F2}{suffix} | {best.Item:F2}{suffix} ({best.Index + 1}) | {last.Average():F2}{suffix} | {Spread.TwoThirds(last).Median:F2}{suffix} | {Until(row, run, rows)} |\n"
                    )
                );
            }
        }

        return text.ToString();
    }

    private static bool IsWhole(ResultRow row) =>
        PaperPanel.Of(row.Runs[0].Description) is { } panel
        && row.Epochs >= panel.Epochs
        && row.State is null
        && row.Runs.All(r => r.IsMeasuredEveryEpoch)
        && !RunChoices.Of(row.Runs[0].Description.Experiment).Any();

    /// <summary>Per cent after each epoch, the first after epoch 1.</summary>
    private static double[] Accuracies(ResultRow row, RunRecord run) =>
        [.. run.Epochs.Where(e => e.Epoch > 0).Select(e => row.Accuracy.Test(e))];

    /// <summary>The last epoch up to which means of ten epochs are more than a point below those of BP without additions.</summary>
    private static string Until(ResultRow row, RunRecord run, IReadOnlyList<ResultRow> rows)
    {
        var other = rows.Where(r =>
                r.Experiment == row.Experiment
                && r.Rule == "bp"
                && r.IsPlain
                && IsWhole(r)
                && r.Changes == row.Changes
                && r.Runs[0].Description.Data.Checksum == run.Description.Data.Checksum
            )
            .SelectMany(r => r.Runs, (r, bp) => (Row: r, Run: bp))
            .FirstOrDefault(r => r.Run.Seed == run.Seed);
        if (other.Run is null || other.Run == run)
        {
            return "-";
        }

        var (ours, theirs) = (RunningMean.Of(Accuracies(row, run)), RunningMean.Of(Accuracies(other.Row, other.Run)));
        var last = ours.Zip(theirs, (a, b) => b - a).Index().LastOrDefault(gap => gap.Item > Behind, (-1, 0)).Index;
        return last < 0 ? "never"
            : last + 1 == Math.Min(ours.Length, theirs.Length) ? "to the end"
            : Text($"until epoch {last + RunningMean.Window}");
    }
}
