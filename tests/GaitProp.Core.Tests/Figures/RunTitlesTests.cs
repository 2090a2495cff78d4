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

    /// <summary>Two step sizes of gains are two settings, and no seed of one is a seed of the other.</summary>
    [Fact]
    public void Gains_say_their_step_size_where_it_is_not_the_usual_one()
    {
        RunRecord[] runs =
        [
            Gained("none", null),
            Gained("row", null),
            Gained("row", 7.6e-5),
            Gained("scalar", null),
            Gained("scalar", 1e-3),
        ];

        Assert.Equal(
            ["BP", "BP, gains", "BP, gains with step size 7.6e-5", "BP, scalar gains", "BP, scalar gains with step size 1e-3"],
            runs.Select(r => RunTitles.Of(r, runs))
        );
        Assert.Equal("BP, gains with step size 7.6e-5", RunTitles.OfRule(runs[2].Description.Experiment));

        static RunRecord Gained(string gain, double? size)
        {
            var run = Run("epochs", 200);
            run.Description.Experiment["gain"] = gain;
            run.Description.Experiment["optimizer"] = new JsonObject { ["lr"] = 1.9e-5, ["gainLr"] = size };
            return run;
        }
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
