using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class Cifar10Tests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly TinyCifar10 _tiny = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Images_and_labels_come_in_the_order_of_the_records()
    {
        var folder = _tiny.WriteTo(_scratch["set"]);

        var set = _tiny.Set.Read(folder);

        Assert.Equal(("CIFAR-10", folder, false), (set.Name, set.Source, set.IsEmbedded));
        Assert.Equal((20, 3, 32, 32), (set.Train.Count, set.Train.Channels, set.Train.Height, set.Train.Width));
        Assert.Equal(4, set.Test.Count);

        // Training image 6 is record 2 of the second file.
        var record = _tiny["data_batch_2.bin"].AsSpan(2 * 3073, 3073);
        Assert.Equal(record[0], set.Train.Labels.Span[6]);
        Assert.Equal(record[1..], set.Train.Pixels.Span.Slice(6 * 3072, 3072));
        Assert.Equal(_tiny["test_batch.bin"].AsSpan((3 * 3073) + 1, 3072), set.Test.Pixels.Span.Slice(3 * 3072, 3072));
    }

    [Fact]
    public void The_set_is_found_inside_the_folder_too()
    {
        _tiny.WriteTo(_scratch["cifar-10-batches-bin"]);

        Assert.Equal(_scratch["cifar-10-batches-bin"], _tiny.Set.Read(_scratch.Path).Source);
    }

    [Fact]
    public void Symbolic_links_to_the_files_are_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make symbolic links.");
        _tiny.WriteTo(_scratch["set"]);
        _scratch.Make("links");
        foreach (var file in Cifar10.Official.Release.Files)
        {
            File.CreateSymbolicLink(_scratch["links", file.Name], _scratch["set", file.Name]);
        }

        Assert.Equal(4, _tiny.Set.Read(_scratch["links"]).Test.Count);
        _tiny.Set.Verify(_scratch["links"], TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Class_names_come_from_the_file_if_there_is_one()
    {
        var folder = _tiny.WriteTo(_scratch["set"]);
        Assert.Equal(Cifar10.Official.ClassNames, _tiny.Set.Read(folder).ClassNames);

        File.WriteAllText(_scratch["set", "batches.meta.txt"], "a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\r\ni\r\nj\r\n\r\n");
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], _tiny.Set.Read(folder).ClassNames);

        File.WriteAllText(_scratch["set", "batches.meta.txt"], "a\nb\n");
        AssertError(() => _tiny.Set.Read(folder), "batches.meta.txt has 2 class names, not 10", "delete it");
    }

    [Fact]
    public void A_set_of_official_size_has_50000_and_10000_images()
    {
        var set = Cifar10.Official.Read(WriteZeros());

        Assert.Equal((50_000, 10_000), (set.Train.Count, set.Test.Count));
    }

    [Theory]
    [InlineData(12_345, "data_batch_3.bin is 12,345 bytes, not 30,730,000: it is truncated")]
    [InlineData(30_730_001, "data_batch_3.bin is 30,730,001 bytes, not 30,730,000: it is too long")]
    public void A_file_of_another_size_is_named_with_both_sizes_and_the_cure(int length, string message)
    {
        var folder = WriteZeros();
        SetLength(Path.Combine(folder, "data_batch_3.bin"), length);

        AssertError(() => Cifar10.Official.Read(folder), message, "gaitprop data fetch cifar10 --to " + _scratch.Path);
        AssertError(() => Cifar10.Official.Verify(folder, TestContext.Current.CancellationToken), message);
    }

    [Theory]
    [InlineData("data_batch_2.bin", 9_999, "record 9,999 of 10,000")]
    [InlineData("test_batch.bin", 0, "record 0 of 10,000")]
    public void A_label_beyond_9_is_named_with_its_file_and_record(string name, int record, string where)
    {
        var folder = WriteZeros();
        using (var file = File.OpenWrite(Path.Combine(folder, name)))
        {
            file.Position = record * 3073L;
            file.WriteByte(17);
        }

        AssertError(() => Cifar10.Official.Read(folder), name, where, "the label 17, not 0 to 9", "gaitprop data fetch cifar10");
    }

    [Fact]
    public void A_missing_file_a_missing_folder_and_an_empty_one_are_errors_with_a_cure()
    {
        var folder = _tiny.WriteTo(_scratch["set"]);
        File.Delete(_scratch["set", "data_batch_5.bin"]);
        AssertError(() => _tiny.Set.Read(folder), "data_batch_5.bin is missing", "gaitprop data fetch cifar10");
        AssertError(() => Cifar10.Official.Read(_scratch["none"]), "none does not exist", "gaitprop data fetch cifar10");
        AssertError(() => Cifar10.Official.Read(_scratch.Make("empty")), "empty holds none of the files", "gaitprop data fetch cifar10");
        File.WriteAllText(_scratch["file"], "");
        AssertError(() => Cifar10.Official.Read(_scratch["file"]), "file is a file, not a folder", "gaitprop data fetch cifar10");
    }

    [Fact]
    public void The_md5_sums_tell_a_single_changed_pixel()
    {
        var folder = _tiny.WriteTo(_scratch["set"]);
        _tiny.Set.Verify(folder, TestContext.Current.CancellationToken);

        var bytes = (byte[])_tiny["data_batch_4.bin"].Clone();
        bytes[5000] ^= 1;
        File.WriteAllBytes(_scratch["set", "data_batch_4.bin"], bytes);

        _tiny.Set.Read(folder);
        AssertError(
            () => _tiny.Set.Verify(folder, TestContext.Current.CancellationToken),
            "data_batch_4.bin has the md5 sum " + TinyCifar10.Md5(bytes)
        );
    }

    internal static void AssertError(Action action, params string[] parts) =>
        AssertMessage(Assert.Throws<GaitPropException>(action), parts);

    internal static void AssertMessage(GaitPropException error, params string[] parts)
    {
        Assert.DoesNotContain('\n', error.Message);
        foreach (var part in parts)
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    private string WriteZeros()
    {
        var folder = _scratch.Make("cifar-10-batches-bin");
        foreach (var file in Cifar10.Official.Release.Files)
        {
            SetLength(Path.Combine(folder, file.Name), 30_730_000);
        }

        return folder;
    }

    private static void SetLength(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }
}
