using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Results;
using GaitProp.Runs;

namespace GaitProp.Tests.Results;

public sealed class RunQueryTests
{
    /// <summary>
    /// Two rules, two values, three seeds: accuracy after epoch 2 is lambda / 1000 + seed / 100, its highest after epoch 1 is 0.1 more.
    /// </summary>
    private static readonly RunFields[] Runs =
    [
        .. from rule in (string[])["bp", "ngait"]
        from lambda in (int[])[100, 9]
        from seed in (int[])[1, 2, 3]
        select Run(rule, lambda, seed),
    ];

    [Fact]
    public void Runs_that_fit_are_grouped_by_value_in_order_of_numbers_with_mean_and_interval()
    {
        var query = Ask("rule == 'ngait' and lambda >= 9", ["lambda"], ["testAccuracy.max", "testAccuracy"]);
        Assert.Equal(["9", "100"], query.Groups.Select(g => Assert.Single(g.Values)));
        Assert.All(query.Groups, g => Assert.Equal(3, g.Runs.Count));
        var highest = query.Groups[1].Numbers[0]!.Value;
        Assert.Equal(0.1 + 0.02 + 0.1, highest.Mean, 1e-12);

        // Student's t of two degrees of freedom is 4.302653, the deviation of 1, 2, 3 is 1.
        Assert.Equal(4.302653 * 0.01 / Math.Sqrt(3), highest.HalfWidth!.Value, 1e-8);
        Assert.Equal(0.12, query.Groups[1].Numbers[1]!.Value.Mean, 1e-12);
    }

    [Fact]
    public void One_run_has_no_interval_and_no_field_is_a_row_a_run()
    {
        var query = Ask("seed == 1", [], ["testAccuracy"]);
        Assert.Equal(4, query.Groups.Count);
        Assert.All(query.Groups, g => Assert.Null(g.Numbers[0]!.Value.HalfWidth));
    }

    [Fact]
    public void A_repeat_of_a_run_is_no_sample_of_its_own()
    {
        // Repeats differ where it is times that are asked for.
        var (stopped, first, last, other) = (Run("bp", 9, 7), Run("bp", 9, 1), Run("bp", 9, 3), Run("bp", 9, 5));
        (first.Run.Identity, last.Run.Identity, stopped.Run.Identity, other.Run.Identity) = ("same", "same", "same", "other");
        stopped.Run.State = RunState.Stopped;

        var query = RunQuery.Ask(null, ["rule"], ["testAccuracy"], [stopped, first, last, other]);

        var group = Assert.Single(query.Groups);
        Assert.Equal([first, last, other], group.Runs);
        Assert.Equal(StudentInterval.Of([0.029, 0.059]).HalfWidth!.Value, group.Numbers[0]!.Value.HalfWidth!.Value, 1e-12);
        var figure = query.Figure("query", "Title");
        Assert.StartsWith("3 runs, repeats of one as one, their mean. ", figure.Caption, StringComparison.Ordinal);
        Assert.Equal(0.044, Assert.Single(figure.Panels[0].Series).Y[^1], 1e-12);
        Assert.Equal(4, RunQuery.Ask(null, [], ["testAccuracy"], [stopped, first, last, other]).Groups.Count);
    }

    [Fact]
    public void Conditions_may_ask_for_measurements() =>
        Assert.Equal(["100"], Ask("testAccuracy.max > 0.2", ["orthogonality.lambda"], ["testAccuracy"]).Groups.Select(g => g.Values[0]));

    [Fact]
    public void The_figure_has_one_line_a_value_through_the_means()
    {
        var figure = Ask("rule == 'bp'", ["lambda"], ["testAccuracy.max", "testAccuracy.last"]).Figure("query", "Title");
        var panel = Assert.Single(figure.Panels);
        Assert.Equal(["lambda 9", "lambda 100"], panel.Series.Select(s => s.Label));
        Assert.Equal([1.0, 2.0], panel.Series[1].X);
        Assert.Equal([0.22, 0.12], panel.Series[1].Y.Select(y => Math.Round(y, 12)));
        Assert.Equal(4.302653 * 0.01 / Math.Sqrt(3), panel.Series[1].Deviation![0], 1e-8);
        Assert.Equal(["bp", "ngait"], Ask(null, ["rule"], ["testAccuracy"]).Figure("query", "Title").Panels[0].Series.Select(s => s.Rule));
    }

