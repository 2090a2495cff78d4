using Parquet;
using Parquet.Schema;

namespace GaitProp.Runs.Export;

/// <summary>
/// An Apache Parquet file: strings, 32- and 64-bit integers, doubles; compressed with Snappy; an undefined number is null.
/// </summary>
internal sealed class ParquetTable : IExportTable
{
    /// <summary>Rows held in memory until they are written, as a row group.</summary>
    private const int GroupRows = 1 << 17;

    private static readonly DataField Run = new("run", typeof(string));
    private static readonly DataField Experiment = new("experiment", typeof(string));
    private static readonly DataField Rule = new("rule", typeof(string));
    private static readonly DataField Preset = new("preset", typeof(string));
    private static readonly DataField Seed = new("seed", typeof(int?));
    private static readonly DataField Epoch = new("epoch", typeof(int));
    private static readonly DataField Step = new("step", typeof(long?));
    private static readonly DataField Metric = new("metric", typeof(string));
    private static readonly DataField Layer = new("layer", typeof(int?));
    private static readonly DataField Value = new("value", typeof(double?));

    private readonly ParquetWriter _writer;
    private readonly List<ExportRow> _rows = [];

    public ParquetTable(Stream stream) =>
        _writer = ParquetWriter
            .CreateAsync(new ParquetSchema(Run, Experiment, Rule, Preset, Seed, Epoch, Step, Metric, Layer, Value), stream)
            .GetAwaiter()
            .GetResult();

    public void Add(in ExportRow row)
    {
        _rows.Add(row);
        if (_rows.Count == GroupRows)
        {
            WriteGroupAsync().GetAwaiter().GetResult();
        }
    }

    public void Complete() => CompleteAsync().GetAwaiter().GetResult();

    public void Dispose()
    {
        // The writer's own disposal writes the end of the file; Complete has done that, or the file is thrown away.
    }

    private async Task CompleteAsync()
    {
        await WriteGroupAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WriteGroupAsync()
    {
        using (var group = _writer.CreateRowGroup())
        {
            await group.WriteAsync(Run, Column(r => r.Run)).ConfigureAwait(false);
            await group.WriteAsync(Experiment, Column(r => r.Experiment)).ConfigureAwait(false);
            await group.WriteAsync(Rule, Column(r => r.Rule)).ConfigureAwait(false);
            await group.WriteAsync(Preset, Column(r => r.Preset!)).ConfigureAwait(false);
            await group.WriteAsync<int>(Seed, Column(r => r.Seed)).ConfigureAwait(false);
            await group.WriteAsync<int>(Epoch, Column(r => r.Epoch)).ConfigureAwait(false);
            await group.WriteAsync<long>(Step, Column(r => r.Step)).ConfigureAwait(false);
            await group.WriteAsync(Metric, Column(r => r.Metric)).ConfigureAwait(false);
            await group.WriteAsync<int>(Layer, Column(r => r.Layer)).ConfigureAwait(false);
            await group.WriteAsync<double>(Value, Column(r => r.Value)).ConfigureAwait(false);
        }

        _rows.Clear();
    }

    private T[] Column<T>(Func<ExportRow, T> value)
    {
        var column = new T[_rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(_rows[i]);
        }

        return column;
    }
}
