using System.Text;

namespace GaitProp.Results;

/// <summary>
/// Results beside the paper's words, as Markdown: a table for each figure, why each verdict is what it is, and what contradicts the paper.
/// </summary>
internal static class ResultPage
{
    private const string Begin = "<!-- results: ",
        End = "<!-- /results -->";

    /// <summary>The whole page: what stands in <c>docs/results.md</c> between its marks.</summary>
    /// <param name="rows">The rows.</param>
    public static string Whole(IReadOnlyList<ResultRow> rows)
    {
        var judged = rows.Select(r => (Row: r, Judgements: Judgement.Of(r, rows))).ToArray();
        var text = new StringBuilder();
        var panels = PaperPanel.All.Where(p => judged.Any(j => j.Row.Experiment == p.Key && j.Judgements.Count > 0)).ToArray();
        text.Append(panels.Length > 0 ? "## By what measure a sentence of the paper is *reproduced*\n\n" : "");
        foreach (var (name, panel) in panels)
        {
            foreach (var claim in panel.Claims)
            {
                text.Append($"- `{name}`, {RuleCatalog.Title(claim.Rule)}, \"{claim.Words}\": {claim.Measure}.\n");
            }
        }

        text.Append(panels.Length > 0 ? "\n" : "");
        text.Append("## Where a result contradicts the paper, or supports it only in part\n\n");
        var against = judged
            .SelectMany(j => j.Judgements, (j, judgement) => (j.Row, Judgement: judgement))
            .Where(j => j.Judgement.Verdict is Verdict.Not or Verdict.Partly)
            .OrderByDescending(j => j.Judgement.Verdict)
            .ToArray();
        foreach (var (row, judgement) in against)
        {
            text.Append(
                Text(
                    $"- `{row.Experiment}`, {row.Title} ({row.Computed}): the paper says \"{judgement.Claim.Words}\" (panel {judgement.Claim.Panel}). **{(judgement.Verdict == Verdict.Not ? "Not so" : "Partly")}** {Reached(row, judgement.Why)}.\n"
                )
            );
        }

        var told = judged
            .SelectMany(j => j.Judgements, (j, judgement) => (j.Row, Judgement: judgement))
            .Where(j => j.Judgement.Elsewhere is null)
            .ToArray();
        if (against.Length == 0)
        {
            text.Append(
                told.Length == 0 ? "None of these runs is one of the paper's figures.\n"
                : told.All(j => j.Judgement.Verdict is null) ? "Every verdict is open.\n"
                : told.Any(j => j.Judgement.Verdict is null) ? "Nowhere, as far as verdicts are not open.\n"
                : "Nowhere.\n"
            );
        }

        foreach (var experiment in judged.GroupBy(j => j.Row.Experiment))
        {
            text.Append($"\n## {Heading(experiment.Key, [.. experiment.Select(j => j.Row)])}\n\n");
            Table(text, [.. experiment]);
            var reasons = told.Where(j => j.Row.Experiment == experiment.Key).ToArray();
            text.Append(reasons.Length > 0 ? "\nWhy:\n\n" : "");
            foreach (var (row, judgement) in reasons)
            {
                var word = judgement.Verdict is null ? Said(judgement) : Word(judgement.Verdict);
                text.Append(
                    Text(
                        $"- {row.Title} ({row.Computed}), \"{judgement.Claim.Words}\": **{word}**. {Sentence(Reached(row, judgement.Why))}\n"
                    )
                );
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// The table of the README: one row of each rule on each network and set of images, as published and not, with gains and without, on
    /// changed images and unchanged ones, and without what few would choose. It is the one that speaks for them.
    /// </summary>
    /// <param name="rows">The rows.</param>
    public static string Short(IReadOnlyList<ResultRow> rows)
    {
        var text = new StringBuilder(
            "| network | rule | epochs | seeds | test % | train % | angle to BP by layer, degrees | cost | the paper says | verdict |\n|---|---|---:|---:|---:|---:|---|---:|---|---|\n"
        );
        var shown = rows.Where(r =>
                PaperPanel.Of(r.Runs[0].Description) is not null && !Figures.RunChoices.Of(r.Runs[0].Description.Experiment).Any()
            )
            .GroupBy(r => r.Setting)
            .Select(ResultRow.SpokesmanOf)
            .GroupBy(r =>
                (
                    r.Experiment,
                    r.Rule,
                    r.Images is null ? null : r.Runs[0].Description.Data.Checksum,
                    r.Changes,
                    r.IsPlain,
                    RunTitles.Gains(r.Runs[0].Description.Experiment)
                )
            )
            .Select(ResultRow.SpokesmanOf)
            .ToArray();
        foreach (var row in shown)
        {
            // The title tells it from the rows of this table, not from those that stand in the whole one alone.
            var beside = shown.Where(r => r.Experiment == row.Experiment && r.Images == row.Images).SelectMany(r => r.Runs).ToArray();
            var title = RunTitles.Of(row.Runs[0], beside, overSeeds: true, withEpochs: false);
            var judgements = Judgement.Of(row, rows);
            text.Append(
                Text(
                    $"| {row.Experiment}{(row.Images is { } images ? $" ({images})" : "")} | {title} | {Epochs(row)} | {row.Seeds.Count} | {Interval(row.Test)}{row.Accuracy.Suffix} | {Interval(row.Train)}{row.Accuracy.Suffix} | {Angles(row)} | {Cost(row, rows) ?? "-"} | {Words(judgements)} | {Verdicts(judgements)} |\n"
                )
            );
        }

        return text.ToString();
    }

    /// <summary>
    /// Puts what the rows say between the marks of a Markdown file, <c>&lt;!-- results: whole --&gt;</c>, <c>short</c> or <c>courses</c>, and
    /// <c>&lt;!-- /results --&gt;</c>, wherever they stand; all else stays, and lines end as the page's first.
    /// </summary>
    /// <param name="page">The file's text.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="name">The file, as errors name it.</param>
    /// <exception cref="GaitPropException">The marks are not there, or not as they should be.</exception>
    public static string Into(string page, IReadOnlyList<ResultRow> rows, string name)
    {
        var text = new StringBuilder();
        var newLine = page.IndexOf('\n', StringComparison.Ordinal) is > 0 and var first && page[first - 1] == '\r' ? "\r\n" : "\n";
        var done = 0;
        for (var begin = Next(); begin >= 0 || done == 0; begin = Next())
        {
            var close = begin < 0 ? -1 : page.IndexOf("-->", begin, StringComparison.Ordinal);
            var end = close < 0 ? -1 : page.IndexOf(End, close, StringComparison.Ordinal);
            var next = close < 0 ? -1 : page.IndexOf(Begin, close, StringComparison.Ordinal);
            if (begin >= 0 && end < 0 || next >= 0 && next < end)
            {
                throw new GaitPropException(
                    $"{name}: the results that begin with '{page[begin..(close < 0 ? page.Length : close + 3)]}' have no end: put '{End}' on a line below it."
                );
            }

            if (end < 0)
            {
                throw new GaitPropException(
                    $"{name} has no place for results: put '{Begin}whole -->', '{Begin}short -->' or '{Begin}courses -->' on a line, and '{End}' on one below it."
                );
            }

            var kind = page[(begin + Begin.Length)..close].Trim();
            var told = kind switch
            {
                "whole" => Whole(rows),
                "short" => Short(rows),
                "courses" => CourseTable.Of(rows),
                _ => throw new GaitPropException($"{name}: '{Begin}{kind} -->' is not possible: write whole, short or courses."),
            };
            text.Append(page, done, close + 3 - done).Append($"\n\n{told}\n".Replace("\n", newLine, StringComparison.Ordinal));
            done = end;
        }

        return text.Append(page, done, page.Length - done).ToString();

        int Next() => page.IndexOf(Begin, done, StringComparison.Ordinal);
    }

    /// <summary>The rows of all runs in some folders, damaged ones left out.</summary>
    /// <param name="folders">Folders of runs.</param>
    /// <param name="timed">Folders of runs that say what a setting costs; none if <see langword="null"/>.</param>
    /// <param name="report">Told, in a line each, which runs are damaged.</param>
    public static IReadOnlyList<ResultRow> Rows(
        IEnumerable<string> folders,
        IEnumerable<string>? timed = null,
        Action<string>? report = null
    )
    {
        return ResultRow.Of(Runs(folders), Runs(timed ?? []));

        RunRecord[] Runs(IEnumerable<string> folders) =>
            [
                .. RunStore
                    .Whole(folders.SelectMany(f => new RunStore(f).List()), report)
                    .Where(r => r.EpochsDone > 0 || r.State == RunState.Diverged)
                    .DistinctBy(r => r.Folder)
                    .Select(Read)
                    .OfType<RunRecord>(),
            ];

        RunRecord? Read(RunSummary run)
        {
            var record = RunRecord.TryRead(run, out var problem);
            if (problem is not null)
            {
                report?.Invoke($"left out {run.QualifiedName}: {problem}");
            }

            return record;
        }
    }

    /// <summary>The figure's title where a row is of its images; else the experiment and what it was run on.</summary>
    private static string Heading(string experiment, IReadOnlyList<ResultRow> rows) =>
        PaperPanel.All.TryGetValue(experiment, out var panel) && rows.Any(r => r.IsOnPublishedData) ? $"{panel.Title} (`{experiment}`)"
        : panel is null ? experiment
        : $"`{experiment}` on {string.Join(" and ", rows.Select(r => r.Runs[0].Description.Data.Name).Distinct())}";

    private static void Table(StringBuilder text, (ResultRow Row, IReadOnlyList<Judgement> Judgements)[] judged)
    {
        var rows = judged.Select(j => j.Row).ToArray();
        var machines = rows.Where(r => Cost(r, rows) is not null).Select(r => r.Cost!.Value.Machine).Distinct().ToArray();
        text.Append(machines is [var only] ? $"Cost was measured on {only}.\n\n" : "");
        var validated = rows.Any(r => r.Validation is not null);
        text.Append(
            Text(
                $"| rule | computed | epochs | seeds | test % | best % (epoch) | train % |{(validated ? " validation % |" : "")} angle to BP by layer, degrees | cost | the paper says | verdict |\n"
            )
        );
        text.Append(Text($"|---|---|---:|---|---:|---:|---:|{(validated ? "---:|" : "")}---|---|---|---|\n"));
        foreach (var (row, judgements) in judged)
        {
            text.Append(
                Text(
                    $"| {row.Title} | {row.Computed} | {Epochs(row)} | {string.Join(", ", row.Seeds)} | {Interval(row.Test)} | {row.Best.Accuracy:F2} ({row.Best.Epoch}) | {Interval(row.Train)} |"
                )
            );
            text.Append(validated ? Text($" {(row.Validation is { } held ? Interval(held) : "-")} |") : "");
            text.Append(
                Text(
                    $" {Angles(row)} | {(Cost(row, rows) is not { } cost ? "not recorded" : machines.Length == 1 ? cost : $"{cost} ({row.Cost!.Value.Machine})")} | {Words(judgements)} | {Verdicts(judgements)} |\n"
                )
            );
        }
    }

    /// <summary>
    /// A layer without weights, such as a pooling, has no update and so no angle. Beside a mean stands how many angles it leaves out.
    /// </summary>
    private static string Angles(ResultRow row) =>
        row.Angles.Count == 0
            ? "-"
            : string.Join(
                " · ",
                row.Angles.Zip(row.Runs[0].Description.Layers, row.UndefinedAngles)
                    .Select(l =>
                        l.First is { } angle ? $"{Judgement.Degrees(angle)}{Undefined(l.Third.Count)}"
                        : l.Second.Parameters == 0 ? "–"
                        : "undefined"
                    )
            );

    private static string Undefined(int count) => count == 0 ? "" : Text($" ({count} undefined)");

    private static readonly string[] Computed = ["network", "precision", "batchSize", "tf32"];

    private static string? Field(ResultRow row, string field) => row.Runs[0].Description.Experiment[field]?.ToString();

    /// <summary>In units of BP's step where both were timed in one place; else milliseconds.</summary>
    private static string? Cost(ResultRow row, IEnumerable<ResultRow> rows) =>
        row.Cost is not { } cost ? null
        : rows.Where(r =>
                r.Experiment == row.Experiment
                && r.Rule == "bp"
                && r.IsPlain
                && r.TrainImages == row.TrainImages
                && r.Changes == row.Changes
                && r.Classes == row.Classes
                && (r.Pixels is null || row.Pixels is null || r.Pixels == row.Pixels)
                && Computed.All(field => Field(r, field) == Field(row, field))
                && r.Cost?.Machine == cost.Machine
            )
            .Select(r => r.Cost!.Value.Seconds)
            .ToArray()
            is [var reference, ..]
            ? Text($"{cost.Seconds / reference:F2} x BP")
        : Text($"{1000 * cost.Seconds:0.0} ms per step");

    /// <summary>How many, and how they ended if not as planned: <c>7 (diverged)</c>.</summary>
    private static string Epochs(ResultRow row) => row.State is { } state ? Text($"{row.Epochs} ({state})") : Text($"{row.Epochs}");

    private static string Interval(StudentInterval interval) =>
        interval.HalfWidth is { } half ? Text($"{interval.Mean:F2} ± {half:F2}") : Text($"{interval.Mean:F2}");

    private static string Words(IReadOnlyList<Judgement> judgements) =>
        judgements.Count == 0 ? "-" : string.Join("; ", judgements.Select(j => j.Claim.Words));

    /// <summary>What is said of each topic, in the order of the paper's words: <c>angles: partly; accuracy: reproduced</c>.</summary>
    private static string Verdicts(IReadOnlyList<Judgement> judgements) =>
        judgements switch
        {
            [] => "-",
            [{ Elsewhere: { } epochs }, ..] => Text($"see {epochs} epochs"),
            _ => string.Join(
                "; ",
                judgements.GroupBy(j => j.Claim.Topic).Select(t => $"{t.Key}: {string.Join(", ", t.Select(Said).Distinct())}")
            ),
        };

    private static string Said(Judgement judgement) =>
        judgement.Note is { } note ? $"{Word(judgement.Verdict)} ({note})" : Word(judgement.Verdict);

    private static string Word(Verdict? verdict) => verdict is { } known ? known.ToString().ToLowerInvariant() : "open";

    private static string Reached(ResultRow row, string why) =>
        Judgement.Reach(row) is { Length: > 0 } reach ? $"{reach}: {why}" : Text($"at {Count(row.Epochs, "epoch")}: {why}");

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
}
