using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class NotebookTests
{
    private const string Rewrite = """
        import nbformat, sys
        text = sys.stdin.buffer.read().decode('utf-8')
        notebook = nbformat.reads(text, as_version=4)
        if 'validate' in sys.argv:
            nbformat.validate(notebook)
        sys.stdout.buffer.write((nbformat.writes(notebook) + '\n').encode('utf-8'))
        """;

    /// <summary>Everything that a notebook may hold, in the ways in which files hold it.</summary>
    private const string Sample = """
        {"nbformat_minor": 5, "nbformat": 4, "unknown": {"b": [1, 2.50, 1e-7, 1E5, -0.0, 0.1, 123456789012345680.5, 1e16, 0.0001, 0.00001, 1.7976931348623157e308, 5e-324, -3.0, 123456789012345678901234567890, true, null, {}, []], "a": "ü🙂"},
         "metadata": {"kernelspec": {"name": "gaitprop-csharp", "language": "C#", "display_name": "C# (GaitProp)"}, "signature": "gone", "mine": {"z": 1, "a": [[]]}},
         "cells": [
          {"cell_type": "markdown", "id": "m1", "metadata": {"tags": ["x"], "trusted": true}, "source": "# Title\n\n$a < b$ \\ \"quoted\"\ttab \u0001", "attachments": {"a.png": {"image/png": "AAAA", "image/svg+xml": ["<svg>\n", "</svg>"]}}},
          {"cell_type": "raw", "id": "r1", "metadata": {}, "source": []},
          {"cell_type": "code", "id": "c1", "metadata": {"collapsed": false, "vendor": {"x": 1}}, "execution_count": 3, "source": ["a\n", "b\r\n", "c"], "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "one\ntwo"},
            {"output_type": "display_data", "metadata": {"image/png": {"width": 3}}, "data": {"text/html": "<b>\n</b>", "image/png": "iVBORw0K\n", "application/json": {"k": ["l", "m"]}, "application/vnd.plotly.v1+json": {"data": []}, "application/javascript": "1;\n2;", "text/plain": ["x\n", "y"], "image/svg+xml": "<svg>\n</svg>", "application/pdf": "AA\nBB"}},
            {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": "line\u2028separator\u000bvt"}},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["one\ntwo", "\u001b[31mthree\u001b[0m"]}]}]}
        """;

    [Fact]
    public void A_file_is_written_byte_for_byte_as_Jupyter_writes_it()
    {
        Assert.Equal(PythonFormat.Run(Rewrite, Sample), NotebookText.Read(Sample).Text());
    }

    [Fact]
    public void What_was_written_is_read_as_the_same()
    {
        var once = NotebookText.Read(Sample).Text();

        Assert.Equal(once, NotebookText.Read(once).Text());
        Assert.Contains("\"unknown\"", once, StringComparison.Ordinal);
        Assert.Contains("\"vendor\"", once, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_kind_of_output_is_valid_for_Jupyter()
    {
        var notebook = NotebookText.Read(
            """{"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": [{"cell_type": "code", "source": "all"}, {"cell_type": "markdown", "source": ["t"]}, {"cell_type": "code", "source": "bad", "metadata": {"tags": ["raises-exception"]}}]}"""
        );
        var engine = new ScriptedEngine(
            new()
            {
                ["all"] = (output, _) =>
                {
                    output.Write(CellStream.Out, "text");
                    output.Write(CellStream.Error, "text");
                    output.Display(
                        MimeBundle.Of((MimeBundle.Html, "<b>x</b>"), (MimeBundle.Png, "iVBORw0K"), (MimeBundle.PlainText, "x")),
                        "id"
                    );
                    output.Update("id", MimeBundle.OfText("y"));
                    output.Display(new MimeBundle(new Dictionary<string, JsonNode> { ["application/json"] = new JsonArray(1, "a") }));
                    output.Result(MimeBundle.OfText("z"));
                    return Task.FromResult(CellResult.Ok);
                },
                ["bad"] = (_, _) => Task.FromResult(ScriptedEngine.Failure("Oh", "no", "a", "b")),
            }
        );
        await new NotebookRunner(engine, KernelSpec.Kernel).RunAsync(notebook, new Silence(), TestContext.Current.CancellationToken);

        // nbformat validates and finds nothing to write otherwise.
        Assert.Equal(PythonFormat.Run(Rewrite, notebook.Text(), "validate"), notebook.Text());
    }

    private sealed class Silence : INotebookProgress
    {
        public void Begin(NotebookCell cell, int number, int of) { }

        public void End(CellStatus status, TimeSpan elapsed) { }
    }
}
