using System.Diagnostics;
using GaitProp.Kernel.Charts;
using GaitProp.Storage;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

public sealed class FigureFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-figures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Page_image_and_table_appear_under_the_name_of_the_figure_and_nothing_else()
    {
        var folder = Path.Combine(_folder, "new", "figures");
        var paths = FigureFiles.Write(SampleFigures.Tiny(), folder);

        Assert.Equal(["fig4.html", "fig4.png", "fig4.csv"], paths.Select(path => Path.GetRelativePath(folder, path)));
        Assert.Equal(["fig4.csv", "fig4.html", "fig4.png"], Names(folder));
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(paths[0]), StringComparison.Ordinal);
        using var image = SKBitmap.Decode(paths[1]);
        Assert.Equal(1600, image.Width);
        Assert.StartsWith(FigureCsv.Header, File.ReadAllText(paths[2]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_earlier_figure_is_replaced()
    {
        foreach (var name in new[] { "fig4.html", "fig4.png", "fig4.csv" })
        {
            File.WriteAllText(Path.Combine(_folder, name), "earlier");
        }

        FigureFiles.Write(SampleFigures.Tiny(), _folder);

        Assert.Equal(["fig4.csv", "fig4.html", "fig4.png"], Names(_folder));
        Assert.All(Directory.GetFiles(_folder), file => Assert.NotEqual("earlier", File.ReadAllText(file)));
    }

    [Fact]
    public void The_runs_that_a_figure_shows_stand_beside_it_and_are_those_of_a_whole_figure_only()
    {
        Assert.Empty(FigureFiles.RunsOf("fig4", Path.Combine(_folder, "nowhere")));
        string[] runs = ["cifar-shallow/bp-s1-20261123-175612", "cifar-shallow/gait+displacement-s1-20261123-175613"];

        var paths = FigureFiles.Write(SampleFigures.Tiny(), _folder, runs);

        Assert.Equal(["fig4.html", "fig4.png", "fig4.csv"], paths.Select(path => Path.GetRelativePath(_folder, path)));
        Assert.Equal(["fig4.csv", "fig4.html", "fig4.png", "fig4.runs.json"], Names(_folder));
        Assert.Equal(runs, FigureFiles.RunsOf("fig4", _folder).Order(StringComparer.Ordinal));

        File.Delete(paths[0]);
        Assert.Empty(FigureFiles.RunsOf("fig4", _folder));
    }

    [Fact]
    public void When_the_last_file_cannot_get_its_name_the_earlier_figure_is_still_there()
    {
        // fig4.csv is a folder: page and image have been replaced when this comes out.
        File.WriteAllText(Path.Combine(_folder, "fig4.html"), "earlier");
        Directory.CreateDirectory(Path.Combine(_folder, "fig4.csv"));
        var error = Assert.Throws<GaitPropException>(() => FigureFiles.Write(SampleFigures.Tiny(), _folder));

        AssertOneLine(error, "fig4.csv' is a folder");
        Assert.Equal(["fig4.csv", "fig4.html"], Names(_folder));
        Assert.Equal("earlier", File.ReadAllText(Path.Combine(_folder, "fig4.html")));
    }

    /// <summary>Such as a file that a container is given: nothing can be renamed to it, though it can be read and copied.</summary>
    [Fact]
    public void A_file_that_cannot_be_replaced_stays_without_a_copy_beside_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux can mount a file.");
        var image = Path.Combine(_folder, "fig4.png");
        foreach (var file in (string[])[image, Path.Combine(_folder, "fig4.html")])
        {
            File.WriteAllText(file, "earlier");
        }

        Assert.SkipUnless(Run("mount", "--bind", image, image), "This machine does not let root mount.");
        try
        {
            Assert.Throws<GaitPropException>(() => FigureFiles.Write(SampleFigures.Tiny(), _folder));

            Assert.Equal(["fig4.html", "fig4.png"], Names(_folder));
            Assert.All(Directory.GetFiles(_folder), file => Assert.Equal("earlier", File.ReadAllText(file)));
        }
        finally
        {
            Run("umount", image);
        }
    }

    [Fact]
    public void A_folder_that_is_a_file_is_named_with_what_to_do()
    {
        var file = Path.Combine(_folder, "figures");
        File.WriteAllText(file, "not a folder");
        foreach (var path in new[] { file, Path.Combine(file, "below") })
        {
            AssertOneLine(
                Assert.Throws<GaitPropException>(() => FigureFiles.Write(SampleFigures.Tiny(), path)),
                $"'{file}' is a file, not a folder"
            );
            AssertOneLine(Assert.Throws<GaitPropException>(() => FigureFiles.EnsureWritable(path)), $"'{file}' is a file, not a folder");
        }

        Assert.Equal("not a folder", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void A_name_that_is_no_file_name_is_refused(string name) =>
        Assert.Throws<GaitPropException>(() => FigureFiles.Write(SampleFigures.Tiny() with { Name = name }, _folder));

    [Fact]
    public void A_writable_folder_is_made_and_left_empty()
    {
        var folder = Path.Combine(_folder, "figures");
        FigureFiles.EnsureWritable(folder);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void On_a_read_only_folder_nothing_is_written()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such permissions.");
            return;
        }

        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Permissions do not stop this user.");
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            AssertOneLine(Assert.Throws<GaitPropException>(() => FigureFiles.EnsureWritable(_folder)), "it may not be written");
            AssertOneLine(
                Assert.Throws<GaitPropException>(() => FigureFiles.Write(SampleFigures.Tiny(), _folder)),
                "it may not be written"
            );
            Assert.Empty(Names(_folder));
        }
        finally
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_file_system_of_no_size_is_not_full()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is of Linux");
        Assert.Null(DiskSpace.FreeIn("/proc"));
        Assert.NotNull(DiskSpace.FreeIn(_folder));
    }

    [Theory]
    [InlineData("2m")]
    [InlineData("3800k")]
    public void On_a_full_disk_nothing_is_left_and_the_earlier_figure_stays(string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux can mount a small disk.");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _folder), "This machine does not let root mount.");
        try
        {
            File.WriteAllText(Path.Combine(_folder, "fig4.html"), "earlier");
            var error = Assert.Throws<GaitPropException>(() => FigureFiles.Write(SampleFigures.Shallow(), _folder));
            AssertOneLine(error, "Free 8.0 MB on that disk, or name another folder.");
            Assert.Equal(["fig4.html"], Names(_folder));
            Assert.Equal("earlier", File.ReadAllText(Path.Combine(_folder, "fig4.html")));

            AssertOneLine(
                Assert.Throws<GaitPropException>(() => FigureFiles.EnsureWritable(_folder)),
                "MB are free and a figure needs 8.0 MB"
            );
            Assert.Equal(["fig4.html"], Names(_folder));
        }
        finally
        {
            Run("umount", _folder);
        }
    }

    [Theory]
    [InlineData("angles.html", "<!DOCTYPE html>")]
    [InlineData("angles.png", "\u0089PNG")]
    [InlineData("angles.SVG", "<?xml")]
    [InlineData("a b.c.csv", FigureCsv.Header)]
    public void One_file_is_saved_in_the_format_of_its_extension(string name, string start)
    {
        var file = Path.Combine(_folder, "new", name);
        foreach (var time in new[] { "first", "again" })
        {
            Assert.Equal(file, FigureFiles.Save(SampleFigures.Angles(), file));
            Assert.StartsWith(start, File.ReadAllText(file, System.Text.Encoding.Latin1), StringComparison.Ordinal);
            Assert.True(Names(Path.GetDirectoryName(file)!) is [var only] && only == name, time);
        }
    }

    [Fact]
    public void The_path_of_a_saved_file_is_full()
    {
        var file = $"gaitprop-{Guid.NewGuid():N}.csv";
        try
        {
            Assert.Equal(Path.GetFullPath(file), FigureFiles.Save(SampleFigures.Angles(), file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("angles")]
    [InlineData("angles.bmp")]
    [InlineData("angles.png.")]
    [InlineData("angles\n.jpg")]
    [InlineData(".png")]
    [InlineData("angles\0.png")]
    public void Other_extensions_are_refused_with_those_that_there_are(string name)
    {
        var error = Assert.Throws<GaitPropException>(() => FigureFiles.Save(SampleFigures.Angles(), Path.Combine(_folder, name)));
        AssertOneLine(error, "name a file that ends in .html, .png, .svg, .pdf or .csv.");
        Assert.Empty(Names(_folder));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_with_the_reason_and_leaves_nothing()
    {
        var file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, "not a folder");
        Directory.CreateDirectory(Path.Combine(_folder, "angles.png"));
        AssertOneLine(
            Assert.Throws<GaitPropException>(() => FigureFiles.Save(SampleFigures.Angles(), Path.Combine(file, "angles.png"))),
            $"'{file}' is a file, not a folder"
        );
        AssertOneLine(
            Assert.Throws<GaitPropException>(() => FigureFiles.Save(SampleFigures.Angles(), Path.Combine(_folder, "angles.png"))),
            "angles.png' is a folder"
        );
        Assert.Equal(["angles.png", "taken"], Names(_folder));
    }

    [Fact]
    public void A_file_whose_name_a_folder_has_is_refused_before_anything_is_computed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "angles.png"));
        AssertOneLine(
            Assert.Throws<GaitPropException>(() => FigureFiles.EnsureSavable(Path.Combine(_folder, "angles.png"))),
            "angles.png' is a folder"
        );
    }

    private static string[] Names(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static void AssertOneLine(GaitPropException error, string part)
    {
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
            )!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
