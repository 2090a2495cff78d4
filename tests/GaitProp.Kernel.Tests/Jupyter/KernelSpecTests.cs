using System.Text.Json.Nodes;

namespace GaitProp.Kernel.Tests.Jupyter;

public sealed class KernelSpecTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    private string Prefix => _program["env"];

    private string Spec(params string[] path) => Path.Combine([Prefix, "share", "jupyter", "kernels", "gaitprop-csharp", .. path]);

    [Fact]
    public void Installing_writes_a_kernel_that_starts_this_program_and_again_changes_nothing()
    {
        Assert.Contains("logo-svg.svg, kernel.json", Run(0, "install").Output, StringComparison.Ordinal);
        var json = JsonNode.Parse(File.ReadAllText(Spec("kernel.json")))!;
        var words = json["argv"]!.AsArray().Select(w => w!.ToString()).ToArray();
        Assert.All(words[..2], word => Assert.True(Path.IsPathRooted(word) && File.Exists(word), word));
        Assert.Equal(["jupyter", "start", "{connection_file}"], words[2..]);
        Assert.Equal(
            ("C# (GaitProp)", "C#", "message"),
            (json["display_name"]!.ToString(), json["language"]!.ToString(), json["interrupt_mode"]!.ToString())
        );
        foreach (var (logo, side) in new[] { ("logo-32x32.png", 32), ("logo-64x64.png", 64) })
        {
            var bytes = File.ReadAllBytes(Spec(logo));
            Assert.Equal("PNG"u8, bytes.AsSpan(1, 3));
            Assert.Equal(side, bytes[19]);
        }

        var written = Directory.GetFiles(Spec()).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Contains("Nothing to change", Run(0, "install").Output, StringComparison.Ordinal);
        Assert.Equal(written, Directory.GetFiles(Spec()).ToDictionary(f => f, File.GetLastWriteTimeUtc));
        Assert.Equal(4, written.Count);
    }

    [Fact]
    public void What_was_damaged_is_mended()
    {
        Run(0, "install");
        File.WriteAllText(Spec("kernel.json"), "{");
        Assert.Contains("damaged", Run(0, "list").Output, StringComparison.Ordinal);
        Assert.Contains(": kernel.json.", Run(0, "install").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_says_where_it_is_and_whether_its_program_exists()
    {
        Run(0, "install");
        var there = Run(0, "list").Output;
        Assert.Contains(Spec(), there, StringComparison.Ordinal);
        Assert.Contains("gaitprop.dll", there, StringComparison.Ordinal);
        var text = File.ReadAllText(Spec("kernel.json"));
        File.WriteAllText(Spec("kernel.json"), text.Replace("gaitprop.dll", "moved.dll", StringComparison.Ordinal));
        Assert.Contains("program is missing", Run(0, "list").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Uninstalling_removes_ours_and_nothing_else()
    {
        Run(0, "install");
        File.WriteAllText(Spec("mine.txt"), "");
        Assert.Contains("mine.txt", Run(1, "uninstall").OneErrorLine(), StringComparison.Ordinal);
        Assert.Equal([Spec("mine.txt")], Directory.GetFiles(Spec()));
        File.Delete(Spec("mine.txt"));
        Run(0, "install");
        Assert.Contains("Removed", Run(0, "uninstall").Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Spec()));
        Assert.True(Directory.Exists(Path.GetDirectoryName(Spec())));
        Assert.Contains("Nothing to remove", Run(0, "uninstall").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_of_somebody_else_is_left_alone()
    {
        Directory.CreateDirectory(Spec());
        File.WriteAllText(Spec("kernel.json"), """{"argv": ["python"], "display_name": "other", "metadata": {}}""");
        Assert.Contains("another kernel", Run(1, "install").OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains("another kernel", Run(1, "uninstall").OneErrorLine(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Spec()));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_one_line()
    {
        File.WriteAllText(Prefix, "a file");
        Assert.Contains("cannot write", Run(1, "install").OneErrorLine(), StringComparison.Ordinal);
    }

    public void Dispose() => _program.Dispose();

    private Finished Run(int exit, string verb)
    {
        var finished = _program.Run("jupyter", verb, "--prefix", Prefix);
        Assert.True(exit == finished.ExitCode, finished.Output + finished.Error);
        return finished;
    }
}
