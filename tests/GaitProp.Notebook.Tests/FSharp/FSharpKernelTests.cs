using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Tests.CSharp;
using GaitProp.Notebook.Tests.Engine;

namespace GaitProp.Notebook.Tests.FSharp;

/// <summary>Cells of F# in one notebook: a session takes seconds to start.</summary>
public sealed class FSharpKernelTests(SharedEngine shared) : EngineTest(shared), IClassFixture<SharedEngine>
{
    [Fact]
    public async Task Cells_share_variables_and_the_last_expression_is_shown()
    {
        await Run("#!fsharp\nlet twice x = 2 * x\nlet number = 21");
        Assert.Equal("42", await Value("#!fsharp\ntwice number"));
        Assert.Equal("[ 1, 4, 9 ]", await Value("#!fsharp\n[ for i in 1 .. 3 -> i * i ]"));
        await Run("#!fsharp\nprintfn \"hello %d\" number");
        Assert.Equal("hello 21\n", Cell.Out.ReplaceLineEndings("\n"));
        Assert.Empty(Cell.Shown);
    }

    [Fact]
    public async Task The_kits_types_are_open_and_look_as_in_csharp()
    {
        var text = await Value("#!fsharp\nlet x = torch.ones([| 2L; 3L |])\nx");
        await Run("torch.ones(2, 3)");
        Assert.Equal(text, Text(Cell.Shown[0]));
        Assert.Equal("RunStore", await Value("#!fsharp\ntypeof<RunStore>.Name"));
    }

    [Fact]
    public async Task Values_are_the_objects_themselves_in_both_directions()
    {
        await Run(
            "var list = new List<int> { 1 }; var tensor = torch.zeros(2); var anonymous = new[] { new { A = 1 } }; record Own(int N); var own = new Own(5);"
        );
        await Run(
            "#!fsharp\n#!set --name list --value @csharp:list\n#!set --name t --value @csharp:tensor\nlist.Add 2\nt.[0].fill_(torch.tensor(7.0f).ToScalar()) |> ignore"
        );
        Assert.Equal("2 7", await Value("$\"{list.Count} {tensor[0].item<float>()}\""));
        await Run(
            "#!fsharp\n#!share anonymous --from csharp\n#!share own --from csharp\nlet count = Seq.cast<obj> anonymous |> Seq.length"
        );
        await Run("#!fsharp\ntype Point = { X: int; Y: string }\nlet point = { X = 3; Y = \"y\" }\nlet array = [| 1.0; 2.0 |]");
        await Run(
            "#!set --name count --value @fsharp:count\n#!share point --from fsharp\n#!set --name array --value @fsharp:array\narray[0] = 9;"
        );
        Assert.Equal("1 3 y", await Value("$\"{count} {point.X} {point.Y}\""));
        Assert.Equal("9", await Value("#!fsharp\narray.[0]"));
    }

