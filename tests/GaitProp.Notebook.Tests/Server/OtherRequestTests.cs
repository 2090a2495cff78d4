using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Server;

namespace GaitProp.Notebook.Tests.Server;

public sealed class OtherRequestTests : IDisposable
{
    private readonly RunningKernel _kernel = new();

    private KernelClient Client => _kernel.Client;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_kernel_says_what_it_is_on_both_sockets_with_busy_and_idle(int channel)
    {
        var reply = Client.Ask("kernel_info_request", [], (KernelChannel)channel);
        Assert.Equal(("ok", "5.5", "gaitprop"), (reply["status"], reply["protocol_version"], reply["implementation"]));
        var language = reply.Content["language_info"]!;
        Assert.Equal(
            ("C#", ".cs", "text/x-csharp", "csharp"),
            (
                language["name"]!.ToString(),
                language["file_extension"]!.ToString(),
                language["mimetype"]!.ToString(),
                language["pygments_lexer"]!.ToString()
            )
        );
        Assert.Equal(["busy", "idle"], Client.Outputs(reply.ParentId).Select(o => o["execution_state"]));
    }

    [Fact]
    public void A_message_that_is_sent_again_is_dropped_and_a_frame_beyond_the_limit_too()
    {
        using var kernel = new RunningKernel();
        var signature = new GaitProp.Notebook.Protocol.MessageSignature(kernel.Connection.Key);
        var header = new System.Text.Json.Nodes.JsonObject
        {
            ["msg_id"] = "one",
            ["session"] = "s",
            ["username"] = "u",
            ["date"] = "2026-01-01T00:00:00Z",
            ["msg_type"] = "kernel_info_request",
            ["version"] = "5.3",
        };
        byte[][] frames = [.. GaitProp.Notebook.Protocol.WireFormat.Write([], signature, header, "{}"u8.ToArray(), null, [])];
        kernel.Client.SendRaw(frames);
        kernel.Client.Reply("one");
        kernel.Client.SendRaw(frames);
        kernel.Client.Ask("kernel_info_request");
        Assert.Contains("it was sent before", kernel.Log, StringComparison.Ordinal);
        using (var other = kernel.Connect())
        {
            other.SendRaw([new byte[(1 << 27) + 1]]);
            Assert.Equal("ok", kernel.Client.Ask("kernel_info_request")["status"]);
        }
    }

    [Fact]
    public void Everything_but_a_cell_is_answered_while_a_cell_runs_and_the_kernel_stays_busy()
    {
        using var go = new ManualResetEventSlim();
        _kernel.Engine["long"] = (_, _) =>
        {
            go.Wait(KernelClient.Patience, CancellationToken.None);
            return CellResult.Ok;
        };
        var cell = Client.Execute("long");
        Client.Output(cell, "execute_input");
        Assert.True(Client.Beats());
        Assert.Equal("ok", Client.Ask("kernel_info_request", [], KernelChannel.Control)["status"]);
        var complete = Client.Send("complete_request", new JsonObject { ["code"] = "x.M", ["cursor_pos"] = 3 });
        Assert.Equal("Mean", Client.Reply(complete).Content["matches"]![0]!.ToString());

        // A front end shows the last status: the cell's has to follow that of the completion.
        Client.Outputs(complete);
        var last = Client.Wait(KernelChannel.Publish, m => m.ParentId == cell && m.Type == "status" && Client.Published[^1] == m);
        Assert.Equal("busy", last["execution_state"]);
        go.Set();
        Assert.Equal("ok", Client.Reply(cell)["status"]);
        Assert.Equal("idle", Client.Outputs(cell)[^1]["execution_state"]);
    }

    [Fact]
    public void Completion_counts_code_points_and_says_kinds_and_signatures()
    {
        var reply = Client.Ask("complete_request", new JsonObject { ["code"] = "\"𝛾👍\" + x", ["cursor_pos"] = 8 });
        Assert.Equal(("\"𝛾👍\" + x", 10, 0), Assert.Single(_kernel.Engine.Carets));
        Assert.Equal(("7", "8"), (reply["cursor_start"], reply["cursor_end"]));
        Assert.Equal(["Mean", "Max"], reply.Content["matches"]!.AsArray().Select(m => m!.ToString()));
        var first = reply.Content["metadata"]!["_jupyter_types_experimental"]![0]!;
        Assert.Equal(
            ("Mean", "function", "double Mean()", "7"),
            (first["text"]!.ToString(), first["type"]!.ToString(), first["signature"]!.ToString(), first["start"]!.ToString())
        );
    }

