using System.Buffers.Binary;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using GaitProp.Data.Preparation;
using NetVips;

namespace GaitProp.Tests.Data;

/// <summary>Photos, folders and archives that were made to do harm: each costs itself and a line, and neither memory nor time.</summary>
public sealed class HostilePhotosTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Only_the_formats_that_the_message_lists_are_read()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 1, validation: 1);
        var folder = _scratch["in", "train", "n00000000"];
        using var photo = PhotoFolder.Photo(20, 20, 3);
        File.WriteAllText(
            Path.Combine(folder, "a.JPEG"),
            """<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"><rect width="1" height="1"/></svg>"""
        );
        File.WriteAllText(Path.Combine(folder, "b.ppm"), "P3 1 1 255 1 2 3\n");
        File.WriteAllBytes(Path.Combine(folder, "c.png"), "BM"u8.ToArray());
        photo.WriteToFile(_scratch["d.v"]);
        File.Move(_scratch["d.v"], Path.Combine(folder, "d.JPEG"));
        File.WriteAllBytes(Path.Combine(folder, "e.JPEG"), photo.WebpsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "f.JPEG"), photo.TiffsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "g.JPEG"), photo.GifsaveBuffer());
        File.WriteAllBytes(Path.Combine(folder, "h.JPEG"), photo.PngsaveBuffer());
        var watch = Stopwatch.StartNew();

        var manifest = Prepare();

        Assert.Equal(["a.JPEG", "b.ppm", "c.png", "d.JPEG"], manifest.Train.Unreadable.Select(u => Path.GetFileName(u.Name)).Order());
        Assert.Equal(6, manifest.Train.Images);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void A_photo_of_too_many_pixels_is_left_out_before_it_is_decoded_and_the_number_can_be_chosen()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 1, validation: 1);
        File.WriteAllBytes(_scratch["in", "train", "n00000000", "large.png"], Png(60_000, 60_000));
        PhotoFolder.Jpeg(_scratch["in", "train", "n00000001", "some.JPEG"], 1, width: 200, height: 100);
        var watch = Stopwatch.StartNew();

        var large = Prepare();
        Assert.Equal("it has 60,000 x 60,000 pixels, more than 150,000,000", Assert.Single(large.Train.Unreadable).Reason);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);

        var small = new ImagePreparation(SourceSet.Open(_scratch["in"], 1), _scratch["small"]) { Size = 8, MostPixels = 19_999 }
            .Run(TestContext.Current.CancellationToken)
            .Manifest;
        Assert.Contains(small.Train.Unreadable, u => u.Reason == "it has 200 x 100 pixels, more than 19,999");
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void A_photo_that_takes_too_long_is_left_out()
    {
        // One strip of noise below the other: what repeats is farther away than a compressor looks.
        using var strip = Image.Gaussnoise(9000, 100).Cast(Enums.BandFormat.Uchar).CopyMemory();
        using var noise = strip.Replicate(1, 90);
        var bytes = noise.PngsaveBuffer(compression: 1);

        var error = Assert.Throws<VipsException>(() => new PhotoDecoder(8) { MostTime = TimeSpan.FromMilliseconds(50) }.Decode(bytes));

        Assert.StartsWith("its decoding takes longer than 0 seconds", error.Message, StringComparison.Ordinal);
        Assert.Equal(192, new PhotoDecoder(8).Decode(bytes).Length);
    }

    [Fact]
    public void Links_that_leave_the_set_or_close_a_circle_are_named_and_not_followed_and_pipes_are_not_waited_for()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 2, validation: 1);
        PhotoFolder.Jpeg(_scratch["elsewhere", "secret.JPEG"], 9);
        var folder = _scratch["in", "train", "n00000000"];
        File.CreateSymbolicLink(Path.Combine(folder, "out.JPEG"), _scratch["elsewhere", "secret.JPEG"]);
        Directory.CreateSymbolicLink(Path.Combine(folder, "outside"), _scratch["elsewhere"]);
        Directory.CreateSymbolicLink(Path.Combine(folder, "again"), folder);
        Directory.CreateSymbolicLink(Path.Combine(folder, "up"), "..");
        File.CreateSymbolicLink(Path.Combine(folder, "nowhere.JPEG"), "missing.JPEG");
        File.CreateSymbolicLink(Path.Combine(folder, "round.JPEG"), "round.JPEG");
        File.CreateSymbolicLink(Path.Combine(folder, "inside.JPEG"), "n00000000_0.JPEG");
        Directory.CreateSymbolicLink(_scratch["in", "train", "n00000009"], _scratch["in", "train"]);
        using (var made = Process.Start("mkfifo", [Path.Combine(folder, "pipe.JPEG")]))
        {
            made.WaitForExit();
        }

        var manifest = Prepare();

        Assert.Equal(5, manifest.Train.Images);
        Assert.Equal(["n00000000", "n00000001"], manifest.Classes.Select(c => c.Id));
        Assert.Equal(
            [
                ("train/n00000000/again", "a link that closes a circle, not followed"),
                ("train/n00000000/nowhere.JPEG", "a link that leads nowhere"),
                ("train/n00000000/out.JPEG", "a link that leaves the folder of the set, not followed"),
                ("train/n00000000/outside", "a link that leaves the folder of the set, not followed"),
                ("train/n00000000/pipe.JPEG", "a pipe, a socket or a device"),
                ("train/n00000000/round.JPEG", "a link that leads nowhere"),
                ("train/n00000000/up", "a link that closes a circle, not followed"),
                ("train/n00000009", "a link that closes a circle, not followed"),
            ],
            manifest.Train.Unreadable.Select(u => (u.Name, u.Reason)).Order()
        );
    }

    [Fact]
    public void A_photo_that_was_replaced_by_one_of_the_same_length_is_prepared_again()
    {
        PhotoFolder.Classes(_scratch["in"], classes: 2, train: 2, validation: 1);
        Photo(3);
        var before = Prepare();
        Photo(8);
        File.SetLastWriteTimeUtc(_scratch["in", "train", "n00000000", "n00000000_0.JPEG"], DateTime.UtcNow.AddSeconds(2));

        Assert.NotEqual(before.Train.Shards[0].PixelsSha256, Prepare().Train.Shards[0].PixelsSha256);

        // A JPEG ends before its file does.
        void Photo(int number)
        {
            using var photo = PhotoFolder.Photo(40, 30, number);
            var bytes = new byte[5000];
            photo.JpegsaveBuffer(q: 95).CopyTo(bytes, 0);
            File.WriteAllBytes(_scratch["in", "train", "n00000000", "n00000000_0.JPEG"], bytes);
        }
    }

    [Fact]
    public void Two_archives_of_one_class_are_an_error_in_one_line()
    {
        PhotoFolder.Jpeg(_scratch["photos", "a.JPEG"], 1);
        TarFile.CreateFromDirectory(
            _scratch["photos"],
            Path.Combine(_scratch.Make("inner", "x"), "n00000001.tar"),
            includeBaseDirectory: false
        );
        File.Copy(_scratch["inner", "x", "n00000001.tar"], Path.Combine(_scratch.Make("inner", "y"), "n00000001.tar"));
        TarFile.CreateFromDirectory(
            _scratch["inner"],
            Path.Combine(_scratch.Make("set"), "ILSVRC2012_img_train.tar"),
            includeBaseDirectory: false
        );
        File.WriteAllBytes(_scratch["set", "ILSVRC2012_img_val.tar"], []);

        Assert.Contains(
            "holds two archives of the class n00000001",
            OneLine(() => SourceSet.Open(_scratch["set"], 1)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_length_that_an_archive_has_no_bytes_for_is_an_error_in_one_line()
    {
        PhotoFolder.Jpeg(_scratch["photos", "a.JPEG"], 1);
        TarFile.CreateFromDirectory(_scratch["photos"], Path.Combine(_scratch.Make("inner"), "n00000001.tar"), includeBaseDirectory: false);
        TarFile.CreateFromDirectory(
            _scratch["inner"],
            Path.Combine(_scratch.Make("set"), "ILSVRC2012_img_train.tar"),
            includeBaseDirectory: false
        );
        var bytes = File.ReadAllBytes(_scratch["set", "ILSVRC2012_img_train.tar"]);
        var header = bytes.AsSpan().LastIndexOf("n00000001.tar"u8);
        Encoding.ASCII.GetBytes("77777777777\0").CopyTo(bytes, header + 124);
        Encoding.ASCII.GetBytes("        ").CopyTo(bytes, header + 148);
        Encoding
            .ASCII.GetBytes(Convert.ToString(bytes.AsSpan(header, 512).ToArray().Sum(b => b), 8).PadLeft(6, '0') + "\0 ")
            .CopyTo(bytes, header + 148);
        File.WriteAllBytes(_scratch["set", "ILSVRC2012_img_train.tar"], bytes);
        File.WriteAllBytes(_scratch["set", "ILSVRC2012_img_val.tar"], []);

        Assert.Contains("is no whole archive", OneLine(() => SourceSet.Open(_scratch["set"], 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deep", "more than 8 levels deep")]
    [InlineData("many", "more structures than the file has bytes for")]
    [InlineData("negative", "more structures than the file has bytes for")]
    [InlineData("empty flags", "without a class")]
    [InlineData("no width", "whose fields have no names")]
    [InlineData("bomb", "unpacks to more than")]
    public void A_MATLAB_file_without_end_is_refused_at_once(string kind, string expected)
    {
        var watch = Stopwatch.StartNew();
        var error = Assert.Throws<InvalidDataException>(() =>
            MatFile.Read(
                Mat(
                    kind switch
                    {
                        "deep" => Deep(100_000),
                        "many" => Structure([int.MaxValue, int.MaxValue], []),
                        "negative" => Structure([-1, 5], []),
                        "empty flags" => Element(14, [.. Element(6, [])]),
                        "no width" => Element(
                            14,
                            [
                                .. Element(6, [2, 0, 0, 0, 0, 0, 0, 0]),
                                .. Element(5, Ints(1, 1)),
                                .. Element(1, []),
                                .. Element(5, []),
                                .. Element(1, []),
                            ]
                        ),
                        _ => Element(15, Packed(new byte[1 << 27])),
                    }
                )
            )
        );

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public void Two_classes_of_one_number_are_an_error_in_one_line()
    {
        File.WriteAllText(Path.Combine(_scratch.Make("set"), "ILSVRC2012_validation_ground_truth.txt"), "7\n");
        File.WriteAllText(_scratch["set", "map_clsloc.txt"], "n00000001 7 one\nn00000002 7 two\n");

        Assert.Contains(
            "lists 7 twice, as n00000001 and as n00000002",
            OneLine(() => DevelopmentKit.In(_scratch["set"])),
            StringComparison.Ordinal
        );
    }

    private static string OneLine(Action action)
    {
        var message = Assert.Throws<GaitPropException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private GaitProp.Data.ShardManifest Prepare() =>
        new ImagePreparation(SourceSet.Open(_scratch["in"], 1), _scratch["out"]) { Size = 8 }
            .Run(TestContext.Current.CancellationToken)
            .Manifest;

    /// <summary>A PNG of a header and no pixels.</summary>
    private static byte[] Png(int width, int height)
    {
        byte[] header = [.. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), height);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk(header), .. Chunk([.. "IDAT"u8, .. Packed([0])]), .. Chunk([.. "IEND"u8])];

        static byte[] Chunk(byte[] typeAndContent)
        {
            var chunk = new byte[typeAndContent.Length + 8];
            BinaryPrimitives.WriteInt32BigEndian(chunk, typeAndContent.Length - 4);
            typeAndContent.CopyTo(chunk, 4);
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(typeAndContent));
            return chunk;
        }

        static uint Crc(byte[] bytes)
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
                }
            }

            return ~crc;
        }
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Mat(byte[] variable) => [.. new byte[124], 0, 1, (byte)'I', (byte)'M', .. variable];

    private static byte[] Element(int type, byte[] content)
    {
        var element = new byte[8 + (type == 15 ? content.Length : (content.Length + 7) / 8 * 8)];
        BinaryPrimitives.WriteInt32LittleEndian(element, type);
        BinaryPrimitives.WriteInt32LittleEndian(element.AsSpan(4), content.Length);
        content.CopyTo(element, 8);
        return element;
    }

    private static byte[] Ints(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Structure(int[] shape, byte[] fields) =>
        Element(
            14,
            [
                .. Element(6, [2, 0, 0, 0, 0, 0, 0, 0]),
                .. Element(5, Ints(shape)),
                .. Element(1, []),
                .. Element(5, Ints(1)),
                .. Element(1, [(byte)'a']),
                .. fields,
            ]
        );

    /// <summary>Structures in structures. Each is written before the one that holds it, so that a hundred thousand take no time.</summary>
    private static byte[] Deep(int levels)
    {
        var outer = Structure([1, 1], []);
        var bytes = new byte[outer.Length * levels];
        for (var level = 0; level < levels; level++)
        {
            outer.CopyTo(bytes, level * outer.Length);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((level * outer.Length) + 4), bytes.Length - (level * outer.Length) - 8);
        }

        return bytes;
    }
}
