using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace GaitProp.Runs;

/// <summary>
/// A TensorBoard event file. Each record is its length, the masked CRC-32C of the length, an <c>Event</c> protocol buffer (wall_time = 1,
/// step = 2, file_version = 3, summary = 5; a summary's value = 1 has tag = 1 and simple_value = 2), and the masked CRC-32C of that;
/// numbers are little-endian.
/// </summary>
internal sealed class TensorBoardFile : IDisposable
{
    // Keys of the wire format: field number times 8, plus 0 for an integer, 1 for 8 bytes, 2 for counted bytes, 5 for 4 bytes.
    private const byte WallTime = (1 << 3) | 1;
    private const byte Step = 2 << 3;
    private const byte FileVersion = (3 << 3) | 2;
    private const byte Summary = (5 << 3) | 2;
    private const byte SummaryValue = (1 << 3) | 2;
    private const byte ValueTag = (1 << 3) | 2;
    private const byte SimpleValue = (2 << 3) | 5;

    private readonly FileStream _stream;

    private TensorBoardFile(FileStream stream) => _stream = stream;

    /// <summary>The file.</summary>
    public string Name => _stream.Name;

    /// <summary>Begins an empty file with the record that each begins with.</summary>
    public static TensorBoardFile Begin(FileStream file, DateTimeOffset time)
    {
        var created = new TensorBoardFile(file);
        var version = new ArrayBufferWriter<byte>();
        WriteWallTime(version, time);
        WriteBytes(version, FileVersion, "brain.Event:2"u8);
        created.WriteRecord(version.WrittenSpan);
        return created;
    }

    /// <summary>Opens a file to go on with; each record reaches it whole.</summary>
    public static TensorBoardFile Open(string file) =>
        new(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));

    /// <summary>Appends points of one step; none if there are none.</summary>
    /// <exception cref="IOException">The file cannot be written; what it held is untouched.</exception>
    public void Append(DateTimeOffset time, long step, IEnumerable<(string Tag, double Value)> points)
    {
        var summary = new ArrayBufferWriter<byte>();
        foreach (var (tag, value) in points)
        {
            var point = new ArrayBufferWriter<byte>();
            WriteBytes(point, ValueTag, Encoding.UTF8.GetBytes(tag));
            point.Write([SimpleValue]);
            BinaryPrimitives.WriteSingleLittleEndian(point.GetSpan(4), (float)value);
            point.Advance(4);
            WriteBytes(summary, SummaryValue, point.WrittenSpan);
        }

        if (summary.WrittenCount == 0)
        {
            return;
        }

        var written = new ArrayBufferWriter<byte>();
        WriteWallTime(written, time);
        written.Write([Step]);
        WriteVarint(written, (ulong)step);
        WriteBytes(written, Summary, summary.WrittenSpan);
        WriteRecord(written.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void WriteRecord(ReadOnlySpan<byte> data)
    {
        var record = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedCrc(data));
        var whole = _stream.Position;
        try
        {
            _stream.Write(record);
        }
        catch (IOException)
        {
            _stream.SetLength(whole);
            throw;
        }
    }

    /// <summary>The CRC-32C, rotated by 15 bits and moved by a constant, as the format asks for.</summary>
    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    private static void WriteWallTime(ArrayBufferWriter<byte> buffer, DateTimeOffset time)
    {
        buffer.Write([WallTime]);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(8), (time - DateTimeOffset.UnixEpoch).TotalSeconds);
        buffer.Advance(8);
    }

    private static void WriteBytes(ArrayBufferWriter<byte> buffer, byte key, ReadOnlySpan<byte> bytes)
    {
        buffer.Write([key]);
        WriteVarint(buffer, (ulong)bytes.Length);
        buffer.Write(bytes);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> buffer, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            buffer.Write([(byte)(value | 0x80)]);
        }

        buffer.Write([(byte)value]);
    }
}