    [Fact]
    public void Inspection_says_whether_something_was_found()
    {
        var found = Client.Ask(
            "inspect_request",
            new JsonObject
            {
                ["code"] = "𝛾.Sum",
                ["cursor_pos"] = 2,
                ["detail_level"] = 1,
            }
        );
        Assert.Equal(("true", "a sum"), (found["found"], found.Content["data"]!["text/plain"]!.ToString()));
        Assert.Equal(("𝛾.Sum", 3, 1), Assert.Single(_kernel.Engine.Carets));
        var nothing = Client.Ask("inspect_request", new JsonObject { ["code"] = "?", ["cursor_pos"] = 0 });
        Assert.Equal(("ok", "false"), (nothing["status"], nothing["found"]));
    }

    [Theory]
    [InlineData("1", "complete", null)]
    [InlineData("{", "incomplete", "    ")]
    [InlineData("}", "invalid", null)]
    public void Whether_a_text_is_complete_is_answered(string code, string status, string? indent)
    {
        var reply = Client.Ask("is_complete_request", new JsonObject { ["code"] = code });
        Assert.Equal((status, indent), (reply["status"], reply.Content["indent"]?.ToString()));
    }

    [Fact]
    public void History_gives_the_last_cells_a_range_and_those_that_a_pattern_fits()
    {
        _kernel.Engine["1+1"] = (output, _) =>
        {
            output.Result(MimeBundle.OfText("2"));
            return CellResult.Ok;
        };
        foreach (var code in new[] { "1+1", "var a = 1;", "1+1", "var b = 2;" })
        {
            Client.Reply(Client.Execute(code));
        }

        Client.Reply(Client.Execute("hidden", c => c["store_history"] = false));
        Assert.Equal(["[0,3,\"1+1\"]", "[0,4,\"var b = 2;\"]"], History("tail", ("n", 2)));
        Assert.Equal(["[0,3,[\"1+1\",\"2\"]]", "[0,4,[\"var b = 2;\",null]]"], History("tail", ("n", 2), ("output", true)));
        Assert.Equal(["[0,2,\"var a = 1;\"]", "[0,3,\"1+1\"]"], History("range", ("session", 0), ("start", 2), ("stop", 4)));
        Assert.Empty(History("range", ("session", 7), ("start", 1), ("stop", 4)));
        Assert.Equal(["[0,2,\"var a = 1;\"]", "[0,4,\"var b = 2;\"]"], History("search", ("pattern", "var ?*;")));
        Assert.Equal(["[0,3,\"1+1\"]"], History("search", ("pattern", "1+*"), ("unique", true)));
        Assert.Equal(["[0,4,\"var b = 2;\"]"], History("search", ("pattern", "*"), ("n", 1)));
    }

    [Fact]
    public void A_comm_is_closed_and_messages_to_one_are_ignored()
    {
        Assert.Empty(Client.Ask("comm_info_request").Content["comms"]!.AsObject());
        var open = Client.Send(
            "comm_open",
            new JsonObject
            {
                ["comm_id"] = "c",
                ["target_name"] = "widget",
                ["data"] = new JsonObject(),
            }
        );
        Assert.Equal("c", Assert.Single(Client.Outputs(open), o => o.Type == "comm_close")["comm_id"]);
        var message = Client.Send(
            "comm_msg",
            new JsonObject { ["comm_id"] = "c", ["data"] = new JsonObject() },
            KernelChannel.Shell,
            [1, 2, 3]
        );
        Assert.Equal(["status", "status"], Client.Outputs(message).Select(o => o.Type));
        Assert.Equal(
            ["status", "status"],
            Client.Outputs(Client.Send("comm_close", new JsonObject { ["comm_id"] = "c" })).Select(o => o.Type)
        );
    }

