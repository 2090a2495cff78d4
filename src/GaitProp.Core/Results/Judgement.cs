using System.Globalization;

namespace GaitProp.Results;

/// <summary>How a result of ours stands to a sentence of the paper.</summary>
internal enum Verdict
{
    /// <summary>It says the same.</summary>
    Reproduced,

    /// <summary>It says some of it.</summary>
    Partly,

    /// <summary>It does not.</summary>
    Not,
}

/// <summary>A sentence of the paper, and what a row says of it.</summary>
/// <param name="Claim">The sentence.</param>
/// <param name="Verdict">The verdict; <see langword="null"/> where there is nothing to compare with, or too little.</param>
/// <param name="Why">Why, with the numbers.</param>
internal sealed record Judgement(PaperClaim Claim, Verdict? Verdict, string Why)
{
    private const string Nearer = "nearer to BP than the paper says";

    /// <summary>What the verdict needs beside it where there is no room for the reason; mostly <see langword="null"/>.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// Epochs of the longest row of the same setting, which is judged in this one's place; <see langword="null"/> if this one is.
    /// </summary>
    public int? Longer { get; init; }

    /// <summary>
    /// Holds a row against all that the paper says of its rule. A row that is shorter than another of its setting names that one.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="rows">All rows, for those sentences that compare rules.</param>
    public static IReadOnlyList<Judgement> Of(ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        if (!PaperPanel.All.TryGetValue(row.Experiment, out var panel))
        {
            return [];
        }

        var claims = panel.Claims.Where(c => c.Rule == row.Rule);
        if (rows.Where(r => r.Setting == row.Setting && r.Epochs > row.Epochs).MaxBy(r => r.Epochs) is { Epochs: var longer })
        {
            return [.. claims.Select(c => new Judgement(c, null, Text($"see {longer} epochs")) { Longer = longer })];
        }

        return [.. claims.Select(c => Of(c, row, [.. rows.Where(r => r.Experiment == row.Experiment)]))];
    }

    /// <summary>
    /// What a verdict of this row leaves open: epochs and images that the paper had and the row has not; nothing if it is as long and as
    /// large.
    /// </summary>
    public static string Reach(ResultRow row)
    {
        if (!PaperPanel.All.TryGetValue(row.Experiment, out var panel))
        {
            return "";
        }

        var parts = new List<string>();
        if (row.Epochs < panel.Epochs)
        {
            parts.Add(Text($"at {row.Epochs} of {panel.Epochs} epochs"));
        }

        if (row.TrainImages < panel.TrainImages)
        {
            parts.Add(Text($"on {row.TrainImages} of {panel.TrainImages} images"));
        }

        return string.Join(", ", parts);
    }

    private static Judgement Of(PaperClaim claim, ResultRow row, IReadOnlyList<ResultRow> rows) =>
        claim switch
        {
            { Angle: { } angle } => Angle(claim, angle, row),
            { Parity: { } parity } => Parity(claim, parity, row, rows),
            { Between: { } between } => Between(claim, between, row, rows),
            { Falling: { } falling } => Falling(claim, falling, row),
            _ => throw new InvalidOperationException($"the claim '{claim.Words}' says no way to hold a result against it."),
        };

    private static Judgement Angle(PaperClaim claim, AngleRange range, ResultRow row)
    {
        // The output is the last layer that trains: one without weights, such as a pooling, may come after it.
        var output = row.Runs[0].Description.Layers.ToList().FindLastIndex(l => l.Parameters > 0);
        var layers = row
            .Angles.Take(output)
            .Index()
            .Where(a => range.Layer is null || a.Index + 1 == range.Layer)
            .Select(a => a.Item)
            .OfType<double>()
            .ToArray();
        if (layers.Length == 0)
        {
            return new(claim, null, "no angle is defined");
        }

        // So far below the range it is another result than the paper's, though a better one.
        var far = layers.All(a => a < range.Least / 10);
        var mean = layers.Average();
        var each = range.OnlyMean ? [mean] : layers;
        var verdict =
            each.All(Inside) ? Results.Verdict.Reproduced
            : far ? Results.Verdict.Not
            : Inside(mean) || each.Any(Inside) || each.All(a => a < range.Least) ? Results.Verdict.Partly
            : Results.Verdict.Not;
        var found =
            layers.Length == 1
                ? Text($"{Degrees(mean)} degrees")
                : Text($"{Degrees(layers.Min())} to {Degrees(layers.Max())} degrees, mean {Degrees(mean)}");
        return new(
            claim,
            verdict,
            found
                + (
                    each.All(a => a < range.Least) ? $": {Nearer}"
                    : each.All(a => a > range.Most) ? ": farther from BP than the paper says"
                    : ""
                )
        )
        {
            Note = far ? Nearer : null,
        };

        bool Inside(double angle) => angle >= range.Least && angle <= range.Most;
    }

