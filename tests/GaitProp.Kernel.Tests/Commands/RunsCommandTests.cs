using System.Text;
using System.Text.Json.Nodes;

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

    [Fact]
    public void Of_several_pages_none_is_written_where_something_is_wrong_with_one()
    {
        const string Page = "<!-- results: short -->\n<!-- /results -->\n";
        CopiedRun.Into(_gaitprop["runs"]);
        File.WriteAllText(_gaitprop["a.md"], Page);
        File.WriteAllText(_gaitprop["b.md"], "<!-- results: short -->\n");

        Assert.StartsWith(
            "b.md: the results that begin with '<!-- results: short -->' have no end",
            Refused("b.md"),
            StringComparison.Ordinal
        );
        Assert.Matches("^cannot read nowhere[.]md: .+; --into names a Markdown file that is there[.]$", Refused("nowhere.md"));

        File.WriteAllText(_gaitprop["b.md"], Page);
        Table("--into", "a.md", "--into", "b.md");
        Assert.Contains("| network | rule |", File.ReadAllText(_gaitprop["a.md"]), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_gaitprop["a.md"]), File.ReadAllText(_gaitprop["b.md"]));

        string Refused(string other)
        {
            var finished = _gaitprop.Run("runs", "table", "--into", "a.md", "--into", other);
            Assert.Equal(1, finished.ExitCode);
            Assert.Equal(Page, File.ReadAllText(_gaitprop["a.md"]));
            return finished.OneErrorLine();
        }
    }

    [Fact]
    public void Rows_without_times_take_those_of_other_runs_of_their_setting()
    {
        CopiedRun.Into(_gaitprop["runs"]);

        Assert.Contains("| not recorded |", Table(), StringComparison.Ordinal);
        var timed = Table("--times", Path.Combine(Repository.Folder, "notebooks", "recorded-times"));
        Assert.DoesNotContain("| not recorded |", timed, StringComparison.Ordinal);
        Assert.Matches(@"\| [0-9.]+ ms per step", timed);

        var none = _gaitprop.Run("runs", "table", "--times", "runs");
        Assert.Equal(1, none.ExitCode);
        Assert.Equal(
            $"no run in {_gaitprop["runs"]} has times of a setting in the table: 'runs record --timing' keeps them.",
            none.OneErrorLine()
        );
    }

    [Fact]
    public void Runs_of_several_folders_come_into_one_table_and_where_there_are_none_it_says_so()
    {
        CopiedRun.Into(_gaitprop["first"]);
        var other = Path.Combine(CopiedRun.Into(_gaitprop["second"]), "run.json");
        var description = JsonNode.Parse(File.ReadAllText(other))!;
        description["experiment"]!["seed"] = 7;
        File.WriteAllText(other, description.ToJsonString());
        Directory.CreateDirectory(_gaitprop["empty"]);

        Assert.Contains(" | 30 | 1 | ", Table("--runs", "first"), StringComparison.Ordinal);
        Assert.Contains(" | 30 | 1, 7 | ", Table("--runs", "first", "--runs", "second"), StringComparison.Ordinal);

        var none = _gaitprop.Run("runs", "table", "--runs", "empty");
        Assert.Equal(1, none.ExitCode);
        Assert.Equal($"there is no run with an epoch in {_gaitprop["empty"]}: --runs names another folder.", none.OneErrorLine());
    }

    private string Table(params string[] options)
    {
        var made = _gaitprop.Run(["runs", "table", .. options]);
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        return made.Output;
    }
}
