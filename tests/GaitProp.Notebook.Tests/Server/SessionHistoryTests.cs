using System.Text.Json.Nodes;
using GaitProp.Notebook.Protocol;
using GaitProp.Notebook.Server;

namespace GaitProp.Notebook.Tests.Server;

public sealed class SessionHistoryTests
{
    [Fact]
    public void A_long_result_is_cut_and_no_letter_is_halved()
    {
        var history = new SessionHistory();
        history.Add(1, "code", $"{new string('a', 9_999)}😀");

        var reply = history.Reply(new JupyterMessage([], [], "", "history_request", "", new JsonObject { ["output"] = true }));

        Assert.Equal(new string('a', 9_999), reply["history"]![0]![2]![1]!.ToString());
    }
}
