using GaitProp.Runs.Export;
using GaitProp.Storage;

namespace GaitProp.Runs;

/// <summary>
/// Writes the measurements of runs as one table, a value a row: <c>run, experiment, rule, preset, seed, epoch, step, metric, layer,
/// value</c>.
/// </summary>
internal static class RunExport
{
    /// <summary>
    /// Writes the table. Its folder is made if it is missing; a file of that name is replaced once the new one is whole; if anything fails,
    /// nothing is left. Memory does not grow with the number of runs.
    /// </summary>
    /// <param name="file">The file; its extension names the format: <c>.csv</c>, <c>.json</c> (an array of objects, one a line) or
    /// <c>.parquet</c>.</param>
    /// <param name="runs">The runs, in the order of the rows.</param>
    /// <param name="cancellation">Ends the export; an earlier file is untouched.</param>
    /// <returns>The rows written.</returns>
    /// <exception cref="GaitPropException">The extension is not known, the file cannot be written, or a run is damaged; the message says
    /// which.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static long Write(string file, IEnumerable<RunSummary> runs, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        Func<Stream, IExportTable> open = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".csv" => stream => new CsvTable(stream),
            ".json" => stream => new JsonTable(stream),
            ".parquet" => stream => new ParquetTable(stream),
            _ => throw new GaitPropException($"runs cannot be exported to {file}: name a file that ends in .csv, .json or .parquet."),
        };
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failed(file, e);
        }

        var rows = 0L;
        AtomicFile.Write(
            file,
            stream =>
            {
                using var table = open(stream);
                foreach (var row in runs.SelectMany(Rows))
                {
                    cancellation.ThrowIfCancellationRequested();
                    table.Add(row);
                    rows++;
                }

                table.Complete();
            }
        );
        return rows;
    }

    private static IEnumerable<ExportRow> Rows(RunSummary run)
    {
        if (run.Problem is { } problem)
        {
            throw new GaitPropException($"run {run.QualifiedName} cannot be exported: {problem}.");
        }

        return MetricFile
            .Metrics(run.Folder)
            .Concat(MetricFile.Timings(run.Folder))
            .SelectMany(
                line => line.Values,
                (line, value) =>
                    new ExportRow(
                        run.Name,
                        run.Experiment,
                        run.Rule!,
                        run.Preset,
                        run.Seed,
                        line.Epoch,
                        line.Step,
                        value.Metric,
                        value.Layer,
                        value.Value
                    )
            );
    }
}
