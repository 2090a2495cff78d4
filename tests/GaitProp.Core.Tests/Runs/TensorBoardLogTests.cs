using System.Buffers.Binary;
using System.Text;
using GaitProp.Runs;
using GaitProp.Tests.Data;
using static GaitProp.Tests.Runs.SampleRuns;

namespace GaitProp.Tests.Runs;

/// <summary>
/// Event files, read by a reader that shares nothing with the writer: its CRC goes bit by bit, its protocol buffers field by field.
/// </summary>
public sealed class TensorBoardLogTests : IDisposable
{
    private static readonly StepMetrics Step = new(1, 300, 0.5, [0.25, null, 0.75]);
    private static readonly EpochMetrics Epoch = new(1, 301, 2, 0.5, 2.125, 0.375, [0.25, 0.75]);
    private readonly ScratchFolder _scratch = new();

    private sealed record Point(long Step, string Tag, float Value, double Time);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_checksum_of_the_reader_is_crc_32c() => Assert.Equal(0xE3069283u, Crc("123456789"u8));

    [Fact]
    public void Measurements_are_points()
    {
        var before = DateTimeOffset.UtcNow;
        using var log = TensorBoardLog.Open(_scratch.Path);
        log.Append(Step);
        log.Append(Epoch);

        var points = Read();

        Assert.Equal(
            [
                (300, "loss/batch", 0.5f),
                (300, "angle/layer-1", 0.25f),
                (300, "angle/layer-3", 0.75f),
                (300, "angle/mean", 0.25f),
                (301, "loss/train", 2f),
                (301, "accuracy/train", 0.5f),
                (301, "loss/test", 2.125f),
                (301, "accuracy/test", 0.375f),
                (301, "defect/layer-1", 0.25f),
                (301, "defect/layer-2", 0.75f),
            ],
            points.Select(p => (p.Step, p.Tag, p.Value))
        );
        Assert.All(
            points,
            p =>
                Assert.InRange(
                    p.Time,
                    before.ToUnixTimeMilliseconds() / 1000.0,
                    (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1) / 1000.0
                )
        );
    }

    [Fact]
    public void The_messages_of_tensorboard_itself_read_the_same()
    {
        using var log = TensorBoardLog.Open(_scratch.Path);
        log.Append(Step);

        // TorchSharp carries classes that are generated from TensorBoard's definitions.
        var bytes = ReadShared(log.EventFile);
        var second = 16 + BitConverter.ToInt32(bytes);
        var version = Tensorboard.Event.Parser.ParseFrom(bytes, 12, second - 16);
        var step = Tensorboard.Event.Parser.ParseFrom(bytes, second + 12, BitConverter.ToInt32(bytes, second));

        Assert.Equal("brain.Event:2", version.FileVersion);
        Assert.Equal(300, step.Step);
        Assert.Equal(Read().Select(p => (p.Tag, p.Value)), step.Summary.Value.Select(v => (v.Tag, v.SimpleValue)));
        Assert.All(Read(), p => Assert.Equal(step.WallTime, p.Time));
    }

