using System.Text.Json.Nodes;

namespace GaitProp.Tests.Figures;

public sealed class RunTitlesTests
{
    [Theory]
    [InlineData("angleEvery", "BP, angles every step", "BP, angles every 7 steps")]
    [InlineData("evaluateEvery", "BP, accuracy every epoch", "BP, accuracy every 7 epochs")]
    [InlineData("epochs", "BP, 1 epoch", "BP, 7 epochs")]
    public void One_is_not_many(string field, string one, string many)
    {
        RunRecord[] runs = [Run(field, 1), Run(field, 7)];

        Assert.Equal([one, many], runs.Select(r => RunTitles.Of(r, runs)));
    }

    private static RunRecord Run(string field, int number)
    {
        var description = new RunDescription
        {
            Name = "bp",
            Status = RunStatus.Finished,
            Started = DateTimeOffset.UnixEpoch,
            Experiment = new JsonObject
            {
                ["network"] = "dense 10",
                ["rule"] = "bp",
                ["preset"] = "fast",
                ["seed"] = 1,
                [field] = number,
            },
            Data = new RunData("embedded set", "made", true, null, 100, 50),
            Layers = [],
            Environment = new RunEnvironment("0.1.0", null, "t", "l", "cpu", "A processor", 2, "s"),
        };
        return new RunRecord("bp", description, [], [], []);
    }
}
