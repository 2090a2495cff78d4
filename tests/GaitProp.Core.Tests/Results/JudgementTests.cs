using GaitProp.Results;

namespace GaitProp.Tests.Results;

/// <summary>Verdicts at the edges of the paper's words, of seeds that diverged, and beside runs on other images.</summary>
public sealed class JudgementTests
{
    [Theory]
    [InlineData(0.1, 0.05, 0.0, "Reproduced")]
    [InlineData(0.1, 0.0, 0.05, "Not")]
    [InlineData(0.1, 0.05, 0.05, "Partly")]
    [InlineData(0.05, 0.05, 0.0, "Partly")]
    [InlineData(0.1, 0.092, 0.0, "Partly")]
    [InlineData(0.1, 0.108, 0.0, "Partly")]
    [InlineData(0.1, 0.112, 0.0, "Not")]
    [InlineData(0.0, 0.05, 0.1, "Not")]
    public void FA_is_between_GAIT_and_normalised_GAIT_only_above_the_one_and_below_the_other_and_partly_so_within_a_point(
        double gaitLess,
        double faLess,
        double ngaitLess,
        string verdict
    )
    {
        var rows = ResultRow.Of(Three(gaitLess, faLess, ngaitLess));

        Assert.Equal(verdict, Judged(rows, "fa", c => c.Between is not null).Verdict.ToString());
    }

    /// <summary>Seven convolutions and the output. The first ones' mean is 10 degrees, of 3 to 22.</summary>
    [Theory]
    [InlineData(new[] { 22.0, 3, 12, 8, 9, 7, 9, 0 }, "Reproduced", "Reproduced")]
    [InlineData(new[] { 90.0, 12, 12, 12, 12, 12, 12, 0 }, "Not", "Not")]
    [InlineData(new[] { 10.0, 10, 10, 10, 10, 10, 10, 0 }, "Reproduced", "Not")]
    public void What_is_said_of_the_mean_is_held_against_the_mean_alone_and_what_of_a_layer_against_that_alone(
        double[] angles,
        string mean,
        string input
    )
    {
        var rows = ResultRow.Of([PanelRuns.Of("imagenet", "ngait", angles: angles)]);

        Assert.Equal(mean, Judged(rows, "ngait", c => c.Angle is { OnlyMean: true }).Verdict.ToString());
        Assert.Equal(input, Judged(rows, "ngait", c => c.Angle is { Layer: 1 }).Verdict.ToString());
    }

    [Theory]
    [InlineData(new[] { 0.1, 3, 0 }, "0.10 to 3.00 degrees, mean 1.55")]
    [InlineData(new[] { 1.0, 9, 0 }, "1.00 to 9.00 degrees, mean 5.00")]
    public void Angles_of_which_only_the_mean_or_only_one_layer_is_as_the_paper_says_are_partly_so(double[] angles, string why)
    {
        var judged = Judged(ResultRow.Of([PanelRuns.Of("cifar-shallow", "ngait", angles: angles)]), "ngait", c => c.Angle is not null);

        Assert.Equal(Verdict.Partly, judged.Verdict);
        Assert.Equal(why, judged.Why);
    }

    /// <summary>Of four measurements some of the second layer's updates were zero, or not finite.</summary>
    [Theory]
    [InlineData(0, "Reproduced", "1.50 · 1.50 · 0.00")]
    [InlineData(2, "Reproduced", "1.50 · 1.50 (2 undefined) · 0.00")]
    [InlineData(3, "", "1.50 · 1.50 (3 undefined) · 0.00")]
    [InlineData(4, "", "1.50 · undefined · 0.00")]
    public void Undefined_angles_are_counted_and_leave_the_verdict_open_where_they_are_more_than_half(
        int undefined,
        string verdict,
        string shown
    )
    {
        var run = PanelRuns.Of("cifar-shallow", "ngait");
        var rows = ResultRow.Of([
            run.With(steps: [.. Enumerable.Range(0, 4).Select(s => new StepMetrics(1, s, 2, [1.5, s < undefined ? null : 1.5, 0]))]),
        ]);

        Assert.Equal(verdict, Judged(rows, "ngait", c => c.Angle is not null).Verdict.ToString());
        Assert.Contains($"| {shown} |", ResultPage.Whole(rows), StringComparison.Ordinal);
    }

    /// <summary>Runs of one seed begin with the same weights; another seed's luck is no lead.</summary>
    [Fact]
    public void Accuracy_is_compared_over_the_seeds_that_both_rules_have()
    {
        var judged = Parity(
            PanelRuns.Of("cifar-shallow", "bp", less: 0.05),
            PanelRuns.Of("cifar-shallow", "bp", seed: 2),
            PanelRuns.Of("cifar-shallow", "ngait", less: 0.055)
        );
        Assert.Equal(
            (Verdict.Reproduced, "46.50 % against 47.00 % for BP after 22 epochs: 0.50 points less, of seed 1"),
            (judged.Verdict, judged.Why)
        );

        judged = Parity(PanelRuns.Of("cifar-shallow", "bp", seed: 2), PanelRuns.Of("cifar-shallow", "ngait", less: 0.055));
        Assert.Equal(
            (Verdict.Not, "46.50 % against 52.00 % for BP after 22 epochs: 5.50 points less, of different seeds"),
            (judged.Verdict, judged.Why)
        );

        static Judgement Parity(params RunRecord[] runs) => Judged(ResultRow.Of(runs), "ngait", c => c.Parity is not null);
    }

