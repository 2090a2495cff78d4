using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Tests.Server;

public sealed class CellRequestTests : IDisposable
{
    /// <summary>Letters that the displays of a cell may have.</summary>
    private const int MostShown = 128_000_000;

    private readonly RunningKernel _kernel = new();

    private KernelClient Client => _kernel.Client;

    private ScriptedEngine Engine => _kernel.Engine;

    [Fact]
    public void A_cell_is_busy_then_its_input_its_outputs_its_reply_and_idle_last()
    {
        Engine["1+1"] = (output, _) =>
        {
            output.Write(CellStream.Out, "out");
            output.Write(CellStream.Error, "err");
            output.Display(MimeBundle.Of(("text/html", "<b>shown</b>")));
            output.Result(MimeBundle.OfText("2"));
            return CellResult.Ok;
        };
        var id = Client.Execute("1+1");
        var reply = Client.Reply(id);
        Assert.Equal(("ok", "1"), (reply["status"], reply["execution_count"]));
        var outputs = Client.Outputs(id);
        Assert.Equal(
            ["status", "execute_input", "stream", "stream", "display_data", "execute_result", "status"],
            outputs.Select(o => o.Type)
        );
        Assert.Equal(["busy", "idle"], outputs.Where(o => o.Type == "status").Select(o => o["execution_state"]));
        Assert.Equal(("1+1", "1"), (outputs[1]["code"], outputs[1]["execution_count"]));
        Assert.Equal(("stdout", "out", "stderr", "err"), (outputs[2]["name"], outputs[2]["text"], outputs[3]["name"], outputs[3]["text"]));
        Assert.Equal("<b>shown</b>", outputs[4].Content["data"]!["text/html"]!.GetValue<string>());
        Assert.Equal(("2", "1"), (outputs[5].Content["data"]!["text/plain"]!.GetValue<string>(), outputs[5]["execution_count"]));
    }

    [Fact]
    public void Headers_are_complete_and_the_parent_is_the_request()
    {
        var id = Client.Execute("");
        var reply = Client.Reply(id);
        Assert.Equal("client", reply.Parent["session"]!.GetValue<string>());
        Assert.All(
            new[] { "msg_id", "session", "username", "date", "msg_type", "version" },
            field => Assert.NotEqual("", reply.Header[field]!.GetValue<string>())
        );
        Assert.True(
            DateTimeOffset.TryParse(reply.Header["date"]!.GetValue<string>(), out var date) && date > DateTimeOffset.UtcNow.AddMinutes(-5)
        );
    }

    [Fact]
    public void Counts_go_on_from_one_but_not_for_cells_that_are_not_stored()
    {
        var first = Client.Reply(Client.Execute("a"));
        var aside = Client.Reply(Client.Execute("b", c => c["store_history"] = false));
        var second = Client.Reply(Client.Execute("c"));
        Assert.Equal(("1", "2", "2"), (first["execution_count"], aside["execution_count"], second["execution_count"]));
    }

    [Fact]
    public void A_failure_is_told_to_all_and_to_the_one_who_asked()
    {
        Engine["bad"] = (_, _) => ScriptedEngine.Failed;
        var id = Client.Execute("bad");
        var reply = Client.Reply(id);
        var error = Assert.Single(Client.Outputs(id), o => o.Type == "error");
        foreach (var told in new[] { reply, error })
        {
            Assert.Equal(("SomeException", "it is broken"), (told["ename"], told["evalue"]));
            Assert.Equal("  Cell [1], line 2", told.Content["traceback"]![1]!.GetValue<string>());
        }

        Assert.Equal("error", reply["status"]);
    }

    [Fact]
    public void A_silent_cell_says_nothing_and_does_not_count()
    {
        Engine["x"] = (output, _) =>
        {
            output.Write(CellStream.Out, "out");
            output.Result(MimeBundle.OfText("2"));
            output.Display(MimeBundle.OfText("3"), "d");
            output.Update("d", MimeBundle.OfText("4"));
            output.Clear(false);
            return ScriptedEngine.Failed;
        };
        var id = Client.Execute("x", c => c["silent"] = true);
        Assert.Equal("error", Client.Reply(id)["status"]);
        Assert.Equal(["status", "status"], Client.Outputs(id).Select(o => o.Type));
        Assert.Equal("1", Client.Reply(Client.Execute("y"))["execution_count"]);
    }

