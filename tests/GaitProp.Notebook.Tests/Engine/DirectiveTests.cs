using GaitProp.Notebook.Engine;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Engine;

public sealed class DirectiveTests : EngineTest
{
    [Fact]
    public async Task Languages_stand_side_by_side_in_one_cell()
    {
        await Run(
            """
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
            """
        );
        Assert.Equal(["display", "display", "display", "display", "result"], Cell.Events.Select(e => e.Kind));
        Assert.Equal("<b>bold</b>", Html(Cell.Shown[1]));
        Assert.Equal("*slanted*", Cell.Shown[2].Data["text/markdown"].ToString());
        Assert.Contains("console.log(1);", Cell.Shown[3].Data["application/javascript"].ToString(), StringComparison.Ordinal);
        Assert.Equal("This cell runs a script, which this page does not.", Text(Cell.Shown[3]));
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
    public async Task What_an_if_leaves_out_does_nothing()
    {
        Assert.Equal("1", await Value("#if false\n#r \"nuget: GaitProp.There.Is.None\"\n#!tim\n#load \"nosuch.csx\"\n#endif\n1"));
        Assert.Single(Cell.Events);
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
        await Run("var number = 1; var list = new List<int>(); string? none = null;");
        await Run("var number = \"<two>\"; dynamic any = 3.5;\n#!whos");
        var table = Html(Assert.Single(Cell.Shown));
        Assert.All(["number", "list", "none", "any", "3.5"], word => Assert.Contains(word, table, StringComparison.Ordinal));
        Assert.DoesNotContain("<two>", table, StringComparison.Ordinal);

        // As text, for front ends without styles: columns, a line for each.
        var text = Text(Assert.Single(Cell.Shown)).Split('\n');
        Assert.Matches("^Variable  +Type  +Value$", text[0]);
        Assert.Contains(text, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^any  +object  +3\\.5$"));
        Assert.Equal(5, text.Length);
    }

    [Fact]
    public async Task A_variable_that_cannot_be_shown_says_so_in_its_row()
    {
        await Run(
            "class Shy { public int Age => throw new InvalidOperationException(\"not telling\"); public override string ToString() => throw new InvalidOperationException(\"not telling\"); }\nvar shy = new Shy(); var number = 7; var endless = Enumerable.Repeat(new Shy(), 3);"
        );
        await Run("#!whos");
        var table = Html(Assert.Single(Cell.Shown));
        Assert.All(["shy", "not telling", "number", "7"], word => Assert.Contains(word, table, StringComparison.Ordinal));
        await Run("#!who");
        Assert.Contains("shy", Text(Assert.Single(Cell.Shown)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_and_magics_are_told()
    {
        await Run("#!about");
        Assert.Matches(@"C# +1[4-9]\.\d", Text(Cell.Shown[0]));
        await Run("#!lsmagic");
        Assert.All(Names(), name => Assert.Contains(name, Text(Cell.Shown[0]), StringComparison.Ordinal));
        Assert.All(Text(Cell.Shown[0]).Split('\n'), line => Assert.InRange(line.Length, 1, 100));
    }

    [Fact]
    public async Task A_flowchart_is_drawn_and_a_diagram_that_nobody_draws_is_shown_as_its_source()
    {
        await Run("#!mermaid\nflowchart LR\n  a[from here] --> b");
        Assert.Equal("flowchart LR\n  a[from here] --> b", Cell.Shown[0].Data["text/vnd.mermaid"].ToString());
        Assert.Contains(">from here</text>", Html(Cell.Shown[0]), StringComparison.Ordinal);
        Assert.StartsWith("<svg ", Cell.Shown[0].Data["image/svg+xml"].ToString(), StringComparison.Ordinal);

        // Where pictures and styles are taken out of HTML, what it says remains.
        var words = System.Text.RegularExpressions.Regex.Replace(Html(Cell.Shown[0]), "<svg.*</svg>|<[^>]*>", "");
        Assert.Equal("Flowchart: from here to b", words);

        await Run("#!mermaid\nflowchart LR\n  a --> b<script>");
        Assert.Equal("flowchart LR\n  a --> b<script>", Cell.Shown[^1].Data["text/vnd.mermaid"].ToString());
        Assert.Contains("a --&gt; b&lt;script&gt;", Html(Cell.Shown[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kits_own_magic_leaves_a_variable_of_its_type()
    {
        await Run("#!gaitprop model show imagenet --size 32 --classes 10 --as net");
        Assert.Equal("10", await Value("net.Forward(torch.zeros(2, 3, 32, 32)).Output.shape[1]"));
    }

    [Fact]
    public async Task An_unknown_language_names_those_that_are_there_and_how_to_add_one()
    {
        var error = await Fail("#!pwsh\n1");
        Assert.Contains("#!csharp", error.Message, StringComparison.Ordinal);
        Assert.Contains("#!html", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", error.Message, StringComparison.Ordinal);
        Assert.Contains("#!fsharp", error.Message, StringComparison.Ordinal);
        Assert.Contains("#!connect jupyter", error.Message, StringComparison.Ordinal);
        Assert.Contains("A language is added by", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task A_cell_adds_a_language_as_it_is_told_to()
    {
        await Run(
            "using Microsoft.DotNet.Interactive;\n((CompositeKernel)KernelInvocationContext.Current.HandlingKernel.RootKernel).Add(new KeyValueStoreKernel(\"notes\"));"
        );
        await Run("#!notes --name n\nsome text");
        await Run("#!set --name taken --value @notes:n");
        Assert.Equal("some text", await Value("taken"));
    }

    [Fact]
    public async Task JavaScript_carries_the_values_that_it_names_along()
    {
        await Run("double[] curve = [0.5, double.NaN]; var other = 1; var matrix = torch.ones(1, 2);");
        await Run(
            "#!javascript\n#!set --name curve --value @csharp:curve\n#!share other --from csharp\n#!share matrix --from csharp\nconsole.log(curve, matrix);"
        );
        var script = Assert.Single(Cell.Shown).Data["application/javascript"].ToString();
        Assert.Contains("const curve = [0.5,\"NaN\"];", script, StringComparison.Ordinal);
        Assert.Contains("const matrix = [[1,1]];", script, StringComparison.Ordinal);
        Assert.DoesNotContain("other", script, StringComparison.Ordinal);
        Assert.Contains("stays in the page", (await Fail("#!share made --from javascript")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_go_from_one_language_to_another()
    {
        await Run("#!value --name kept\nof it");
        await Run("#!share kept --from value\n#!set --name number --value 5");
        Assert.Equal("of it 5", await Value("$\"{kept} {number}\""));
    }

    private IEnumerable<string> Names() => NamesOf(Engine);

    /// <summary>The directives that people see.</summary>
    internal static IEnumerable<string> NamesOf(NotebookEngine engine)
    {
        engine.CompleteAsync("#!", 2, Ending).GetAwaiter().GetResult();
        return NotebookDirectives.All(engine.Root).Where(d => !d.Hidden).Select(d => d.Name);
    }
}