    /// <summary>A file that a copy cut short, or somebody mended: what the other seeds have in common still counts.</summary>
    [Fact]
    public void An_epoch_that_one_seed_lacks_is_left_out_of_the_curve()
    {
        var whole = PanelRuns.Of("cifar-deep", "ngait");
        var gap = PanelRuns.Of("cifar-deep", "ngait", seed: 2);
        gap = new RunRecord(gap.Folder, gap.Description, gap.Steps, [.. gap.Epochs.Where(e => e.Epoch != 5)], []);

        Assert.Equal(Verdict.Reproduced, Judged(ResultRow.Of([whole, gap]), "ngait", c => c.Falling is not null).Verdict);
    }

    /// <summary>As the paper counts on ImageNet, and as figures show it.</summary>
    [Fact]
    public void Among_more_than_ten_classes_top_5_is_what_is_compared_and_named()
    {
        var rows = ResultRow.Of([Photos("bp", top5: 0.2), Photos("ngait", top5: 0.195)]);
        var judged = Judged(rows, "ngait", c => c.Parity is not null);

        Assert.Equal(
            (Verdict.Reproduced, "71.50 % top-5 against 72.00 % for BP after 22 epochs: 0.50 points less"),
            (judged.Verdict, judged.Why)
        );
        Assert.EndsWith(", accuracy top-5", rows[0].Computed, StringComparison.Ordinal);
        Assert.Equal(72, rows.Single(r => r.Rule == "bp").Test.Mean, 1e-9);

        // One without records of it: all are compared by the likeliest class, and say so.
        rows = ResultRow.Of([Photos("bp", top5: 0.2), Photos("ngait", top5: null)]);
        Assert.StartsWith("52.00 % against 52.00 % for BP", Judged(rows, "ngait", c => c.Parity is not null).Why, StringComparison.Ordinal);
        Assert.All(rows, r => Assert.EndsWith(", accuracy top-1", r.Computed, StringComparison.Ordinal));

        static RunRecord Photos(string rule, double? top5)
        {
            var run = PanelRuns.Of("imagenet", rule);
            return new RunRecord(
                run.Folder,
                run.Description with
                {
                    Layers = [.. run.Description.Layers.Select(l => l with { Keep = 20 })],
                },
                run.Steps,
                [
                    .. run.Epochs.Select(e => new EpochMetrics(
                        e.Epoch,
                        e.Step,
                        1,
                        e.TrainAccuracy,
                        1,
                        e.TestAccuracy,
                        [],
                        e.TrainAccuracy + top5,
                        e.TestAccuracy + top5
                    )),
                ],
                []
            );
        }
    }

    /// <summary>The paper says it of the form whose differences of targets are lost in rounding.</summary>
    [Fact]
    public void That_GAIT_diverges_is_not_held_against_the_form_that_repairs_it()
    {
        var literal = PanelRuns.Of("cifar-deep", "gait");
        var repaired = PanelRuns.Of("cifar-deep", "gait");
        repaired.Description.Experiment["ruleOptions"]!["form"] = "displacement";

        Assert.Equal(Verdict.Not, Judged(ResultRow.Of([literal]), "gait", c => c.Falling is not null).Verdict);
        var rows = ResultRow.Of([repaired]);
        Assert.DoesNotContain(Judgement.Of(Assert.Single(rows), rows), j => j.Claim.Falling is not null);
    }

    [Theory]
    [InlineData(0.05, "Partly", "seed 2 diverged")]
    [InlineData(0.15, "Not", null)]
    public void FA_is_at_most_partly_between_the_others_where_one_of_its_seeds_diverged(double faLess, string verdict, string? note)
    {
        var rows = ResultRow.Of([.. Three(0.1, faLess, 0), Diverged(PanelRuns.Of("cifar-deep", "fa", epochs: 7, seed: 2))]);
        var judged = Judged(rows, "fa", c => c.Between is not null);

        Assert.Equal(verdict, judged.Verdict.ToString());
        Assert.Equal(note, judged.Note);
    }

    /// <summary>Both runs are of one seed, and the one that finished came farther.</summary>
    [Theory]
    [InlineData(1, "Not", "Partly")]
    [InlineData(-1, "Reproduced", "Reproduced")]
    public void A_seed_that_diverged_is_cleared_of_it_by_a_later_run_and_not_by_an_earlier_one(int days, string training, string accuracy)
    {
        var rows = ResultRow.Of([
            PanelRuns.Of("cifar-deep", "bp"),
            PanelRuns.Of("cifar-deep", "ngait"),
            Diverged(PanelRuns.Of("cifar-deep", "ngait", epochs: 7), days),
        ]);

        Assert.Equal(training, Judged(rows, "ngait", c => c.Falling is not null).Verdict.ToString());
        Assert.Equal(accuracy, Judged(rows, "ngait", c => c.Parity is not null).Verdict.ToString());
    }

