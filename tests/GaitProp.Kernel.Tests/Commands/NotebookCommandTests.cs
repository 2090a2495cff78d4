using System.Text.Json.Nodes;
using GaitProp.Kernel.Commands;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class NotebookCommandTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void A_notebook_runs_in_its_folder_and_is_saved_with_its_outputs_as_a_page_and_as_Markdown_with_its_pictures_beside()
    {
        Directory.CreateDirectory(_program["sub"]);
        File.WriteAllText(_program["sub", "note.txt"], "beside the notebook");
        Write(
            "sub/a.ipynb",
            "var x = 6;",
            "Console.WriteLine(System.IO.File.ReadAllText(\"note.txt\"));\nx * 7",
            "#!mermaid\nflowchart LR\n  a --> b"
        );
        var before = File.ReadAllText(_program["sub", "a.ipynb"]);

        var run = _program.Run("notebook", "run", "sub/a.ipynb", "--out", "made/b.ipynb", "--html", "made/");

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[1/3] var x = 6;", run.Output, StringComparison.Ordinal);
        Assert.Contains("[2/3] Console.WriteLine", run.Output, StringComparison.Ordinal);
        var cells = NotebookReader.Read(_program["made", "b.ipynb"]).Cells;
        Assert.Empty(cells[0].Outputs);
        Assert.Equal("beside the notebook\n", cells[1].Outputs[0]!["text"]!.GetValue<string>());
        Assert.Equal("42", cells[1].Outputs[1]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal(before, File.ReadAllText(_program["sub", "a.ipynb"]));
        Assert.Contains("<pre>42</pre>", File.ReadAllText(_program["made", "a.html"]), StringComparison.Ordinal);

        var converted = _program.Run("notebook", "convert", "made/b.ipynb", "--to", "markdown");
        Assert.Equal(("", 0), (converted.Error, converted.ExitCode));
        Assert.EndsWith("b.md\n", converted.Output, StringComparison.Ordinal);
        var text = File.ReadAllText(_program["made", "b.md"]);
        Assert.StartsWith("```csharp\nvar x = 6;\n```\n", text, StringComparison.Ordinal);
        Assert.Contains("\nx * 7\n```\n\n```text\nbeside the notebook\n", text, StringComparison.Ordinal);
        Assert.Contains("\n```text\n42\n```\n", text, StringComparison.Ordinal);
        Assert.Contains("<img src=\"b_files/3-1.svg\"", text, StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText(_program["made", "b_files", "3-1.svg"]), StringComparison.Ordinal);
        var page = _program.Run("notebook", "convert", "made/b.ipynb", "--to", "html", "--out", "made/");
        Assert.Equal(("", 0), (page.Error, page.ExitCode));
        Assert.Contains("<!DOCTYPE html>", File.ReadAllText(_program["made", "b.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dib_file_runs_becomes_a_notebook_and_is_left_as_it_was()
    {
        const string Text = "#!markdown\n\n# Title\n\n#!csharp\n\nvar x = 6;\nx * 7\n\n#!html\n\n<b>bold</b>\n";
        File.WriteAllText(_program["a.dib"], Text);

        var run = _program.Run("notebook", "run", "a.dib", "--out", "b.ipynb");

        Assert.Equal("", run.Error);
        var cells = NotebookReader.Read(_program["b.ipynb"]).Cells;
        Assert.Equal("42", cells[1].Outputs[0]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Contains("<b>bold</b>", cells[2].Outputs[0]!["data"]!["text/html"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(Text, File.ReadAllText(_program["a.dib"]));

        // And back, without its outputs.
        Assert.Equal(0, _program.Run("notebook", "convert", "b.ipynb", "--out", "c.dib").ExitCode);
        Assert.EndsWith(Text, File.ReadAllText(_program["c.dib"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_come_from_the_command_line_and_a_second_run_replaces_them()
    {
        Parametrised("a.ipynb", "var epochs = 4;\nvar rule = \"bp\";", "$\"{rule} {epochs}\"");

        var first = _program.Run("notebook", "run", "a.ipynb", "--param", "epochs=2", "--out", "b.ipynb");
        var second = _program.Run("notebook", "run", "b.ipynb", "--param", "rule=two words", "--in-place");

        Assert.Equal(("", 0), (first.Error, first.ExitCode));
        Assert.Equal(("", 0), (second.Error, second.ExitCode));
        var cells = NotebookReader.Read(_program["b.ipynb"]).Cells;
        Assert.Equal(
            [
                ["parameters"],
                ["injected-parameters"],
                [],
            ],
            cells.Select(c => c.Tags.ToArray())
        );
        Assert.EndsWith("\nvar rule = \"two words\";", cells[1].Source, StringComparison.Ordinal);
        Assert.Equal("two words 4", cells[2].Outputs[0]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal([1, 2, 3], cells.Select(c => c.ExecutionCount));
        Assert.Equal(2, NotebookReader.Read(_program["a.ipynb"]).Cells.Count);
    }

    [Theory]
    [InlineData("'plain.ipynb' has no cell with the tag 'parameters'", "plain.ipynb", "--param", "epochs=2")]
    [InlineData("unknown parameter 'epoch'. Did you mean 'epochs'? Choose from epochs.", "tagged.ipynb", "--param", "epoch=2")]
    [InlineData("--param epochs=two is not possible", "tagged.ipynb", "--param", "epochs=two")]
    [InlineData("--param epochs is not possible: write NAME=VALUE.", "tagged.ipynb", "--param", "epochs")]
    [InlineData("--param epochs=3 is one too many", "tagged.ipynb", "--param", "epochs=2", "--param", "epochs=3")]
    [InlineData("'plain.ipynb' has no cell with the tag", "tagged.ipynb", "plain.ipynb", "--param", "epochs=2")]
    [InlineData("unknown format 'htm'. Did you mean 'html'?", "plain.ipynb", "--to", "htm")]
    [InlineData("--out 'b.html' does not end in .md: name a file b.md", "plain.ipynb", "--to", "markdown", "--out", "b.html")]
    [InlineData("would write 'plain.ipynb' itself", "plain.ipynb", "--to", "ipynb")]
    public void What_cannot_be_given_or_written_is_one_line_before_anything_runs(string reason, params string[] words)
    {
        Write("plain.ipynb", "1");
        Parametrised("tagged.ipynb", "var epochs = 4;");

        var run = _program.Run(["notebook", "run", .. words]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.OneErrorLine(), StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Equal(["plain.ipynb", "tagged.ipynb"], Directory.GetFiles(_program.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_PDF_needs_a_browser_which_is_said_before_anything_runs()
    {
        Write("a.ipynb", "6 * 7");

        var without = _program.RunIn([("GAITPROP_CHROMIUM", _program["none"])], "notebook", "run", "a.ipynb", "--to", "pdf");
        Assert.Equal((1, ""), (without.ExitCode, without.Output));
        Assert.Contains(
            "there is no such program: set it to that of a Chromium, Chrome or Edge.",
            without.OneErrorLine(),
            StringComparison.Ordinal
        );

        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "no Chromium");
        var with = _program.RunIn([("GAITPROP_CHROMIUM", "/usr/bin/chromium")], "notebook", "run", "a.ipynb", "--to", "pdf");
        Assert.Equal(("", 0), (with.Error, with.ExitCode));
        Assert.True(File.ReadAllBytes(_program["a.pdf"]).AsSpan().StartsWith("%PDF"u8));
    }

    [Fact]
    public void A_new_notebook_runs_at_once_and_nothing_is_written_over()
    {
        var made = _program.Run("notebook", "new", "sub/My loop.ipynb", "--template", "loop");
        Assert.Equal(("", 0), (made.Error, made.ExitCode));
        Assert.StartsWith("# My loop\n", NotebookReader.Read(_program["sub", "My loop.ipynb"]).Cells[0].Source, StringComparison.Ordinal);
        var text = File.ReadAllText(_program["sub", "My loop.ipynb"]);

        var again = _program.Run("notebook", "new", "sub/My loop.ipynb");
        Assert.Equal(1, again.ExitCode);
        Assert.Equal("'sub/My loop.ipynb' is there already and stays as it is: name another file.", again.OneErrorLine());
        Assert.Equal(text, File.ReadAllText(_program["sub", "My loop.ipynb"]));
        Assert.Contains("name a file a.ipynb", _program.Run("notebook", "new", "a.md").OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains(
            "unknown template 'lop'. Did you mean 'loop'?",
            _program.Run("notebook", "new", "a.ipynb", "--template", "lop").OneErrorLine(),
            StringComparison.Ordinal
        );

        var run = _program.Run("notebook", "run", "sub/My loop.ipynb", "--param", "epochs=1", "--param", "images=50", "--in-place");
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.StartsWith(
            "epoch 1: ",
            NotebookReader.Read(_program["sub", "My loop.ipynb"]).Cells[^1].Outputs[0]!["text"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData("compare")]
    [InlineData("rule")]
    [InlineData("loop")]
    public void Every_template_runs_as_it_is(string template)
    {
        Assert.Equal(0, _program.Run("notebook", "new", "a.ipynb", "--template", template).ExitCode);

        var run = _program.Run("notebook", "run", "a.ipynb", "--in-place");

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.DoesNotContain(
            NotebookReader.Read(_program["a.ipynb"]).Cells.Where(c => c.IsCode).SelectMany(c => c.Outputs),
            o => o!["name"]?.GetValue<string>() == "stderr"
        );
    }

    [Theory]
    [InlineData("a.dib keeps no outputs", "notebook", "run", "a.dib", "--in-place")]
    [InlineData("does not say which format", "notebook", "convert", "a.dib", "--out", "a.txt")]
    [InlineData("is the notebook itself", "notebook", "convert", "a.dib", "--out", "./a.dib")]
    [InlineData("There is no notebook", "notebook", "convert", "b.dib", "--out", "a.ipynb")]
    public void What_a_dib_file_cannot_be_is_said_in_one_line(string part, params string[] words)
    {
        File.WriteAllText(_program["a.dib"], "1");
        var run = _program.Run(words);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(part, run.Error.Replace("'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_notebook_is_verified_by_running_it_again_and_stays_as_it_was()
    {
        Write("a.ipynb", "Console.WriteLine(\"words and 0:07\");", "6.0 * 7");
        Assert.Equal(0, _program.Run("notebook", "run", "a.ipynb", "--in-place").ExitCode);
        var stored = File.ReadAllText(_program["a.ipynb"]);

        var same = _program.Run("notebook", "verify", "a.ipynb");
        Assert.Equal((0, ""), (same.ExitCode, same.Error));
        Assert.EndsWith("a.ipynb: as stored: 2 cells, 1 numbers\n", same.Output, StringComparison.Ordinal);

        // One that differs keeps none from being verified.
        File.WriteAllText(_program["b.ipynb"], stored.Replace("\"42\"", "\"43\"", StringComparison.Ordinal));
        Directory.CreateDirectory(_program["other"]);
        File.Copy(_program["a.ipynb"], _program["other", "b.ipynb"]);
        var again = _program.Run("notebook", "verify", "b.ipynb", "a.ipynb");
        foreach (var run in (Finished[])[again, _program.Run("notebook", "verify", "b.ipynb", "--against", "other")])
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Equal("b.ipynb: cell 2 of 2: output 1: 43 became 42; allowed are 1 %", run.OneErrorLine());
        }

        Assert.EndsWith("a.ipynb: as stored: 2 cells, 1 numbers\n", again.Output, StringComparison.Ordinal);
        Assert.Equal(stored, File.ReadAllText(_program["a.ipynb"]));
    }

    /// <summary>What is told of another machine, in lines of any width, and of what was trained before.</summary>
    [Fact]
    public void Words_of_another_machine_and_of_an_earlier_training_are_no_differences()
    {
        Told("c.ipynb", "ngait done in 0:07\nMachine: one\nof mine, 2 threads; GaitProp\n0.1.0. 5\n");
        Told("elsewhere/c.ipynb", "ngait done before Machine: another one, 16 threads; GaitProp 9.9.3-try. 5");

        var same = _program.Run("notebook", "verify", "c.ipynb", "--against", "elsewhere");

        Assert.Equal((0, ""), (same.ExitCode, same.Error));
        Assert.EndsWith("c.ipynb: as stored: 1 cells, 1 numbers\n", same.Output, StringComparison.Ordinal);

        // As a run leaves it that writes these words.
        void Told(string file, string words)
        {
            var notebook = JsonNode.Parse(NotebookText.Code("Console.WriteLine(told);"))!;
            notebook["cells"]![0]!["outputs"] = new JsonArray(
                new JsonObject
                {
                    ["output_type"] = "stream",
                    ["name"] = "stdout",
                    ["text"] = words,
                }
            );
            var path = _program[file.Split('/')];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, notebook.ToJsonString());
        }
    }

    [Theory]
    [InlineData("keeps no outputs", "a.dib")]
    [InlineData("There is no notebook", "none.ipynb")]
    [InlineData("is no folder, and 2 notebooks", "a.ipynb", "a.ipynb", "--against", "b.ipynb")]
    [InlineData("not the same from cell 1", "a.ipynb", "--against", "b.ipynb")]
    [InlineData("--timeout says nothing to --against", "a.ipynb", "--against", "b.ipynb", "--timeout", "5")]
    public void What_cannot_be_verified_is_one_line(string part, params string[] words)
    {
        File.WriteAllText(_program["a.dib"], "1");
        Write("a.ipynb", "1");
        Write("b.ipynb", "2");
        var run = _program.Run(["notebook", "verify", .. words]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(part, run.OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_cell_is_shown_with_its_line_and_what_was_made_is_saved()
    {
        Write("a.ipynb", "Console.Write(\"made\")", "var a = 1;\nthrow new InvalidOperationException(\"broken\");", "1");

        var run = _program.Run("notebook", "run", "a.ipynb", "--in-place", "--to", "ipynb");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(" >   2  throw new InvalidOperationException(\"broken\");", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            "a.ipynb: cell [2] (2 of 3), line 2 failed: InvalidOperationException: broken",
            run.Error.TrimEnd().Split('\n')[^1].Replace("System.", "", StringComparison.Ordinal)
        );
        var cells = NotebookReader.Read(_program["a.ipynb"]).Cells;
        Assert.Equal("made", cells[0].Outputs.Single()!["text"]!.GetValue<string>());
        Assert.Equal("error", cells[1].Outputs.Single()!["output_type"]!.GetValue<string>());
        Assert.Empty(cells[2].Outputs);
    }

    [Fact]
    public void A_cell_that_takes_too_long_is_stopped()
    {
        Write("a.ipynb", "await System.Threading.Tasks.Task.Delay(-1);");

        var run = _program.Run("notebook", "run", "a.ipynb", "--timeout", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("CellTimeoutError", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_ends_its_process_is_a_cell_that_failed()
    {
        Write("a.ipynb", "Environment.Exit(3);");

        var run = _program.Run("notebook", "run", "a.ipynb", "--out", "b.ipynb");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("a.ipynb: cell [1] (1 of 1) failed: KernelDied", run.Error, StringComparison.Ordinal);
        Assert.Equal("error", NotebookReader.Read(_program["b.ipynb"]).Cells[0].Outputs[^1]!["output_type"]!.GetValue<string>());
    }

    [Fact]
    public void Ctrl_C_stops_and_keeps_what_was_made()
    {
        Write(
            "a.ipynb",
            "Console.Write(\"made\")",
            "System.IO.File.WriteAllText(\"started\", \"\"); await System.Threading.Tasks.Task.Delay(-1);"
        );
        var process = _program.Start("notebook", "run", "a.ipynb", "--out", "b.ipynb");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_program["started"]), TimeSpan.FromMinutes(2)), "the cell does not begin");

        GaitPropProcess.PressControlC(process);

        var run = GaitPropProcess.Finish(process);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("Interrupted in cell [2] of a.ipynb", run.Error, StringComparison.Ordinal);
        Assert.Equal("made", NotebookReader.Read(_program["b.ipynb"]).Cells[0].Outputs.Single()!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("There is no notebook 'none.ipynb'", "none.ipynb")]
    [InlineData("'text.ipynb' is no notebook: it is not JSON", "text.ipynb")]
    [InlineData("notebook in python, and only those in C# and F#", "python.ipynb")]
    [InlineData("'chosen.ipynb' is a notebook in python", "chosen.ipynb", "--in-place")]
    [InlineData("'unchosen.ipynb' is a notebook in python", "unchosen.ipynb", "--in-place")]
    [InlineData("--in-place and --out exclude each other", "a.ipynb", "--in-place", "--out", "b.ipynb")]
    [InlineData("--out 'b.ipynb' is one file for 2 notebooks", "a.ipynb", "python.ipynb", "--out", "b.ipynb")]
    [InlineData("--out 'b.txt' does not end in .ipynb", "a.ipynb", "--out", "b.txt")]
    [InlineData("would both be saved as", "a.ipynb", "a.ipynb", "--out", "made/")]
    [InlineData("--timeout 0 is not possible", "a.ipynb", "--timeout", "0")]
    public void What_cannot_be_run_is_one_line_before_anything_runs(string reason, params string[] words)
    {
        Write("a.ipynb", "1");
        File.WriteAllText(_program["text.ipynb"], "hello");
        Python("python.ipynb", """{"kernelspec": {"name": "python3", "language": "python"}}""");
        Python("chosen.ipynb", """{"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}""");
        Python("unchosen.ipynb", """{"language_info": {"name": "python"}}""");
        var before = Texts();

        var run = _program.Run(["notebook", "run", .. words]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.OneErrorLine(), StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Equal(before, Texts());

        void Python(string file, string metadata)
        {
            var notebook = JsonNode.Parse(NotebookText.Code("1"))!;
            notebook["metadata"] = JsonNode.Parse(metadata);
            File.WriteAllText(_program[file], notebook.ToJsonString());
        }

        string[] Texts() =>
            [.. Directory.GetFiles(_program.Folder).Order(StringComparer.Ordinal).Select(file => $"{file}\n{File.ReadAllText(file)}")];
    }

    [Theory]
    [InlineData("C#")]
    [InlineData("F#")]
    [InlineData("polyglot-notebook")]
    public void A_notebook_whose_language_can_be_run_is_not_refused(string language)
    {
        var notebook = NotebookText.OfCode("1");
        notebook.Metadata["language_info"] = new JsonObject { ["name"] = language };

        Assert.Null(Record.Exception(() => NotebookCommand.RefuseOtherLanguages("a.ipynb", notebook)));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_one_line()
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-notebook-").FullName;
        try
        {
            var error = Assert.Throws<GaitPropException>(() => NotebookCommand.Write(folder, NotebookText.Code("1"))).Message;
            Assert.Contains("was not written", error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A notebook whose first cell has the tag of parameters.</summary>
    private void Parametrised(string file, params string[] cells)
    {
        var notebook = JsonNode.Parse(NotebookText.Code(cells))!;
        notebook["cells"]![0]!["metadata"]!["tags"] = new JsonArray("parameters");
        File.WriteAllText(_program[file], notebook.ToJsonString());
    }

    private void Write(string file, params string[] cells) => File.WriteAllText(_program[file.Split('/')], NotebookText.Code(cells));
}
