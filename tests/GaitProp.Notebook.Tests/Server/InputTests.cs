using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Protocol;

namespace GaitProp.Notebook.Tests.Server;

public sealed class InputTests : IDisposable
{
    private readonly RunningKernel _kernel = new();

    public InputTests()
    {
        _kernel.Engine["ask"] = (output, interrupt) => Ask(output, "name? ", password: false, interrupt);
        _kernel.Engine["secret"] = (output, interrupt) => Ask(output, "", password: true, interrupt);
    }

    private KernelClient Client => _kernel.Client;

    [Theory]
    [InlineData("ask", "name? ", "false")]
    [InlineData("secret", "", "true")]
    public void A_question_goes_to_the_one_who_runs_the_cell_and_its_answer_comes_back(string cell, string prompt, string password)
    {
        using var other = _kernel.Connect();
        var id = Client.Execute(cell);
        var question = Client.Question();
        Assert.Equal((prompt, password, id), (question["prompt"], question["password"], question.ParentId));
        Client.Send("input_reply", new JsonObject { ["value"] = "Ada 𝛾" }, KernelChannel.Stdin);
        Assert.Equal("ok", Client.Reply(id)["status"]);
        Assert.Equal("Ada 𝛾", Client.Text(id, "stdout"));
    }

    [Fact]
    public void A_front_end_that_takes_no_input_is_told_so()
    {
        var reply = Client.Reply(Client.Execute("ask", c => c["allow_stdin"] = false));
        Assert.Equal("StdinNotImplementedError", reply["ename"]);
    }

    [Fact]
    public void An_interrupt_ends_the_question_and_a_late_answer_is_left_aside()
    {
        var id = Client.Execute("ask");
        Client.Question();
        Client.Ask("interrupt_request", [], KernelChannel.Control);
        Assert.Equal("Interrupted", Client.Reply(id)["ename"]);
        Client.Send("input_reply", new JsonObject { ["value"] = "late" }, KernelChannel.Stdin);
        Assert.Equal("ok", Client.Reply(Client.Execute("next"))["status"]);
    }

    public void Dispose() => _kernel.Dispose();

    private static CellResult Ask(ICellOutput output, string prompt, bool password, CancellationToken interrupt)
    {
        try
        {
            output.Write(CellStream.Out, output.Input(prompt, password, interrupt));
            return CellResult.Ok;
        }
        catch (OperationCanceledException)
        {
            return new CellResult(CellStatus.Interrupted, new CellError("Interrupted", "stopped", []));
        }
        catch (CellException e)
        {
            return new CellResult(CellStatus.Error, new CellError(e.Name, e.Message, []));
        }
    }
}
