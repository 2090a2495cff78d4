using System.Formats.Tar;
using GaitProp.Data;

namespace GaitProp.Tests.Data;

public sealed class Cifar10ImportTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly TinyCifar10 _tiny = new();

    private string Target => _scratch["to", "cifar-10-batches-bin"];

    public void Dispose() => _scratch.Dispose();

    private DataInstaller Installer(long? free = null) => new(_tiny.Set, _scratch["to"]) { FreeSpace = _ => free };

    private Task<InstalledData> ImportAsync(string from) => Installer().ImportAsync(from, TestContext.Current.CancellationToken);

    private async Task AssertRefusedAsync(string from, params string[] parts)
    {
        Cifar10Tests.AssertMessage(await Assert.ThrowsAsync<GaitPropException>(() => ImportAsync(from)), parts);
        Assert.False(Directory.Exists(_scratch["to"]));
    }

    [Theory]
    [InlineData("cifar-10-batches-bin/", true)]
    [InlineData("./", false)]
    [InlineData("../../../evil/", true)]
    [InlineData("/absolute/", false)]
    public async Task An_archive_packed_in_any_way_is_taken_by_the_bare_names(string prefix, bool compressed)
    {
        File.WriteAllBytes(_scratch["set.tar"], _tiny.Archive(prefix, compressed));

        var installed = await ImportAsync(_scratch["set.tar"]);

        Assert.Equal(new InstalledData(Target, Found: null), installed);
        _tiny.AssertWholeIn(Target);
        Assert.Equal(Cifar10.Official.ClassNames, _tiny.Set.Read(Target).ClassNames);
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_scratch["to"]));
        Assert.Equal(7, Directory.EnumerateFileSystemEntries(Target).Count());
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_scratch.Path).Count());
    }

    [Theory]
    [InlineData("from", "from")]
    [InlineData("from/cifar-10-batches-bin", "from")]
    [InlineData("from/cifar-10-batches-bin", "from/cifar-10-batches-bin")]
    public async Task A_folder_is_copied(string set, string from)
    {
        _tiny.WriteTo(_scratch[set]);

        await ImportAsync(_scratch[from]);

        _tiny.AssertWholeIn(Target);
        _tiny.AssertWholeIn(_scratch[set]);
    }

    [Fact]
    public async Task A_whole_set_is_left_alone()
    {
        _tiny.WriteTo(_scratch["from"]);
        await ImportAsync(_scratch["from"]);
        File.WriteAllText(Path.Combine(Target, "notes.txt"), "mine");

        var installed = await ImportAsync(_scratch["from"]);
        Assert.Equal((Target, "all md5 sums are right"), (installed.Folder, installed.Found?.Words));
        Assert.True(File.Exists(Path.Combine(Target, "notes.txt")));
        Assert.Equal(Target, (await new DataInstaller(_tiny.Set, Target).DownloadAsync(TestContext.Current.CancellationToken)).Folder);
    }

    [Fact]
    public async Task A_damaged_set_is_replaced_but_not_where_a_file_of_the_user_would_be_lost()
    {
        _tiny.WriteTo(_scratch["from"]);
        _tiny.WriteTo(Target);
        File.WriteAllText(Path.Combine(Target, "data_batch_2.bin"), "damaged");
        File.WriteAllText(Path.Combine(Target, "notes.txt"), "mine");

        var error = await Assert.ThrowsAsync<GaitPropException>(() => ImportAsync(_scratch["from"]));
        Cifar10Tests.AssertMessage(error, "'notes.txt' in it is not part of the set", "move that away");

        File.Delete(Path.Combine(Target, "notes.txt"));
        await ImportAsync(_scratch["from"]);
        _tiny.AssertWholeIn(Target);
    }

    [Fact]
    public async Task A_damaged_set_that_lies_bare_in_the_folder_gets_a_whole_one_beside_it_that_is_found_first()
    {
        _tiny.WriteTo(_scratch["from"]);
        _tiny.WriteTo(_scratch["to"]);
        File.WriteAllText(_scratch["to", "test_batch.bin"], "damaged");

        await ImportAsync(_scratch["from"]);

        Assert.Equal(Target, Cifar10.Official.FindIn(_scratch["to"]));
    }

    [Fact]
    public async Task What_a_killed_run_left_is_cleaned_up()
    {
        _tiny.WriteTo(_scratch["from"]);
        File.WriteAllText(Path.Combine(_scratch.Make("to", "cifar-10-batches-bin.partial", "unpacked"), "data_batch_1.bin"), "half");
        File.WriteAllText(Path.Combine(_scratch.Make("to", "cifar-10-batches-bin.partial", "replaced"), "data_batch_1.bin"), "old");
        File.WriteAllText(_scratch["to", "cifar-10-batches-bin.partial", "lock"], "");

        await ImportAsync(_scratch["from"]);

        _tiny.AssertWholeIn(Target);
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_scratch["to"]));
    }

    [Fact]
    public async Task Two_installations_at_once_do_not_disturb_each_other()
    {
        _tiny.WriteTo(_scratch["from"]);
        GaitPropException? second = null;
        var installer = new DataInstaller(_tiny.Set, _scratch["to"])
        {
            Progress = _ => second ??= Assert.Throws<GaitPropException>(() => ImportAsync(_scratch["from"]).GetAwaiter().GetResult()),
        };

        await installer.ImportAsync(_scratch["from"], TestContext.Current.CancellationToken);

        Cifar10Tests.AssertMessage(second!, "is in use by another installation", "wait");
        _tiny.AssertWholeIn(Target);
    }

    [Fact]
    public async Task Damaged_sources_are_refused_with_the_file_named()
    {
        _tiny.WriteTo(_scratch["from"]);
        var bytes = (byte[])_tiny["data_batch_3.bin"].Clone();

        bytes[3073 * 2] = 17;
        File.WriteAllBytes(_scratch["from", "data_batch_3.bin"], bytes);
        await AssertRefusedAsync(_scratch["from"], "data_batch_3.bin: record 2 of 4", "label 17");

        File.WriteAllBytes(_scratch["from", "data_batch_3.bin"], bytes[..5000]);
        await AssertRefusedAsync(_scratch["from"], "data_batch_3.bin is 5,000 bytes, not 12,292: it is truncated");

        File.WriteAllBytes(_scratch["from", "data_batch_3.bin"], [.. _tiny["data_batch_3.bin"], 0]);
        await AssertRefusedAsync(_scratch["from"], "data_batch_3.bin is longer than 12,292 bytes");

        File.WriteAllBytes(_scratch["from", "data_batch_3.bin"], _tiny["data_batch_4.bin"]);
        await AssertRefusedAsync(_scratch["from"], "data_batch_3.bin has the md5 sum");

        File.Delete(_scratch["from", "data_batch_3.bin"]);
        await AssertRefusedAsync(_scratch["from"], "data_batch_3.bin is missing");
    }

    [Fact]
    public async Task What_is_no_archive_of_the_binary_version_is_refused()
    {
        await AssertRefusedAsync(_scratch["none"], "none does not exist");
        await AssertRefusedAsync(_scratch.Make("empty"), "empty holds no CIFAR-10");

        File.WriteAllBytes(_scratch["a.tar.gz"], []);
        await AssertRefusedAsync(_scratch["a.tar.gz"], "a.tar.gz is empty");

        File.WriteAllBytes(_scratch["a.zip"], "PK\x3\x4 and so on"u8.ToArray());
        await AssertRefusedAsync(_scratch["a.zip"], "a.zip is a zip file", "unpack it");

        File.WriteAllText(_scratch["a.html"], string.Concat(Enumerable.Repeat("<html>", 1000)));
        await AssertRefusedAsync(_scratch["a.html"], "a.html cannot be read as a .tar or .tar.gz archive");

        foreach (var length in new[] { 3, 600, 30_000 })
        {
            File.WriteAllBytes(_scratch["cut.tar.gz"], _tiny.Archive()[..length]);
            await AssertRefusedAsync(_scratch["cut.tar.gz"], "cut.tar.gz", "truncated");
        }

        WriteTar("other.tar", "something/else.bin");
        await AssertRefusedAsync(_scratch["other.tar"], "other.tar holds no CIFAR-10");

        WriteTar("cifar-10-python.tar.gz", "cifar-10-batches-py/data_batch_4");
        await AssertRefusedAsync(_scratch["cifar-10-python.tar.gz"], "is the Python version", "binary version, tiny.tar.gz");
    }

    [Fact]
    public async Task Too_little_space_is_told_before_anything_is_written()
    {
        _tiny.WriteTo(_scratch["from"]);

        var error = await Assert.ThrowsAsync<GaitPropException>(() =>
            Installer(free: 1_000_000).ImportAsync(_scratch["from"], TestContext.Current.CancellationToken)
        );

        Cifar10Tests.AssertMessage(error, "has 1.0 MB of free space", "needs 16 MB", "--to");
        Assert.False(Directory.Exists(_scratch["to"]));
    }

    [Fact]
    public async Task A_destination_that_is_a_file_is_refused()
    {
        _tiny.WriteTo(_scratch["from"]);
        File.WriteAllText(_scratch["to"], "mine");

        var error = await Assert.ThrowsAsync<GaitPropException>(() => ImportAsync(_scratch["from"]));

        Cifar10Tests.AssertMessage(error, "to is a file, not a folder");
    }

    [Fact]
    public async Task Stopping_leaves_nothing_behind()
    {
        _tiny.WriteTo(_scratch["from"]);
        using var stop = new CancellationTokenSource();
        var installer = new DataInstaller(_tiny.Set, _scratch["to"]) { Progress = _ => stop.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installer.ImportAsync(_scratch["from"], stop.Token));

        Assert.False(Directory.Exists(_scratch["to"]));
    }

    private void WriteTar(string name, string entry)
    {
        using var tar = new TarWriter(File.Create(_scratch[name]));
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, entry) { DataStream = new MemoryStream([1, 2, 3]) });
    }
}
