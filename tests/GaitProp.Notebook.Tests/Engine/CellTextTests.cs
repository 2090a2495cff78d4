using CsCheck;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Engine;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Engine;

public sealed class CellTextTests
{
    [Theory]
    [InlineData("var s = \"\"\"\n#!html\n\"\"\";")]
    [InlineData("/*\n#!html\n*/ var x = 1;")]
    [InlineData("var s = @\"\n#!html\n\";")]
    [InlineData("var s = $\"\"\"\n#!html {1}\n\"\"\";")]
    [InlineData("var s = \"\"\"\n#r \"nuget: X\"\n\"\"\";")]
    [InlineData("#!/usr/bin/env dotnet-script\nvar x = 1;")]
    [InlineData("var x = 1; #!html")]
    public void What_only_looks_like_a_directive_is_none(string cell)
    {
        var text = Read(cell);
        Assert.Empty(text.Directives);
        Assert.DoesNotMatch("(?m)^#[!ri]", text.Masked);
        Assert.Equal(cell, CellMask.Off(text.Masked));
        Assert.Equal(cell, text.CSharpAt(cell.Length));
    }

    [Fact]
    public void What_an_if_leaves_out_is_no_directive()
    {
        const string Cell = "#if false\n  #!html\n#r \"nuget: X\"\n#endif\n#!time\n1";
        var text = Read(Cell);
        Assert.Equal(["#!time"], text.Directives);
        Assert.StartsWith(
            $"#if false\n  {CellMask.Letter}!html\n{CellMask.Letter}r \"nuget: X\"\n#endif\n",
            text.Masked,
            StringComparison.Ordinal
        );
        Assert.Equal(Cell, CellMask.Off(text.Masked));
    }

    [Fact]
    public void A_line_for_the_shell_is_text_in_every_language_that_takes_masks()
    {
        const string Cell = "#!python\n#!/usr/bin/env python3\nprint(1)\n#!html\n#!/bin/sh";
        var text = new CellText(
            Cell,
            name =>
                name is "#!csharp" ? true
                : name is "#!python" or "#!html" ? false
                : null,
            name => name == "#!python"
        );

        Assert.Equal(["#!python", "#!html", "#!/bin/sh"], text.Directives);
        Assert.Contains($"{CellMask.Letter}!/usr/bin/env python3", text.Masked, StringComparison.Ordinal);
    }

    [Fact]
    public void Languages_follow_each_other_and_C_sharp_keeps_its_place()
    {
        const string Cell = "var x = 1;\n#!html\n<b>a</b>\n#!time\n#!csharp\nx";
        var text = Read(Cell);
        Assert.Equal(["#!html", "#!time", "#!csharp"], text.Directives);
        Assert.Null(text.CSharpAt(Cell.IndexOf("<b>", StringComparison.Ordinal) + 1));
        var code = text.CSharpAt(Cell.Length)!;
        Assert.Equal("var x = 1;", code[..10]);
        Assert.Equal((Cell.Length, 'x'), (code.Length, code[^1]));
        Assert.Equal(
            "var x = 1;x",
            string.Concat(code.Where(c => c is not ('\n' or ' '))).Replace("varx=1;", "var x = 1;", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Words_in_braces_are_quoted_for_the_library_which_takes_them_for_JSON()
    {
        Assert.Equal(
            "#!gaitprop reproduce \"{fig}\" --profile \"{p}\" --set [1] \"{q}\"\nvar x = new { y };",
            Read("#!gaitprop reproduce {fig} --profile {p} --set [1] \"{q}\"\nvar x = new { y };").Submitted
        );
    }

    [Fact]
    public void An_indented_directive_is_one()
    {
        var text = Read("  #!time \n1");
        Assert.Equal("#!time   \n1", text.Masked);
        Assert.Equal("#!time", Assert.Single(text.Directives));
    }

    [Fact]
    public void Whatever_stands_in_a_cell_its_C_sharp_keeps_its_place()
    {
        var line = EngineTest.OneOf(
            "var größe = 1;",
            "😀",
            "#!html",
            "#!csharp",
            "#!time",
            "<b>漢</b>",
            "",
            "  // x",
            "#r \"nuget: A\"",
            "#!md",
            "\"\"\""
        );
        Gen.Select(line.List[0, 10], EngineTest.OneOf("\n", "\r\n"))
            .Sample(
                (lines, end) =>
                {
                    var cell = string.Join(end, lines);
                    var text = Read(cell);
                    Assert.Equal(cell.Length, text.Masked.Length);
                    for (var at = 0; at <= cell.Length; at++)
                    {
                        var code = text.CSharpAt(at) ?? "";
                        for (var i = 0; i < code.Length; i++)
                        {
                            // The cell's own character or a blank, and every line's end in its place.
                            Assert.True(code[i] == cell[i] || code[i] == ' ' && cell[i] is not ('\n' or '\r'));
                        }
                    }
                }
            );
    }

    private static CellText Read(string cell) =>
        new(
            cell,
            name =>
                name switch
                {
                    "#!csharp" or "#!cs" => true,
                    "#!html" or "#!md" => false,
                    _ => null,
                }
        );
}
