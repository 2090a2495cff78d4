using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class NotebookRunnerTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Code_cells_run_in_order_and_are_counted()
    {
        var notebook = NotebookText.Read(
            """
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
              {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title"},
              {"cell_type": "code", "id": "b", "metadata": {}, "source": "first", "execution_count": 9, "outputs": [{"output_type": "stream", "name": "stdout", "text": "old"}]},
              {"cell_type": "code", "id": "c", "metadata": {}, "source": " \n", "execution_count": 9, "outputs": []},
              {"cell_type": "code", "id": "d", "metadata": {"tags": ["skip-execution"]}, "source": "never", "execution_count": 4, "outputs": [{"output_type": "stream", "name": "stdout", "text": "kept"}]},
              {"cell_type": "raw", "id": "e", "metadata": {}, "source": "raw"},
              {"cell_type": "code", "id": "f", "metadata": {}, "source": "second"}]}
            """
        );
        var engine = ScriptedEngine.Of(
            ("first", cell => cell.Write(CellStream.Out, "1")),
            ("second", cell => cell.Result(MimeBundle.OfText("2")))
        );

        var outcome = await new NotebookRunner(engine, KernelSpec.Kernel).RunAsync(notebook, new Watcher(), Test);

        Assert.Equal(new RunOutcome(2, 0, null, Interrupted: false), outcome);
        Assert.Equal([("first", 1), ("second", 2)], engine.Ran);
        Assert.Equal([1, null, 4, 2], notebook.Cells.Where(c => c.IsCode).Select(c => c.ExecutionCount));
        Assert.Equal("1", notebook.Cells[1].Outputs.Single()!["text"]!.GetValue<string>());
        Assert.Equal("kept", notebook.Cells[3].Outputs.Single()!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_failing_cell_ends_the_run_and_what_was_not_reached_is_empty()
    {
        var notebook = NotebookText.OfCode("good", "bad", "after");
        notebook.Cells[2].Outputs.Add("old");
        var engine = new ScriptedEngine(
            new() { ["bad"] = (_, _) => Task.FromResult(ScriptedEngine.Failure("Oh", "no", "Oh: no", "   at Cell [2], line 1")) }
        );

        var outcome = await new NotebookRunner(engine, KernelSpec.Kernel).RunAsync(notebook, new Watcher(), Test);

        Assert.Equal((2, 2, "Oh"), (outcome.Failed!.Number, outcome.Failed.Position, outcome.Failed.Error.Name));
        Assert.Equal(2, engine.Ran.Count);
        Assert.Equal("error", notebook.Cells[1].Outputs.Single()!["output_type"]!.GetValue<string>());
        Assert.Empty(notebook.Cells[2].Outputs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cell_may_fail_by_its_tag_or_by_the_option(bool tagged)
    {
        var notebook = NotebookText.OfCode("bad", "after");
        if (tagged)
        {
            notebook.Cells[0].Metadata["tags"] = new System.Text.Json.Nodes.JsonArray("raises-exception");
        }

        var engine = new ScriptedEngine(new() { ["bad"] = (_, _) => Task.FromResult(ScriptedEngine.Failure("Oh", "no")) });

        var outcome = await new NotebookRunner(engine, KernelSpec.Kernel) { AllowErrors = !tagged }.RunAsync(notebook, new Watcher(), Test);

        Assert.Equal(new RunOutcome(2, 1, null, Interrupted: false), outcome);
        Assert.Equal("error", notebook.Cells[0].Outputs.Single()!["output_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_interrupt_keeps_what_was_made()
    {
        var notebook = NotebookText.OfCode("first", "endless", "after");
        using var interrupt = new CancellationTokenSource();
        var engine = new ScriptedEngine(
            new()
            {
                ["endless"] = async (output, stop) =>
                {
                    output.Write(CellStream.Out, "half");
                    await interrupt.CancelAsync();
                    await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
                    return new CellResult(CellStatus.Interrupted, new CellError("Interrupted", "stopped", ["stopped"]));
                },
            }
        );

        var outcome = await new NotebookRunner(engine, KernelSpec.Kernel).RunAsync(notebook, new Watcher(), interrupt.Token);

        Assert.Equal(new RunOutcome(2, 0, null, Interrupted: true), outcome);
        Assert.Equal("half", notebook.Cells[1].Outputs[0]!["text"]!.GetValue<string>());
        Assert.Equal(2, engine.Ran.Count);
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_fails_even_if_the_next_one_would_not()
    {
        var notebook = NotebookText.OfCode("endless", "after");
        var engine = new ScriptedEngine(
            new()
            {
                ["endless"] = async (_, stop) =>
                {
                    await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
                    return new CellResult(CellStatus.Interrupted);
                },
            }
        );

        var outcome = await new NotebookRunner(engine, KernelSpec.Kernel) { Timeout = TimeSpan.FromMilliseconds(50) }.RunAsync(
            notebook,
            new Watcher(),
            Test
        );

        Assert.Equal("CellTimeoutError", outcome.Failed!.Error.Name);
        Assert.Contains("0.05 s", outcome.Failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal("CellTimeoutError", notebook.Cells[0].Outputs.Single()!["ename"]!.GetValue<string>());
    }

    [Fact]
    public async Task Cells_of_other_languages_say_so_to_the_engine()
    {
        var notebook = NotebookText.OfCode("<b>bold</b>", "x", "graph");
        notebook.Cells[0].Metadata["dotnet_interactive"] = new System.Text.Json.Nodes.JsonObject { ["language"] = "html" };
        notebook.Cells[2].Metadata["polyglot_notebook"] = new System.Text.Json.Nodes.JsonObject { ["kernelName"] = "mermaid" };
        var engine = ScriptedEngine.Of();

        await new NotebookRunner(engine, KernelSpec.Kernel).RunAsync(notebook, new Watcher(), Test);

        Assert.Equal(["#!html\n<b>bold</b>", "x", "#!mermaid\ngraph"], engine.Ran.Select(r => r.Code));
        Assert.Equal(["html", "csharp", "mermaid"], notebook.Cells.Select(c => c.Language));
    }

    [Fact]
    public async Task Progress_is_told_cell_by_cell()
    {
        var watcher = new Watcher();
        var engine = new ScriptedEngine(new() { ["bad"] = (_, _) => Task.FromResult(ScriptedEngine.Failure("Oh", "no")) });

        await new NotebookRunner(engine, KernelSpec.Kernel).RunAsync(NotebookText.OfCode("good", "bad", "never"), watcher, Test);

        Assert.Equal(["good 1 of 3", "Ok", "bad 2 of 3", "Error"], watcher.Told);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("gaitprop-csharp", true)]
    [InlineData(".net-csharp", false)]
    public async Task The_kernel_is_named_unless_the_notebook_names_another(string? kernel, bool named)
    {
        var notebook = NotebookText.OfCode("1");
        if (kernel is not null)
        {
            notebook.Metadata["kernelspec"] = new System.Text.Json.Nodes.JsonObject
            {
                ["name"] = kernel,
                ["display_name"] = "mine",
                ["language"] = "C#",
            };
        }

        await new NotebookRunner(ScriptedEngine.Of(), KernelSpec.Kernel).RunAsync(notebook, new Watcher(), Test);

        Assert.Equal(named ? "C# (GaitProp)" : "mine", notebook.Metadata["kernelspec"]!["display_name"]!.GetValue<string>());
        Assert.Equal(named, notebook.Metadata["language_info"]?["pygments_lexer"]?.GetValue<string>() == "csharp");
        Assert.Equal(named, notebook.Cells[0].Metadata["polyglot_notebook"] is not null);
    }

    private sealed class Watcher : INotebookProgress
    {
        public List<string> Told { get; } = [];

        public void Begin(NotebookCell cell, int number, int of) => Told.Add($"{cell.Source} {number} of {of}");

        public void End(CellStatus status, TimeSpan elapsed) => Told.Add(status.ToString());
    }
}