    [Fact]
    public void A_cell_with_half_a_character_is_run()
    {
        var signature = new MessageSignature(_kernel.Connection.Key);
        var header = new JsonObject { ["msg_id"] = "half", ["msg_type"] = "execute_request" };
        byte[][] frames = [.. WireFormat.Write([], signature, header, WireFormat.Nothing, null, [])];
        frames[^1] = """{"code":"a\ud83d"}"""u8.ToArray();
        frames[1] = signature.Sign(frames[2], frames[3], frames[4], frames[5]);
        Client.SendRaw(frames);

        Assert.Equal("ok", Client.Reply("half")["status"]);
        Assert.Equal([("a\ufffd", 1)], Engine.Ran);
    }

    [Fact]
    public void Expressions_are_answered_each_for_itself()
    {
        var id = Client.Execute("x", c => c["user_expressions"] = new JsonObject { ["good"] = "a", ["wrong"] = "bad" });
        var values = Client.Reply(id).Content["user_expressions"]!;
        Assert.Equal(("ok", "<a>"), (values["good"]!["status"]!.ToString(), values["good"]!["data"]!["text/plain"]!.ToString()));
        Assert.Equal(("error", "there is no bad"), (values["wrong"]!["status"]!.ToString(), values["wrong"]!["evalue"]!.ToString()));
    }

    [Fact]
    public void Displays_are_named_replaced_and_cleared()
    {
        Engine["x"] = (output, _) =>
        {
            output.Display(MimeBundle.OfText("one"), "d");
            output.Update("d", MimeBundle.OfText("two"));
            output.Clear(wait: true);
            return CellResult.Ok;
        };
        var outputs = Client.Outputs(Client.Execute("x"));
        Assert.Equal("d", Assert.Single(outputs, o => o.Type == "display_data").Content["transient"]!["display_id"]!.ToString());
        var update = Assert.Single(outputs, o => o.Type == "update_display_data");
        Assert.Equal(
            ("d", "two"),
            (update.Content["transient"]!["display_id"]!.ToString(), update.Content["data"]!["text/plain"]!.ToString())
        );
        Assert.Equal("true", Assert.Single(outputs, o => o.Type == "clear_output")["wait"]);
    }

    [Fact]
    public void After_a_failure_the_cells_that_wait_are_dropped_and_later_ones_run()
    {
        using var go = new ManualResetEventSlim();
        Engine["bad"] = (_, _) =>
        {
            go.Wait(KernelClient.Patience, CancellationToken.None);
            return ScriptedEngine.Failed;
        };
        var bad = Client.Execute("bad");
        var (second, third) = (Client.Execute("second"), Client.Execute("third"));

        // They have arrived: a later request on their socket is answered.
        Client.Ask("kernel_info_request");
        go.Set();
        Assert.Equal("error", Client.Reply(bad)["status"]);
        Assert.Equal(("aborted", "aborted"), (Client.Reply(second)["status"], Client.Reply(third)["status"]));
        Assert.Equal(["status", "status"], Client.Outputs(third).Select(o => o.Type));
        Assert.Equal("ok", Client.Reply(Client.Execute("fourth"))["status"]);
        Assert.Equal([("bad", 1), ("fourth", 2)], Engine.Ran);
    }

    [Fact]
    public void A_failure_that_may_happen_drops_nothing()
    {
        using var go = new ManualResetEventSlim();
        Engine["bad"] = (_, _) =>
        {
            go.Wait(KernelClient.Patience, CancellationToken.None);
            return ScriptedEngine.Failed;
        };
        Client.Execute("bad", c => c["stop_on_error"] = false);
        var second = Client.Execute("second");
        Client.Ask("kernel_info_request");
        go.Set();
        Assert.Equal("ok", Client.Reply(second)["status"]);
    }

    [Fact]
    public void An_interrupt_stops_the_cell_and_drops_those_that_wait()
    {
        Engine["forever"] = (_, interrupt) =>
        {
            interrupt.WaitHandle.WaitOne(KernelClient.Patience);
            return new CellResult(CellStatus.Interrupted, new CellError("Interrupted", "stopped", ["stopped"]));
        };
        var (forever, next) = (Client.Execute("forever"), Client.Execute("next"));
        Client.Output(forever, "execute_input");
        Client.Ask("kernel_info_request");
        Assert.Equal("ok", Client.Ask("interrupt_request", [], KernelChannel.Control)["status"]);
        Assert.Equal("Interrupted", Client.Reply(forever)["ename"]);
        Assert.Equal("aborted", Client.Reply(next)["status"]);
        Assert.Equal("ok", Client.Reply(Client.Execute("later"))["status"]);
    }

