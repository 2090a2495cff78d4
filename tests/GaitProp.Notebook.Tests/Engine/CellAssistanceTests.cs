using CsCheck;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Engine;

/// <summary>What an editor asks, of one notebook: the first question to an engine takes as long as a dozen later ones.</summary>
public sealed class CellAssistanceTests(SharedEngine shared) : EngineTest(shared), IClassFixture<SharedEngine>
{
    [Theory]
    [InlineData("Console.Wri|", "WriteLine", "function")]
    [InlineData("var text = \"a\"; text.Len|", "Length", "property")]
    [InlineData("var größe = \"😀\"; größe.Sub|", "Substring", "function")]
    [InlineData("new List<int>().Whe|", "Where", "function")]
    [InlineData("Dat|", "DateTime", "class")]
    [InlineData("System.Thr|", "Threading", "module")]
    [InlineData("fore|", "foreach", "keyword")]
    [InlineData("var number = 1; num|", "number", "field")]
    [InlineData("torch.ran|", "rand", "function")]
    [InlineData("File.RAL|", "ReadAllLines", "function")]
    [InlineData("dis|", "display", "function")]
    public async Task Code_is_completed(string cell, string word, string kind)
    {
        var completion = await Complete(cell);
        var entry = Assert.Single(completion.Entries, e => e.Text == word);
        Assert.Equal(kind, entry.Kind);
        var position = cell.IndexOf('|', StringComparison.Ordinal);
        Assert.Equal(position, completion.End);
        Assert.InRange(completion.Start, 0, position);
    }

    [Fact]
    public async Task Variables_of_earlier_cells_are_completed_with_signature_and_documentation()
    {
        await Run("/// <summary>Twice as much.</summary>\nint Twice(int number) => 2 * number; var counted = 3;");
        var entry = Assert.Single((await Complete("Twi|")).Entries, e => e.Text == "Twice");
        Assert.Contains("int Twice(int number)", entry.Signature, StringComparison.Ordinal);
        Assert.Equal("Twice as much.", entry.Documentation);
        Assert.Equal("counted", (await Complete("Twice(coun|)")).Entries[0].Text);
    }

