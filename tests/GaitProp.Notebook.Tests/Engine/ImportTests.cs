using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Engine;

public sealed class ImportTests : EngineTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-import-").FullName;

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    [Theory]
    [InlineData("a.cs", "using System.Numerics;\nVector2 Made() => new(1, 2);")]
    [InlineData("a b.csx", "System.Numerics.Vector2 Made() => new(1, 2);")]
    [InlineData(
        "a.dib",
        "#!meta\n\n{\"kernelInfo\":{}}\n\n#!markdown\n\n# Title\n\n#!csharp\n\nSystem.Numerics.Vector2 Made() => new(1, 2);\n"
    )]
    [InlineData(
        "a.ipynb",
        """{"nbformat":4,"cells":[{"cell_type":"markdown","source":"# T"},{"cell_type":"code","metadata":{},"source":["using System.Numerics;\n","var v = 2;"]},{"cell_type":"code","metadata":{"polyglot_notebook":{"kernelName":"csharp"}},"source":"Vector2 Made() => new(1, v);"}]}"""
    )]
    public async Task What_a_file_declares_is_there(string name, string text)
    {
        await Run($"#!import {Write(name, text)}");
        Assert.Empty(Cell.Events);
        Assert.Equal("2", await Value("(int)Made().Y"));
    }

    [Fact]
    public async Task Cells_of_another_language_are_run_in_it()
    {
        await Run(
            $"#!import {Write("b.ipynb", """{"nbformat":4,"cells":[{"cell_type":"code","metadata":{"polyglot_notebook":{"kernelName":"html"}},"source":"<b>x</b>"}]}""")}"
        );
        Assert.Equal("<b>x</b>", Html(Assert.Single(Cell.Shown)));
    }

    [Fact]
    public async Task Cells_of_a_notebook_in_another_language_are_in_it_where_they_name_none()
    {
        await Run(
            $"#!import {Write("f.ipynb", """{"nbformat":4,"metadata":{"polyglot_notebook":{"kernelInfo":{"defaultKernelName":"html"}}},"cells":[{"cell_type":"code","source":"<b>x</b>"},{"cell_type":"code","metadata":{"dotnet_interactive":{"language":"csharp"}},"source":"var four = 4;"}]}""")}"
        );
        Assert.Equal("<b>x</b>", Html(Assert.Single(Cell.Shown)));
        Assert.Equal("4", await Value("four"));
    }

    [Fact]
    public async Task Errors_point_into_the_file()
    {
        var error = await Fail($"#!import {Write("c.cs", "var a = 1;\nnosuch();")}");
        Assert.StartsWith("c.cs, line 2, column 1: CS0103", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "needs a file")]
    [InlineData("nosuch.cs", "There is no file")]
    [InlineData("x.txt", "does not know what 'x.txt' is")]
    [InlineData("bad.ipynb", "is no notebook")]
    [InlineData("self.dib", "imports itself")]
    public async Task What_cannot_be_imported_is_said_in_a_line(string name, string part)
    {
        Write("x.txt", "x");
        Write("bad.ipynb", "{");
        Write("self.dib", $"#!import {Path.Combine(_folder, "self.dib")}");
        var error = await Fail($"#!import {(name.Length == 0 ? "" : Path.Combine(_folder, name))}");
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task Files_are_completed()
    {
        Write("common.cs", "");
        Write("other.txt", "");
        var cell = $"#!import {_folder}/";
        var completion = await Engine.CompleteAsync(cell, cell.Length, Ending);
        Assert.Equal("common.cs", Assert.Single(completion.Entries).Text);
        Assert.Equal((cell.Length, cell.Length), (completion.Start, completion.End));
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
