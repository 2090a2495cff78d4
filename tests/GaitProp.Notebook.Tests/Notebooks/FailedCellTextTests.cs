using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class FailedCellTextTests
{
    [Theory]
    [InlineData("   at Cell [3], line 2")]
    [InlineData("   at Submission#3.<<Initialize>>d__0.MoveNext() in Cell [3]:line 2")]
    [InlineData("Cell [3](2,5): error CS0103: The name 'y' does not exist in the current context")]
    [InlineData("\u001b[31mCell [3]\u001b[0m, line 2, column 5")]
    public void The_line_that_the_error_names_is_marked(string traceback)
    {
        var text = FailedCellText.Of(Failed("var x = 1;\nvar z = y;\nz", "Oh", "no", "Oh: no", "   at Cell [1], line 3", traceback));

        Assert.Contains("    1  var x = 1;\n >   2  var z = y;\n     3  z\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void An_error_without_a_line_marks_none()
    {
        var text = FailedCellText.Of(Failed("a\nb", "Oh", "no", "   at Cell [3], line 77"));

        Assert.DoesNotContain(" > ", text, StringComparison.Ordinal);
        Assert.Contains("Oh: no", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_cell_is_shown_around_the_line()
    {
        var source = string.Join('\n', Enumerable.Range(1, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"line{i};")));

        var text = FailedCellText.Of(Failed(source, "Oh", "no", "at Cell [3], line 50"));

        Assert.Contains(" >  50  line50;", text, StringComparison.Ordinal);
        Assert.Contains("line45;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("line44;", text, StringComparison.Ordinal);
        Assert.Contains("… 45 more", text, StringComparison.Ordinal);
    }

    private static FailedCell Failed(string source, string name, string message, params string[] traceback) =>
        new(NotebookText.OfCode(source).Cells[0], 5, 3, new CellError(name, message, traceback));
}
