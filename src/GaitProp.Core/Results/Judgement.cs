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
    /// Epochs of the row of the same setting that is judged in this one's place; <see langword="null"/> if this one is.
    /// </summary>
    public int? Elsewhere { get; init; }

    /// <summary>
    /// Holds a row against all that the paper says of its rule, if it is a row of the paper's figure. Where another row speaks for its
    /// setting, that one is named.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="rows">All rows, for those sentences that compare rules.</param>
    public static IReadOnlyList<Judgement> Of(ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        if (PaperPanel.Of(row.Runs[0].Description) is not { } panel)
        {
            return [];
        }

        // That training fails is said of the published form, whose differences of targets are lost in rounding; the others avoid them.
        var claims = panel.Claims.Where(c => c.Rule == row.Rule && (c.Falling is not { Expected: true } || row.IsPlain));
        if (ResultRow.SpokesmanOf(Alike(row, rows)) is var spokesman && spokesman != row)
        {
            return [.. claims.Select(c => new Judgement(c, null, Text($"see {spokesman.Epochs} epochs")) { Elsewhere = spokesman.Epochs })];
        }

        if (row.Epochs == 0)
        {
            // All that there is to say of such a run is that it diverged.
            claims = claims.Where(c => c.Falling is not null);
        }

        var panelRows = rows.Where(r => r.Experiment == row.Experiment && PaperPanel.Of(r.Runs[0].Description) is not null).ToArray();
        return [.. claims.Select(c => Of(c, row, panelRows))];
    }

    /// <summary>
    /// What a verdict of this row leaves open: epochs, images, classes and pixels that the paper had and the row has not; nothing if it is
    /// as long and as large.
    /// </summary>
    public static string Reach(ResultRow row)
    {
        if (PaperPanel.Of(row.Runs[0].Description) is not { } panel)
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

        if (row.Classes < panel.Classes)
        {
            parts.Add(Text($"in {row.Classes} of {panel.Classes} classes"));
        }

        if (row.Pixels < panel.Pixels)
        {
            parts.Add(Text($"{row.Pixels} of {panel.Pixels} pixels wide"));
        }

        return string.Join(", ", parts);
    }

    private static Judgement Of(PaperClaim claim, ResultRow row, IReadOnlyList<ResultRow> rows) =>
        claim switch
        {
            { Angle: { } angle } => Angle(claim, angle, row),
            { Parity: { } parity } => Parity(claim, parity, row, rows),
            { Between: { } between } => Between(claim, between, row, rows),
            { Falling: { } falling } => Falling(claim, falling, row, rows),
            _ => throw new InvalidOperationException($"the claim '{claim.Words}' says no way to hold a result against it."),
        };

    private static Judgement Angle(PaperClaim claim, AngleRange range, ResultRow row)
    {
        var spoken = row
            .Angles.Zip(row.UndefinedAngles, row.Runs[0].Description.Layers)
            .Take(row.Runs[0].Description.OutputLayer)
            .Where((_, l) => range.Layer is null || l + 1 == range.Layer)
            .ToArray();
        if (spoken.FirstOrDefault(l => 2 * l.Second.Count > l.Second.Of) is { Third: { } layer, Second: var (undefined, measured) })
        {
            return new(claim, null, Text($"the angle of {layer.Name} is undefined at {undefined} of {Count(measured, "measurement")}"));
        }

        var layers = spoken.Select(l => l.First).OfType<double>().ToArray();
        if (layers.Length == 0)
        {
            return new(claim, null, "no angle is defined");
        }

        var mean = layers.Average();
        var each = range.OnlyMean ? [mean] : layers;
        var verdict =
            each.All(Inside) ? Results.Verdict.Reproduced
            : Inside(mean) || each.Any(Inside) ? Results.Verdict.Partly
            : Results.Verdict.Not;

        // Below the range it is another result than the paper's, though a better one.
        var isBelow = each.All(a => a < range.Least);
        var found =
            layers.Length == 1
                ? Text($"{Degrees(mean)} degrees")
                : Text($"{Degrees(layers.Min())} to {Degrees(layers.Max())} degrees, mean {Degrees(mean)}");
        var judged = new Judgement(
            claim,
            verdict,
            found
                + (
                    isBelow ? $": {Nearer}"
                    : each.All(a => a > range.Most) ? ": farther from BP than the paper says"
                    : ""
                )
        )
        {
            Note = isBelow ? Nearer : null,
        };
        return OpenIfEarly(judged, row.Epochs, row);

        bool Inside(double angle) => angle >= range.Least && angle <= range.Most;
    }

    private static Judgement Parity(PaperClaim claim, Parity parity, ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        // The whole length first; else the last epoch that any of the other rule has.
        var others = Plain(rows, parity.With, row);
        var farthest = others.Select(r => row.LastEpochWith(r)).DefaultIfEmpty().Max();
        if (Beside(others.Where(r => row.LastEpochWith(r) == farthest), row) is not { } other)
        {
            return new(claim, null, Missing(rows, parity.With, row));
        }

        var epoch = row.LastEpochWith(other)!.Value;
        var (paired, seeds) = Paired(row, other);
        var (ours, theirs) = (paired[0].TestAt(epoch)!.Value, paired[1].TestAt(epoch)!.Value);
        var gap = theirs - ours;
        var verdict =
            gap <= parity.Within ? Results.Verdict.Reproduced
            : gap <= parity.Nearly ? Results.Verdict.Partly
            : Results.Verdict.Not;
        var judged = new Judgement(
            claim,
            verdict,
            Text(
                $"{ours:F2} %{row.Accuracy.Suffix} against {theirs:F2} % for {other.Title} after {Count(epoch, "epoch")}: {Math.Abs(gap):F2} points {(gap > 0 ? "less" : "more")}{seeds}"
            )
        );
        return Lost(OpenIfUnlike(OpenIfEarly(judged, epoch, row), row, other), row, rows);
    }

    private static Judgement Between(PaperClaim claim, Between between, ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        var (below, above) = (Beside(Plain(rows, between.Below, row), row), Beside(Plain(rows, between.Above, row), row));
        if (below is null || above is null)
        {
            return new(claim, null, Missing(rows, below is null ? between.Below : between.Above, row));
        }

        if (row.LastEpochWith(below, above) is not { } epoch)
        {
            return new(claim, null, "there is no epoch after which all three were tested");
        }

        var (paired, seeds) = Paired(below, row, above);
        var (lower, ours, upper) = (paired[0].TestAt(epoch)!.Value, paired[1].TestAt(epoch)!.Value, paired[2].TestAt(epoch)!.Value);
        var judged = new Judgement(
            claim,
            ours - lower > between.By && upper - ours > between.By ? Results.Verdict.Reproduced
                : ours - lower >= -between.By && upper - ours >= -between.By ? Results.Verdict.Partly
                : Results.Verdict.Not,
            Text(
                $"{below.Title} {lower:F2}, {row.Title} {ours:F2}, {above.Title} {upper:F2} %{row.Accuracy.Suffix}, all after {Count(epoch, "epoch")}{seeds}"
            )
        );
        return Lost(OpenIfUnlike(OpenIfEarly(judged, epoch, row), row, below, above), row, rows);
    }

    /// <summary>
    /// Rows with the seeds that all of them have, since runs of one seed begin with the same weights and see images in the same order; and
    /// which seeds those are, where a row has others. Rows that share no seed stay as they are.
    /// </summary>
    private static (ResultRow[] Rows, string Seeds) Paired(params ResultRow[] rows)
    {
        int[] shared = [.. rows.Select(r => r.Seeds).Aggregate((a, b) => [.. a.Intersect(b)])];
        return shared.Length == 0 ? (rows, ", of different seeds")
            : rows.All(r => r.Seeds.Count == shared.Length) ? (rows, "")
            : (
                [.. rows.Select(r => r.Only(shared))],
                Text($", of {(shared.Length == 1 ? "seed" : "seeds")} {string.Join(" and ", shared)}")
            );
    }

    /// <summary>
    /// Accuracies and angles after fewer than a tenth of the paper's epochs tell nothing of those at its end: the verdict is open. Where the
    /// row has more epochs than could be compared, the note says so.
    /// </summary>
    private static Judgement OpenIfEarly(Judgement judged, int epoch, ResultRow row)
    {
        var published = PaperPanel.All[row.Experiment].Epochs;
        var note = Text($"{epoch} of {published} epochs");
        var (isEarly, isShort) = (10 * epoch < published, epoch < row.Epochs);
        return judged with
        {
            Verdict = isEarly ? null : judged.Verdict,
            Note =
                isShort ? $"compared after {note}"
                : isEarly ? note
                : judged.Note,
        };
    }

    /// <summary>Beside runs that made other choices an accuracy tells what the choices do, and not the rule: the verdict is open.</summary>
    private static Judgement OpenIfUnlike(Judgement judged, ResultRow row, params ResultRow[] others) =>
        judged.Verdict is null || others.All(o => o.IsPlainAs(row))
            ? judged
            : judged with
            {
                Verdict = null,
                Note = "beside runs without its choices",
            };

    /// <summary>An accuracy of the seeds that came through is not that of all: without those that diverged it is at most partly so.</summary>
    private static Judgement Lost(Judgement judged, ResultRow row, IReadOnlyList<ResultRow> rows) =>
        judged.Verdict == Results.Verdict.Reproduced && Diverged(row, rows) is { Count: > 0 } broken
            ? judged with
            {
                Verdict = Results.Verdict.Partly,
                Note = Seeds(broken),
                Why = $"{judged.Why}; {Seeds(broken)}",
            }
            : judged;

    private static Judgement Falling(PaperClaim claim, Falling falling, ResultRow row, IReadOnlyList<ResultRow> rows)
    {
        if (Diverged(row, rows) is { Count: > 0 } broken)
        {
            // Some seeds come through where others do not: training is not safe, nor does it always fail.
            var all = row.Runs.All(r => broken.Any(b => b.Seed == r.Seed));
            return new(
                claim,
                !falling.Expected ? Results.Verdict.Not
                    : all ? Results.Verdict.Reproduced
                    : Results.Verdict.Partly,
                $"{Seeds(broken)}: {broken[0].Description.Error ?? "values are no longer finite"}"
            );
        }

        var curve = row.Runs[0]
            .Epochs.Select(e => e.Epoch)
            .Select(epoch => (Epoch: epoch, Seeds: row.Runs.Select(r => r.Epochs.FirstOrDefault(e => e.Epoch == epoch)).ToArray()))
            .Where(c => c.Seeds.All(e => e is not null))
            .Select(c => (c.Epoch, Accuracy: c.Seeds.Average(e => row.Accuracy.Train(e!))))
            .ToArray();
        var (best, last) = (curve.MaxBy(c => c.Accuracy), curve[^1]);

        // A single epoch may lose points that the next one has again, BP's too: what counts is the best of the last fifth.
        var end = curve.Where(c => c.Epoch == last.Epoch || 5 * c.Epoch > 4 * last.Epoch).ToArray();
        var lost = best.Accuracy - end.Max(c => c.Accuracy);
        var judged = new Judgement(
            claim,
            lost <= falling.Points == falling.Expected ? Results.Verdict.Not
                : falling.Expected && lost <= falling.Collapse ? Results.Verdict.Partly
                : Results.Verdict.Reproduced,
            best.Epoch == last.Epoch
                    ? Text($"training accuracy{row.Accuracy.Suffix} is at its best, {last.Accuracy:F2} %, after the last epoch")
                : end.Length == 1
                    ? Text(
                        $"training accuracy{row.Accuracy.Suffix} {best.Accuracy:F2} % after {Count(best.Epoch, "epoch")}, {last.Accuracy:F2} % after {last.Epoch}"
                    )
                : Text(
                    $"training accuracy{row.Accuracy.Suffix} {best.Accuracy:F2} % after {Count(best.Epoch, "epoch")}, at the most {end.Max(c => c.Accuracy):F2} % in the last {end.Length}"
                )
        );

        // A collapse is one at any time; that there was none tells little before a tenth of the way.
        return lost > falling.Collapse ? judged : OpenIfEarly(judged, row.Epochs, row);
    }

    /// <summary>Rows of one setting, of any length.</summary>
    private static IEnumerable<ResultRow> Alike(ResultRow row, IReadOnlyList<ResultRow> rows) => rows.Where(r => r.Setting == row.Setting);

    /// <summary>
    /// Of a row's setting the runs that diverged, one a seed. A later run of the seed clears it of that if it came farther.
    /// </summary>
    private static IReadOnlyList<RunRecord> Diverged(ResultRow row, IReadOnlyList<ResultRow> rows) =>
        [
            .. Alike(row, rows)
                .SelectMany(r => r.Tried)
                .GroupBy(r => r.Seed)
                .Select(seed =>
                    seed.FirstOrDefault(broken =>
                        broken.Description.Status == RunStatus.Diverged
                        && !seed.Any(r =>
                            r.Description.Status == RunStatus.Finished
                            && r.Description.Started > broken.Description.Started
                            && r.Epochs[^1].Epoch > broken.Epochs[^1].Epoch
                        )
                    )
                )
                .OfType<RunRecord>()
                .OrderBy(r => r.Seed),
        ];

    /// <summary>In words: <c>seeds 2, 3 diverged</c>.</summary>
    private static string Seeds(IReadOnlyList<RunRecord> broken) =>
        $"{(broken.Count == 1 ? "seed" : "seeds")} {string.Join(", ", broken.Select(b => b.Seed))} diverged";

    /// <summary>
    /// Rows of a rule as published, on the same images, changed alike, with an epoch that both have. For a row with choices that few make they are those that made them
    /// too; where there is none, those that made none (<see cref="OpenIfUnlike"/>).
    /// </summary>
    private static ResultRow[] Plain(IReadOnlyList<ResultRow> rows, string rule, ResultRow like)
    {
        var possible = OnImagesOf(like, rows, rule).Where(r => like.LastEpochWith(r) is not null).ToArray();
        var alike = Array.FindAll(possible, r => r.IsPlainAs(like));
        return alike.Length > 0 ? alike : Array.FindAll(possible, r => r.IsPlain);
    }

    private static IEnumerable<ResultRow> OnImagesOf(ResultRow like, IReadOnlyList<ResultRow> rows, string rule) =>
        rows.Where(r =>
            r.Rule == rule && r.Runs[0].Description.Data.Checksum == like.Runs[0].Description.Data.Checksum && r.Changes == like.Changes
        );

    /// <summary>Why there is no row of a rule to hold a row against.</summary>
    private static string Missing(IReadOnlyList<ResultRow> rows, string rule, ResultRow like)
    {
        var title = RuleCatalog.Title(rule);
        var beside = OnImagesOf(like, rows, rule).ToArray();
        return rows.All(r => r.Rule != rule) ? $"{title} was not recorded"
            : beside.Length == 0 ? $"{title} was not recorded on these images with these changes"
            : beside.All(r => r.Epochs == 0) ? $"{title} diverged before its accuracy was measured"
            : beside.All(r => like.LastEpochWith(r) is null) ? $"{title} was measured after other epochs alone"
            : $"{title} was not recorded with these choices";
    }

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