    private static Judgement Parity(PaperClaim claim, Parity parity, ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        if (Beside(Plain(rows, parity.With, row).Where(r => r.TestAt(row.Epochs) is not null), row) is not { } other)
        {
            return new(claim, null, Text($"{parity.With.ToUpperInvariant()} was not recorded for {Count(row.Epochs, "epoch")}"));
        }

        var (ours, theirs) = (row.Test.Mean, other.TestAt(row.Epochs)!.Value);
        var gap = theirs - ours;
        var verdict =
            gap <= parity.Within ? Results.Verdict.Reproduced
            : gap <= parity.Nearly ? Results.Verdict.Partly
            : Results.Verdict.Not;
        var judged = new Judgement(
            claim,
            verdict,
            Text(
                $"{ours:F2} % against {theirs:F2} % for {other.Title} after {Count(row.Epochs, "epoch")}: {Math.Abs(gap):F2} points {(gap > 0 ? "less" : "more")}"
            )
        );
        return OpenIfEarly(judged, row.Epochs, row);
    }

    private static Judgement Between(PaperClaim claim, Between between, ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        var (below, above) = (Beside(Plain(rows, between.Below, row), row), Beside(Plain(rows, between.Above, row), row));
        if (below is null || above is null)
        {
            return new(claim, null, Text($"{(below is null ? between.Below : between.Above)} was not recorded"));
        }

        var epoch = new[] { row.Epochs, below.Epochs, above.Epochs }.Min();
        if (below.TestAt(epoch) is not { } lower || row.TestAt(epoch) is not { } ours || above.TestAt(epoch) is not { } upper)
        {
            return new(claim, null, Text($"not all three were measured after {Count(epoch, "epoch")}"));
        }

        var judged = new Judgement(
            claim,
            lower < ours && ours < upper ? Results.Verdict.Reproduced : Results.Verdict.Not,
            Text($"{below.Title} {lower:F2}, {row.Title} {ours:F2}, {above.Title} {upper:F2} %, all after {Count(epoch, "epoch")}")
        );
        return OpenIfEarly(judged, epoch, row);
    }

    /// <summary>Accuracies after fewer than a tenth of the paper's epochs tell nothing of those at its end: the verdict is open.</summary>
    private static Judgement OpenIfEarly(Judgement judged, int epoch, ResultRow row)
    {
        var published = PaperPanel.All[row.Experiment].Epochs;
        return 10 * epoch < published ? judged with { Verdict = null, Note = Text($"{epoch} of {published} epochs") } : judged;
    }

    private static Judgement Falling(PaperClaim claim, Falling falling, ResultRow row)
    {
        if (row.Runs.FirstOrDefault(r => r.Description.Status == RunStatus.Diverged) is { } broken)
        {
            return new(
                claim,
                falling.Expected ? Results.Verdict.Reproduced : Results.Verdict.Not,
                broken.Description.Error ?? "values are no longer finite"
            );
        }

        var curve = row.Runs[0]
            .Epochs.Select(e => e.Epoch)
            .Select(epoch => (Epoch: epoch, Accuracy: 100 * row.Runs.Average(r => r.Epochs.First(e => e.Epoch == epoch).TrainAccuracy)))
            .ToArray();
        var (best, last) = (curve.MaxBy(c => c.Accuracy), curve[^1]);

        // A single epoch may lose points that the next one has again, BP's too: what counts is the best of the last fifth.
        var end = curve[^((curve.Length + 4) / 5)..];
        var lost = best.Accuracy - end.Max(c => c.Accuracy);
        return new(
            claim,
            lost <= falling.Points == falling.Expected ? Results.Verdict.Not
                : falling.Expected && lost <= falling.Collapse ? Results.Verdict.Partly
                : Results.Verdict.Reproduced,
            best.Epoch == last.Epoch ? Text($"training accuracy is at its best, {last.Accuracy:F2} %, after the last epoch")
                : end.Length == 1
                    ? Text(
                        $"training accuracy {best.Accuracy:F2} % after {Count(best.Epoch, "epoch")}, {last.Accuracy:F2} % after {last.Epoch}"
                    )
                : Text(
                    $"training accuracy {best.Accuracy:F2} % after {Count(best.Epoch, "epoch")}, at the most {end.Max(c => c.Accuracy):F2} % in the last {end.Length}"
                )
        );
    }

    /// <summary>Rows of a rule as published, on the same images, changed alike.</summary>
    private static IEnumerable<ResultRow> Plain(IReadOnlyList<ResultRow> rows, string rule, ResultRow like) =>
        rows.Where(r =>
            r.Rule == rule
            && r.IsPlain
            && r.Runs[0].Description.Data.Checksum == like.Runs[0].Description.Data.Checksum
            && r.Changes == like.Changes
        );

    /// <summary>
    /// Of some rows the one that a row is held against: one of its own length, which stands in the table with the same epochs; else the
    /// longest; of those the one of most seeds.
    /// </summary>
    private static ResultRow? Beside(IEnumerable<ResultRow> rows, ResultRow row) =>
        rows.MaxBy(r => (r.Epochs == row.Epochs, r.Epochs, r.Seeds.Count));

    /// <summary>Two decimals; of less the power of ten.</summary>
    internal static string Degrees(double angle) =>
        angle is > 0 and < 0.005 ? angle.ToString("0e-0", CultureInfo.InvariantCulture) : Text($"{angle:0.00}");
}
