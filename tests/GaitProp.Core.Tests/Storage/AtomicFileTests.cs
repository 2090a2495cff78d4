using GaitProp.Storage;
using GaitProp.Tests.Data;

namespace GaitProp.Tests.Storage;

/// <summary>Whole or not at all, on real disks that are full.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_whole_or_not_at_all()
    {
        using var disk = TinyDisk.Mount(_folder.Make("disk"), kilobytes: 64);
        var file = Path.Combine(disk.Path, "file");
        AtomicFile.Write(file, "earlier"u8);

        Assert.Contains(
            "the disk is full",
            Assert.Throws<GaitPropException>(() => AtomicFile.Write(file, new byte[200_000])).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("earlier", File.ReadAllText(file));

        AtomicFile.Write(file, "later"u8);
        Assert.Equal("later", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(disk.Path, "*", All));
    }

    [Fact]
    public void A_file_that_cannot_take_its_place_leaves_nothing_behind()
    {
        _folder.Make("file", "in the way");

        Assert.StartsWith(
            $"cannot write {_folder["file"]}",
            Assert.Throws<GaitPropException>(() => AtomicFile.Write(_folder["file"], "x"u8)).Message,
            StringComparison.Ordinal
        );

        Assert.Equal([_folder["file"]], Directory.GetFileSystemEntries(_folder.Path, "*", All));
    }

    /// <summary>Settings that lie elsewhere behind a link, and files that others may not read, stay so.</summary>
    [Fact]
    public void A_link_stays_one_and_permissions_stay_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other permissions, and lets only some users make symbolic links.");
            return;
        }

        var (file, link) = (_folder["kept", "file"], _folder["link"]);
        Directory.CreateDirectory(_folder["kept"]);
        File.WriteAllText(file, "earlier");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(link, file);

        AtomicFile.Write(link, "later"u8);

        Assert.Equal("later", File.ReadAllText(file));
        Assert.Equal(file, new FileInfo(link).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_folder["kept"], "*", All));
    }

    [Fact]
    public void A_file_that_was_not_committed_was_never_there()
    {
        File.WriteAllText(_folder["file"], "earlier");

        using (var file = new AtomicFile(_folder["file"]))
        {
            file.Stream.Write("later"u8);
            file.Complete();
            Assert.Equal(2, Directory.GetFiles(_folder.Path, "*", All).Length);
        }

        Assert.Equal("earlier", File.ReadAllText(_folder["file"]));
        Assert.Equal([_folder["file"]], Directory.GetFiles(_folder.Path, "*", All));
    }

    [Fact]
    public void What_a_killed_writer_left_under_a_name_of_ones_own_is_overwritten()
    {
        File.WriteAllText(_folder["file.part"], "a longer text of before");

        using (var file = new AtomicFile(_folder["file"], _folder["file.part"]))
        {
            file.Stream.Write("new"u8);
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(_folder["file"]));
        Assert.Equal([_folder["file"]], Directory.GetFiles(_folder.Path, "*", All));
    }

    [Fact]
    public void The_earlier_file_can_be_kept()
    {
        File.WriteAllText(_folder["file"], "earlier");

        using (var file = new AtomicFile(_folder["file"]))
        {
            file.Stream.Write("later"u8);
            file.Commit(_folder["backup"]);
        }

        Assert.Equal(("later", "earlier"), (File.ReadAllText(_folder["file"]), File.ReadAllText(_folder["backup"])));
        Assert.Equal(2, Directory.GetFiles(_folder.Path, "*", All).Length);
    }

    [Fact]
    public void A_file_for_its_owner_alone_is_never_open_to_others()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new AtomicFile(_folder["file"], mode: owner);

        Assert.Equal(owner, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(_folder.Path, "*", All))));
        file.Commit();
        Assert.Equal(owner, File.GetUnixFileMode(_folder["file"]));
    }

    private static EnumerationOptions All => new() { AttributesToSkip = 0 };
}
