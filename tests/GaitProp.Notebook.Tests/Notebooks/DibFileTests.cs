using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class DibFileTests
{
    private const string Sample = """
        #!meta

        {"kernelInfo":{"defaultKernelName":"csharp","items":[{"name":"csharp","languageName":"C#","aliases":["c#","C#"]},{"name":"fsharp","languageName":"F#","aliases":["f#","F#"]}]}}

        #!markdown

        # Title

        with two paragraphs

        #!csharp

        #!time
        var x = 1;

        x + 1

        #!fsharp

        let y = 2

        #!html

        <b>x</b>

        """;

    [Fact]
    public void Each_language_begins_a_cell_and_other_directives_stay_in_theirs()
    {
        var cells = DibFile.Parse(Sample, "a.dib").Cells;

        Assert.Equal(["markdown", "code", "code", "code"], cells.Select(c => c.Kind));
        Assert.Equal(
            ["# Title\n\nwith two paragraphs", "#!time\nvar x = 1;\n\nx + 1", "#!fsharp\nlet y = 2", "#!html\n<b>x</b>"],
            cells.Select(c => c.IsCode ? c.Code : c.Source)
        );
        Assert.Equal(4, cells.Select(c => c.Id).Distinct().Count());
    }

    [Fact]
    public void It_is_written_as_it_was_read() =>
        Assert.Equal(Sample.ReplaceLineEndings("\n"), DibFile.Text(DibFile.Parse(Sample, "a.dib")));

    [Fact]
    public void A_notebook_that_it_became_becomes_the_same_file_again()
    {
        var notebook = NotebookReader.Parse(DibFile.Parse(Sample, "a.dib").Text(), "a.ipynb");
        Assert.Equal(Sample.ReplaceLineEndings("\n"), DibFile.Text(notebook));
    }

    [Fact]
    public void What_stands_before_the_first_language_is_csharp_and_short_names_of_languages_are_the_languages()
    {
        var cells = DibFile.Parse("var a = 1;\r\n#!md\r\ntext\r\n#!c#\r\na\r\n#!raw\r\nas it is", "a.dib").Cells;
        Assert.Equal(
            [("code", "var a = 1;"), ("markdown", "text"), ("code", "a"), ("raw", "as it is")],
            cells.Select(c => (c.Kind, c.Source))
        );
    }

    [Theory]
    [InlineData("#!meta\n\nno json\n\n#!csharp\n\n1")]
    [InlineData("#!meta\n\n{\"kernelInfo\":{\"items\":[{\"name\":\"\"}]}}\n\n#!csharp\n\n1")]
    [InlineData("#!meta\n\n[1]\n")]
    public void A_head_that_is_damaged_is_said_in_one_line(string text)
    {
        var error = Assert.Throws<NotebookException>(() => DibFile.Parse(text, "bad.dib")).Message;
        Assert.Contains("'bad.dib'", error, StringComparison.Ordinal);
        Assert.Contains("#!meta", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }
}
