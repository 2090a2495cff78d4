using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Magics;

public sealed class MagicTests : EngineTest
{
    [Fact]
    public async Task Languages_stand_side_by_side_in_one_cell()
    {
        await Run("""
            var x = 41;
            display("first");
            #!html
            <b>bold</b>
            #!markdown
            *slanted*
            #!javascript
            console.log(1);
            #!csharp
            x + 1
            """);
        Assert.Equal(["display", "display", "display", "display", "result"], Cell.Events.Select(e => e.Kind));
        Assert.Equal("<b>bold</b>\n", Html(Cell.Shown[1]));
        Assert.Equal("*slanted*\n", Cell.Shown[2].Data["text/markdown"].ToString());
        Assert.Contains("console.log(1);", Cell.Shown[3].Data["application/javascript"].ToString(), StringComparison.Ordinal);
        Assert.Equal("42", Text(Cell.Shown[4]));
    }

    [Fact]
    public async Task A_value_in_the_middle_of_a_cell_is_shown_in_its_place()
    {
        await Run("1 + 1\n#!html\n<b>x</b>");
        Assert.Equal("2", Text(Cell.Shown[0]));
        Assert.Equal("<b>x</b>", Html(Cell.Shown[1]));
    }

    [Fact]
    public async Task A_section_that_fails_ends_the_cell()
    {
        var error = await Fail("throw new Exception(\"no\");\n#!html\n<b>x</b>");
        Assert.Equal("no", error.Message);
        Assert.Empty(Cell.Events);
    }

    [Fact]
    public async Task An_unknown_magic_is_said_before_anything_runs()
    {
        var error = await Fail("Console.Write(1);\n#!tim\n");
        Assert.Contains("Did you mean '#!time'?", error.Message, StringComparison.Ordinal);
        Assert.Equal("", Cell.Out);
    }

    [Fact]
    public async Task Wall_time_is_of_the_whole_cell_and_comes_last()
    {
        await Run("#!time\nawait Task.Delay(120);\n1 + 1");
        Assert.Equal("2", Text(Cell.Shown[0]));
        var time = Text(Cell.Shown[1]);
        Assert.Matches(@"^Wall time: [\d.]+ (ms|s)$", time);
        var parts = time.Split(' ');
        var seconds = double.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) / (parts[3] == "ms" ? 1000 : 1);
        Assert.True(seconds >= 0.115, time);
    }

    [Fact]
    public async Task The_wall_time_of_a_cell_that_fails_is_said_too()
    {
        await Fail("#!time\nthrow new Exception();");
        Assert.StartsWith("Wall time: ", Text(Assert.Single(Cell.Shown)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_are_listed_with_types_and_values()
    {
        await Run("var number = 1; string? none = null; var list = new List<(int, string?)>(); int[][,] odd = []; class Own { public override string ToString() => throw new Exception(\"<no>\"); } var own = new Own();");
        await Run("var number = \"<two>\"; dynamic any = 3.5;\n#!whos");
        var rows = Text(Assert.Single(Cell.Shown)).Split('\n').Select(r => System.Text.RegularExpressions.Regex.Split(r, "  +")).ToDictionary(r => r[0], r => (r[1], r[2]));
        Assert.Equal(("string", "\"<two>\""), rows["number"]);
        Assert.Equal(("string", "null"), rows["none"]);
        Assert.Equal(("List<(int, string)>", "0 items"), rows["list"]);
        Assert.Equal(("int[][,]", "0 items"), rows["odd"]);
        Assert.Equal(("Own", "(Exception: <no>)"), rows["own"]);
        Assert.Equal(("object", "3.5"), rows["any"]);
        Assert.DoesNotContain("<two>", Html(Cell.Shown[0]), StringComparison.Ordinal);

        await Run("#!whos none");
        Assert.Single(Text(Cell.Shown[0]).Split('\n'));
        Assert.Contains("'nosuch'", (await Fail("#!whos nosuch")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notebook_without_variables_has_none() { await Run("#!whos"); Assert.Equal("No variables yet.", Text(Cell.Shown[0])); }

    [Fact]
    public async Task Versions_and_magics_are_told()
    {
        await Run("#!about");
        Assert.Matches(@"C# +1[4-9]\.\d", Text(Cell.Shown[0]));
        await Run("#!lsmagic");
        Assert.All(Engine.Magics.All.SelectMany(m => m.Names), name => Assert.Contains(name, Text(Cell.Shown[0]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_diagram_is_shown_as_its_source_where_nobody_draws_it()
    {
        await Run("#!mermaid\nflowchart LR\n  a --> b<script>");
        Assert.Equal("flowchart LR\n  a --> b<script>", Cell.Shown[0].Data["text/vnd.mermaid"].ToString());
        Assert.Contains("a --&gt; b&lt;script&gt;", Html(Cell.Shown[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kits_own_magic_leaves_a_variable_of_its_type()
    {
        await Run("#!gaitprop model show cifar-shallow --as net");
        Assert.Equal("10", await Value("net.Forward(torch.zeros(2, 3, 32, 32)).Output.shape[1]"));
    }

    [Fact]
    public async Task Every_example_runs()
    {
        foreach (var magic in Engine.Magics.All.Where(m => m.Names[0] is not ("#!import" or "#!gaitprop")))
        {
            await Run(magic.Example);
        }
    }

    [Fact]
    public void The_page_shows_every_magic_with_an_example()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "kernel.md")).ReplaceLineEndings("\n");
        foreach (var magic in Engine.Magics.All.Where(m => m.Names[0] != "#!meta"))
        {
            Assert.Contains($"### `{string.Join("`, `", magic.Names)}`\n\n{magic.Description}\n\n```\n{magic.Example}\n```\n", page, StringComparison.Ordinal);
        }
    }
}
