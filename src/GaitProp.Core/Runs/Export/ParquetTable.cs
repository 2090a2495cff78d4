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

    private static readonly DataField _run = new("run", typeof(string));
    private static readonly DataField _experiment = new("experiment", typeof(string));
    private static readonly DataField _rule = new("rule", typeof(string));
    private static readonly DataField _preset = new("preset", typeof(string));
    private static readonly DataField _seed = new("seed", typeof(int?));
    private static readonly DataField _epoch = new("epoch", typeof(int));
    private static readonly DataField _step = new("step", typeof(long?));
    private static readonly DataField _metric = new("metric", typeof(string));
    private static readonly DataField _layer = new("layer", typeof(int?));
    private static readonly DataField _value = new("value", typeof(double?));

    private readonly ParquetWriter _writer;
    private readonly List<ExportRow> _rows = [];

    public ParquetTable(Stream stream) =>
        _writer = ParquetWriter
            .CreateAsync(new ParquetSchema(_run, _experiment, _rule, _preset, _seed, _epoch, _step, _metric, _layer, _value), stream)
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
            await group.WriteAsync(_run, Column(r => r.Run)).ConfigureAwait(false);
            await group.WriteAsync(_experiment, Column(r => r.Experiment)).ConfigureAwait(false);
            await group.WriteAsync(_rule, Column(r => r.Rule)).ConfigureAwait(false);
            await group.WriteAsync(_preset, Column(r => r.Preset!)).ConfigureAwait(false);
            await group.WriteAsync<int>(_seed, Column(r => r.Seed)).ConfigureAwait(false);
            await group.WriteAsync<int>(_epoch, Column(r => r.Epoch)).ConfigureAwait(false);
            await group.WriteAsync<long>(_step, Column(r => r.Step)).ConfigureAwait(false);
            await group.WriteAsync(_metric, Column(r => r.Metric)).ConfigureAwait(false);
            await group.WriteAsync<int>(_layer, Column(r => r.Layer)).ConfigureAwait(false);
            await group.WriteAsync<double>(_value, Column(r => r.Value)).ConfigureAwait(false);
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
