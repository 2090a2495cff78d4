using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class Cifar100Tests : IDisposable
{
    private const int Record = 3074;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_fine_label_is_the_class()
    {
        var (set, files) = Tiny(train: 6, test: 4);
        var folder = Write(files);

        var data = set.Read(_scratch.Path);

        Assert.Equal(("CIFAR-100", folder, 6, 4, 100), (data.Name, data.Source, data.Train.Count, data.Test.Count, data.ClassNames.Count));
        var record = files["train.bin"].AsSpan(5 * Record, Record);
        Assert.Equal(record[1], data.Train.Labels.Span[5]);
        Assert.Equal(record[2..], data.Train.Image(5));
        Assert.Equal(("apple", "worm"), (data.ClassNames[0], data.ClassNames[99]));
        Assert.Equal(data.ClassNames.Order(StringComparer.Ordinal), data.ClassNames);
        Assert.Equal(100, data.ClassNames.Distinct().Count());
    }

    [Theory]
    [InlineData("train.bin", (3 * Record) + 0, 20, "train.bin: record 3 of 6 (the first is record 0) has the label 20, not 0 to 19")]
    [InlineData("test.bin", (2 * Record) + 1, 100, "test.bin: record 2 of 4 (the first is record 0) has the label 100, not 0 to 99")]
    public void A_label_out_of_range_is_named(string file, int at, byte value, string message)
    {
        var (set, files) = Tiny(train: 6, test: 4);
        files[file][at] = value;
        var folder = Write(files);

        Cifar10Tests.AssertError(() => set.Read(folder), message, $"'gaitprop data fetch cifar100 --to {_scratch.Path}'");
        Cifar10Tests.AssertError(() => set.Verify(folder, TestContext.Current.CancellationToken), message);
    }

    [Fact]
    public void Sizes_missing_files_and_another_count_of_names_are_told()
    {
        var (set, files) = Tiny(train: 6, test: 4);
        var folder = Write(files);
        Assert.Equal(
            "sizes and labels of all files are right; of single files no md5 sums are published",
            set.Verify(folder, TestContext.Current.CancellationToken).Words
        );

        File.WriteAllText(_scratch["cifar-100-binary", "fine_label_names.txt"], "a\nb\n");
        Cifar10Tests.AssertError(() => set.Read(folder), "fine_label_names.txt has 2 class names, not 100", "delete it");
        File.Delete(_scratch["cifar-100-binary", "fine_label_names.txt"]);
        File.WriteAllBytes(_scratch["cifar-100-binary", "train.bin"], files["train.bin"][..5000]);
        Cifar10Tests.AssertError(() => set.Read(folder), "train.bin is 5,000 bytes, not 18,444: it is truncated");
        File.Delete(_scratch["cifar-100-binary", "train.bin"]);
        Cifar10Tests.AssertError(() => set.Read(folder), "train.bin is missing");
        Cifar10Tests.AssertError(
            () => DataSets.Find("cifar100").Open(_scratch.Make("empty")),
            "empty (from --data) holds no CIFAR-100, neither train.bin nor a folder cifar-100-binary"
        );
        _scratch.Make("python", "cifar-100-python");
        Cifar10Tests.AssertError(
            () => DataSets.Find("cifar100").Open(_scratch["python"]),
            "holds the Python version of CIFAR-100, not the binary version of CIFAR-100"
        );
    }

    [Fact]
    public async Task It_installs_from_a_folder_with_the_names_of_the_classes()
    {
        var (set, files) = Tiny(train: 6, test: 4);
        var folder = Write(files);

        var installed = await new DataInstaller(set, _scratch["to"]).ImportAsync(folder, TestContext.Current.CancellationToken);

        Assert.Equal(_scratch["to", "cifar-100-binary"], installed.Folder);
        Assert.Equal(set.ClassNames, set.Read(installed.Folder).ClassNames);
        Assert.Equal(files["test.bin"], File.ReadAllBytes(Path.Combine(installed.Folder, "test.bin")));
    }

    [Fact]
    public void The_published_files_have_fifty_and_ten_thousand_records() =>
        Assert.Equal([50_000L * Record, 10_000L * Record], Cifar100.Published.Files.Select(f => f.Length));

    private static (Cifar100 Set, Dictionary<string, byte[]> Files) Tiny(int train, int test)
    {
        var random = new Random(3);
        var files = new Dictionary<string, byte[]> { ["train.bin"] = Records(train), ["test.bin"] = Records(test) };
        return (
            new Cifar100(
                Cifar100.Published with
                {
                    Files = [.. Cifar100.Published.Files.Select(f => f with { Length = files[f.Name].Length })],
                }
            ),
            files
        );

        byte[] Records(int count)
        {
            var bytes = new byte[count * Record];
            random.NextBytes(bytes);
            for (var i = 0; i < count; i++)
            {
                (bytes[i * Record], bytes[(i * Record) + 1]) = ((byte)random.Next(20), (byte)random.Next(100));
            }

            return bytes;
        }
    }

    private string Write(Dictionary<string, byte[]> files)
    {
        var folder = _scratch.Make("cifar-100-binary");
        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }

        return folder;
    }
}