    [Theory]
    [InlineData("#!share nosuch --from fsharp")]
    [InlineData("#!fsharp\n#!share nosuch --from csharp")]
    [InlineData("#!set --name x --value @fsharp:nosuch")]
    [InlineData("#!sql\n#!share none --from csharp")]
    public async Task What_cannot_be_shared_fails_the_cell_in_one_line(string cell)
    {
        await Run("var none = new object();");
        var error = await Fail(cell);
        Assert.Matches("'(nosuch|none)'", error.Message);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task Variables_are_listed()
    {
        await Run("#!fsharp\nlet number = 21");
        await Run("#!fsharp\n#!whos");
        Assert.Contains("number", Html(Cell.Shown[0]), StringComparison.Ordinal);
        Assert.Contains("21", Html(Cell.Shown[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!fsharp\nlet x = 1\nlet y : int = \"a\"", "line 3, column 15", "FS0001")]
    [InlineData("#!fsharp\n#r \"nosuch.dll\"", "line 2, column 1", "nosuch.dll")]
    [InlineData("var a = 1;\n\n#!fsharp\n  nosuch", "line 4, column 3", "FS0039")]
    public async Task Errors_of_the_compiler_have_line_and_column_of_the_cell(string cell, string place, string id)
    {
        var error = await Fail(cell);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(id, error.Message, StringComparison.Ordinal);
        Assert.Contains("^", string.Concat(error.Traceback), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exceptions_have_the_lines_of_the_cell()
    {
        var error = await Fail("#!fsharp\nlet f a =\n  if a = 0 then failwith \"boom\" else a\nlet g a = 1 + f a\n\ng 0");
        Assert.Equal("boom", error.Message);
        Assert.Contains($"f in Cell [{Number}], line 3", string.Join('\n', error.Traceback), StringComparison.Ordinal);
        Assert.DoesNotContain("Invoke", string.Join('\n', error.Traceback), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_fails_ends_the_cell()
    {
        await Fail("#!fsharp\nfailwith \"no\"\n#!csharp\nConsole.Write(1);");
        Assert.Equal("", Cell.Out);
    }

    [Theory]
    [InlineData("while true do ()")]
    [InlineData("let mutable i = 0\nwhile true do i <- i + 1")]
    [InlineData("System.Threading.Thread.Sleep 100000")]
    [InlineData("async { while true do do! Async.Sleep 10 } |> Async.RunSynchronously")]
    [InlineData("let rec f () : int = f () in f ()")]
    public async Task The_stop_button_stops_what_runs_and_variables_live(string code)
    {
        await Run("#!fsharp\nlet kept = 5");
        using var stop = new CancellationTokenSource();
        var cell = Try($"#!fsharp\nprintf \"begun\"\n{code}", stop.Token);
        await Until(() => Cell.Out == "begun");
        var start = Environment.TickCount64;
        await stop.CancelAsync();
        Assert.Equal(CellStatus.Interrupted, (await cell).Status);
        Assert.InRange(Environment.TickCount64 - start, 0, 60_000);
        Assert.Equal("5", await Value("#!fsharp\nkept"));
    }

    [Theory]
    [InlineData("#!fsharp\nSystem.Console.WriteL|", "WriteLine", "function")]
    [InlineData("#!fsharp\nlet z = coun|", "counted", "variable")]
    [InlineData("#!csharp\nvar x = 1;\n#!fsharp\nlet y = 1\ntorch.ran|", "rand", "function")]
    public async Task Code_is_completed(string cell, string word, string kind)
    {
        await Run("#!fsharp\nlet counted = 3");
        var at = cell.IndexOf('|', StringComparison.Ordinal);
        var found = await Engine.CompleteAsync(cell.Remove(at, 1), at, Ending);
        Assert.Equal(kind, Assert.Single(found.Entries, e => e.Text == word).Kind);
        Assert.Equal(at, found.End);
    }

    [Fact]
    public async Task Code_is_explained()
    {
        await Run("#!fsharp\nlet counted = 3");
        Assert.Contains(
            "counted: int",
            Text((await Engine.InspectAsync("#!fsharp\ncounted + 1", 13, 0, Ending))!),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task References_of_csharp_are_seen()
    {
        await Run("#r \"nuget: CsCheck, 5.0.1\"");
        Assert.Equal("Gen", await Value("#!fsharp\ntypeof<CsCheck.Gen>.Name"));
    }

    /// <summary>Examples of all languages: here, where the one that takes seconds to load is loaded already.</summary>
    [Fact]
    public async Task Every_documented_example_runs_and_every_directive_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "kernel.md")).ReplaceLineEndings("\n");
        var headings = page.Split('\n').Where(l => l.StartsWith("### `#!", StringComparison.Ordinal)).ToArray();
        Assert.Equal([], DirectiveTests.NamesOf(Engine).Where(n => !headings.Any(h => h.Contains($"`{n}`", StringComparison.Ordinal))));
        foreach (Match example in Regex.Matches(page, "(?s)### `(#![a-z]+)`[^\n]*\n\n[^\n]*\n\n```\n(.*?)\n```"))
        {
            if (example.Groups[1].Value is not ("#!import" or "#!gaitprop" or "#!share"))
            {
                await Run(example.Groups[2].Value);
            }
        }
    }
}
