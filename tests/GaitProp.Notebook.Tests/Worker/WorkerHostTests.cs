using System.IO.Pipelines;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Tests.Server;
using GaitProp.Notebook.Worker;

namespace GaitProp.Notebook.Tests.Worker;

/// <summary>The worker's side of the pipe, in this process.</summary>
public sealed class WorkerHostTests : IDisposable
{
    private readonly ScriptedEngine _engine = new();
    private readonly FramePipe _server;
    private readonly Thread _thread;

    public WorkerHostTests()
    {
        var (there, back) = (new Pipe(Unlimited), new Pipe(Unlimited));
        _server = new FramePipe(back.Reader.AsStream(), there.Writer.AsStream());
        var worker = new FramePipe(there.Reader.AsStream(), back.Writer.AsStream());
        _thread = new Thread(() => new WorkerHost(worker, _engine, _ => { }).Run()) { IsBackground = true };
        _thread.Start();
        Assert.IsType<Begun>(_server.Receive());
    }

    private static PipeOptions Unlimited => new(pauseWriterThreshold: 0);

    [Fact]
    public void Pieces_of_text_become_one_frame_and_all_outputs_come_in_order_before_the_end()
    {
        _engine["cell"] = (output, _) =>
        {
            foreach (var letter in "a line of text\n")
            {
                output.Write(CellStream.Out, letter.ToString());
            }

            output.Write(CellStream.Error, "!");
            output.Display(MimeBundle.OfText("shown"), "d");
            output.Result(MimeBundle.OfText("value"));
            return CellResult.Ok;
        };
        var frames = Run("cell");
        Assert.Equal(
            [typeof(Printed), typeof(Printed), typeof(Displayed), typeof(Returned), typeof(Done)],
            frames.Select(f => f.GetType())
        );
        Assert.Equal("a line of text\n", ((Printed)frames[0]).Text);
        var shown = (Displayed)frames[2];
        Assert.Equal(("d", "shown"), (shown.DisplayId, shown.Bundle.Data["text/plain"].ToString()));
    }

    [Fact]
    public void A_letter_written_in_two_halves_arrives_whole()
    {
        _engine["cell"] = (output, _) =>
        {
            output.Write(CellStream.Out, "\ud835");
            Thread.Sleep(200);
            output.Write(CellStream.Out, "\udefex");
            return CellResult.Ok;
        };
        Assert.Equal(
            "𝛾x".Replace("𝛾", "\ud835\udefe", StringComparison.Ordinal),
            string.Concat(Run("cell").OfType<Printed>().Select(f => f.Text))
        );
    }

    [Fact]
    public void Of_updates_that_nobody_could_see_only_the_last_is_sent_and_memory_stays_small()
    {
        _engine["cell"] = (output, _) =>
        {
            for (var i = 0; i <= 1000; i++)
            {
                output.Update("panel", MimeBundle.OfText($"step {i}"));
            }

            return CellResult.Ok;
        };
        var updates = Run("cell").OfType<Updated>().ToArray();
        Assert.InRange(updates.Length, 1, 900);
        Assert.Equal("step 1000", updates[^1].Bundle.Data["text/plain"].ToString());
    }

    [Fact]
    public void Text_between_updates_stays_in_one_piece()
    {
        _engine["cell"] = (output, _) =>
        {
            for (var i = 1; i <= 1000; i++)
            {
                output.Write(CellStream.Out, ".");
                output.Update("panel", MimeBundle.OfText($"step {i}"));
            }

            return CellResult.Ok;
        };
        var frames = Run("cell");
        var printed = frames.OfType<Printed>().ToArray();
        Assert.Equal(new string('.', 1000), string.Concat(printed.Select(f => f.Text)));
        Assert.InRange(printed.Length, 1, 500);
        Assert.Equal("step 1000", frames.OfType<Updated>().Last().Bundle.Data["text/plain"].ToString());
    }

    [Fact]
    public void An_update_overtakes_no_display_of_the_same_name()
    {
        _engine["cell"] = (output, _) =>
        {
            output.Display(MimeBundle.OfText("a"), "panel");
            output.Update("panel", MimeBundle.OfText("b"));
            output.Display(MimeBundle.OfText("c"), "panel");
            output.Update("panel", MimeBundle.OfText("d"));
            return CellResult.Ok;
        };
        var last = Assert.IsType<Updated>(Run("cell")[^2]);
        Assert.Equal("d", last.Bundle.Data["text/plain"].ToString());
    }

    [Fact]
    public void A_clear_that_waits_takes_nothing_away_if_nothing_follows()
    {
        _engine["cell"] = (output, _) =>
        {
            output.Write(CellStream.Out, "kept");
            output.Clear(wait: true);
            output.Clear(wait: true);
            return CellResult.Ok;
        };
        var frames = Run("cell");
        Assert.Equal("kept", Assert.IsType<Printed>(frames[0]).Text);
        Assert.True(Assert.IsType<Cleared>(frames[1]).Wait);
    }

