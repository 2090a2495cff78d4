using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GaitProp.Runs.Export;

/// <summary>An array of objects, one a line. An undefined number is null.</summary>
internal sealed class JsonTable : IExportTable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _row = new(1024);
    private readonly Utf8JsonWriter _json;
    private bool _any;

    public JsonTable(Stream stream)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(_row, Options);
    }

    public void Add(in ExportRow row)
    {
        _row.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("run"u8, row.Run);
        _json.WriteString("experiment"u8, row.Experiment);
        _json.WriteString("rule"u8, row.Rule);
        _json.WriteString("preset"u8, row.Preset);
        Write("seed"u8, row.Seed);
        Write("epoch"u8, row.Epoch);
        Write("step"u8, row.Step);
        _json.WriteString("metric"u8, row.Metric);
        Write("layer"u8, row.Layer);
        if (row.Value is { } value && double.IsFinite(value))
        {
            _json.WriteNumber("value"u8, value);
        }
        else
        {
            _json.WriteNull("value"u8);
        }

        _json.WriteEndObject();
        _json.Flush();
        _stream.Write(_any ? ",\n"u8 : "[\n"u8);
        _stream.Write(_row.WrittenSpan);
        _any = true;
    }

    public void Complete() => _stream.Write(_any ? "\n]\n"u8 : "[]\n"u8);

    public void Dispose() => _json.Dispose();

    private void Write(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
        else
        {
            _json.WriteNull(name);
        }
    }
}
