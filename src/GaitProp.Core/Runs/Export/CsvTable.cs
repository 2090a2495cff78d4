using System.Buffers;
using System.Text;

namespace GaitProp.Runs.Export;

/// <summary>
/// Comma-separated values (RFC 4180) with line feeds. Numbers read back to the same bits; an undefined one is an empty field.
/// </summary>
internal sealed class CsvTable : IExportTable
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");
    private readonly StreamWriter _text;

    public CsvTable(Stream stream)
    {
        _text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);
        _text.Write("run,experiment,rule,preset,seed,epoch,step,metric,layer,value\n");
    }

    public void Add(in ExportRow row) =>
        _text.Write(
            Text(
                $"{Quote(row.Run)},{Quote(row.Experiment)},{Quote(row.Rule)},{Quote(row.Preset)},{row.Seed},{row.Epoch},{row.Step},{Quote(row.Metric)},{row.Layer},{row.Value}\n"
            )
        );

    public void Complete() => _text.Flush();

    public void Dispose()
    {
        // The writer's own disposal writes what is left, which fails again where the disk is full; Complete has done that.
    }

    private static string? Quote(string? field) =>
        field.AsSpan().ContainsAny(Special) ? $"\"{field!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
