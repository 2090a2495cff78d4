using System.Buffers.Binary;
using System.IO.Compression;
using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class MnistFamilyTests : IDisposable
{
    private const string Images = "train-images-idx3-ubyte",
        Labels = "train-labels-idx1-ubyte";

    private static readonly Mnist Set = (Mnist)DataSets.Find("mnist");

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_and_labels_come_in_the_order_of_the_files(bool compressed)
    {
        var folder = Write("mnist", compressed, train: 5, test: 3);

        var set = Set.Read(_scratch.Path);

        Assert.Equal(("MNIST", folder, false), (set.Name, set.Source, set.IsEmbedded));
        Assert.Equal((5, 1, 28, 28, 3), (set.Train.Count, set.Train.Channels, set.Train.Height, set.Train.Width, set.Test.Count));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], set.ClassNames);
        Assert.Equal([0, 1, 2, 3, 4], set.Train.Labels.ToArray());
        Assert.Equal(Pixels(5).AsSpan(3 * 784, 784), set.Train.Image(3));
        Assert.Equal(Pixels(3), set.Test.Pixels.ToArray());
    }

    [Fact]
    public void The_compressed_file_is_taken_where_both_are()
    {
        var folder = Write("mnist", compressed: true);
        File.WriteAllText(Path.Combine(folder, Images), "rubbish");

        Assert.Equal(2, Set.Read(folder).Train.Count);
    }

    [Fact]
    public void The_folder_tells_which_set_of_the_family_it_is()
    {
        foreach (
            var (folder, owner) in new[]
            {
                ("a/mnist", "mnist"),
                ("a/fashion-mnist", "fashion-mnist"),
                ("a/kmnist", "kmnist"),
                ("b/MNIST/raw", "mnist"),
                ("b/FashionMNIST/raw", "fashion-mnist"),
                ("b/KMNIST/raw", "kmnist"),
            }
        )
        {
            var full = Write(folder, compressed: false);
            var above = folder[0] == 'a' ? _scratch["a"] : _scratch["b"];
            foreach (var set in DataSets.All.OfType<MnistFamily>())
            {
                Assert.Equal(set.Name == owner ? full : null, set.FindIn(full));
                Assert.Equal(set.Name == owner ? full : set.FindIn(above), set.FindIn(above));
            }

            Assert.Equal(DataSets.Find(owner).Title, DataSets.In(full).Name);
        }

        Assert.Equal("Kuzushiji-MNIST", DataSets.Of("kmnist", _scratch["a"]).Data.Name);
        Assert.Equal("Kuzushiji-MNIST", DataSets.In(_scratch["a"], "kmnist").Name);
        Assert.Equal("MNIST", DataSets.In(Path.Combine(_scratch["a"], "mnist"), "cifar10").Name);
        Cifar10Tests.AssertError(
            () => DataSets.In(_scratch["a"]),
            "holds Fashion-MNIST, Kuzushiji-MNIST and MNIST: name the folder of one of them"
        );
    }

    [Fact]
    public void Files_in_a_folder_of_another_name_are_those_of_the_set_that_is_asked_for()
    {
        var folder = Write("digits", compressed: false);

        Assert.Equal("MNIST", DataSets.Of("mnist", folder).Data.Name);
        Assert.Equal("Fashion-MNIST", DataSets.Of("fashion-mnist", folder).Data.Name);
        Cifar10Tests.AssertError(
            () => DataSets.In(folder),
            "may be Fashion-MNIST, Kuzushiji-MNIST or MNIST",
            "call the folder fashion-mnist or kmnist or mnist"
        );
    }

    /// <summary>A set that is fetched beside torchvision's is the one that is found.</summary>
    [Fact]
    public void The_advice_for_a_damaged_set_of_torchvisions_mends_it()
    {
        Write("data/MNIST/raw", compressed: false);

        Assert.Equal($"'gaitprop data fetch mnist --to {_scratch["data"]}'", Set.Fetch(Set.FindIn(_scratch["data"])!));
    }

    public static TheoryData<string, byte[], string> Damaged =>
        new()
        {
            { Images, [0, 0, 8], "train-images-idx3-ubyte has 3 bytes, which is not even a head: it is truncated" },
            {
                Images,
                [0, 0, 8, 1, 0, 0, 0, 2, .. Bytes(2)],
                "begins with 00000801, not 00000803: it is no IDX file of bytes in 3 dimensions"
            },
            { Images, [0, 0, 13, 3, .. Bytes(12)], "begins with 00000d03, not 00000803" },
            { Images, [.. "PK"u8, 3, 4, .. Bytes(20)], "begins with 504b0304, not 00000803" },
            { Images, Idx([2, 32, 32], Bytes(2 * 1024)), "is 2 x 32 x 32, not N x 28 x 28: it is damaged or another set's" },
            { Images, Idx([0, 28, 28], []), "is 0 x 28 x 28, not N x 28 x 28" },
            { Images, Idx([-5, 28, 28], []), "is -5 x 28 x 28, not N x 28 x 28" },
            { Images, Idx([2, 28, 28], Bytes(1567)), "claims 2 x 28 x 28 bytes, more than there are: it is truncated or damaged" },
            { Images, Idx([int.MaxValue, 28, 28], Bytes(784)), "claims 2147483647 x 28 x 28 bytes, more than there are" },
            { Images, Idx([2, 28, 28], Bytes(1569)), "has more than 1,568 bytes after its head: it is too long" },
            { Images, Idx([3, 28, 28], Bytes(3 * 784)), "has 3 images, but " },
            { Labels, Idx([2], [3, 10]), "train-labels-idx1-ubyte: image 1 (the first is image 0) has the label 10, not 0 to 9" },
            { Labels, Idx([3], [1, 2, 3]), "has 2 images, but " },
            { Labels, Idx([1 << 30], [1, 2]), "claims 1073741824 bytes, more than there are" },
        };

    /// <summary>
    /// Compressed, what a file claims is not held against its length but against what it can unpack to; the words are the same or say as
    /// much.
    /// </summary>
    [Theory]
    [MemberData(nameof(Damaged))]
    public void Damage_is_told_in_one_line_with_the_file_and_the_cure(string file, byte[] bytes, string message)
    {
        var folder = Write("mnist", compressed: false);
        File.WriteAllBytes(Path.Combine(folder, file), bytes);

        Cifar10Tests.AssertError(
            () => Set.Read(folder),
            file,
            message,
            $"fetch the set again with 'gaitprop data fetch mnist --to {_scratch.Path}'"
        );
    }

    [Fact]
    public void A_truncated_or_damaged_gzip_file_is_told_too()
    {
        var folder = Write("mnist", compressed: true, train: 2000);
        var path = Path.Combine(folder, Images + ".gz");
        var whole = File.ReadAllBytes(path);

        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        Cifar10Tests.AssertError(() => Set.Read(folder), Images + ".gz", "truncated");
        File.WriteAllText(path, "<html>a login page</html>");
        Cifar10Tests.AssertError(() => Set.Read(folder), Images + ".gz cannot be unpacked", "no gzip file");
        File.WriteAllBytes(path, Compressed(Idx([60_000, 28, 28], Bytes(784))));
        Cifar10Tests.AssertError(() => Set.Read(folder), "claims 60000 x 28 x 28 bytes, more than there are");
        File.WriteAllBytes(path, Compressed(Idx([100, 28, 28], Bytes(784 * 99))));
        Cifar10Tests.AssertError(() => Set.Read(folder), "has 77,616 of 78,400 bytes after its head: it is truncated");
        File.WriteAllBytes(path, Compressed(Idx([2000, 28, 28], Bytes((784 * 2000) + 1))));
        Cifar10Tests.AssertError(() => Set.Read(folder), "has more than 1,568,000 bytes after its head: it is too long");
        File.Delete(path);
        Cifar10Tests.AssertError(() => Set.Read(folder), Images + ".gz is missing");
    }

    /// <summary>
    /// A megabyte of gzip unpacks to a gigabyte: memory follows what arrives, and the file here has no more than its head.
    /// </summary>
    [Fact]
    public void A_small_file_that_claims_much_takes_no_memory()
    {
        var folder = Write("mnist", compressed: true);
        File.WriteAllBytes(
            Path.Combine(folder, Images + ".gz"),
            [.. Compressed(Idx([1_000_000, 28, 28], [1, 2, 3])), .. new byte[1 << 20]]
        );

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<GaitPropException>(() => Set.Read(folder));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void A_set_that_is_not_there_is_told_with_the_ways_out()
    {
        Cifar10Tests.AssertError(
            () => DataSets.Of("mnist", _scratch["none"]),
            "none (from --data) does not exist",
            "gaitprop data fetch mnist"
        );
        Cifar10Tests.AssertError(
            () => DataSets.Of("mnist", _scratch.Make("empty")),
            "empty (from --data) holds no MNIST, neither train-images-idx3-ubyte.gz nor a folder mnist with it"
        );
        Cifar10Tests.AssertError(
            () => DataSets.Of("fashion-mnist", "embedded"),
            "the embedded set cannot stand in for Fashion-MNIST",
            "gaitprop data fetch fashion-mnist"
        );
    }

    [Fact]
    public async Task The_published_files_are_fetched_one_by_one_and_checked()
    {
        var tiny = new Tiny(Write("from", compressed: true));
        using var wrong = new LocalServer(new byte[tiny.Release.Files[0].Length]);
        var refused = await Assert.ThrowsAsync<GaitPropException>(() =>
            new DataInstaller(tiny, _scratch["to"]) { Address = wrong.Address }.DownloadAsync(TestContext.Current.CancellationToken)
        );
        Cifar10Tests.AssertMessage(refused, "train-images-idx3-ubyte.gz arrived with the md5 sum", "give the folder with --from");

        var installed = await new DataInstaller(tiny, _scratch["to"]).ImportAsync(_scratch["from"], TestContext.Current.CancellationToken);

        Assert.Equal(new InstalledData(_scratch["to", "tiny"], Found: null), installed);
        Assert.Equal(
            new DataVerdict("Tiny", "all md5 sums are right").Words,
            tiny.Verify(installed.Folder, TestContext.Current.CancellationToken).Words
        );
        Assert.Equal(4, Directory.GetFiles(installed.Folder).Length);
        Assert.True((await new DataInstaller(tiny, _scratch["to"]).DownloadAsync(TestContext.Current.CancellationToken)).WasThere);
        Cifar10Tests.AssertError(() => Set.Verify(installed.Folder, TestContext.Current.CancellationToken), "it is truncated");
    }

    [Fact]
    public void Files_without_published_sums_are_read_and_it_is_said()
    {
        var verdict = Set.Verify(Write("mnist", compressed: false), TestContext.Current.CancellationToken);

        Assert.Equal("2 training and 2 test images can be read; md5 sums are published of the .gz files alone", verdict.Words);
        Assert.Empty(verdict.Errors);
    }

    /// <summary>A few images can be read and trained on, but they are not the set that somebody fetches, nor may they be lost.</summary>
    [Fact]
    public async Task A_part_of_the_set_is_neither_taken_for_the_whole_nor_replaced()
    {
        var part = Write("mnist", compressed: false);

        var refused = await Assert.ThrowsAsync<GaitPropException>(() =>
            new DataInstaller(Set, _scratch.Path).ImportAsync(_scratch.Path, TestContext.Current.CancellationToken)
        );

        Cifar10Tests.AssertMessage(refused, $"{part} holds only a part of MNIST (2 training and 2 test images", "move it away, or choose");
        Assert.Equal(2, Set.Read(part).Train.Count);
    }

    /// <summary>The four files of a set; made, for none is part of the project.</summary>
    internal static void WriteTo(string folder, bool compressed, int train = 2, int test = 2)
    {
        Directory.CreateDirectory(folder);
        foreach (var (part, count) in new[] { ("train", train), ("t10k", test) })
        {
            Put($"{part}-images-idx3-ubyte", Idx([count, 28, 28], Pixels(count)));
            Put($"{part}-labels-idx1-ubyte", Idx([count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]));
        }

        void Put(string name, byte[] bytes) =>
            File.WriteAllBytes(Path.Combine(folder, compressed ? name + ".gz" : name), compressed ? Compressed(bytes) : bytes);
    }

    private static byte[] Idx(int[] shape, byte[] values)
    {
        var head = new byte[4 + (4 * shape.Length)];
        (head[2], head[3]) = (8, (byte)shape.Length);
        foreach (var (d, size) in shape.Index())
        {
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4 + (4 * d)), size);
        }

        return [.. head, .. values];
    }

    private static byte[] Compressed(byte[] bytes)
    {
        var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return to.ToArray();
    }

    private static byte[] Bytes(int count) => new byte[count];

    private static byte[] Pixels(int images)
    {
        var pixels = new byte[images * 784];
        new Random(images).NextBytes(pixels);
        return pixels;
    }

    private string Write(string folder, bool compressed, int train = 2, int test = 2)
    {
        WriteTo(_scratch[folder], compressed, train, test);
        return Path.GetFullPath(_scratch[folder]);
    }

    /// <summary>A set of the family whose published files are those of a folder.</summary>
    private sealed class Tiny(string from)
        : MnistFamily(
            "Tiny",
            "https://official.invalid/tiny/",
            [
                .. new[] { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" }
                    .Select(name => File.ReadAllBytes(Path.Combine(from, name + ".gz")))
                    .Select(bytes => ((long)bytes.Length, TinyCifar10.Md5(bytes))),
            ]
        )
    {
        public override string Name => "tiny";

        public override string Title => "Tiny";

        public override string Licence => "none";

        public override IReadOnlyList<string> ClassNames { get; } = [.. Enumerable.Range(0, 10).Select(d => $"{d}")];
    }
}
