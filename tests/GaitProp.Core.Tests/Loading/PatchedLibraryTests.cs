using System.Buffers.Binary;
using System.Text;
using GaitProp.Loading;
using GaitProp.Storage;
using GaitProp.Tests.Data;

namespace GaitProp.Tests.Loading;

/// <summary>The copy of TorchSharp's bridge library that older systems need, made of the real library.</summary>
public sealed class PatchedLibraryTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32";
    private static readonly SortedSet<string> Versions = [Version];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_flag_changes_and_nothing_else()
    {
        var original = File.ReadAllBytes(Library());
        var patched = (byte[])original.Clone();

        Assert.Equal(1, ElfVersionNeeds.MakeWeak(patched, Versions));

        var at = Assert.Single(Enumerable.Range(0, original.Length), i => original[i] != patched[i]);
        Assert.Equal(0x2, original[at] ^ patched[at]);

        // It is the flag of an Elfxx_Vernaux whose first word is the hash of the version's name.
        Assert.Equal(ElfHash(Version), BinaryPrimitives.ReadUInt32LittleEndian(original.AsSpan(at - 4)));
        Assert.Equal(1, ElfVersionNeeds.MakeWeak(patched, Versions));
        Assert.Equal(original[at] | 0x2, patched[at]);
    }

    [Fact]
    public void A_version_that_is_not_needed_changes_nothing()
    {
        var original = File.ReadAllBytes(Library());
        var copy = (byte[])original.Clone();

        Assert.Equal(0, ElfVersionNeeds.MakeWeak(copy, new HashSet<string> { "GLIBCXX_9.9.99" }));
        Assert.Equal(original, copy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ, a library of another system")]
    [InlineData("\u007fELF\u0001\u0001 of 32 bits, followed by enough bytes to hold a header of 64 in all")]
    public void What_is_not_a_64_bit_ELF_library_is_refused(string content)
    {
        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MakeWeak(Encoding.ASCII.GetBytes(content), Versions));

        File.WriteAllText(_folder["lib.so"], content);
        var e = Assert.Throws<GaitPropException>(() => PatchedLibrary.Ensure(_folder["lib.so"], Versions, _folder["cache"]));
        AssertOneLine(e, "not a 64-bit little-endian ELF library");
        Assert.False(Directory.Exists(_folder["cache"]));
    }

    [Fact]
    public void The_second_time_finds_the_copy_of_the_first()
    {
        var library = Library();
        var first = Ensured(library);
        var written = File.GetLastWriteTimeUtc(first);

        Assert.Equal(first, Ensured(library));

        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
        Assert.Equal([first], Files());
    }

    [Theory]
    [InlineData("one byte")]
    [InlineData("cut short")]
    [InlineData("empty")]
    public void A_damaged_copy_is_made_anew(string damage)
    {
        var copy = Ensured(Library());
        var whole = File.ReadAllBytes(copy);
        var damaged = (byte[])whole.Clone();
        damaged[damaged.Length / 2] ^= 1;
        File.WriteAllBytes(
            copy,
            damage == "one byte" ? damaged
                : damage == "empty" ? []
                : whole[..^1]
        );

        Assert.Equal(copy, Ensured(Library()));

        Assert.Equal(whole, File.ReadAllBytes(copy));
        Assert.Equal([copy], Files());
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_named_in_one_line_with_the_cure()
    {
        File.WriteAllText(_folder["file"], "");

        var e = Assert.Throws<GaitPropException>(() => PatchedLibrary.Ensure(Library(), Versions, _folder["file", "native"]));

        AssertOneLine(e, _folder["file", "native"], "XDG_CACHE_HOME");
    }

    [Fact]
    public void Ten_processes_at_once_make_one_copy()
    {
        var said = StartedProcess.Ensure(10, Library(), Version, _folder.Make("cache"));

        var copy = Assert.Single(Files());
        Assert.All(said, path => Assert.Equal(copy, path));
        var expected = File.ReadAllBytes(Library());
        ElfVersionNeeds.MakeWeak(expected, Versions);
        Assert.Equal(expected, File.ReadAllBytes(copy));
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Ten_processes_at_once_load_libtorch_with_an_empty_cache()
    {
        var said = Assert.Single(StartedProcess.Load(10, _folder.Make("cache")).Distinct());

        Assert.Equal(said == "not patched" ? [] : [said], Files());
        Assert.Equal(LibTorch.IsPatched, said != "not patched");
    }

    [Fact]
    public void The_folder_and_the_copy_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such permissions.");
            return;
        }

        var copy = Ensured(Library());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        for (var folder = Path.GetDirectoryName(copy)!; folder != _folder.Path; folder = Path.GetDirectoryName(folder)!)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Fact]
    public void A_folder_that_others_could_write_to_is_closed_to_them_and_a_copy_that_they_could_change_is_made_anew()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such permissions.");
            return;
        }

        var copy = Ensured(Library());
        var inode = FileFacts.Of(copy)!.Value.Inode;
        var wide =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(_folder["cache"], wide);
        File.SetUnixFileMode(Path.GetDirectoryName(copy)!, wide);
        File.SetUnixFileMode(copy, wide);

        Assert.Equal(copy, Ensured(Library()));

        Assert.True(FileFacts.Of(_folder["cache"])!.Value.IsOwn);
        Assert.True(FileFacts.Of(Path.GetDirectoryName(copy)!)!.Value.IsOwn);
        Assert.NotEqual(inode, FileFacts.Of(copy)!.Value.Inode);
    }

    [Fact]
    public void The_cache_of_another_user_is_not_used()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can give a folder away.");
        var copy = Ensured(Library());
        using (var chown = System.Diagnostics.Process.Start("chown", ["65534", Path.GetDirectoryName(copy)!]))
        {
            chown.WaitForExit();
        }

        string passing;
        using (var other = PatchedLibrary.Ensure(Library(), Versions, _folder["cache"]))
        {
            passing = other.Path;
            Assert.NotEqual(copy, passing);
            Assert.Equal(File.ReadAllBytes(copy), File.ReadAllBytes(other.LoadPath));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(passing)));
    }

    [Fact]
    public void What_is_loaded_is_the_file_that_was_compared_whatever_takes_its_place()
    {
        using var copy = PatchedLibrary.Ensure(Library(), Versions, _folder["cache"]);
        var whole = File.ReadAllBytes(copy.Path);
        File.WriteAllText(_folder["planted"], "something else");
        File.Move(_folder["planted"], copy.Path, overwrite: true);

        Assert.Equal(whole, File.ReadAllBytes(copy.LoadPath));
    }

    private string Ensured(string library)
    {
        using var copy = PatchedLibrary.Ensure(library, Versions, _folder["cache"]);
        return copy.Path;
    }

    private static void AssertOneLine(GaitPropException e, params string[] parts)
    {
        Assert.DoesNotContain('\n', e.Message);
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    /// <summary>Files in the cache, hidden ones too.</summary>
    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(_folder["cache"], "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });

    /// <summary>The library as NuGet restored it.</summary>
    private static string Library()
    {
        var packages = (string)AppContext.GetData("GaitProp.NuGetPackages")!;
        var library = Path.Combine(
            packages,
            "torchsharp",
            LibTorch.Metadata("TorchSharpVersion"),
            "runtimes",
            "linux-x64",
            "native",
            "libLibTorchSharp.so"
        );
        Assert.SkipUnless(File.Exists(library), $"needs the library of Linux x64, {library}");
        return library;
    }

    /// <summary>The hash of the System V ABI.</summary>
    private static uint ElfHash(string name)
    {
        var hash = 0u;
        foreach (var character in name)
        {
            hash = (hash << 4) + character;
            var high = hash & 0xf000_0000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }
}
