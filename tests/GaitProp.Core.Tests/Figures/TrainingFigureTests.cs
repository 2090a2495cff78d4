using System.Text.Json.Nodes;
using GaitProp.Figures;
using GaitProp.Runs;

namespace GaitProp.Tests.Figures;

public sealed class TrainingFigureTests
{
    [Fact]
    public void A_layers_angle_is_the_mean_and_deviation_over_the_steps_where_it_is_defined()
    {
        var run = Run("ngait", [1, null], [3, null], [8, 5]);

        Assert.Equal((4, Math.Sqrt(26.0 / 3)), TrainingFigure.LayerAngle(run, 0));
        Assert.Equal((5, 0), TrainingFigure.LayerAngle(run, 1));
        Assert.Null(TrainingFigure.LayerAngle(Run("ngait", new double?[] { null, null }), 0));
    }

    [Fact]
    public void The_panels_show_angles_of_rules_that_have_them_and_accuracies_of_all()
    {
        var figure = TrainingFigure.Of("fig4", "title", [Run("bp", []), Run("ngait", [1, 2], [3, 4])]);

        Assert.Equal(["A", "B", "C", "D"], figure.Panels.Select(p => p.Letter));
        Assert.Equal(["ngait"], figure.Panels[0].Series.Select(s => s.Rule));
        Assert.Equal([2.0, 3.0], figure.Panels[0].Series[0].Y);
        Assert.Equal([1.0, 3.0], figure.Panels[1].Series[0].Y);
        Assert.Equal(["bp", "ngait"], figure.Panels[3].Series.Select(s => s.Rule));
        Assert.Equal([10.0, 60.0], figure.Panels[3].Series[0].Y);
        Assert.Equal([20.0, 70.0], figure.Panels[2].Series[0].Y);
    }

    [Fact]
    public void The_caption_tells_data_preset_epochs_machine_and_what_is_undefined_or_broke_off()
    {
        var failed = Run("gait", [1, null]);
        failed = failed with { Description = failed.Description with { Status = RunStatus.Failed, Error = "gait: the loss is no longer finite at step 7." } };

        var caption = TrainingFigure.Of("fig4", "title", [Run("ngait", [1, 2]), failed]).Caption;

        foreach (var words in (string[])["embedded set in place of CIFAR-10 (100 training and 50 test images)", "2 epochs", "seed 4", "preset fast", "float32", "retraction every 4 steps", "A processor, 2 threads",
            "1 angles of zero or non-finite updates are undefined", "GAIT, displacement stopped early: gait: the loss is no longer finite at step 7."])
        {
            Assert.Contains(words, caption, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_rule_that_only_its_authors_notebook_knows_is_drawn_under_its_name()
    {
        var figure = TrainingFigure.Of("fig4", "title", [Run("nobodys", [50, 60]), Run("ngait", [1, 2])]);

        Assert.Equal(["nobodys", "normalised GAIT"], figure.Panels[3].Series.Select(s => s.Label));
        Assert.Contains("learning rate 1.9e-5", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_become_one_line_with_mean_and_deviation_where_all_of_them_have_a_value()
    {
        var (one, two) = (Seed(Run("ngait", [1, 2], [3, 4]), 1), Seed(Run("ngait", [5, 6]), 2));
        var figure = TrainingFigure.Of("fig4", "title", [one, two, Run("bp", [])], overSeeds: true);

        Assert.Equal(["normalised GAIT", "BP"], figure.Panels[3].Series.Select(s => s.Label));
        Assert.Equal([3.0], figure.Panels[1].Series[0].Y);
        Assert.Equal([2.0], figure.Panels[1].Series[0].Deviation);
        Assert.Equal(3.0, figure.Panels[0].Series[0].Y[0]);
        Assert.Contains("(2 seeds)", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_that_stopped_early_is_left_out_of_the_mean_of_those_that_did_not()
    {
        var early = Seed(Run("ngait", [5, 6]), 2);
        early = early with { Description = early.Description with { Status = RunStatus.Interrupted } };
        var figure = TrainingFigure.Of("fig4", "title", [Seed(Run("ngait", [1, 2]), 1), early], overSeeds: true);

        Assert.Equal([1.0], figure.Panels[1].Series.Single().Y);
    }

    [Fact]
    public void Runs_of_one_rule_are_told_apart_by_what_differs_and_recorded_ones_are_pale_beside_ones_own()
    {
        var (free, kept) = (Constrained(Run("bp", []), "none"), Constrained(Run("bp", []), "retraction"));
        var recorded = Run("ngait", [1, 2]);
        recorded = recorded with { Description = recorded.Description with { Recorded = new RunRecording(DateTimeOffset.UnixEpoch, "gaitprop train") } };
        var figure = TrainingFigure.Of("fig4", "title", [free, kept, recorded, Run("ngait", [2, 3])], overSeeds: true);

        Assert.Equal(["BP", "BP, retraction", "normalised GAIT, recorded", "normalised GAIT"], figure.Panels[3].Series.Select(s => s.Label));
        Assert.Equal([false, false, true, false], figure.Panels[3].Series.Select(s => s.Pale));
        Assert.All(TrainingFigure.Of("fig4", "title", [recorded]).Panels[3].Series, s => Assert.False(s.Pale));
    }

    private static RunRecord Seed(RunRecord run, int seed) => Set(run, e => e["seed"] = seed);

    private static RunRecord Constrained(RunRecord run, string kind) => Set(run, e => e["orthogonality"]!["kind"] = kind);

    private static RunRecord Set(RunRecord run, Action<JsonNode> set)
    {
        set(run.Description.Experiment);
        return run;
    }

    private static RunRecord Run(string rule, params double?[][] angles)
    {
        var experiment = JsonNode.Parse($$"""
            { "network": "cifar-shallow", "rule": "{{rule}}", "epochs": 2, "batchSize": 256, "seed": 4, "preset": "fast", "precision": "float32", "auxiliary": "implicit",
              "ruleOptions": { "form": "displacement", "inverse": "refined(1)" }, "orthogonality": { "kind": "retraction", "every": 4 }, "optimizer": { "lr": 1.9e-5 } }
            """)!;
        var description = new RunDescription
        {
            Name = rule,
            Status = RunStatus.Finished,
            Started = DateTimeOffset.UnixEpoch,
            Experiment = experiment,
            Data = new RunData("embedded set", "made", true, "CIFAR-10", 100, 50),
            Layers = [new RunLayer("layer 1", 3, 2, 2, default, 8), new RunLayer("layer 2", 2, 2, 2, default, 6)],
            Environment = new RunEnvironment("0.1.0", null, "t", "l", "cpu", "A processor", 2, "s"),
        };
        return new RunRecord(
            rule,
            description,
            [.. angles.Where(a => a.Length > 0).Select((a, i) => new StepMetrics(1, i, 1, a))],
            [new EpochMetrics(0, 0, 2, 0.2, 2, 0.1, []), new EpochMetrics(1, 10, 1, 0.7, 1, 0.6, [])],
            []);
    }
}
