using System.Text.Json.Nodes;
using GaitProp.Figures;

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

    /// <summary>
    /// Of five values the median is the third, the 16th percentile 0.64 of the way from the first to the second, the 84th 0.36 of that from
    /// the fourth to the fifth.
    /// </summary>
    [Fact]
    public void A_layers_point_is_the_median_and_its_bar_holds_two_thirds_of_the_steps_of_all_seeds()
    {
        RunRecord[] runs = [Seed(Run("ngait", [100, null], [1, 7]), 1), Seed(Run("ngait", [3, null], [2, null], [4, null]), 2)];
        var series = TrainingFigure.Of("fig4", "title", runs, overSeeds: true).Panels[0].Series.Single();
        var (low, high) = (series.Low!, series.High!);

        Assert.Equal([3.0, 7.0], series.Y);
        Assert.Equal((1.64, 38.56), (Math.Round(low[0], 12), Math.Round(high[0], 12)));
        Assert.Equal((7.0, 7.0), (low[1], high[1]));
        Assert.Null(series.Deviation);
    }

    [Fact]
    public void A_layer_without_a_defined_angle_has_no_point_and_no_bar()
    {
        var series = TrainingFigure.Of("fig4", "title", [Run("ngait", [1, null], [2, null])]).Panels[0].Series.Single();

        Assert.Equal([1.5, double.NaN], series.Y);
        Assert.Equal((double.NaN, double.NaN), (series.Low![1], series.High![1]));
    }

    [Fact]
    public void Runs_without_angles_have_no_panels_of_angles()
    {
        var figure = TrainingFigure.Of("bp", "title", [Run("bp", [])]);

        Assert.Equal(["A Training accuracy, top-1", "B Test accuracy, top-1"], figure.Panels.Select(p => $"{p.Letter} {p.Title}"));
    }

    [Theory]
    [InlineData("bp", "none", "cifar-shallow: BP, preset fast, seed 4")]
    [InlineData("bp", "retraction", "cifar-shallow: BP, retraction, preset fast, seed 4")]
    [InlineData("ngait", "retraction", "cifar-shallow: normalised GAIT, preset fast, seed 4")]
    [InlineData("ngait", "none", "cifar-shallow: normalised GAIT, no constraint, preset fast, seed 4")]
    public void A_run_that_stands_alone_names_the_constraint_that_its_rule_does_not_have_by_itself(
        string rule,
        string constraint,
        string title
    ) =>
        Assert.Equal(
            title,
            RunTitles.Whole(Set(Constrained(Run(rule, [1, 2]), constraint), e => e["name"] = "cifar-shallow").Description.Experiment)
        );

    [Fact]
    public void The_caption_tells_data_preset_epochs_machine_and_what_is_undefined_or_broke_off()
    {
        var failed = Run("gait", [1, null]);
        failed = failed.With(
            failed.Description with
            {
                Status = RunStatus.Failed,
                Error = "gait: the loss is no longer finite at step 7.",
            }
        );

        var caption = TrainingFigure.Of("fig4", "title", [Run("ngait", [1, 2]), failed]).Caption;

        foreach (
            var words in (string[])
                [
                    "embedded set in place of CIFAR-10 (100 training and 50 test images, 2 classes)",
                    "Accuracy: top-1; chance is 50 %",
                    "2 epochs",
                    "seed 4",
                    "preset fast",
                    "float32",
                    "retraction every 4 steps",
                    "A processor, 2 threads",
                    "1 angles of zero or non-finite updates are undefined",
                    "GAIT, displacement stopped early: gait: the loss is no longer finite at step 7.",
                ]
        )
        {
            Assert.Contains(words, caption, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_caption_says_how_far_each_rule_came_and_names_the_distance_of_inverses_that_are_not_exact_alone()
    {
        static RunRecord Far(RunRecord run, double distance) =>
            run.With(steps: [.. run.Steps.Select(s => new StepMetrics(s.Epoch, s.Step, s.Loss, s.Angles, [distance, distance], [0, 0]))]);

        var literal = Far(Run("gait", [1, 2]), 91);
        literal.Description.Experiment["ruleOptions"] = new JsonObject { ["form"] = "literal", ["inverse"] = "exact" };
        literal.Description.Experiment["epochs"] = 1;
        var half = literal.With(literal.Description with { Status = RunStatus.Interrupted, Error = "interrupted at step 5" });
        half.Description.Experiment["epochs"] = 15;

        var caption = TrainingFigure.Of("fig5", "title", [half, Far(Run("ngait", [1, 2]), 0.029)]).Caption;

        Assert.Contains(
            "from the same rule's with the exact inverse in float64, literal forms aside: 0.029 degrees.",
            caption,
            StringComparison.Ordinal
        );
        Assert.Contains("All lines: preset fast, float32, ", caption, StringComparison.Ordinal);
        Assert.Contains(" GAIT (1 of 15 epochs): literal form, inverse exact. ", caption, StringComparison.Ordinal);
        Assert.Contains("GAIT stopped early: interrupted at step 5.", caption, StringComparison.Ordinal);
        Assert.DoesNotContain("91", caption, StringComparison.Ordinal);
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
        // Of two of the seeds that there could be: the sum of squares over one.
        Assert.Equal(Math.Sqrt(8), Assert.Single(figure.Panels[1].Series[0].Deviation!), 1e-12);
        Assert.Equal(3.0, figure.Panels[0].Series[0].Y[0]);
        Assert.Contains("(2 seeds, 1 of 2 epochs)", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_that_stopped_early_is_left_out_of_the_mean_of_those_that_did_not()
    {
        var early = Seed(Run("ngait", [5, 6]), 2);
        early = early.With(early.Description with { Status = RunStatus.Interrupted });
        var figure = TrainingFigure.Of("fig4", "title", [Seed(Run("ngait", [1, 2]), 1), early], overSeeds: true);

        Assert.Equal([1.0], figure.Panels[1].Series.Single().Y);
    }

    [Fact]
    public void Runs_of_one_rule_are_told_apart_by_what_differs_and_recorded_ones_are_pale_beside_ones_own()
    {
        var (free, kept) = (Constrained(Run("bp", []), "none"), Constrained(Run("bp", []), "retraction"));
        var recorded = Run("ngait", [1, 2]);
        recorded = recorded.With(recorded.Description with { Recorded = new RunRecording(DateTimeOffset.UnixEpoch, "gaitprop train") });
        var figure = TrainingFigure.Of("fig4", "title", [free, kept, recorded, Run("ngait", [2, 3])], overSeeds: true);

        Assert.Equal(
            ["BP", "BP, retraction", "normalised GAIT, recorded", "normalised GAIT"],
            figure.Panels[3].Series.Select(s => s.Label)
        );
        Assert.Equal([false, false, true, false], figure.Panels[3].Series.Select(s => s.Pale));
        Assert.All(TrainingFigure.Of("fig4", "title", [recorded]).Panels[3].Series, s => Assert.False(s.Pale));
    }

    [Fact]
    public void Angles_are_on_a_logarithmic_axis_from_a_hundredth_of_a_degree_and_accuracy_begins_at_chance()
    {
        var figure = TrainingFigure.Of("fig4", "title", [Run("bp", []), Run("ngait", [1, 2])]);

        Assert.All(figure.Panels.Take(2), p => Assert.Equal((true, 0.01, 90.0), (p.Y.IsLogarithmic, p.Y.From, p.Y.To)));
        Assert.All(figure.Panels.Skip(2), p => Assert.Equal((false, 50.0), (p.Y.IsLogarithmic, p.Y.From)));
    }

    /// <summary>As in figure 6: else all that the reader sees of the rule is the axis.</summary>
    [Fact]
    public void The_axis_goes_down_to_a_rule_all_of_whose_angles_are_below_a_hundredth_of_a_degree()
    {
        var figure = TrainingFigure.Of("fig6", "title", [Run("fa", [80, 90]), Run("ngait", [2e-4, 4e-4])]);

        Assert.All(figure.Panels.Take(2), p => Assert.Equal((true, 1e-4, 90.0), (p.Y.IsLogarithmic, p.Y.From!.Value, p.Y.To)));
    }

    [Theory]
    [InlineData(10, null, "top-1", 20.0, 10.0)]
    [InlineData(11, null, "top-5", 60.0, 500.0 / 11)]
    [InlineData(1000, nameof(AccuracyMetric.Top1), "top-1", 20.0, 0.1)]
    [InlineData(10, nameof(AccuracyMetric.Top5), "top-5", 60.0, 50.0)]
    public void Accuracy_is_top_5_of_more_than_ten_classes_or_what_was_asked_for_and_says_which(
        int classes,
        string? asked,
        string name,
        double first,
        double chance
    )
    {
        var figure = TrainingFigure.Of(
            "fig6",
            "title",
            [WithClasses(Run("bp", []), classes, top5: true)],
            metric: asked is null ? null : Enum.Parse<AccuracyMetric>(asked)
        );

        Assert.Equal(["Training accuracy, " + name, "Test accuracy, " + name], figure.Panels.Select(p => p.Title));
        Assert.Equal(first, figure.Panels[0].Series[0].Y[0], 10);
        Assert.Equal(chance, figure.Panels[0].Y.From!.Value, 10);
        Assert.Contains($"Accuracy: {name}; chance is", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_numbers_of_classes_the_caption_says_the_chance_of_each_and_the_axis_begins_at_the_least()
    {
        RunRecord Among(int classes) => WithClasses(Run("bp", []), classes, top5: true);
        var figure = TrainingFigure.Of("fig6", "title", [Among(1000), Among(10), Among(10)], metric: AccuracyMetric.Top1);

        Assert.Contains(
            "Accuracy: top-1; chance is 10 % of 10 classes and 0.1 % of 1000 classes.",
            figure.Caption,
            StringComparison.Ordinal
        );
        Assert.Equal(0.1, figure.Panels[0].Y.From!.Value, 10);
    }

    [Fact]
    public void Without_records_of_top_5_the_figure_shows_top_1_and_says_why_unless_top_5_was_asked_for()
    {
        var old = WithClasses(Run("bp", []), 1000, top5: false);

        Assert.Contains(
            "Accuracy: top-1, because a run has no record of top-5",
            TrainingFigure.Of("fig6", "title", [old]).Caption,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "show --metric top1",
            Assert.Throws<GaitPropException>(() => TrainingFigure.Of("fig6", "title", [old], metric: AccuracyMetric.Top5)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "top-5 of 2 classes is always right",
            Assert
                .Throws<GaitPropException>(() => TrainingFigure.Of("fig6", "title", [Run("bp", [])], metric: AccuracyMetric.Top5))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_caption_tells_photos_pixels_and_classes()
    {
        var run = WithClasses(Run("bp", []), 10, top5: true);
        run.Description.Experiment["data"] = "imagenet";
        run = run.With(
            run.Description with
            {
                Data = new RunData("imagenette-224", "d", false, null, 4000, 1000, "c") { Width = 224, Height = 224 },
            }
        );

        Assert.Contains(
            "Data: imagenette-224 (4000 training and 1000 test photos of 224 x 224 pixels, 10 classes).",
            TrainingFigure.Of("fig6", "title", [run]).Caption,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_run_that_does_not_say_how_large_its_images_are_has_them_of_another_run_on_the_same_ones()
    {
        var data = new RunData("CIFAR-10", "d", false, null, 50000, 10000, "c");
        RunRecord With(string rule, RunData of)
        {
            var run = Run(rule, []);
            return run.With(run.Description with { Data = of });
        }

        RunRecord[] runs = [With("bp", data), With("fa", data with { Width = 32, Height = 32 })];

        var caption = TrainingFigure.Of("fig4", "title", runs).Caption;
        Assert.Contains("(50000 training and 10000 test images of 32 x 32 pixels, ", caption, StringComparison.Ordinal);
        Assert.Single(caption.Split("Data: ").Skip(1));

        runs[1] = With("fa", data with { Width = 32, Height = 32, Checksum = "other" });
        Assert.Equal(2, TrainingFigure.Of("fig4", "title", runs).Caption.Split("Data: ").Skip(1).Count());
    }

    [Fact]
    public void Runs_that_differ_in_more_than_their_seed_have_titles_of_their_own()
    {
        var long_ = Set(Run("ngait", [1, 2]), e => e["epochs"] = 200);
        var inverse = Set(Run("ngait", [1, 2]), e => e["ruleOptions"]!["inverse"] = "folded(32)");
        var rate = Set(Run("ngait", [1, 2]), e => e["optimizer"]!["lr"] = 3e-4);

        Assert.Equal(
            [
                "normalised GAIT, inverse refined(1), learning rate 1.9e-5, 2 epochs",
                "normalised GAIT, inverse refined(1), learning rate 1.9e-5, 200 epochs",
                "normalised GAIT, inverse folded(32)",
                "normalised GAIT, inverse refined(1), learning rate 3e-4",
            ],
            TrainingFigure
                .Of("fig4", "title", [Run("ngait", [1, 2]), long_, inverse, rate], overSeeds: true)
                .Panels[3]
                .Series.Select(s => s.Label)
        );
    }

    [Theory]
    [InlineData("ngait-s4-20261128-041712", "20261128-041712")]
    [InlineData("ngait-s4-20261128-041712-2", "20261128-041712-2")]
    [InlineData("long", "long")]
    [InlineData("the-one-with-another-machine", "the-one-with-another-machine")]
    public void Runs_of_the_same_settings_are_told_apart_by_when_they_began_or_by_the_name_that_somebody_gave_them(string name, string told)
    {
        var run = Run("ngait", [1, 2]);
        RunRecord Called(string called) => run.With(folder: $"/runs/e/{called}");
        RunRecord[] runs = [Called(name), Called("ngait-s4-20261101-000000")];

        Assert.Equal(["normalised GAIT, " + told, "normalised GAIT, 20261101-000000"], runs.Select(r => RunTitles.Of(r, runs)));
    }

    [Fact]
    public void What_a_run_does_not_say_of_itself_the_caption_does_not_say()
    {
        var run = Set(
            Run("ngait", [1, 2]),
            e =>
            {
                foreach (var field in (string[])["ruleOptions", "orthogonality", "optimizer", "precision", "batchSize"])
                {
                    ((JsonObject)e).Remove(field);
                }
            }
        );

        Assert.Contains(
            ": preset fast, no orthogonality constraint.",
            TrainingFigure.Of("fig4", "title", [run]).Caption,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_run_under_way_is_not_one_that_stopped_early()
    {
        var run = Run("ngait", [1, 2]);
        var caption = TrainingFigure.Of("fig4", "title", [run.With(run.Description with { Status = RunStatus.Running })]).Caption;

        Assert.Contains("normalised GAIT is under way, or was killed, after 1 of 2 epochs.", caption, StringComparison.Ordinal);
        Assert.DoesNotContain("stopped early", caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_that_were_stopped_before_their_first_measurement_draw_nothing_and_stop_nothing()
    {
        var run = Run("ngait", [1, 2]);
        run = run.With(run.Description with { Status = RunStatus.Interrupted }, steps: [], epochs: []);

        var group = Assert.Single(RunGroup.OverSeeds([run, Seed(run.With(), 5)]));

        Assert.Single(group.Runs);
        Assert.Single(RunGroup.Once([run]));
        Assert.Single(RunGroup.Speaking([run]));
    }

    /// <summary>Whatever keeps seeds out of one mean is named.</summary>
    [Fact]
    public void Ways_to_compute_and_to_measure_are_named_where_they_differ()
    {
        RunRecord[] runs =
        [
            Run("ngait", [1, 2]),
            Set(Seed(Run("ngait", [1, 2]), 2), e => e["angleEvery"] = 7),
            Set(Run("ngait", [1, 2]), e => e["precision"] = "float64"),
        ];

        var labels = TrainingFigure.Of("fig4", "title", runs, overSeeds: true).Panels[3].Series.Select(s => s.Label).ToArray();

        Assert.Equal(3, labels.Distinct().Count());
        Assert.EndsWith("angles every 7 steps", labels[1], StringComparison.Ordinal);
        Assert.EndsWith("float64", labels[2], StringComparison.Ordinal);
    }

    /// <summary>The one that is longer, though it was measured less often.</summary>
    [Fact]
    public void Of_runs_that_were_stopped_the_one_that_came_furthest_is_drawn()
    {
        static RunRecord Stopped(RunRecord run, params int[] epochs) =>
            run.With(
                run.Description with
                {
                    Status = RunStatus.Interrupted,
                },
                epochs: [.. epochs.Select(e => new EpochMetrics(e, e, 1, 0.5, 1, 0.5, []))]
            );

        RunRecord[] runs = [Stopped(Run("bp", []), 0, 1, 2), Stopped(Seed(Run("bp", []), 2), 0, 60)];
        var group = Assert.Single(RunGroup.OverSeeds(runs));

        Assert.Equal(60, Assert.Single(group.Runs).Epochs[^1].Epoch);
        Assert.Equal(
            (runs[0], "no run of its setting is finished, and another one came further"),
            Assert.Single(RunGroup.WithoutLine(runs))
        );
    }

    /// <summary>A mean of those that came through is not told as if it were of all.</summary>
    [Fact]
    public void A_seed_that_diverged_is_named_beside_the_mean_of_the_others()
    {
        var broken = Seed(Run("bp", []), 2);
        broken = broken.With(broken.Description with { Status = RunStatus.Diverged });
        RunRecord[] runs = [Run("bp", []), broken, Seed(Run("bp", []), 3)];
        var figure = TrainingFigure.Of("fig4", "title", runs, overSeeds: true);

        Assert.EndsWith(
            $"BP is without seed 2, which diverged after {broken.Epochs[^1].Epoch} epoch{(broken.Epochs[^1].Epoch == 1 ? "" : "s")}.",
            figure.Caption,
            StringComparison.Ordinal
        );
        Assert.Equal(
            (broken, "it diverged; the line of its setting is of the seeds that came through"),
            Assert.Single(RunGroup.WithoutLine(runs))
        );
    }

    /// <summary>Older versions wrote no field of which they knew nothing.</summary>
    [Fact]
    public void Seeds_of_several_versions_are_one_line()
    {
        var (older, newer) = (Results.PanelRuns.Of("cifar-shallow", "bp"), Results.PanelRuns.Of("cifar-shallow", "bp", seed: 2));
        Assert.True(((JsonObject)older.Description.Experiment).Remove("gain"));
        Assert.True(((JsonObject)older.Description.Experiment["optimizer"]!).Remove("gainLr"));

        Assert.Equal(2, Assert.Single(RunGroup.OverSeeds([older, newer])).Runs.Count);
    }

    [Fact]
    public void The_caption_names_numbers_of_the_rule_that_are_not_the_published_ones()
    {
        var caption = TrainingFigure
            .Of("fig4", "title", [Set(Run("ngait", [1, 2]), e => e["ruleOptions"]!["eta"] = 1e-3), Run("gait", [1, 2])])
            .Caption;

        Assert.Contains("eta 0.001", caption, StringComparison.Ordinal);
        Assert.DoesNotContain("gamma", caption, StringComparison.Ordinal);
        Assert.DoesNotContain("eta ", TrainingFigure.Of("fig4", "title", [Run("ngait", [1, 2])]).Caption, StringComparison.Ordinal);
    }

    /// <summary>
    /// Of 300 measurements, six in each of fifty parts: 0.6 of the way from the least to the largest is what 0.84 of them lie below, and so on.
    /// </summary>
    [Fact]
    public void Many_angles_over_steps_are_medians_of_fifty_parts_with_bands_of_two_thirds()
    {
        var many = Measured(10, 64, 300, s => 1 + (s / 10 % 6));
        var line = TrainingFigure.Of("fig4", "title", [many]).Panels[1].Series.Single();

        Assert.Equal(50, line.Y.Count);
        Assert.All(line.Y, y => Assert.Equal(3.5, y));
        Assert.All(line.Low!, low => Assert.Equal(1.8, low, 1e-12));
        Assert.All(line.High!, high => Assert.Equal(5.2, high, 1e-12));
        Assert.Equal(29.91, line.X[0], 1e-9);
        Assert.Contains(
            "medians in 50 parts of the training where there are more than 200",
            TrainingFigure.Of("fig4", "title", [many]).Caption,
            StringComparison.Ordinal
        );

        // A dip that no line shows is not explained.
        AssertDips(null, Measured(101, 64, 388, s => s % 64 == 0 ? 1e-4 : 0.1));
        Assert.Equal(200, TrainingFigure.Of("fig4", "title", [Measured(10, 64, 200, _ => 1)]).Panels[1].Series.Single().Y.Count);
    }

    [Fact]
    public void Long_runs_have_a_panel_of_how_far_each_rule_is_ahead_of_backpropagation_of_its_seed()
    {
        RunRecord[] runs =
        [
            Long(Seed(Run("bp", []), 1), e => 0.4),
            Long(Seed(Run("bp", []), 2), e => 0.5),
            Long(Seed(Run("ngait", [1, 2]), 1), e => 0.4 + (0.001 * e)),
            Long(Seed(Run("ngait", [1, 2]), 2), e => 0.5 + (0.003 * e)),
            Long(Seed(Run("fa", [60, 0]), 3), e => 0.3),
        ];

        var panel = TrainingFigure.Of("fig4", "title", runs, overSeeds: true).Panels[4];

        Assert.Equal("E", panel.Letter);
        Assert.Equal(["BP", "normalised GAIT"], panel.Series.Select(s => s.Label));
        var lead = panel.Series.Single(s => s.Rule == "ngait");
        Assert.Equal((10.0, 60.0, 51), (lead.X[0], lead.X[^1], lead.X.Count));

        // Epochs 1 to 10 are 5.5 on average: 0.55 points ahead of the one and 1.65 of the other.
        Assert.Equal((1.1, 11.1), (Math.Round(lead.Y[0], 9), Math.Round(lead.Y[^1], 9)));
        Assert.Equal(Math.Sqrt(2) * 0.55, lead.Deviation![0], 1e-9);
        Assert.Equal([0.0, 0.0], panel.Series.Single(s => s.Rule == "bp").Y);

        Assert.Equal(4, TrainingFigure.Of("fig4", "title", [.. runs.Skip(2)], overSeeds: true).Panels.Count);
        Assert.Equal(4, TrainingFigure.Of("fig4", "title", [Run("bp", []), Run("ngait", [1, 2])]).Panels.Count);
    }

    [Fact]
    public void What_lines_share_is_said_once_and_a_line_that_has_more_than_another_says_what()
    {
        RunRecord[] runs =
        [
            Plain(Run("bp", [])),
            Set(Plain(Run("fa", [60, 0])), e => e["optimizer"]!["lr"] = 2.5e-5),
            Run("ngait", [1, 2]),
            Set(Run("ngait", [1, 2]), e => e["gain"] = "row"),
        ];

        AssertSettings(
            "All lines: preset fast, float32. All lines but FA: learning rate 1.9e-5. BP: no orthogonality constraint. "
                + "FA: no orthogonality constraint, learning rate 2.5e-5. normalised GAIT: displacement form, inverse refined(1), "
                + "implicit auxiliary units, retraction every 4 steps (more often at first). "
                + "normalised GAIT, gains: as said of normalised GAIT, and a gain for each unit.",
            runs
        );

        // Of three lines each says its learning rate.
        AssertSettings(
            "All lines: preset fast, float32. BP: no orthogonality constraint, learning rate 1.9e-5. "
                + "FA: no orthogonality constraint, learning rate 2.5e-5. normalised GAIT: displacement form, inverse refined(1), "
                + "implicit auxiliary units, retraction every 4 steps (more often at first), learning rate 1.9e-5.",
            [.. runs.Take(3)]
        );
    }

    [Fact]
    public void A_line_that_has_nothing_of_its_own_is_named_all_the_same()
    {
        RunRecord[] runs = [Plain(Run("bp", [])), Set(Plain(Run("bp", [])), e => e["gain"] = "row")];

        AssertSettings(
            "All lines: preset fast, float32, no orthogonality constraint, learning rate 1.9e-5. BP: as said. BP, gains: a gain for each unit.",
            runs
        );
    }

    /// <summary>Two lines with the same settings are one exception, and one whose precision is not known has none.</summary>
    [Fact]
    public void What_all_lines_but_some_share_names_these()
    {
        RunRecord[] runs =
        [
            Plain(Run("bp", [])),
            Set(Plain(Run("fa", [60, 0])), e => e["optimizer"]!["lr"] = 2.5e-5),
            Double(Run("gait", [1, 2])),
            Double(Run("ngait", [1, 2])),
            Set(Plain(Run("dfa", [60, 0])), e => e["optimizer"]!["lr"] = 0.5),
        ];

        var caption = Whole(runs);

        Assert.Contains(
            " All lines: preset fast. All lines but GAIT, displacement and normalised GAIT: float32, no orthogonality constraint. BP: learning rate ",
            caption,
            StringComparison.Ordinal
        );
        Assert.Contains(". GAIT, displacement; normalised GAIT: float64, displacement form, ", caption, StringComparison.Ordinal);

        // What a run does not say may be the same.
        var silent = Whole([
            .. runs.Select(r => r.Rule.EndsWith("gait", StringComparison.Ordinal) ? Set(r, e => e.AsObject().Remove("precision")) : r),
        ]);
        Assert.DoesNotContain("All lines but", silent, StringComparison.Ordinal);

        static RunRecord Double(RunRecord run) => Set(run, e => e["precision"] = "float64");
    }

    [Theory]
    [InlineData("gait", "displacement", true)]
    [InlineData("gait", "limit", true)]
    [InlineData("gait", "literal", false)]
    [InlineData("gait", "another", false)]
    [InlineData("ngait", "displacement", false)]
    public void The_caption_says_what_a_form_of_GAIT_that_is_not_the_published_one_is_for(string rule, string form, bool isOurs)
    {
        RunRecord[] runs = [Set(Run(rule, [1, 2]), e => e["ruleOptions"]!["form"] = form), Plain(Run("bp", []))];

        Assert.Equal(
            isOurs,
            Whole(runs).Contains($" GAIT's {form} form is ours: it does not subtract targets, and so keeps ", StringComparison.Ordinal)
        );
        Assert.Equal(isOurs, Whole(runs).Contains("is ours", StringComparison.Ordinal));
    }

    /// <summary>As <see cref="GaitProp.Experiments.OrthogonalityOptions.Every"/> has it.</summary>
    [Theory]
    [InlineData(64, "retraction every 64 steps (more often at first),")]
    [InlineData(5, "retraction every 5 steps,")]
    [InlineData(1, "retraction at every step,")]
    public void The_caption_says_how_often_weights_are_retracted(int every, string words) =>
        Assert.Contains(
            words,
            TrainingFigure
                .Of(
                    "fig4",
                    "title",
                    [Set(Run("ngait", [1, 2]), e => e["orthogonality"] = new JsonObject { ["kind"] = "retraction", ["every"] = every })]
                )
                .Caption,
            StringComparison.Ordinal
        );

    /// <summary>Angles every 101 steps and whole retractions every 64 meet every 6464 steps; every 21 and 16, every 336.</summary>
    [Theory]
    [InlineData(101, 64, 64, null)]
    [InlineData(101, 64, 65, "Dip at step 6464: measured right after a whole retraction.")]
    [InlineData(101, 64, 129, "Dips at steps 6464, 12928: measured right after a whole retraction.")]
    [InlineData(101, 64, 200, "Dips at steps 6464, 12928, …: measured right after a whole retraction.")]
    [InlineData(21, 16, 100, "Dips at steps 336, 672, …: measured right after a whole retraction.")]
    public void The_caption_says_which_dips_are_those_of_whole_retractions(int angleEvery, int every, int measurements, string? words) =>
        AssertDips(words, Measured(angleEvery, every, measurements, s => s % every == 0 ? 1e-4 : 0.1));

    [Fact]
    public void Of_several_runs_the_first_that_has_dips_of_whole_retractions_says_at_which_steps() =>
        AssertDips(
            "Dips at steps 15, 30, …: measured right after a whole retraction.",
            Constrained(Run("fa", [60, 0]), "penalty"),
            Measured(5, 3, 20, s => s % 3 == 0 ? 0.1 : 1),
            Seed(Measured(101, 64, 200, s => s % 64 == 0 ? 1e-4 : 0.1), 5)
        );

    /// <summary>As in figure 6, whose angles are no smaller there.</summary>
    [Fact]
    public void Where_a_whole_retraction_makes_no_dip_the_caption_names_none()
    {
        AssertDips(null, Measured(21, 16, 100, s => s == 336 ? 0.01 : 0.1));

        // All angles are measured right after one.
        AssertDips(null, Measured(64, 16, 20, s => Math.Pow(0.1, s)));
        AssertDips(null, Constrained(Measured(101, 64, 200, s => s % 64 == 0 ? 1e-4 : 0.1), "none"));
    }

    [Fact]
    public void Of_several_machines_the_caption_says_whose_runs_are_from_which()
    {
        var (bp, rule) = (Run("bp", []), Run("ngait", [1, 2]));
        Assert.Contains("s; GaitProp 0.1.0.", TrainingFigure.Of("fig4", "title", [bp, rule]).Caption, StringComparison.Ordinal);

        var other = new RunEnvironment("0.1.0", null, "t", "l", "cpu", "Another processor", 2, "s");
        rule = rule.With(rule.Description with { Environment = other });

        Assert.Contains(
            $"Machine: {bp.Description.Environment}; GaitProp 0.1.0 (BP). Machine: {other}; GaitProp 0.1.0 (normalised GAIT).",
            TrainingFigure.Of("fig4", "title", [bp, rule]).Caption,
            StringComparison.Ordinal
        );
    }

    /// <summary>The one with the constraint is the rule; what it needs is no addition.</summary>
    [Fact]
    public void The_rule_without_its_constraint_is_the_one_that_says_so()
    {
        RunRecord[] runs =
        [
            Constrained(Run("ngait", [1, 2]), "retraction"),
            Constrained(Run("ngait", [1, 2]), "none"),
            Constrained(Run("bp", []), "none"),
            Constrained(Run("bp", []), "retraction"),
        ];

        Assert.Equal(
            ["normalised GAIT", "normalised GAIT, no constraint", "BP", "BP, retraction"],
            runs.Select(r => RunTitles.Of(r, runs, overSeeds: true))
        );
    }

    /// <summary>What the caption says between the accuracy and the machine.</summary>
    private static void AssertSettings(string words, RunRecord[] runs)
    {
        var caption = Whole(runs);
        var begin = caption.IndexOf(" %. ", StringComparison.Ordinal) + 4;

        Assert.Equal(words, caption[begin..caption.IndexOf(" Machine: ", StringComparison.Ordinal)]);
    }

    /// <summary>The caption of runs that came to their end, an epoch each.</summary>
    private static string Whole(RunRecord[] runs) =>
        TrainingFigure.Of("fig4", "title", [.. runs.Select(r => Set(r, e => e["epochs"] = 1))]).Caption;

    private static void AssertDips(string? words, params RunRecord[] runs)
    {
        var caption = TrainingFigure.Of("fig4", "title", runs).Caption;

        Assert.Equal(words is null ? 0 : 1, caption.Split("right after a whole retraction").Length - 1);
        Assert.Contains(words ?? "", caption, StringComparison.Ordinal);
    }

    /// <summary>A run with angles of the layer below the output at so many steps.</summary>
    private static RunRecord Measured(int angleEvery, int every, int measurements, Func<long, double> angle) =>
        Set(Run("ngait"), e => e["orthogonality"]!["every"] = every)
            .With(
                steps:
                [
                    .. Enumerable
                        .Range(0, measurements)
                        .Select(i => (long)angleEvery * i)
                        .Select(step => new StepMetrics(1, step, 1, [angle(step), 0])),
                ]
            );

    private static RunRecord WithClasses(RunRecord run, int classes, bool top5) =>
        run.With(
            run.Description with
            {
                Layers = [run.Description.Layers[0], run.Description.Layers[1] with { Outputs = classes, Keep = classes }],
            },
            epochs: [.. run.Epochs.Select(e => top5 ? e.With(trainTop5: 0.6, testTop5: 0.7) : e)]
        );

    /// <summary>Photos that were changed at random are no others' standard, and a BP that was stopped does not end the line of all.</summary>
    [Fact]
    public void Each_run_is_held_against_backpropagation_on_the_same_batches_that_is_as_long()
    {
        static RunRecord Mirrored(RunRecord run) => Set(run, e => e["mirror"] = true);
        static RunRecord Short(RunRecord run, int epochs) => run.With(epochs: [.. run.Epochs.Take(epochs + 1)]);
        RunRecord[] runs =
        [
            Long(Seed(Run("bp", []), 1), _ => 0.4),
            Long(Mirrored(Seed(Run("bp", []), 1)), _ => 0.7),
            Short(Long(Seed(Run("bp", []), 2), _ => 0.1), 30),
            Short(Long(Seed(Run("bp", []), 3), _ => 0.1), 55),
            Long(Seed(Run("ngait", [1, 2]), 1), _ => 0.41),
            Long(Seed(Run("ngait", [1, 2]), 2), _ => 0.9),
            Long(Seed(Run("ngait", [1, 2]), 3), _ => 0.9),
            Long(Mirrored(Seed(Run("ngait", [1, 2]), 1)), _ => 0.72),
        ];

        var leads = TrainingFigure.Of("fig6", "title", runs, overSeeds: true).Panels[4].Series.Where(s => s.Rule == "ngait").ToArray();

        Assert.Equal([51, 51], leads.Select(s => s.Y.Count));
        Assert.All(leads[0].Y, y => Assert.Equal(1, y, 1e-9));
        Assert.All(leads[1].Y, y => Assert.Equal(2, y, 1e-9));
    }

    /// <summary>The same images in other batches.</summary>
    [Fact]
    public void A_run_that_was_shuffled_in_a_buffer_is_not_held_against_backpropagation_that_was_not()
    {
        RunRecord[] runs =
        [
            Long(Seed(Run("bp", []), 1), _ => 0.4),
            Long(Seed(Run("ngait", [1, 2]), 1), _ => 0.41),
            Set(Long(Seed(Run("ngait", [1, 2]), 1), _ => 0.9), e => e["shuffleBuffer"] = 1000),
        ];

        var leads = TrainingFigure.Of("fig4", "title", runs, overSeeds: true).Panels[4].Series.Where(s => s.Rule == "ngait");

        Assert.All(Assert.Single(leads).Y, y => Assert.Equal(1, y, 1e-9));
    }

    /// <summary>Sixty epochs with a test accuracy each, after one of chance, and no constraint on rules that need none.</summary>
    private static RunRecord Long(RunRecord run, Func<int, double> accuracy) =>
        (run.Rule == "ngait" ? run : Plain(run)).With(
            epochs: [.. Enumerable.Range(0, 61).Select(e => new EpochMetrics(e, e, 1, 0.5, 1, e == 0 ? 0.1 : accuracy(e), []))]
        );

    private static RunRecord Plain(RunRecord run) =>
        Set(
            Constrained(run, "none"),
            e =>
            {
                e.AsObject().Remove("ruleOptions");
            }
        );

    private static RunRecord Seed(RunRecord run, int seed) => Set(run, e => e["seed"] = seed);

    private static RunRecord Constrained(RunRecord run, string kind) => Set(run, e => e["orthogonality"]!["kind"] = kind);

    private static RunRecord Set(RunRecord run, Action<JsonNode> set)
    {
        set(run.Description.Experiment);
        return run;
    }

    private static RunRecord Run(string rule, params double?[][] angles)
    {
        var experiment = JsonNode.Parse(
            $$"""
            { "network": "cifar-shallow", "rule": "{{rule}}", "epochs": 2, "batchSize": 256, "seed": 4, "preset": "fast", "precision": "float32", "auxiliary": "implicit",
              "ruleOptions": { "form": "displacement", "inverse": "refined(1)" }, "orthogonality": { "kind": "retraction", "every": 4 }, "optimizer": { "lr": 1.9e-5 } }
            """
        )!;
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
            []
        );
    }
}