    /// <summary>A sweep over a field that is left out at its default names that too.</summary>
    [Fact]
    public void Fields_that_a_run_leaves_out_have_their_defaults()
    {
        var json = GaitProp.Experiments.ExperimentJson.ToJson(GaitProp.Experiments.Presets.Experiment("cifar-shallow", "bp", "fast"));
        Assert.False(json.ContainsKey("mirror"));

        var run = new RunFields(new RunSummary { Folder = "/runs/e/r" }, json, () => []);

        Assert.Equal(
            ["false", "0", "adam", "crossEntropy"],
            ((string[])["mirror", "shift", "optimizer.kind", "loss"]).Select(f => RunFields.Shown(RunFields.Find(f, [run])(run)))
        );
        Assert.Equal("none", RunFields.Shown(RunFields.Find("kind", [run])(run)));

        // What was measured comes before what is not said.
        var measured = new RunFields(
            new RunSummary { Folder = "/runs/e/r" },
            json,
            () => [MetricLine.Parse("""{"kind":"step","epoch":1,"step":7,"loss":0.25}"""u8)]
        );
        Assert.Equal(0.25, (double)RunFields.Find("loss", [measured])(measured)!);
    }

    /// <summary>An epoch that was interrupted has a line for each of its parts; a step's time is no sum.</summary>
    [Fact]
    public void Times_of_an_interrupted_epoch_are_those_of_its_parts_together()
    {
        static MetricLine Line(int epoch, int steps) =>
            MetricLine.ParseTiming(
                Encoding.UTF8.GetBytes(
                    $$"""{"epoch":{{epoch}},"steps":{{steps}},"meanStepSeconds":0.5,"trainSeconds":{{steps}},"angleSeconds":1,"evaluationSeconds":2}"""
                )
            );
        var run = new RunFields(new RunSummary { Folder = "/runs/e/r" }, new JsonObject(), () => [Line(1, 8), Line(2, 3), Line(2, 5)]);

        Assert.Equal([(1.0, 8.0), (2, 8)], run.Course("trainSeconds"));
        Assert.Equal(8, run.Number("steps", "mean"));
        Assert.Equal(0.5, run.Number("stepSeconds", "last"));
    }

    [Fact]
    public void The_mean_time_of_a_step_of_an_interrupted_epoch_weighs_its_parts_by_their_steps_and_counts_once()
    {
        static MetricLine Line(int epoch, int steps, double mean, double memory) =>
            MetricLine.ParseTiming(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{"epoch":{{epoch}},"steps":{{steps}},"meanStepSeconds":{{mean}},"trainSeconds":1,"angleSeconds":1,"evaluationSeconds":2,"memoryMegabytes":{{memory}}}"""
                    )
                )
            );
        var run = new RunFields(
            new RunSummary { Folder = "/runs/e/r" },
            new JsonObject(),
            () => [Line(1, 4, 2, 10), Line(2, 1, 9, 30), Line(2, 2, 3, 20), Line(2, 1, 1, 25), Line(3, 4, 2, 10)]
        );

        Assert.Equal([(1.0, 2.0), (2, 4), (3, 2)], run.Course("stepSeconds"));
        Assert.Equal([(1.0, 10.0), (2, 30), (3, 10)], run.Course("memoryMegabytes"));
    }

    [Theory]
    [InlineData("lamda > 1", "lambda", "testAccuracy", "unknown field 'lamda'. Did you mean")]
    [InlineData(null, "lr2", "testAccuracy", "unknown field 'lr2'")]
    [InlineData(null, "eta", "testAccuracy", "the field eta may be a.eta or b.eta: give more of its path.")]
    [InlineData(null, "lambda", "testAccurcy.max", "unknown measurement 'testAccurcy'. Did you mean 'testAccuracy'?")]
    [InlineData(null, "lambda", "testAccuracy.median", "unknown number of testAccuracy 'median'.")]
    [InlineData("lambda > 1000", "lambda", "testAccuracy", "no run of 12 fits that condition")]
    public void What_there_is_not_is_one_line(string? condition, string by, string show, string said) =>
        Assert.Contains(said, Assert.Throws<GaitPropException>(() => Ask(condition, [by], [show])).Message, StringComparison.Ordinal);

    private static RunQuery Ask(string? condition, string[] by, string[] show) =>
        RunQuery.Ask(condition is null ? null : RunCondition.Parse(condition), by, show, Runs);

    private static RunFields Run(string rule, int lambda, int seed)
    {
        var accuracy = (lambda / 1000.0) + (seed / 100.0);
        return new RunFields(
            new RunSummary
            {
                Folder = "/runs/e/r",
                Name = $"{rule}-s{seed}-{lambda}",
                Experiment = "e",
                State = RunState.Finished,
            },
            JsonNode.Parse(
                $$"""{ "rule": "{{rule}}", "seed": {{seed}}, "orthogonality": { "lambda": {{lambda}} }, "a": { "eta": 1 }, "b": { "eta": 2 } }"""
            )!,
            () => [Line(1, accuracy + 0.1), Line(2, accuracy)]
        );
    }

    private static MetricLine Line(int epoch, double accuracy) =>
        MetricLine.Parse(
            Encoding.UTF8.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"kind":"epoch","epoch":{{epoch}},"step":{{epoch}},"testAccuracy":{{accuracy:R}}}"""
                )
            )
        );
}
