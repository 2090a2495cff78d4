using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class NotebookReaderTests
{
    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("# Title\n\nnot JSON", "it is not JSON in line 1")]
    [InlineData("{\n\"nbformat\": 4,\n\"cells\": [,]\n}", "it is not JSON in line 3")]
    [InlineData("[1, 2]", "it has no nbformat number")]
    [InlineData("""{"cells": []}""", "it has no nbformat number")]
    [InlineData("""{"nbformat": "4", "cells": []}""", "it has no nbformat number")]
    [InlineData("""{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}""", "format 3, and format 4 is needed")]
    [InlineData("""{"nbformat": 5, "cells": []}""", "format 5, and format 4 is needed")]
    [InlineData("""{"nbformat": 4, "metadata": {}}""", "it has no list of cells")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": {}}""", "it has no list of cells")]
    [InlineData("""{"nbformat": 4, "metadata": [], "cells": []}""", "the metadata of the notebook are not as the format wants them")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [7]}""", "cell 1 has no cell_type")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": 7}]}""", "the source of cell 1 is no text")]
    [InlineData("""{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": [1]}]}""", "the source of cell 1 is no text")]
    [InlineData(
        """{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "", "outputs": "x"}]}""",
        "the outputs of cell 1 are not as the format wants them"
    )]
    [InlineData("""{"nbformat": 4, "nbformat": 4, "cells": []}""", "its JSON is not as it should be: Duplicate property 'nbformat'")]
    public void What_is_no_notebook_is_refused_in_one_line(string text, string reason)
    {
        var error = Assert.Throws<NotebookException>(() => NotebookReader.Parse(text, "bad.ipynb")).Message;

        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("'bad.ipynb'", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Half_of_a_character_is_read_as_its_replacement()
    {
        var notebook = NotebookText.Read(
            """
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": "1",
              "outputs": [{"output_type": "stream", "name": "stdout", "text": ["\ud83d half\n", "\ud83d\ude00 whole"]}]}]}
            """
        );

        Assert.Equal("\ufffd half\n\ud83d\ude00 whole", notebook.Cells[0].Outputs[0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-notebook-").FullName;
        try
        {
            Assert.Contains(
                "There is no notebook",
                Assert.Throws<NotebookException>(() => NotebookReader.Read(Path.Combine(folder, "a.ipynb"))).Message,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "There is no notebook",
                Assert.Throws<NotebookException>(() => NotebookReader.Read(Path.Combine(folder, "b", "a.ipynb"))).Message,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "is a folder",
                Assert.Throws<NotebookException>(() => NotebookReader.Read(folder)).Message,
                StringComparison.Ordinal
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Old_cells_get_ids_that_are_the_same_each_time_and_all_different()
    {
        const string Text = """
            {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [
              {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": null},
              {"cell_type": "code", "source": "1"},
              {"cell_type": "markdown", "source": ["a\n", "b"], "id": "kept"},
              {"cell_type": "markdown", "source": "c", "id": "kept"},
              {"cell_type": "raw", "source": "c", "id": "not an id"}]}
            """;

        var (first, second) = (NotebookText.Read(Text), NotebookText.Read(Text));

        Assert.Equal(first.Cells.Select(c => c.Id), second.Cells.Select(c => c.Id));
        Assert.Equal(5, first.Cells.Select(c => c.Id).Distinct().Count());
        Assert.Equal("kept", first.Cells[2].Id);
        Assert.Equal("a\nb", first.Cells[2].Source);
        Assert.Equal(5, first.Root["nbformat_minor"]!.GetValue<int>());
        Assert.All(first.Cells.Take(2), c => Assert.Empty(c.Outputs));
    }
}