    [Fact]
    public void The_file_is_named_as_tensorboard_names_it()
    {
        using var log = TensorBoardLog.Open(_scratch.Path);

        Assert.Matches($@"^events\.out\.tfevents\.\d{{10}}\.{Environment.MachineName}\.\d+\.gaitprop$", Path.GetFileName(log.EventFile));
        Assert.Equal([log.EventFile], Directory.GetFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_log_that_is_begun_again_has_the_points_of_the_metrics_and_no_others()
    {
        var folder = Write(_scratch["shallow"], "bp-s1", "running", 0, Epoch0, Step0);
        using (var log = TensorBoardLog.Open(folder))
        {
            log.Append(Step);
            log.Append(Epoch);
        }

        // The run is resumed from before what was appended; a line was left unfinished.
        File.AppendAllText(Path.Combine(folder, "metrics.jsonl"), Step1 + "\n" + Epoch1[..40]);
        using var again = TensorBoardLog.Open(folder);
        again.Append(Epoch);

        Assert.Single(Directory.GetFiles(folder, "*tfevents*"));
        Assert.Equal(
            [
                (0, "loss/train", 2.5f),
                (0, "accuracy/train", 0.1f),
                (0, "loss/test", 2.75f),
                (0, "accuracy/test", 0.125f),
                (0, "defect/layer-1", 1e-16f),
                (0, "defect/layer-2", 0.5f),
                (0, "loss/batch", 2.3025851f),
                (0, "angle/layer-1", 0.25f),
                (0, "angle/layer-2", 0f),
                (0, "angle/mean", 0.25f),
                (1, "loss/batch", 2.25f),
                (301, "loss/train", 2f),
                (301, "accuracy/train", 0.5f),
                (301, "loss/test", 2.125f),
                (301, "accuracy/test", 0.375f),
                (301, "defect/layer-1", 0.25f),
                (301, "defect/layer-2", 0.75f),
            ],
            Read(folder).Select(p => (p.Step, p.Tag, p.Value))
        );
    }

    [Fact]
    public void Top_5_accuracy_is_a_point_where_it_was_measured()
    {
        using var log = TensorBoardLog.Open(Write(_scratch["shallow"], "bp-s1", "finished", 0, Epoch0, Epoch1));

        Assert.Equal(
            (2, 0.875f),
            Assert.Single(Read(Path.GetDirectoryName(log.EventFile)), p => p.Tag == "accuracy/test-top5") is var p
                ? (p.Step, p.Value)
                : default
        );
    }

    [Fact]
    public void Large_steps_keep_their_number()
    {
        using var log = TensorBoardLog.Open(_scratch.Path);
        log.Append(Step.With(step: 3_000_000_000));

        Assert.All(Read(), p => Assert.Equal(3_000_000_000, p.Step));
    }

    [Fact]
    public void Damaged_metrics_are_named_and_the_earlier_file_stays()
    {
        using (TensorBoardLog.Open(_scratch.Path)) { }

        var earlier = Directory.GetFileSystemEntries(_scratch.Path);
        File.WriteAllText(_scratch["metrics.jsonl"], "{]\n");

        Assert.StartsWith(
            $"{_scratch["metrics.jsonl"]} is damaged at line 1",
            Assert.Throws<GaitPropException>(() => TensorBoardLog.Open(_scratch.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            [.. earlier, _scratch["metrics.jsonl"]],
            Directory.GetFileSystemEntries(_scratch.Path, "*", new EnumerationOptions { AttributesToSkip = 0 }).Order()
        );

        Assert.StartsWith(
            $"cannot write {_scratch["nowhere"]}",
            Assert.Throws<GaitPropException>(() => TensorBoardLog.Open(_scratch["nowhere"])).Message,
            StringComparison.Ordinal
        );
    }

    private List<Point> Read(string? folder = null)
    {
        var bytes = ReadShared(Directory.GetFiles(folder ?? _scratch.Path, "*tfevents*").Single());
        var points = new List<Point>();
        var first = true;
        for (var at = 0; at < bytes.Length; first = false)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            at += 16 + length;

            var record = Fields(data);
            var time = BitConverter.ToDouble(record.Single(f => f.Number == 1).Bytes);
            if (first)
            {
                Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(record.Single(f => f.Number == 3).Bytes));
                continue;
            }

            var step = record.Single(f => f.Number == 2).Integer;
            foreach (var value in Fields(record.Single(f => f.Number == 5).Bytes))
            {
                Assert.Equal(1, value.Number);
                var fields = Fields(value.Bytes);
                Assert.Equal([1, 2], fields.Select(f => f.Number));
                points.Add(new Point(step, Encoding.UTF8.GetString(fields[0].Bytes), BitConverter.ToSingle(fields[1].Bytes), time));
            }
        }

        return points;
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static List<(int Number, byte[] Bytes, long Integer)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, byte[], long)>();
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            var length = (key & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)Varint(ref message),
                5 => 4,
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            var integer = (key & 7) == 0 ? Varint(ref message) : 0;
            fields.Add(((int)(key >> 3), message[..length].ToArray(), integer));
            message = message[length..];
        }

        return fields;
    }

    private static long Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82f63b78u;
            }
        }

        return ~crc;
    }
}