    [Fact]
    public void What_the_kernel_does_not_know_is_answered_all_the_same()
    {
        Assert.Equal(
            "false",
            Client.Ask("debug_request", new JsonObject { ["command"] = "initialize", ["seq"] = 3 }, KernelChannel.Control)["success"]
        );
        var strange = Client.Ask("strange_request");
        Assert.Equal(("strange_reply", "error", "UnknownRequest"), (strange.Type, strange["status"], strange["ename"]));
        var word = Client.Send("strange_word");
        Assert.Equal(["busy", "idle"], Client.Outputs(word).Select(o => o["execution_state"]));
        Assert.Contains("strange_word", _kernel.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Shutdown_is_answered_and_then_the_kernel_ends(int channel, bool restart)
    {
        var reply = Client.Ask("shutdown_request", new JsonObject { ["restart"] = restart }, (KernelChannel)channel);
        Assert.Equal(("ok", restart), (reply["status"], reply.Content["restart"]!.GetValue<bool>()));
        await _kernel.Kernel.Ended.WaitAsync(KernelClient.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_message_with_a_wrong_signature_is_dropped_with_a_line_in_the_log()
    {
        using var stranger = new KernelClient(_kernel.Connection, "wrong key"u8.ToArray());
        stranger.Execute("evil");
        stranger.SendRaw("hello"u8.ToArray());
        stranger.SendRaw("<IDS|MSG>"u8.ToArray(), [], [], [], [], []);
        SpinWait.SpinUntil(() => _kernel.Log.Split('\n').Length > 3, KernelClient.Patience);
        Assert.Contains("signature is wrong", _kernel.Log, StringComparison.Ordinal);
        Assert.Contains("not a Jupyter message", _kernel.Log, StringComparison.Ordinal);
        Assert.Equal("ok", Client.Reply(Client.Execute("good"))["status"]);
        Assert.Equal([("good", 1)], _kernel.Engine.Ran);
    }

    [Fact]
    public void Without_a_key_messages_are_accepted_and_sent_unsigned()
    {
        var (connection, made) = KernelClient.Listening(
            free => new JupyterKernel(free, new ScriptedEngine(), OwnProgram.Info, new KernelLog(TextWriter.Null, "gaitprop")),
            key: ""
        );
        using var kernel = made;
        using var client = new KernelClient(connection).Welcomed();
        Assert.Equal("ok", client.Ask("kernel_info_request")["status"]);
    }

    [Fact]
    public void Two_clients_share_a_kernel_each_gets_its_replies_and_both_see_the_outputs()
    {
        using var other = _kernel.Connect();
        _kernel.Engine["a"] = (output, _) =>
        {
            output.Write(CellStream.Out, "from a");
            return CellResult.Ok;
        };
        var (mine, theirs) = (Client.Execute("a"), other.Execute("b"));
        Assert.Equal("ok", other.Reply(theirs)["status"]);
        Assert.Equal("ok", Client.Reply(mine)["status"]);
        Assert.Equal("from a", Client.Text(mine, "stdout"));
        Assert.Equal("from a", other.Text(mine, "stdout"));
        Assert.NotEmpty(Client.Outputs(theirs));
        Assert.Equal([1, 2], _kernel.Engine.Ran.Select(r => r.Number).Order());
    }

    [Fact]
    public void A_port_that_is_taken_is_one_line()
    {
        var message = Assert
            .Throws<NotebookException>(() =>
                new JupyterKernel(_kernel.Connection, new ScriptedEngine(), OwnProgram.Info, new KernelLog(TextWriter.Null, "gaitprop"))
            )
            .Message;
        Assert.Contains("cannot listen on tcp://127.0.0.1:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_that_throws_fails_its_cell_and_nothing_else()
    {
        _kernel.Engine["boom"] = (_, _) => throw new InvalidOperationException("a bug");
        var id = Client.Execute("boom");
        Assert.Equal(("error", "a bug"), (Client.Reply(id)["status"], Client.Reply(id)["evalue"]));
        Assert.Equal("idle", Client.Outputs(id)[^1]["execution_state"]);
        Assert.Equal("ok", Client.Reply(Client.Execute("next"))["status"]);
    }

    public void Dispose() => _kernel.Dispose();

    private string[] History(string access, params (string Name, JsonNode Value)[] more)
    {
        var content = new JsonObject
        {
            ["hist_access_type"] = access,
            ["output"] = false,
            ["raw"] = true,
        };
        foreach (var (name, value) in more)
        {
            content[name] = value;
        }

        return
        [
            .. Client.Ask("history_request", content).Content["history"]!
                .AsArray()
                .Select(h => h!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })),
        ];
    }
}
