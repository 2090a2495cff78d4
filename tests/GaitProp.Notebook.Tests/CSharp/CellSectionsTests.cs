using CsCheck;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Magics;

namespace GaitProp.Notebook.Tests.CSharp;

public sealed class CellSectionsTests
{
    private readonly MagicList _magics = new((_, _, _, _) => Task.CompletedTask, new ScriptVariables(new ScriptSession(GaitPropKit.Kit)), GaitPropKit.Kit);

    [Fact]
    public void A_cell_without_magics_is_C_sharp()
    {
        var code = Assert.IsType<CodeSection>(Assert.Single(Parse("var x = 1;\nx")));
        Assert.Equal("var x = 1;\nx", code.Code);
    }

    [Fact]
    public void Languages_follow_each_other_and_positions_are_the_cells()
    {
        const string Cell = "var x = 1;\n#!html\n<b>a</b>\n#!csharp\nx";
        var sections = Parse(Cell);
        Assert.Equal("var x = 1;\n", Assert.IsType<CodeSection>(sections[0]).Code);
        Assert.Equal("<b>a</b>\n", Assert.IsType<MagicSection>(sections[1]).Body);
        var last = Assert.IsType<CodeSection>(sections[2]);
        Assert.Equal(Cell.IndexOf('x', Cell.Length - 1), last.Code.IndexOf('x', StringComparison.Ordinal));
        Assert.Equal(4, last.Code.Count(c => c == '\n'));
    }

    [Fact]
    public void A_magic_without_a_body_leaves_the_language_as_it_is()
    {
        var sections = Parse("#!time\n1 + 1");
        Assert.Equal("#!time", Assert.IsType<MagicSection>(sections[0]).Name);
        Assert.Equal("1 + 1", Assert.IsType<CodeSection>(sections[1]).Code.Trim());

        sections = Parse("#!html\n#!time\n<b>a</b>");
        Assert.Equal(["#!time", "#!html"], sections.Cast<MagicSection>().Select(s => s.Name));
        Assert.Equal("<b>a</b>", ((MagicSection)sections[1]).Body);
    }

    [Fact]
    public void Words_follow_the_name()
    {
        var magic = Assert.IsType<MagicSection>(Assert.Single(Parse("  #!gaitprop   train x --as y  ")));
        Assert.Equal("train x --as y", magic.Arguments);
        Assert.Equal("  #!gaitprop   ".Length, magic.ArgumentsStart);
    }

    [Theory]
    [InlineData("var s = \"\"\"\n#!html\n\"\"\";")]
    [InlineData("/*\n#!html\n*/ var x = 1;")]
    [InlineData("var s = @\"\n#!html\n\";")]
    [InlineData("var s = $\"\"\"\n#!html {1}\n\"\"\";")]
    [InlineData("var s = \"\"\"\n#r \"nuget: X\"\n\"\"\";")]
    [InlineData("#!html\n#!/bin/sh\n#!nosuch\n")]
    [InlineData("var x = 1; #!html")]
    public void What_only_looks_like_a_magic_is_none(string cell)
    {
        var section = Assert.Single(Parse(cell));
        Assert.Empty((section as CodeSection)?.References ?? []);
    }

    [Fact]
    public void An_unknown_magic_is_found_out()
    {
        var magic = Assert.IsType<MagicSection>(Parse("#!fsharp\nlet x = 1")[0]);
        Assert.Null(magic.Magic);
        Assert.Contains("Did you mean '#!html'?", _magics.Unknown("#!htlm").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void References_are_taken_out_of_the_code()
    {
        var code = Assert.IsType<CodeSection>(Assert.Single(Parse("#r \"nuget: A, 1.0\"\n#i \"nuget: /x\" // more\n  #r \"b.dll\";\nvar x = 1;")));
        Assert.Equal(["nuget: A, 1.0", "nuget: /x", "b.dll"], code.References.Select(r => r.Text));
        Assert.Equal([false, true, false], code.References.Select(r => r.IsSource));
        Assert.Equal("var x = 1;", code.Code.Trim());
    }

    [Fact]
    public void Whatever_stands_in_a_cell_its_C_sharp_keeps_its_place()
    {
        var line = EngineTest.OneOf("var größe = 1;", "😀", "#!html", "#!csharp", "#!time", "<b>漢</b>", "", "  // x", "#r \"nuget: A\"", "#!md", "\"\"\"");
        Gen.Select(line.List[0, 10], EngineTest.OneOf("\n", "\r\n")).Sample((lines, end) =>
        {
            var cell = string.Join(end, lines);
            var sections = Parse(cell);
            foreach (var code in sections.OfType<CodeSection>())
            {
                Assert.True(code.Code.Length <= cell.Length);
                for (var i = 0; i < code.Code.Length; i++)
                {
                    // The cell's own character or a blank, and every line's end in its place.
                    Assert.True(code.Code[i] == cell[i] || code.Code[i] == ' ' && cell[i] is not ('\n' or '\r'));
                }
            }

            Assert.All(sections, s => Assert.InRange(s.Start, 0, s.End));
            Assert.All(sections, s => Assert.InRange(s.End, s.Start, cell.Length));
            foreach (var magic in sections.OfType<MagicSection>().Where(m => m.Body.Length > 0))
            {
                Assert.Equal(magic.Body, cell[magic.BodyStart..magic.End]);
            }
        });
    }

    private IReadOnlyList<CellSection> Parse(string cell) => CellSections.Parse(cell, _magics.Find);
}
