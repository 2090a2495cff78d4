using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Tests.Storage;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string File => _folder["a.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again_whatever_the_shape_and_the_type()
    {
        using var scope = NewDisposeScope();
        var tensors = Samples();

        SafetensorsFile.Write(File, tensors, new Dictionary<string, string> { ["note"] = "Ångström \"quoted\" \n", ["empty"] = "" });
        using var content = SafetensorsFile.Read(File);

        Assert.Equal(tensors.Keys.Order(), content.Tensors.Keys.Order());
        Assert.All(tensors, t => Assert.Equal(t.Value.dtype, content.Tensors[t.Key].dtype));
        Assert.All(tensors, t => Numbers.AssertEqual(t.Value, content.Tensors[t.Key]));
        Assert.Equal([("empty", ""), ("note", "Ångström \"quoted\" \n")], content.Metadata.Select(m => (m.Key, m.Value)).Order());
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            File,
            new Dictionary<string, Tensor> { ["v"] = tensor(new[] { 1f, -2f }), ["d"] = tensor(new[] { 0.5 }) },
            new Dictionary<string, string>()
        );

        var bytes = System.IO.File.ReadAllBytes(File);
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var json = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 8, header))!.AsObject();

        Assert.Equal(0, header % 8);
        Assert.Equal("""{"dtype":"F64","shape":[1],"data_offsets":[0,8]}""", json["d"]!.ToJsonString());
        Assert.Equal("""{"dtype":"F32","shape":[2],"data_offsets":[8,16]}""", json["v"]!.ToJsonString());
        Assert.Equal(["sha256"], json["__metadata__"]!.AsObject().Select(m => m.Key));
        Assert.Equal("000000000000E03F0000803F000000C0", Convert.ToHexString(bytes.AsSpan(8 + header)));
    }

    [Fact]
    public void Python_reads_it_with_its_standard_library_alone()
    {
        Assert.SkipUnless(HasPython(), "There is no python3 here.");
        using var scope = NewDisposeScope();
        var tensors = Samples();
        SafetensorsFile.Write(File, tensors, new Dictionary<string, string> { ["step"] = "17" });

        var read = JsonNode.Parse(Python(Path.Combine(AppContext.BaseDirectory, "python", "read_checkpoint.py"), File))!;

        Assert.Equal("17", (string)read["metadata"]!["step"]!);
        Assert.Equal(tensors.Count, read["tensors"]!.AsObject().Count);
        Assert.All(
            tensors,
            t =>
            {
                var seen = read["tensors"]![t.Key]!;
                Assert.Equal(t.Value.shape, seen["shape"]!.AsArray().Select(n => (long)n!));
                Assert.Equal(t.Value.to(ScalarType.Float64).sum().ToDouble(), (double)seen["sum"]!, 1e-9);
            }
        );
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Every_bit_counts()
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            File,
            new Dictionary<string, Tensor> { ["v"] = tensor(new[] { 1f, -2f, 3f }) },
            new Dictionary<string, string> { ["step"] = "12" }
        );
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            System.IO.File.WriteAllBytes(File, damaged);

            try
            {
                // Where the very name of the checksum is damaged, the file is one without.
                using var content = SafetensorsFile.Read(File);
                Assert.False(content.IsVerified, $"bit {bit}");
            }
            catch (GaitPropException e)
            {
                Assert.StartsWith($"{File} is damaged: ", e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
            }
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            Assert.Throws<GaitPropException>(() => SafetensorsFile.Read(File).Dispose());
        }

        System.IO.File.WriteAllBytes(File, [.. bytes, 0]);
        Assert.Throws<GaitPropException>(() => SafetensorsFile.Read(File).Dispose());
    }

    [Fact]
    public void A_file_of_another_writer_is_read_without_a_checksum()
    {
        var json = """{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}}""";
        var bytes = new byte[8 + json.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        Encoding.UTF8.GetBytes(json, bytes.AsSpan(8));
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + json.Length), 2.5f);
        System.IO.File.WriteAllBytes(File, bytes);

        using var content = SafetensorsFile.Read(File);

        Assert.Equal([2.5f, 0f], content.Tensors["w"].data<float>().ToArray());
        Assert.Equal("pt", content.Metadata["format"]);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"stride":[1]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"a":"1","a":"2"}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"a":1}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"a":null}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":["a"]}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":null}""")]
    [InlineData("""{"w":null}""")]
    [InlineData("""{"w":[]}""")]
    [InlineData("""{"w":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":{"0":0}}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[-9223372036854775808,-9223372036854775804]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775800,9223372036854775804]}}""")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"\udc00","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""[]""")]
    [InlineData("""{} {}""")]
    public void A_header_that_the_format_does_not_know_is_refused_in_one_line(string json)
    {
        System.IO.File.WriteAllBytes(File, [.. BitConverter.GetBytes((long)json.Length), .. Encoding.UTF8.GetBytes(json), 0, 0, 0, 0]);

        var error = Assert.Throws<GaitPropException>(() => SafetensorsFile.Read(File).Dispose());

        Assert.StartsWith($"{File} is damaged: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_name_whose_bytes_are_no_text_is_refused_in_one_line()
    {
        byte[] header = [.. "{\""u8, 0xff, .. "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"u8];
        System.IO.File.WriteAllBytes(File, [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);

        Assert.StartsWith(
            $"{File} is damaged: ",
            Assert.Throws<GaitPropException>(() => SafetensorsFile.Read(File).Dispose()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.StartsWith(
            $"cannot read {File}: ",
            Assert.Throws<GaitPropException>(() => SafetensorsFile.Read(File)).Message,
            StringComparison.Ordinal
        );

    private static Dictionary<string, Tensor> Samples() =>
        new()
        {
            ["float32"] = Numbers.Uniform(1, 3, 5).to(ScalarType.Float32),
            ["float64"] = Numbers.Uniform(2, 2, 2, 2).to(ScalarType.Float64),
            ["transposed"] = Numbers.Uniform(3, 4, 3).to(ScalarType.Float32).t(),
            ["bytes"] = arange(0, 7, dtype: ScalarType.Byte),
            ["long"] = arange(-3, 3, dtype: ScalarType.Int64),
            ["scalar"] = tensor(2.5),
            ["none"] = zeros(0, 4),
            ["large"] = arange(0, 1_200_000, dtype: ScalarType.Int32),
        };

    private static bool HasPython()
    {
        try
        {
            return Python("-c", "print(1)").Trim() == "1";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Python(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        return output.Result;
    }
}
