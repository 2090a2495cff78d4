using System.Text;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Tests.Outputs;

public sealed class TextColumnsTests
{
    [Fact]
    public void Columns_align_and_a_long_last_cell_goes_on_below_itself()
    {
        var words = string.Join(' ', Enumerable.Repeat("words", 30));
        var lines = new TextColumns(
            [
                ["a", "short"],
                ["longer", words],
            ],
            ["Name", "What"]
        ).Text.Split('\n');

        Assert.Equal("Name    What", lines[0]);
        Assert.Equal("a       short", lines[1]);
        Assert.StartsWith("longer  words words", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("        words", lines[3], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
        Assert.Equal(words, string.Join(' ', lines[2..].Select(l => l[8..])));
    }

    [Fact]
    public void What_is_far_too_long_is_cut_and_lines_within_a_cell_become_one()
    {
        var text = new TextColumns([
            ["x", new string('t', 200), new string('v', 5000)],
            ["y", "Int32", "1\n  2\r\n3"],
        ]).Text;

        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.Contains("…", text, StringComparison.Ordinal);
        Assert.EndsWith("  1 2 3", text, StringComparison.Ordinal);
        Assert.InRange(text.Split('\n').Length, 3, 6);
    }

    [Fact]
    public void Letters_of_two_characters_stay_whole()
    {
        var text = new TextColumns([
            [Letters(30), "x"],
            ["y", Letters(300)],
        ]).Text;

        Assert.StartsWith($"{Letters(19)}…  x\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.EnumerateRunes(), rune => rune == Rune.ReplacementChar);
    }

    [Fact]
    public void As_HTML_it_is_a_table_whose_text_is_safe()
    {
        var html = new TextColumns(
            [
                ["<a>", "1\n2"],
            ],
            ["N", "V"]
        ).Html;
        Assert.Contains("<th style=\"text-align:left\">N</th>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;a&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<pre style=\"margin:0;background:none\">1\n2</pre>", html, StringComparison.Ordinal);
    }

    private static string Letters(int count) => string.Concat(Enumerable.Repeat("😀", count));
}
