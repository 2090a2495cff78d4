using System.Text;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class RunsCommandTests : IDisposable
{
    private const string WithoutCheckpoints =
        "was recorded without its checkpoints and cannot go on: resume it where it was trained, or train it again.";

    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Theory]
    [InlineData("running", WithoutCheckpoints)]
    [InlineData("interrupted", WithoutCheckpoints)]
    [InlineData("failed", WithoutCheckpoints)]
    [InlineData("finished", "has finished: there is nothing to resume.")]
    [InlineData("diverged", "has diverged: there is nothing to resume.")]
    public void A_recorded_run_is_not_resumed_and_the_line_says_why(string status, string why)
    {
        var name = Path.GetFileName(CopiedRun.Into(_gaitprop["runs"], status, isRecorded: true));

        var finished = _gaitprop.Run("runs", "resume", "last");

        Assert.Equal(1, finished.ExitCode);
        Assert.Equal($"run {name} {why}", finished.OneErrorLine());
    }

    [Fact]
    public void A_run_that_is_named_twice_is_exported_once()
    {
        var name = Path.GetFileName(CopiedRun.Into(_gaitprop["runs"]));

        var once = _gaitprop.Run("runs", "export", "last", "--to", "once.csv");
        var twice = _gaitprop.Run("runs", "export", "last", name, $"cifar-shallow/{name}", "--to", "twice.csv");

        Assert.Equal((0, ""), (once.ExitCode, once.Error));
        Assert.Equal((0, ""), (twice.ExitCode, twice.Error));
        Assert.Contains(" rows of 1 run in ", twice.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_gaitprop["once.csv"]), File.ReadAllText(_gaitprop["twice.csv"]));
    }

    [Fact]
    public void A_page_keeps_its_line_ends_and_its_byte_order_mark_when_results_are_put_into_it()
    {
        CopiedRun.Into(_gaitprop["runs"], isRecorded: true);
        var page = _gaitprop["page.md"];
        File.WriteAllText(
            page,
            "# Mine\r\n\r\n<!-- results: short -->\r\n<!-- /results -->\r\n",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
        );

        var first = _gaitprop.Run("runs", "table", "--into", "page.md");
        var made = File.ReadAllBytes(page);
        var second = _gaitprop.Run("runs", "table", "--into", "page.md");

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        var text = Encoding.UTF8.GetString(made);
        Assert.StartsWith("\ufeff# Mine\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\n| network | rule |", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?<!\r)\n", text);
        Assert.Equal(made, File.ReadAllBytes(page));
    }
}