    [Fact]
    public void A_stop_misses_no_cell_that_has_arrived()
    {
        Engine["forever"] = (_, interrupt) =>
            interrupt.WaitHandle.WaitOne(KernelClient.Patience)
                ? new CellResult(CellStatus.Interrupted, new CellError("Interrupted", "stopped", ["stopped"]))
                : CellResult.Ok;
        for (var i = 0; i < 50; i++)
        {
            var id = Client.Execute("forever");

            // It has arrived: a later request on its socket is answered.
            Client.Ask("kernel_info_request");
            _kernel.Kernel.Interrupt();
            Assert.Contains(Client.Reply(id)["status"], (string[])["error", "aborted"]);
        }
    }

    [Fact]
    public void An_interrupt_of_nothing_is_answered() =>
        Assert.Equal("ok", Client.Ask("interrupt_request", [], KernelChannel.Control)["status"]);

    [Fact]
    public void Text_beyond_what_a_notebook_can_hold_is_cut_and_counted()
    {
        var megabyte = new string('x', 999_999) + "\n";
        Engine["much"] = (output, _) =>
        {
            for (var i = 0; i < 30; i++)
            {
                output.Write(CellStream.Out, megabyte);
            }

            return CellResult.Ok;
        };
        var id = Client.Execute("much");
        Assert.Equal(TextBudget.Most, Client.Text(id, "stdout").Length);
        Assert.Contains("14.0 MB more were not shown", Client.Text(id, "stderr"), StringComparison.Ordinal);
        Assert.Equal("stream", Client.Outputs(id)[^2].Type);
    }

    [Fact]
    public void A_cell_that_clears_its_output_may_go_on_for_ever()
    {
        var megabyte = new string('x', 1_000_000);
        Engine["much"] = (output, _) =>
        {
            for (var i = 0; i < 20; i++)
            {
                output.Clear(wait: true);
                output.Write(CellStream.Out, megabyte);
            }

            return CellResult.Ok;
        };
        var id = Client.Execute("much");
        Assert.Equal(20_000_000, Client.Text(id, "stdout").Length);
        Assert.Equal("", Client.Text(id, "stderr"));
    }

    [Fact]
    public void What_was_cut_before_a_cell_cleared_its_output_is_forgotten_and_what_is_cut_after_it_is_told()
    {
        var much = new string('x', 17_000_000);
        var tooLarge = Picture(MostShown + 1);
        Engine["little"] = (output, _) =>
        {
            output.Write(CellStream.Out, much);
            output.Display(tooLarge);
            output.Clear(wait: false);
            output.Write(CellStream.Out, "little");
            return CellResult.Ok;
        };
        Engine["again"] = (output, _) =>
        {
            output.Write(CellStream.Out, much);
            output.Clear(wait: false);
            output.Write(CellStream.Out, much);
            return CellResult.Ok;
        };

        var id = Client.Execute("little");
        Assert.EndsWith("little", Client.Text(id, "stdout"), StringComparison.Ordinal);
        Assert.DoesNotContain(Client.Outputs(id), o => o.Type == "display_data");
        Assert.DoesNotContain("more were not", Client.Text(id, "stderr"), StringComparison.Ordinal);

        var told = Client.Text(Client.Execute("again"), "stderr");
        Assert.Equal(3, told.Split("what follows is counted").Length);
        Assert.Equal(2, told.Split("1.0 MB more were not shown").Length);
    }

    [Fact]
    public void Too_many_displays_are_cut_too()
    {
        // Each would fit, and both together are a letter too many.
        const int first = 20_000_000;
        var (fits, exceeds) = (Picture(first), Picture(MostShown + 1 - first));
        Engine["much"] = (output, _) =>
        {
            output.Display(fits);
            output.Display(exceeds);
            output.Display(exceeds);
            output.Display(MimeBundle.OfText("small"));
            return CellResult.Ok;
        };
        var id = Client.Execute("much");
        var shown = Client.Outputs(id).Where(o => o.Type == "display_data").Select(o => o.Content["data"]!.AsObject()).ToArray();
        Assert.Equal([first, "small".Length], shown.Select(data => Assert.Single(data).Value!.GetValue<string>().Length));
        Assert.Contains("216.0 MB more were not", Client.Text(id, "stderr"), StringComparison.Ordinal);
    }

    public void Dispose() => _kernel.Dispose();

    /// <summary>A display of so many letters.</summary>
    private static MimeBundle Picture(int letters) => MimeBundle.Of(("image/png", new string('A', letters)));
}