    [Fact]
    public void Accuracy_is_not_held_against_that_of_BP_on_fewer_images()
    {
        var (bp, ngait) = (PanelRuns.Of("cifar-shallow", "bp"), PanelRuns.Of("cifar-shallow", "ngait"));
        var rows = ResultRow.Of([Cut(bp), ngait]);
        var judged = Judged(rows, "ngait", c => c.Parity is not null);

        Assert.Null(judged.Verdict);
        Assert.StartsWith("BP was not recorded on these images with these changes", judged.Why, StringComparison.Ordinal);

        // Both on the same 5,000.
        rows = ResultRow.Of([Cut(bp), Cut(ngait)]);
        Assert.Equal(Verdict.Reproduced, Judged(rows, "ngait", c => c.Parity is not null).Verdict);
    }

    /// <summary>Beside BP on all of the images, the rule would lose what the images held out are worth.</summary>
    [Fact]
    public void A_run_with_choices_is_held_against_one_that_made_them_too_and_else_its_verdict_is_open()
    {
        var (bp, alike, ngait) = (
            PanelRuns.Of("cifar-shallow", "bp", less: -0.08),
            HeldOut(PanelRuns.Of("cifar-shallow", "bp", less: -0.03)),
            HeldOut(PanelRuns.Of("cifar-shallow", "ngait", less: -0.025))
        );

        var judged = Judged(ResultRow.Of([bp, alike, ngait]), "ngait", c => c.Parity is not null);
        Assert.Equal(
            (Verdict.Reproduced, "54.50 % against 55.00 % for BP, 5000 images held out after 22 epochs: 0.50 points less"),
            (judged.Verdict, judged.Why)
        );

        judged = Judged(ResultRow.Of([bp, ngait]), "ngait", c => c.Parity is not null);
        Assert.Equal(
            (null, "beside runs without its choices", "54.50 % against 60.00 % for BP after 22 epochs: 5.50 points less"),
            (judged.Verdict, judged.Note, judged.Why)
        );

        // Nor is what made none held against what did.
        judged = Judged(ResultRow.Of([alike, PanelRuns.Of("cifar-shallow", "ngait")]), "ngait", c => c.Parity is not null);
        Assert.Null(judged.Verdict);
        Assert.Equal("BP was not recorded with these choices", judged.Why);

        static RunRecord HeldOut(RunRecord run)
        {
            run.Description.Experiment["validationImages"] = 5000;
            return run;
        }
    }

    [Fact]
    public void A_rule_that_diverged_at_once_is_not_said_to_be_missing()
    {
        var ngait = PanelRuns.Of("cifar-shallow", "ngait");

        Assert.Equal("BP was not recorded", Why(ngait));
        Assert.Equal("BP diverged before its accuracy was measured", Why(ngait, Diverged(PanelRuns.Of("cifar-shallow", "bp", epochs: 0))));

        static string Why(params RunRecord[] runs) => Judged(ResultRow.Of(runs), "ngait", c => c.Parity is not null).Why;
    }

    /// <summary>Its feedback is FA's own: the rules that it is held against have none to choose.</summary>
    [Fact]
    public void FA_with_feedback_of_another_source_is_held_against_rules_without_choices()
    {
        var runs = Three(0.1, 0.05, 0.0);
        runs[1].Description.Experiment["ruleOptions"]!["feedback"] = "next-layer";

        Assert.Equal(Verdict.Reproduced, Judged(ResultRow.Of(runs), "fa", c => c.Between is not null).Verdict);
    }

    /// <summary>What the longest row of a rule comes to by one of the paper's sentences.</summary>
    private static Judgement Judged(IReadOnlyList<ResultRow> rows, string rule, Func<PaperClaim, bool> isIt) =>
        Judgement.Of(rows.Where(r => r.Rule == rule).MaxBy(r => r.Epochs)!, rows).Single(j => isIt(j.Claim));

    /// <summary>The three rules of the sentence on FA, each so much less accurate than 52 %.</summary>
    private static RunRecord[] Three(double gaitLess, double faLess, double ngaitLess) =>
        [
            PanelRuns.Of("cifar-deep", "gait", less: gaitLess),
            PanelRuns.Of("cifar-deep", "fa", less: faLess),
            PanelRuns.Of("cifar-deep", "ngait", less: ngaitLess),
        ];

    private static RunRecord Diverged(RunRecord run, int days = 0) =>
        run.With(
            run.Description with
            {
                Status = RunStatus.Diverged,
                Error = $"{run.Rule}: the loss is no longer finite",
                Started = run.Description.Started.AddDays(days),
            }
        );

    /// <summary>The same run on the first 5,000 of its images.</summary>
    private static RunRecord Cut(RunRecord run)
    {
        var experiment = run.Description.Experiment.DeepClone();
        experiment["trainImages"] = 5000;
        return run.With(
            run.Description with
            {
                Experiment = experiment,
                Data = run.Description.Data with { Train = 5000, Checksum = "the first 5000" },
            }
        );
    }
}