    [Fact]
    public async Task The_documentation_of_the_framework_is_there()
    {
        var entry = Assert.Single((await Complete("Math.Sqr|")).Entries, e => e.Text == "Sqrt");
        Assert.Contains("square root", entry.Documentation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usings_of_earlier_cells_count()
    {
        await Run("using System.Numerics;");
        Assert.Contains((await Complete("Vect|")).Entries, e => e.Text == "Vector2");
    }

    [Fact]
    public async Task Completion_and_inspection_answer_while_a_cell_runs()
    {
        using var stop = new CancellationTokenSource();
        var cell = Try("var running = 1; Console.Write(\"begun\"); while (true) { }", stop.Token);
        await Until(() => Cell.Out == "begun");
        Assert.Contains((await Complete("runn|")).Entries, e => e.Text == "running");
        Assert.NotNull(await Engine.InspectAsync("running", 3, 0, Ending));
        Assert.False(cell.IsCompleted);
        await stop.CancelAsync();
        await cell;
    }

    [Fact]
    public async Task Completion_never_finds_nothing_while_the_first_cell_begins()
    {
        for (var i = 0; i < 5; i++)
        {
            await using var engine = new GaitProp.Notebook.Engine.NotebookEngine(GaitPropKit.Kit);
            var cell = engine.ExecuteAsync("var x = 1;", 1, new RecordedCell(), Ending);
            do
            {
                Assert.Contains((await engine.CompleteAsync("Console.Wri", 11, Ending)).Entries, e => e.Text == "WriteLine");
            } while (!cell.IsCompleted);

            Assert.Contains((await engine.CompleteAsync("Console.Wri", 11, Ending)).Entries, e => e.Text == "WriteLine");
        }
    }

    [Theory]
    [InlineData("#!ti|", "#!time")]
    [InlineData("#!|", "#!whos")]
    [InlineData("#|", "#r")]
    [InlineData("var x = 1;\n#!gait|", "#!gaitprop")]
    [InlineData("#!gaitprop tr|", "train")]
    [InlineData("#!gaitprop train |", "cifar-shallow")]
    [InlineData("#!gaitprop train |  \r\n1", "cifar-shallow")]
    [InlineData("#!gaitprop train cifar-shallow --ep|", "--epochs")]
    [InlineData("#!time\n#!gaitprop train ci|", "cifar-shallow")]
    [InlineData("#!html\n<b>\n#!cs|", "#!csharp")]
    [InlineData("#r \"nu|", "nuget: ")]
    [InlineData("#r \"nuget: xunit.v3.ass|", "xunit.v3.assert")]
    [InlineData("#!csharp\nConsole.Wri|", "WriteLine")]
    [InlineData("#!html\n<b>\n#!csharp\nConsole.Wri|", "WriteLine")]
    public async Task Magics_and_references_are_completed(string cell, string word)
    {
        var completion = await Complete(cell);
        Assert.Contains(completion.Entries, e => e.Text == word);
        Assert.Equal(cell.IndexOf('|', StringComparison.Ordinal), completion.End);
    }

    [Theory]
    [InlineData("#!html\n<b>Console.|")]
    [InlineData("#!markdown\nThe word Dat|")]
    [InlineData("#!time\n#!html\n<b>Dat|\n#!csharp\n1")]
    [InlineData("// a comment Dat|")]
    [InlineData("var s = \"Dat|\";")]
    public async Task Nothing_is_said_where_there_is_nothing_to_say(string cell) => Assert.Empty((await Complete(cell)).Entries);

    [Fact]
    public async Task Magics_are_explained()
    {
        Assert.Contains("wall time", Text((await Engine.InspectAsync("#!time", 3, 0, Ending))!), StringComparison.Ordinal);
        Assert.Contains(
            "--epochs",
            Text(
                (
                    await Engine.InspectAsync(
                        "#!gaitprop train cifar-shallow --epochs 3",
                        "#!gaitprop train cifar-shallow --ep".Length,
                        0,
                        Ending
                    )
                )!
            ),
            StringComparison.Ordinal
        );
        Assert.Null(await Engine.InspectAsync("#!html\n<b>Console</b>", 10, 0, Ending));
    }

    [Theory]
    [InlineData("Math.Sq|rt(2)", "double Math.Sqrt(double d)")]
    [InlineData("Math.Sqrt(|2)", "double Math.Sqrt(double d)")]
    [InlineData("Math.Sqrt(1 + |", "double Math.Sqrt(double d)")]
    [InlineData("var s = \"😀\"; s.Leng|th", "int string.Length")]
    [InlineData("new Lis|t<int>()", "List<int>.List()")]
    [InlineData("#!time\nMath.Sqrt|(2)", "double Math.Sqrt(double d)")]
    public async Task Code_is_explained(string cell, string part)
    {
        var position = cell.IndexOf('|', StringComparison.Ordinal);
        var bundle = await Engine.InspectAsync(cell.Remove(position, 1), position, 0, Ending);
        Assert.Contains(part, Text(bundle!), StringComparison.Ordinal);
        Assert.Contains("<pre", Html(bundle!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_detail_lists_the_overloads()
    {
        const string Cell = "string.Join";
        var summary = Text((await Engine.InspectAsync(Cell, Cell.Length, 0, Ending))!);
        var detail = Text((await Engine.InspectAsync(Cell, Cell.Length, 1, Ending))!);
        Assert.True(detail.Split('\n').Length > summary.Split('\n').Length + 3, detail);
        Assert.Null(await Engine.InspectAsync("   ", 2, 1, Ending));
    }

    [Theory]
    [InlineData("1 + 1", nameof(Completeness.Complete))]
    [InlineData("var x = 1;", nameof(Completeness.Complete))]
    [InlineData("", nameof(Completeness.Complete))]
    [InlineData("foreach (var x in xs) {", nameof(Completeness.Incomplete))]
    [InlineData("if (true)", nameof(Completeness.Incomplete))]
    [InlineData("F(1,", nameof(Completeness.Incomplete))]
    [InlineData("var s = \"\"\"", nameof(Completeness.Incomplete))]
    [InlineData("/* not", nameof(Completeness.Incomplete))]
    [InlineData("var = ;", nameof(Completeness.Invalid))]
    [InlineData("#!time\nif (x) {", nameof(Completeness.Incomplete))]
    [InlineData("#!gaitprop info", nameof(Completeness.Complete))]
    [InlineData("#!html\n<b>", nameof(Completeness.Incomplete))]
    [InlineData("#!html\n<b>\n", nameof(Completeness.Complete))]
    public async Task A_console_knows_when_a_text_is_complete(string cell, string expected) =>
        Assert.Equal(expected, (await Engine.IsCompleteAsync(cell, Ending)).Status.ToString());

    [Fact]
    public async Task An_open_block_is_indented() => Assert.Equal("    ", (await Engine.IsCompleteAsync("class A\n{", Ending)).Indent);

    [Fact]
    public Task No_position_in_any_text_is_too_much_to_ask() => AskAnywhere(15);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public Task No_position_in_many_texts_is() => AskAnywhere(100);

    private async Task AskAnywhere(int times)
    {
        var parts = OneOf(
            "Console.",
            "#!html\n",
            "#!gaitprop train ",
            "\n",
            "größe",
            "😀",
            "(",
            "\"",
            "#r \"",
            "{ ",
            "#!",
            "漢.",
            "\r\n",
            "/*"
        );
        var cells = parts.Array[1, 6].Select(string.Concat).SelectMany(cell => Gen.Int[0, cell.Length].Select(at => (cell, at)));
        await cells.SampleAsync(
            async drawn =>
            {
                var (cell, at) = drawn;
                var completion = await Engine.CompleteAsync(cell, at, Ending);
                Assert.InRange(completion.Start, 0, at);
                Assert.InRange(completion.End, at, cell.Length);
                await Engine.InspectAsync(cell, at, 1, Ending);
                await Engine.IsCompleteAsync(cell, Ending);
            },
            iter: times,
            threads: 1
        );
    }

    private Task<CellCompletion> Complete(string cell)
    {
        var position = cell.IndexOf('|', StringComparison.Ordinal);
        return Engine.CompleteAsync(cell.Remove(position, 1), position, Ending);
    }
}