    [Fact]
    public void Of_what_clears_that_wait_take_away_little_is_sent()
    {
        _engine["cell"] = (output, _) =>
        {
            for (var i = 0; i <= 1000; i++)
            {
                output.Write(CellStream.Out, $"step {i}");
                output.Display(MimeBundle.OfText("picture"));
                output.Clear(wait: true);
            }

            output.Write(CellStream.Out, "later");
            output.Display(MimeBundle.OfText("last"));
            return CellResult.Ok;
        };
        var frames = Run("cell");
        Assert.Equal([typeof(Cleared), typeof(Printed), typeof(Displayed), typeof(Done)], frames.TakeLast(4).Select(f => f.GetType()));
        Assert.Equal("later", ((Printed)frames[^3]).Text);
        Assert.InRange(frames.OfType<Printed>().Count(), 1, 900);
    }

    [Fact]
    public void A_result_comes_back_as_it_was()
    {
        var error = new CellError("E", "m", ["one", "two"], MimeBundle.Of(("text/html", "<p>")));
        _engine["cell"] = (_, _) => new CellResult(CellStatus.Interrupted, error);
        var result = ((Done)Run("cell")[^1]).Result;
        Assert.Equal(CellStatus.Interrupted, result.Status);
        Assert.Equal(("E", "m", "<p>"), (result.Error!.Name, result.Error.Message, result.Error.Bundle!.Data["text/html"].ToString()));
        Assert.Equal(["one", "two"], result.Error.Traceback);
    }

    [Fact]
    public void Json_as_deep_as_a_cell_can_make_it_arrives()
    {
        var deep = JsonNode.Parse(new string('[', 64) + new string(']', 64))!;
        _engine["cell"] = (output, _) =>
        {
            output.Display(new MimeBundle(new Dictionary<string, JsonNode> { ["application/json"] = deep }));
            return new CellResult(
                CellStatus.Error,
                new CellError("E", "m", [], new MimeBundle(new Dictionary<string, JsonNode> { ["application/json"] = deep }))
            );
        };
        var frames = Run("cell");
        Assert.Equal(deep.ToJsonString(), ((Displayed)frames[0]).Bundle.Data["application/json"].ToJsonString());
        Assert.Equal(deep.ToJsonString(), ((Done)frames[1]).Result.Error!.Bundle!.Data["application/json"].ToJsonString());
    }

    [Fact]
    public void A_million_letters_arrive_whole_and_in_order()
    {
        var expected = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i, 9}\n"));
        _engine["cell"] = (output, _) =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                output.Write(CellStream.Out, $"{i, 9}\n");
            }

            return CellResult.Ok;
        };
        Assert.Equal(expected, string.Concat(Run("cell").OfType<Printed>().Select(f => f.Text)));
    }

    [Fact]
    public void A_cell_that_was_stopped_and_asks_all_the_same_asks_nobody()
    {
        using var begun = new ManualResetEventSlim();
        _engine["cell"] = (output, interrupt) =>
        {
            begun.Set();
            interrupt.WaitHandle.WaitOne(KernelClient.Patience);
            for (var i = 0; i < 100; i++)
            {
                Assert.ThrowsAny<OperationCanceledException>(() => output.Input("", password: false, interrupt));
            }

            return CellResult.Ok;
        };
        _server.Send(Cell("cell"));
        Assert.True(begun.Wait(KernelClient.Patience, TestContext.Current.CancellationToken));
        _server.Send(new Cancel { Id = 1 });

        // The first frame already is the end: no question, and none that is taken back.
        Assert.Equal(CellStatus.Ok, Assert.IsType<Done>(_server.Receive()).Result.Status);
    }

    [Fact]
    public void A_question_that_waits_is_taken_back_when_its_cell_is_stopped()
    {
        _engine["cell"] = (output, interrupt) =>
        {
            Assert.ThrowsAny<OperationCanceledException>(() => output.Input("name", password: true, interrupt));
            return CellResult.Ok;
        };
        _server.Send(Cell("cell"));
        var asked = Assert.IsType<Ask>(_server.Receive());
        Assert.Equal((1L, "name", true), (asked.Cell, asked.Prompt, asked.Password));
        _server.Send(new Cancel { Id = 1 });
        Assert.Equal(asked.Id, Assert.IsType<Unask>(_server.Receive()).Id);
        Assert.Equal(CellStatus.Ok, Assert.IsType<Done>(_server.Receive()).Result.Status);
    }

    [Fact]
    public void When_the_server_goes_what_runs_is_stopped()
    {
        using var stopped = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        _engine["cell"] = (_, interrupt) =>
        {
            begun.Set();
            interrupt.WaitHandle.WaitOne(KernelClient.Patience);
            stopped.Set();
            return CellResult.Ok;
        };
        _server.Send(Cell("cell"));
        Assert.True(begun.Wait(KernelClient.Patience, TestContext.Current.CancellationToken));
        _server.Dispose();
        Assert.True(stopped.Wait(KernelClient.Patience, TestContext.Current.CancellationToken));
        Assert.True(_thread.Join(KernelClient.Patience));
    }

    public void Dispose() => _server.Dispose();

    private static Execute Cell(string code) => new(code, 1) { Id = 1 };

    private List<Frame> Run(string code)
    {
        _server.Send(Cell(code));
        var frames = new List<Frame>();
        do
        {
            frames.Add(_server.Receive()!);
        } while (frames[^1] is not Done);
        return frames;
    }
}
