using GaitProp.Notebook.CSharp.References;

namespace GaitProp.Notebook.Tests.CSharp;

public sealed class ReferenceLineTests
{
    [Fact]
    public void Lines_are_taken_out_and_all_else_keeps_its_place()
    {
        const string First = "#r \"nuget: A, 1.0\"",
            Second = "  #i \"nuget: folder\" // why";
        var (code, lines) = ReferenceLine.Take($"{First}\n{Second}\n1");
        Assert.Equal([new ReferenceLine(false, "nuget: A, 1.0"), new ReferenceLine(true, "nuget: folder")], lines);
        Assert.Equal($"{new string(' ', First.Length)}\n{new string(' ', Second.Length)}\n1", code);
    }

    [Theory]
    [InlineData("#if false\n#r \"nuget: X\"\n#endif", "#if false||#endif")]
    [InlineData("#if false\n  #r \"nuget: X\"\n#!gaitprop train\n#load \"x\"\n#endif\n1", "#if false||||#endif|1")]
    [InlineData("#if true\n1\n#else\n#i \"nuget: X\"\n#endif", "#if true|1|#else||#endif")]
    public void Of_what_an_if_leaves_out_no_line_is_taken_and_the_compiler_gets_none(string cell, string kept)
    {
        var (code, lines) = ReferenceLine.Take(cell);
        Assert.Empty(lines);
        Assert.Equal(cell.Length, code.Length);
        Assert.Equal(kept, string.Join('|', code.Split('\n').Select(line => line.TrimEnd())));
    }

    [Fact]
    public void What_an_if_lets_in_is_taken() =>
        Assert.Equal("nuget: X", Assert.Single(ReferenceLine.Take("#if true\n#r \"nuget: X\"\n#endif").Lines).Text);
}
