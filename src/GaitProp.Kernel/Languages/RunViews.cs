using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Sql;

namespace GaitProp.Kernel.Languages;

/// <summary>
/// The runs of a store as tables of SQL: views that read <c>run.json</c>, <c>metrics.jsonl</c> and <c>timing.jsonl</c> when they are asked.
/// What is damaged or half written is left out.
/// </summary>
internal static class RunViews
{
    private const string Usual = "runs";

    /// <summary>The views.</summary>
    public static SqlSource Source { get; } =
        new(
            "--runs",
            "The folder of the runs: runs/ of the working directory if it is left out.",
            ["runs", "epochs", "angles", "timing", "settings"],
            Of
        );

    /// <summary>The views of a store.</summary>
    /// <param name="folder">The store; <see langword="null"/> for the usual one.</param>
    /// <exception cref="CellException">There is no such folder.</exception>
    private static IReadOnlyList<SqlView> Of(string? folder)
    {
        var store = Path.GetFullPath(Storage.HomePath.Expand(folder ?? Usual));
        if (!Directory.Exists(store))
        {
            throw new CellException(
                $"There is no folder of runs at {store}: #!gaitprop train synthetic-shallow{(folder is null ? "" : $" --runs {CommandWord.Quoted(folder)}")} makes it, #!sql --runs DIR names another.",
                "SqlError"
            );
        }

        string[] runs;
        try
        {
            runs =
            [
                .. Visible(store)
                    .SelectMany(e => File.Exists(Path.Combine(e, "run.json")) ? [e] : Visible(e))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CellException($"{store} cannot be read: {OneLine.Of(e)}; name another folder with --runs.", "SqlError");
        }

        var described = Files("run.json") is { Length: > 0 } json
            ? $"SELECT {Run}, filename, content FROM (SELECT filename, TRY(decode(content)) AS content FROM read_blob({json})) WHERE json_valid(content)"
            : Nothing("run VARCHAR, filename VARCHAR, content VARCHAR");
        var measured = Lines(
            "metrics.jsonl",
            "kind VARCHAR, epoch INTEGER, step BIGINT, trainLoss DOUBLE, trainAccuracy DOUBLE, trainTop5 DOUBLE, testLoss DOUBLE, testAccuracy DOUBLE, testTop5 DOUBLE, validationLoss DOUBLE, validationAccuracy DOUBLE, validationTop5 DOUBLE, defects DOUBLE[], loss DOUBLE, angles DOUBLE[], distances DOUBLE[], transposes DOUBLE[]"
        );
        var timed = Lines(
            "timing.jsonl",
            "epoch INTEGER, steps INTEGER, meanStepSeconds DOUBLE, trainSeconds DOUBLE, angleSeconds DOUBLE, evaluationSeconds DOUBLE, checkpointSeconds DOUBLE, memoryMegabytes DOUBLE"
        );
        return
        [
            new(
                "runs",
                $"""
                WITH described AS ({described}), measured AS ({measured}),
                epochs AS (SELECT run, max(epoch) AS epochsDone, last(trainAccuracy ORDER BY epoch) AS trainAccuracy, last(testAccuracy ORDER BY epoch) AS testAccuracy FROM measured WHERE kind = 'epoch' GROUP BY run),
                steps AS (SELECT run, last(list_avg([a FOR a IN angles IF a IS NOT NULL][:-2]) ORDER BY step) AS meanAngle FROM measured WHERE kind = 'step' GROUP BY run)
                SELECT run, content->>'$.experiment.name' AS experiment, content->>'$.experiment.rule' AS rule, content->>'$.experiment.preset' AS preset, TRY_CAST(content->>'$.experiment.seed' AS INTEGER) AS seed,
                    content->>'$.status' AS status, TRY_CAST(content->>'$.started' AS TIMESTAMPTZ) AS started, TRY_CAST(content->>'$.ended' AS TIMESTAMPTZ) AS ended,
                    TRY_CAST(content->>'$.experiment.epochs' AS INTEGER) AS epochs, coalesce(epochsDone, 0) AS epochsDone, trainAccuracy, testAccuracy, meanAngle, filename[:-10] AS folder
                FROM described LEFT JOIN epochs USING (run) LEFT JOIN steps USING (run) ORDER BY started, run
                """
            ),
            new(
                "epochs",
                $"SELECT run, epoch, step, trainLoss, trainAccuracy, trainTop5, testLoss, testAccuracy, testTop5, validationLoss, validationAccuracy, validationTop5, defects FROM ({measured}) WHERE kind = 'epoch'"
            ),
            new(
                "angles",
                $"""
                SELECT run, epoch, step, layer, angles[layer] AS angle, distances[layer] AS distance, transposes[layer] AS transpose
                FROM (SELECT *, unnest(range(1, CAST(greatest(len(angles), coalesce(len(distances), 0)) AS BIGINT) + 1)) AS layer FROM ({measured}) WHERE kind = 'step')
                """
            ),
            new(
                "timing",
                $"SELECT run, epoch, steps, meanStepSeconds AS stepSeconds, trainSeconds, angleSeconds, evaluationSeconds, checkpointSeconds, memoryMegabytes FROM ({timed})"
            ),
            new(
                "settings",
                $"""
                SELECT run, replace(substr(tree.fullkey, 3), '"', '') AS setting, tree.value->>'$' AS value
                FROM ({described}) AS described, json_tree(json_extract(content, '$.experiment')) AS tree WHERE tree.type NOT IN ('OBJECT', 'ARRAY')
                """
            ),
        ];

        // The path of those that are there, as a list of SQL.
        string Files(string name) =>
            runs.Select(r => Path.Combine(r, name)).Where(File.Exists).ToArray() is { Length: > 0 } files
                ? $"[{string.Join(", ", files.Select(SqlText.Literal))}]"
                : "";

        string Lines(string name, string columns) =>
            Files(name) is { Length: > 0 } files
                ? $"SELECT {Run}, * EXCLUDE (filename) FROM read_json({files}, format = 'newline_delimited', ignore_errors = true, filename = true, columns = {{{string.Join(", ", columns.Split(", ").Select(c => c.Split(' ')).Select(c => $"{c[0]}: '{c[1]}'"))}}}) WHERE epoch IS NOT NULL"
                : Nothing($"run VARCHAR, {columns}");
    }

    /// <summary>The name of a run that is the only one in its store: that of its folder with that of the one above it.</summary>
    private const string Run = "array_to_string(parse_path(filename, 'both_slash')[-3:-2], '/') AS run";

    private static string Nothing(string columns) =>
        $"SELECT {string.Join(", ", columns.Split(", ").Select(c => c.Split(' ')).Select(c => $"NULL::{c[1]} AS {c[0]}"))} WHERE false";

    private static IEnumerable<string> Visible(string folder) =>
        Directory.EnumerateDirectories(folder).Where(f => !Path.GetFileName(f).StartsWith('.'));
}
