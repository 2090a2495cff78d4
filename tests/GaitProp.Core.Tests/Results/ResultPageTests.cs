using System.Text.Json.Nodes;
using GaitProp.Results;
using GaitProp.Tests.Data;
using GaitProp.Tests.Experiments;

namespace GaitProp.Tests.Results;

/// <summary>
/// Results beside the paper's words: rows hold what belongs together, verdicts follow from the numbers, and the committed pages are what
/// the command makes.
/// </summary>
public sealed class ResultPageTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(PublishedNumbersTests.Folder(), "..", ".."));

    private static readonly Lazy<IReadOnlyList<ResultRow>> Recorded = new(() =>
        ResultPage.Rows(
            [.. ((string[])["recorded", "recorded-authors", "recorded-more"]).Select(f => Path.Combine(Root, "notebooks", f))],
            [Path.Combine(Root, "notebooks", "recorded-times")]
        )
    );

    [Theory]
    [InlineData("docs/results.md")]
    [InlineData("README.md")]
    public void The_committed_page_is_what_the_command_makes_of_the_committed_runs(string page)
    {
        var text = File.ReadAllText(Path.Combine(Root, page));
        var made = ResultPage.Into(text, Recorded.Value, page);
        Assert.True(made == text, $"{page} is not what the recorded runs come to: run the command that stands in docs/results.md");
    }

    [Fact]
    public void Every_recorded_run_with_an_epoch_is_in_one_row_and_rows_mix_no_epochs()
    {
        var runs = Recorded.Value.SelectMany(r => r.Runs).ToArray();

        Assert.Equal(runs.Length, runs.Select(r => r.Folder).Distinct().Count());
        Assert.All(Recorded.Value, row => Assert.Single(row.Runs.Select(r => r.Epochs[^1].Epoch).Distinct()));
        Assert.All(Recorded.Value, row => Assert.Equal(row.Runs.Count, row.Seeds.Distinct().Count()));
    }

    /// <summary>
    /// Of one rule's 30 and 20 epochs, of two inverses and of gains come rows of their own; seeds come together, whatever version of the
    /// kit made them.
    /// </summary>
    [Fact]
    public void What_differs_in_more_than_the_seed_is_another_row()
    {
        var template = Template();
        var old = Run(template, "ngait", seed: 1, epochs: 3);
        ((JsonObject)old.Description.Experiment).Remove("gain");
        RunRecord[] runs =
        [
            old,
            Run(template, "ngait", seed: 2, epochs: 3),
            Run(template, "ngait", seed: 2, epochs: 2),
            Run(template, "ngait", seed: 1, epochs: 3, e => e["gain"] = "row"),
            Run(template, "ngait", seed: 1, epochs: 3, e => e["ruleOptions"]!["inverse"] = "transpose"),
            Run(template, "ngait", seed: 1, epochs: 3, e => e["shuffleBuffer"] = 1000),
            Run(template, "ngait", seed: 3, epochs: 3, e => e["epochs"] = 200),
        ];

        var rows = ResultRow.Of(runs);

        Assert.Equal([3, 1, 1, 1, 1], rows.Select(r => r.Runs.Count).OrderDescending());
        Assert.Equal([1, 2, 3], rows.Single(r => r.Runs.Count == 3).Seeds);
        Assert.Equal(3, rows.Count(r => !r.IsPlain));
    }

    /// <summary>The rows of the paper's network are told from it, keep their verdicts, and are not held against it.</summary>
    [Fact]
    public void A_run_with_another_network_or_batch_says_so_and_is_not_judged()
    {
        var template = Template();
        RunRecord Small(string rule, int seed) => Run(template, rule, seed, 22, e => e["network"] = "dense 64, dense 10", shift: 0.4);
        var rows = ResultRow.Of([
            Run(template, "bp", 1, 22),
            Small("bp", 7),
            Small("bp", 8),
            Run(template, "ngait", 1, 22),
            Run(template, "ngait", 1, 22, e => e["batchSize"] = 32),
        ]);

        var page = ResultPage.Whole(rows);
        Assert.Contains("| fast, float32, network dense 64, dense 10 |", page, StringComparison.Ordinal);
        Assert.Contains(", batchSize 32 |", page, StringComparison.Ordinal);
        Assert.Equal(["-", "-", "angles: reproduced; accuracy: reproduced", "-"], Verdicts(page));
        Assert.Equal(
            ["bp 1", "ngait 1"],
            ResultPage
                .Short(rows)
                .Split('\n')
                .Where(l => l.StartsWith("| cifar", StringComparison.Ordinal))
                .Select(l => $"{(l.Contains("| BP |", StringComparison.Ordinal) ? "bp" : "ngait")} {l.Split('|')[4].Trim()}")
        );
    }

    /// <summary>Beside BP on images that were changed alike, and with words that say how.</summary>
    [Fact]
    public void Changed_images_are_named_and_compared_with_their_like()
    {
        var template = Template();
        static void Changed(JsonObject e) => (e["mirror"], e["shift"]) = (true, 16);
        var rows = ResultRow.Of([
            Run(template, "bp", seed: 1, epochs: 3),
            Run(template, "bp", seed: 1, epochs: 3, Changed),
            Run(template, "ngait", seed: 1, epochs: 3),
            Run(template, "ngait", seed: 1, epochs: 3, Changed),
        ]);

        Assert.Equal(4, rows.Count);
        Assert.All(rows, r => Assert.True(r.IsPlain));
        foreach (var row in rows)
        {
            var words = "images mirrored at random and shifted by up to 16 pixels";
            Assert.Equal(row.Changes is not null, row.Title.Contains(words, StringComparison.Ordinal));

            // Once is enough.
            Assert.DoesNotContain(words, row.Computed, StringComparison.Ordinal);
        }

        // Where all rows have them, titles do not tell them apart.
        Assert.EndsWith(
            ", images mirrored at random and shifted by up to 16 pixels",
            Assert.Single(ResultRow.Of([Run(template, "bp", seed: 1, epochs: 3, Changed)])).Computed,
            StringComparison.Ordinal
        );
    }

    /// <summary>A column says how many epochs a row has; its title does not say it again.</summary>
    [Fact]
    public void Rows_of_other_lengths_have_one_title()
    {
        var template = Template();
        var rows = ResultRow.Of([
            Run(template, "ngait", seed: 1, epochs: 3),
            Run(template, "ngait", seed: 1, epochs: 20, e => e["epochs"] = 20),
        ]);

        Assert.Equal([20, 3], rows.Select(r => r.Epochs));
        Assert.Equal(["normalised GAIT", "normalised GAIT"], rows.Select(r => r.Title));
    }

    [Theory]
    [InlineData(new[] { 1.0, 1.9, 0 }, "Reproduced")]
    [InlineData(new[] { 1.0, 2.5, 0 }, "Partly")]
    [InlineData(new[] { 0.3, 0.9, 0 }, "Partly")]
    [InlineData(new[] { 0.1, 0.2, 0 }, "Not")]
    [InlineData(new[] { 0.01, 0.04, 0 }, "Not")]
    [InlineData(new[] { 3.0, 9.0, 0 }, "Not")]
    public void Angles_are_held_against_a_range_without_the_output_layer(double[] angles, string verdict)
    {
        var row = Assert.Single(ResultRow.Of([Run(Template(), "ngait", 1, 20, angles: angles)]));
        var judgement = Judgement.Of(row, [row]).First(j => j.Claim.Angle is not null);

        Assert.Equal(verdict, judgement.Verdict.ToString());
        Assert.Equal("at 20 of 200 epochs", Judgement.Reach(row));
    }

    /// <summary>Less than the least that the paper says, in every layer: a better result, but not the paper's.</summary>
    [Fact]
    public void A_table_says_that_angles_below_the_papers_are_nearer_to_BP()
    {
        var page = ResultPage.Whole(ResultRow.Of([Run(Template(), "ngait", 1, 20, angles: [0.01, 0.43, 0])]));

        Assert.Equal(["angles: not (nearer to BP than the paper says); accuracy: open"], Verdicts(page));
        Assert.Contains(
            "**Not so** at 20 of 200 epochs: 0.01 to 0.43 degrees, mean 0.22: nearer to BP than the paper says.",
            page,
            StringComparison.Ordinal
        );
    }

    /// <summary>The third layer is the output here, though the fourth comes after it: its 0 degrees say nothing.</summary>
    [Fact]
    public void The_output_is_the_last_layer_that_trains()
    {
        var run = Run(Template(), "ngait", 1, 20, angles: [1.0, 1.9, 0, 0]);
        var layers = run.Description.Layers;
        var pooled = run.With(run.Description with { Layers = [.. layers.SkipLast(1), layers[^1] with { Parameters = 0 }] });

        Assert.Equal(["Partly", "Reproduced"], ((RunRecord[])[run, pooled]).Select(Angles));

        static string? Angles(RunRecord one)
        {
            var row = Assert.Single(ResultRow.Of([one]));
            return Judgement.Of(row, [row]).Single(j => j.Claim.Angle is not null).Verdict.ToString();
        }
    }

    /// <summary>A pooling has no update, so it has no angle either: "undefined" would say that an update is zero or not finite.</summary>
    [Fact]
    public void A_layer_without_weights_has_no_angle()
    {
        var run = Run(Template(), "ngait", 1, 20, angles: [1.0, 0, 0, 0]);
        var layers = run.Description.Layers;
        var pooled = run.With(
            run.Description with
            {
                Layers = [layers[0], layers[1] with { Parameters = 0 }, .. layers.Skip(2)],
            },
            steps: [new StepMetrics(1, 0, 2, [1.0, null, null, 0])]
        );

        Assert.Contains("| 1.00 · – · undefined · 0.00 |", ResultPage.Whole(ResultRow.Of([pooled])), StringComparison.Ordinal);
    }

    /// <summary>At the row's own epoch, though BP went on; with gains BP is the same.</summary>
    [Theory]
    [InlineData(0.005, "Reproduced")]
    [InlineData(-0.03, "Reproduced")]
    [InlineData(0.02, "Partly")]
    [InlineData(0.05, "Not")]
    public void Accuracy_is_held_against_free_backpropagation_at_the_same_epoch(double less, string verdict)
    {
        var template = Template();
        var bp = Run(template, "bp", 1, 25);
        var constrained = Run(template, "bp", 1, 25, e => e["orthogonality"]!["kind"] = "retraction", shift: 0.4);
        var ngait = Run(template, "ngait", 1, 22, shift: less);
        var rows = ResultRow.Of([bp, constrained, ngait]);

        var judgement = Judgement.Of(rows.Single(r => r.Rule == "ngait"), rows).Single(j => j.Claim.Parity is not null);

        Assert.Equal(verdict, judgement.Verdict.ToString());
        Assert.Contains("after 22 epochs", judgement.Why, StringComparison.Ordinal);
    }

    /// <summary>The number in the reason is the one in the table: the run of as many epochs, not the first ones of a longer run.</summary>
    [Fact]
    public void Accuracy_is_held_against_the_row_of_as_many_epochs_or_else_against_the_longest()
    {
        var template = Template();
        var long_ = Run(template, "bp", 1, 26, shift: 0.02);
        var middle = Run(template, "bp", 1, 24, shift: 0.03);
        var ngait = Run(template, "ngait", 1, 22);
        string Why(params RunRecord[] bp)
        {
            var rows = ResultRow.Of([.. bp, ngait]);
            return Judgement.Of(rows.Single(r => r.Rule == "ngait"), rows).Single(j => j.Claim.Parity is not null).Why;
        }

        Assert.StartsWith(
            "52.00 % against 42.00 % for BP after 22 epochs",
            Why(long_, Run(template, "bp", 1, 22, shift: 0.1), Run(template, "bp", 2, 24), Run(template, "bp", 3, 24)),
            StringComparison.Ordinal
        );
        Assert.StartsWith("52.00 % against 50.00 % for BP after 22 epochs", Why(long_, middle), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_recorded_leaves_a_verdict_open()
    {
        var row = Assert.Single(ResultRow.Of([Run(Template(), "ngait", 1, 3)]));
        Assert.Null(Judgement.Of(row, [row]).Single(j => j.Claim.Parity is not null).Verdict);
    }

    [Theory]
    [InlineData(0.1, 0.05, "Reproduced")]
    [InlineData(0.05, 0.1, "Not")]
    public void FA_is_to_be_between_GAIT_and_normalised_GAIT_at_the_epoch_that_all_have(double gaitLess, double faLess, string verdict)
    {
        var template = Template("cifar-deep");
        var rows = ResultRow.Of([
            Run(template, "gait", 1, 22, shift: gaitLess),
            Run(template, "fa", 1, 25, shift: faLess),
            Run(template, "ngait", 1, 24),
        ]);
        var judgement = Judgement.Of(rows.Single(r => r.Rule == "fa"), rows).Single(j => j.Claim.Between is not null);

        Assert.Equal(verdict, judgement.Verdict.ToString());
        Assert.EndsWith(", all after 22 epochs", judgement.Why, StringComparison.Ordinal);
    }

    /// <summary>A tenth of the paper's 200 epochs is 20. The numbers stay; what they say of the paper is open.</summary>
    [Fact]
    public void Numbers_after_fewer_than_a_tenth_of_the_papers_epochs_leave_a_verdict_open()
    {
        var template = Template();
        var page = ResultPage.Whole(ResultRow.Of([Run(template, "bp", 1, 19), Run(template, "ngait", 1, 19, shift: 0.1)]));

        Assert.Equal(["-", "angles: open (19 of 200 epochs); accuracy: open (19 of 200 epochs)"], Verdicts(page));
        Assert.Contains(
            "**open (19 of 200 epochs)**. At 19 of 200 epochs: 39.00 % against 49.00 % for BP after 19 epochs: 10.00 points less.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("\n\nEvery verdict is open.\n", page, StringComparison.Ordinal);

        // FA's own epochs are enough, GAIT's are not: they are compared after the epochs that both have.
        template = Template("cifar-deep");
        var rows = ResultRow.Of([Run(template, "gait", 1, 19), Run(template, "fa", 1, 25, shift: 0.1), Run(template, "ngait", 1, 25)]);
        var between = Judgement.Of(rows.Single(r => r.Rule == "fa"), rows).Single(j => j.Claim.Between is not null);
        Assert.Null(between.Verdict);
        Assert.Equal("compared after 19 of 200 epochs", between.Note);
    }

    /// <summary>What a short run contradicts a longer one of the same setting may refute; with gains it is another setting.</summary>
    [Fact]
    public void Only_the_longest_row_of_a_setting_is_judged()
    {
        var template = Template();
        var page = ResultPage.Whole(
            ResultRow.Of([
                Run(template, "bp", 1, 22),
                Run(template, "ngait", 1, 22),
                Run(template, "ngait", 1, 21, shift: 0.1),
                Run(template, "ngait", 2, 20, shift: 0.1),
                Run(template, "ngait", 1, 21, e => e["gain"] = "row", shift: 0.2),
            ])
        );

        Assert.Equal(
            ["-", "angles: reproduced; accuracy: reproduced", "see 22 epochs", "see 22 epochs", "angles: reproduced; accuracy: not"],
            Verdicts(page)
        );
        Assert.Single(page.Split('\n'), line => line.Contains("**Not so**", StringComparison.Ordinal));
        Assert.Contains("31.00 % against 51.00 % for BP after 21 epochs", page, StringComparison.Ordinal);
        Assert.DoesNotContain("41.00 % against", page, StringComparison.Ordinal);
    }

    [Fact]
    public void FA_is_held_against_rows_of_as_many_epochs()
    {
        var template = Template("cifar-deep");
        var rows = ResultRow.Of([
            Run(template, "gait", 1, 24, shift: 0.2),
            Run(template, "gait", 1, 22, shift: 0.1),
            Run(template, "fa", 1, 22, shift: 0.05),
            Run(template, "ngait", 1, 22),
            Run(template, "ngait", 1, 24, shift: 0.2),
        ]);

        Assert.Equal(
            "GAIT 42.00, FA 47.00, normalised GAIT 52.00 %, all after 22 epochs",
            Judgement.Of(rows.Single(r => r.Rule == "fa"), rows).Single(j => j.Claim.Between is not null).Why
        );
    }

    [Fact]
    public void A_training_accuracy_that_collapses_or_values_that_are_not_finite_are_divergence()
    {
        var template = Template("cifar-deep");
        RunRecord Curve(string rule, params double[] accuracies)
        {
            // Twenty epochs: a tenth of the paper's.
            var run = Run(template, rule, 1, 20);
            return run.With(
                epochs:
                [
                    .. run.Epochs.Select(e =>
                        e.With(trainAccuracy: e.Epoch == 0 ? 0.1 : accuracies[(e.Epoch - 1) * accuracies.Length / 20])
                    ),
                ]
            );
        }

        var rising = Curve("gait", 0.2, 0.3, 0.4, 0.45);
        var broken = rising.With(rising.Description with { Status = RunStatus.Diverged, Error = "gait: the loss is no longer finite" });
        var spike = Enumerable.Range(1, 20).Select(e => e == 20 ? 0.3 : 0.02 * e).ToArray();

        // The last fifth of twenty epochs begins with the seventeenth; the state before training is no epoch.
        var before = Enumerable.Range(1, 20).Select(e => e == 16 ? 0.5 : 0.3).ToArray();

        Assert.Equal(
            ["Not", "Partly", "Reproduced", "Not", "Reproduced", "Reproduced", "Reproduced", "Not", "Reproduced"],
            (
                (RunRecord[])
                    [
                        rising,
                        Curve("gait", 0.2, 0.5, 0.5, 0.45),
                        Curve("gait", 0.2, 0.5, 0.5, 0.35),
                        Curve("gait", spike),
                        Curve("gait", before),
                        broken,
                        Curve("ngait", 0.2, 0.3, 0.4, 0.45),
                        Curve("ngait", 0.2, 0.5, 0.5, 0.45),
                        Curve("ngait", spike),
                    ]
            ).Select(run =>
            {
                var row = Assert.Single(ResultRow.Of([run]));
                return Judgement.Of(row, [row]).Single(j => j.Claim.Falling is not null).Verdict.ToString();
            })
        );
    }

    /// <summary>One bad step may come at any time: that none came in a few epochs says little, that one came says all.</summary>
    [Fact]
    public void Before_a_tenth_of_the_papers_epochs_only_a_collapse_is_judged()
    {
        var template = Template("cifar-deep");
        string? Verdict(string rule, double last)
        {
            var run = Run(template, rule, 1, 10);
            var fallen = run.With(epochs: [.. run.Epochs.Select(e => e.With(trainAccuracy: e.Epoch >= 8 ? last : e.TrainAccuracy))]);
            var row = Assert.Single(ResultRow.Of([fallen]));
            return Judgement.Of(row, [row]).Single(j => j.Claim.Falling is not null).Verdict?.ToString();
        }

        Assert.Equal(
            [null, null, "Not", null, null, "Reproduced"],
            [
                Verdict("ngait", 0.5),
                Verdict("ngait", 0.32),
                Verdict("ngait", 0.2),
                Verdict("gait", 0.5),
                Verdict("gait", 0.32),
                Verdict("gait", 0.2),
            ]
        );
    }

    /// <summary>Its row ends early; the row of those that came through is not all that there is to say.</summary>
    [Fact]
    public void A_seed_that_diverged_counts_against_the_row_of_those_that_did_not()
    {
        var template = Template("cifar-deep");
        RunRecord Broken(string rule, int seed) =>
            Run(template, rule, seed, 7) is var run
                ? run.With(run.Description with { Status = RunStatus.Diverged, Error = $"{rule}: the loss is no longer finite" })
                : throw new InvalidOperationException();
        var page = ResultPage.Whole(
            ResultRow.Of([
                Run(template, "bp", 1, 25),
                Run(template, "ngait", 1, 25),
                Broken("ngait", 2),
                Run(template, "gait", 1, 25),
                Broken("gait", 2),
            ])
        );

        Assert.Equal(
            ["-", "training: not; accuracy: partly (seed 2 diverged)", "see 25 epochs", "training: partly", "see 25 epochs"],
            Verdicts(page)
        );
        Assert.Contains("| 7 (diverged) | 2 |", page, StringComparison.Ordinal);
        Assert.Contains(
            "\"does not diverge\" (panel C). **Not so** at 25 of 200 epochs: seed 2 diverged: ngait: the loss is no longer finite.",
            page,
            StringComparison.Ordinal
        );

        // Also where it did so in its first epoch.
        var atOnce = Broken("ngait", 3);
        var early = ResultRow.Of([Run(template, "ngait", 1, 25), atOnce.With(epochs: [.. atOnce.Epochs.Take(1)])]);
        Assert.Equal([25, 0], early.Select(r => r.Epochs));
        Assert.Equal(Verdict.Not, Judgement.Of(early[0], early).Single(j => j.Claim.Falling is not null).Verdict);
        Assert.Equal(Verdict.Not, Assert.Single(Judgement.Of(early[1], [early[1]])).Verdict);

        // Where every seed does, the paper's sentence holds.
        var rows = ResultRow.Of([Broken("gait", 1), Broken("gait", 2)]);
        Assert.Equal(Verdict.Reproduced, Judgement.Of(Assert.Single(rows), rows).Single().Verdict);

        // A seed that was run again, and came farther, is cleared of it; by fewer epochs it is not.
        foreach (var (epochs, verdict) in ((int, Verdict)[])[(25, Verdict.Reproduced), (7, Verdict.Not), (6, Verdict.Not)])
        {
            var again = Run(template, "ngait", 2, epochs);
            rows = ResultRow.Of([
                Run(template, "ngait", 1, 25),
                Broken("ngait", 2),
                again.With(again.Description with { Started = again.Description.Started.AddDays(1) }),
            ]);
            Assert.Equal(verdict, Judgement.Of(rows.MaxBy(r => r.Epochs)!, rows).Single(j => j.Claim.Falling is not null).Verdict);
        }
    }

    /// <summary>A run that was stopped one epoch later is no better evidence than three that ended; one that is far longer is.</summary>
    [Theory]
    [InlineData(26, 25)]
    [InlineData(38, 38)]
    public void A_stopped_run_speaks_for_its_setting_only_where_it_is_far_longer(int epochs, int judged)
    {
        var template = Template();
        var stopped = Run(template, "ngait", 1, epochs, shift: 0.2);
        var rows = ResultRow.Of([
            Run(template, "bp", 1, 40),
            Run(template, "ngait", 1, 25),
            Run(template, "ngait", 2, 25),
            stopped.With(stopped.Description with { Status = RunStatus.Interrupted }),
        ]);

        var elsewhere = rows.Where(r => r.Rule == "ngait").ToDictionary(r => r.Epochs, r => Judgement.Of(r, rows)[0].Elsewhere);

        Assert.Null(elsewhere[judged]);
        Assert.Equal(judged, elsewhere[judged == 25 ? epochs : 25]);
        Assert.Contains($"| {epochs} (unfinished) | 1 |", ResultPage.Whole(rows), StringComparison.Ordinal);
        Assert.Equal(judged == 25 ? "25" : "38 (unfinished)", ResultPage.Short(rows).Split('\n')[3].Split(" | ")[2]);
    }

    /// <summary>BP was stopped before the rule was: what both have is compared, and the table says after how many epochs.</summary>
    [Fact]
    public void Accuracy_is_compared_after_the_last_epoch_that_both_have()
    {
        var template = Template();
        var rows = ResultRow.Of([Run(template, "bp", 1, 22), Run(template, "bp", 1, 15), Run(template, "ngait", 1, 25, shift: 0.02)]);
        var parity = Judgement.Of(rows.Single(r => r.Rule == "ngait"), rows).Single(j => j.Claim.Parity is not null);
        Assert.Equal(Verdict.Partly, parity.Verdict);
        Assert.Equal("50.00 % against 52.00 % for BP after 22 epochs: 2.00 points less", parity.Why);
        Assert.Equal("compared after 22 of 200 epochs", parity.Note);

        rows = ResultRow.Of([Run(template, "bp", 1, 15), Run(template, "ngait", 1, 25, shift: 0.02)]);
        parity = Judgement.Of(rows.Single(r => r.Rule == "ngait"), rows).Single(j => j.Claim.Parity is not null);
        Assert.Null(parity.Verdict);
        Assert.Equal("compared after 15 of 200 epochs", parity.Note);
    }

    /// <summary>Ten epochs from another run's weights are no ten epochs of training.</summary>
    [Fact]
    public void A_run_from_weights_is_a_row_of_its_own_that_is_not_judged()
    {
        var template = Template();
        var later = Run(template, "ngait", 1, 22);
        var from = later.With(
            later.Description with
            {
                Started = later.Description.Started.AddDays(1),
                Origin = new RunOrigin("weights.safetensors", "cifar-shallow/bp-s1-20261123-175612", 392, new string('a', 64)),
            }
        );
        var rows = ResultRow.Of([Run(template, "bp", 1, 22), Run(template, "ngait", 1, 22, shift: 0.1), from]);

        Assert.Equal(
            ["BP", "normalised GAIT", "normalised GAIT, from the weights of cifar-shallow/bp-s1-20261123-175612, step 392"],
            rows.Select(r => r.Title)
        );
        Assert.Equal(["-", "angles: reproduced; accuracy: not", "-"], Verdicts(ResultPage.Whole(rows)));
        Assert.Equal(2, ResultPage.Short(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Count());
    }

    /// <summary>The embedded set in place of CIFAR-10, and CIFAR-100: no verdict, and the heading does not say CIFAR-10.</summary>
    [Fact]
    public void Runs_on_other_images_than_the_papers_are_named_and_not_judged()
    {
        var template = Template();
        RunRecord On(RunRecord run, string name, bool embedded) =>
            run.With(
                run.Description with
                {
                    Experiment = Named((JsonObject)run.Description.Experiment.DeepClone()),
                    Data = run.Description.Data with
                    {
                        Name = name,
                        Checksum = name,
                        Embedded = embedded,
                        StandsInFor = embedded ? "CIFAR-10" : null,
                    },
                }
            );
        static JsonObject Named(JsonObject experiment)
        {
            experiment["data"] = "cifar100";
            return experiment;
        }

        var (bp, ngait) = (Run(template, "bp", 1, 22), Run(template, "ngait", 1, 22));
        var page = ResultPage.Whole(ResultRow.Of([On(bp, "embedded set", true), On(ngait, "embedded set", true)]));
        Assert.Contains("\n## `cifar-shallow` on embedded set\n", page, StringComparison.Ordinal);
        Assert.Contains("None of these runs is one of the paper's figures.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("CIFAR-10", page, StringComparison.Ordinal);
        Assert.Equal(["-", "-"], Verdicts(page));

        // Beside runs of the paper's images each row says which images it is of.
        page = ResultPage.Whole(ResultRow.Of([bp, ngait, On(ngait, "CIFAR-100", false)]));
        Assert.Contains("\n## Figure 4: three hidden layers on CIFAR-10 (`cifar-shallow`)\n", page, StringComparison.Ordinal);
        Assert.Contains("folded(32), on CIFAR-100 |", page, StringComparison.Ordinal);
        Assert.Equal(["-", "angles: reproduced; accuracy: reproduced", "-"], Verdicts(page));
    }

    /// <summary>A row that another one of its setting speaks for has no verdict to show.</summary>
    [Fact]
    public void The_short_table_has_only_rows_that_are_judged()
    {
        var template = Template();
        static RunRecord Stopped(RunRecord run) => run.With(run.Description with { Status = RunStatus.Interrupted });
        static void Other(JsonObject e) => e["ruleOptions"]!["inverse"] = "folded(16)";
        var rows = ResultRow.Of([
            .. ((int[])[1, 2, 3]).Select(seed => Run(template, "ngait", seed, 20)),
            Run(template, "ngait", 1, 25, Other),
            Stopped(Run(template, "ngait", 1, 30, Other)),
        ]);

        Assert.Contains("see 25 epochs", ResultPage.Whole(rows), StringComparison.Ordinal);
        Assert.DoesNotContain("see 25 epochs", ResultPage.Short(rows), StringComparison.Ordinal);
        Assert.Contains(" | 20 | 3 | ", ResultPage.Short(rows), StringComparison.Ordinal);
    }

    /// <summary>As in the lines of figures.</summary>
    [Fact]
    public void Of_one_seed_and_length_a_finished_run_counts_though_another_was_stopped_later()
    {
        var finished = Run(Template(), "ngait", 1, 20);
        var stopped = finished.With(
            finished.Description with
            {
                Status = RunStatus.Interrupted,
                Started = finished.Description.Started.AddDays(1),
            }
        );

        Assert.Same(finished, Assert.Single(Assert.Single(ResultRow.Of([finished, stopped])).Runs));
    }

    /// <summary>A reader sees the ranges beside the verdicts, from the file that verdicts follow.</summary>
    [Fact]
    public void The_page_says_by_what_measure_it_judges()
    {
        var page = ResultPage.Whole(ResultRow.Of([Run(Template(), "ngait", 1, 20)]));

        Assert.Contains("\n\nNowhere, as far as verdicts are not open.\n", page, StringComparison.Ordinal);
        Assert.Contains(
            "- `cifar-shallow`, FA, \"angles of 60 to 80 degrees\": each layer but the output has 60 to 80 degrees;",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("is at most 1 point below that of BP after as many epochs; *partly*: 3 points.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("`cifar-deep`", page, StringComparison.Ordinal);
    }

    /// <summary>A summary does not look at everything that a record needs.</summary>
    [Fact]
    public void Damaged_runs_are_named_and_left_out()
    {
        using var store = new ScratchFolder();
        var kept = Recorded.Value[0].Runs[0];
        foreach (var name in (string[])["whole", "damaged"])
        {
            var folder = Directory.CreateDirectory(store["e", name]).FullName;
            foreach (var file in (string[])["run.json", "metrics.jsonl"])
            {
                File.Copy(Path.Combine(kept.Folder, file), Path.Combine(folder, file));
            }
        }

        var lines = File.ReadAllLines(store["e", "damaged", "metrics.jsonl"]);
        File.WriteAllLines(store["e", "damaged", "metrics.jsonl"], [lines[0], "no measurement", .. lines.Skip(2)]);
        var said = new List<string>();

        var row = Assert.Single(ResultPage.Rows([store.Path], report: said.Add));

        Assert.Equal("whole", Path.GetFileName(Assert.Single(row.Runs).Folder));
        Assert.StartsWith("left out e/damaged: ", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void Cost_is_beside_backpropagations_where_both_were_timed_on_one_machine_only()
    {
        var template = Template();
        RunRecord Timed(string rule, double seconds, string processor) =>
            Run(template, rule, 1, 3) is var run
                ? run.With(
                    run.Description with
                    {
                        Environment = run.Description.Environment.With(processor),
                    },
                    timings: [new(1, 10, seconds / 10, seconds, 0, 0)]
                )
                : throw new InvalidOperationException();

        var together = ResultPage.Whole(ResultRow.Of([Timed("bp", 20, "one"), Timed("ngait", 30, "one")]));
        Assert.Contains("| 1.50 x BP |", together, StringComparison.Ordinal);
        Assert.Contains("\nCost was measured on one, 1 thread.\n\n| rule |", together, StringComparison.Ordinal);
        var apart = ResultPage.Whole(ResultRow.Of([Timed("bp", 20, "one"), Timed("ngait", 30, "another")]));
        Assert.Contains("| 3000.0 ms per step (another, 1 thread) |", apart, StringComparison.Ordinal);

        // BP in another precision is another cost, however long it ran.
        var float64 = Run(template, "bp", 1, 5, e => e["precision"] = "float64");
        float64 = float64.With(
            float64.Description with
            {
                Environment = float64.Description.Environment.With("one"),
            },
            timings: [new(1, 10, 4, 40, 0, 0)]
        );
        Assert.Contains(
            "| 1.50 x BP |",
            ResultPage.Whole(ResultRow.Of([float64, Timed("bp", 20, "one"), Timed("ngait", 30, "one")])),
            StringComparison.Ordinal
        );
        Assert.Contains("not recorded", ResultPage.Whole(ResultRow.Of([Run(template, "bp", 1, 3)])), StringComparison.Ordinal);
    }

    /// <summary>
    /// A step costs the same in a short run: times of the same setting, whatever its length and seed, and of no other setting.
    /// </summary>
    [Fact]
    public void A_row_without_times_takes_those_of_its_setting()
    {
        var template = Template();
        RunRecord Timed(string rule, double seconds, Action<JsonObject>? change = null) =>
            Run(template, rule, 2, 1, change).With(timings: [new(1, 10, seconds / 10, seconds, 0, 0)]);
        RunRecord[] recorded =
        [
            Run(template, "bp", 1, 3),
            Run(template, "ngait", 1, 3),
            Run(template, "ngait", 1, 5),
            Run(template, "fa", 1, 3),
        ];

        var rows = ResultRow.Of(recorded, [Timed("bp", 20), Timed("ngait", 24), Timed("fa", 30, e => e["batchSize"] = 7)]);

        Assert.Equal(
            [("bp", 3, 2.0), ("ngait", 5, 2.4), ("ngait", 3, 2.4), ("fa", 3, null)],
            rows.Select(r => (r.Rule, r.Epochs, r.Cost is { } cost ? Math.Round(cost.Seconds, 9) : (double?)null))
        );
        Assert.Contains("| 1.20 x BP |", ResultPage.Whole(rows), StringComparison.Ordinal);
        var shown = ResultPage.Into("<!-- results: short -->\n<!-- /results -->", rows, "page.md");
        Assert.Contains("| 1.20 x BP |", shown, StringComparison.Ordinal);

        // A run's own times come first.
        Assert.Equal(0.9, Assert.Single(ResultRow.Of([Timed("bp", 9)], [Timed("bp", 20)])).Cost!.Value.Seconds, 9);
    }

    /// <summary>The longest; of equally long ones that of most seeds; of those the rule as published.</summary>
    [Fact]
    public void The_short_table_has_one_row_of_each_rule_and_titles_that_tell_these_apart()
    {
        var template = Template();
        static void Gains(JsonObject e) => e["gain"] = "row";
        var bp = Run(template, "bp", 1, 5);
        var paper = Run(template, "bp", 1, 3, e => e["preset"] = "paper");
        var ngait = Run(template, "ngait", 1, 5);
        var gains = Run(template, "ngait", 1, 5, Gains);

        var rows = ResultRow.Of([bp, paper, ngait, Run(template, "ngait", 2, 3), gains, Run(template, "fa", 1, 3)]);
        Assert.Contains("BP, fast", rows.Select(r => r.Title));
        Assert.Equal(["BP, 5, 1", "normalised GAIT, 5, 1", "normalised GAIT, gains, 5, 1", "FA, 3, 1"], Shown(rows));

        rows = ResultRow.Of([bp, ngait, gains, Run(template, "ngait", 2, 5, Gains)]);
        Assert.Equal(["BP, 5, 1", "normalised GAIT, 5, 1", "normalised GAIT, gains, 5, 2"], Shown(rows));

        static IEnumerable<string> Shown(IReadOnlyList<ResultRow> of) =>
            ResultPage
                .Short(of)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(2)
                .Select(line => string.Join(", ", line.Split(" | ")[1..4]));
    }

    /// <summary>Small images, few classes or a constraint take no row's place, and no set's step is another's measure.</summary>
    [Fact]
    public void Rows_on_several_sets_of_photos_stand_beside_each_other_and_say_which()
    {
        var (large, small) = (Photos("large", 224, 10), Photos("small", 64, 2));
        var rows = ResultRow.Of([Run(large, "bp", 1, 40), Run(large, "ngait", 1, 40), Run(small, "bp", 1, 60), Run(small, "ngait", 1, 60)]);

        Assert.Equal(
            [
                "imagenet (4000 images of large, 224 pixels wide, 10 classes) BP 40",
                "imagenet (4000 images of large, 224 pixels wide, 10 classes) normalised GAIT 40",
                "imagenet (4000 images of small, 64 pixels wide, 2 classes) BP 60",
                "imagenet (4000 images of small, 64 pixels wide, 2 classes) normalised GAIT 60",
            ],
            ResultPage
                .Short(rows)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(2)
                .Select(line => string.Join(' ', line.TrimStart('|', ' ').Split(" | ")[..3]))
                .Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            "on 4000 of 1281167 images, in 2 of 1000 classes, 64 of 224 pixels wide: ",
            ResultPage.Whole(rows),
            StringComparison.Ordinal
        );

        static RunRecord Photos(string name, int pixels, int classes)
        {
            var template = Template("imagenet");
            return template.With(
                template.Description with
                {
                    Data = template.Description.Data with { Name = name, Checksum = name, Width = pixels, Height = pixels },
                    Layers = [.. template.Description.Layers.SkipLast(1), template.Description.Layers[^1] with { Keep = classes }],
                }
            );
        }
    }

    [Fact]
    public void What_is_not_as_published_takes_no_published_rows_place()
    {
        var template = Template();
        var rows = ResultRow.Of([
            Run(template, "bp", 1, 30),
            Run(template, "bp", 1, 200, e => e["orthogonality"]!["kind"] = "retraction"),
            Run(template, "gait", 1, 5),
            Run(template, "gait", 1, 200, Repaired),
        ]);

        Assert.Equal(
            ["BP, 30", "BP, retraction, 200", "GAIT, 5", "GAIT, displacement, 200"],
            ResultPage
                .Short(rows)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(2)
                .Select(line => string.Join(", ", line.Split(" | ")[1..3]))
        );

        static void Repaired(JsonObject e)
        {
            var fast = GaitProp.Experiments.Presets.Experiment((string)e["name"]!, "gait", "fast") with { Epochs = 200 };
            foreach (var (name, value) in (JsonObject)GaitProp.Experiments.ExperimentJson.ToJson(fast))
            {
                e[name] = value?.DeepClone();
            }
        }
    }

    [Fact]
    public void Only_what_stands_between_the_marks_is_replaced()
    {
        var rows = ResultRow.Of([Run(Template(), "bp", 1, 3)]);
        var page = "before\n\n<!-- results: short -->\nold\n<!-- /results -->\nafter\n";

        var made = ResultPage.Into(page, rows, "page.md");

        Assert.StartsWith("before\n\n<!-- results: short -->\n\n| network |", made, StringComparison.Ordinal);
        Assert.EndsWith("<!-- /results -->\nafter\n", made, StringComparison.Ordinal);
        Assert.DoesNotContain("old", made, StringComparison.Ordinal);
        Assert.Equal(made, ResultPage.Into(made, rows, "page.md"));
        var windows = made.Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(windows, ResultPage.Into(page.Replace("\n", "\r\n", StringComparison.Ordinal), rows, "page.md"));
        Assert.Equal(windows, ResultPage.Into(windows, rows, "page.md"));
        var both = ResultPage.Into($"{page}{page.Replace("short", "courses", StringComparison.Ordinal)}", rows, "page.md");
        Assert.StartsWith(made, both, StringComparison.Ordinal);
        Assert.Contains("after\nbefore\n\n<!-- results: courses -->\n\n| network | rule | seed |", both, StringComparison.Ordinal);
        Assert.EndsWith("<!-- /results -->\nafter\n", both, StringComparison.Ordinal);
        Assert.Equal(
            "page.md: the results that begin with '<!-- results: short -->' have no end: put '<!-- /results -->' on a line below it.",
            Assert.Throws<GaitPropException>(() => ResultPage.Into($"<!-- results: short -->\nprose\n{page}", rows, "page.md")).Message
        );
        Assert.StartsWith(
            "page.md: the results that begin with '<!-- results: whole -->' have no end",
            Assert.Throws<GaitPropException>(() => ResultPage.Into($"{page}<!-- results: whole -->\n", rows, "page.md")).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "page.md has no place for results",
            Assert.Throws<GaitPropException>(() => ResultPage.Into("no marks", rows, "page.md")).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "page.md: '<!-- results: long -->' is not possible",
            Assert.Throws<GaitPropException>(() => ResultPage.Into("<!-- results: long -->\n<!-- /results -->", rows, "page.md")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_sentence_of_the_paper_has_one_way_to_hold_a_result_against_it() =>
        Assert.All(
            PaperPanel.All.Values.SelectMany(p => p.Claims),
            c => Assert.Single(new object?[] { c.Angle, c.Parity, c.Between, c.Falling }.OfType<object>())
        );

    /// <summary>The last column of a page's only table.</summary>
    private static IEnumerable<string> Verdicts(string page) =>
        page.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split(" | ")[^1].TrimEnd(' ', '|'));

    /// <summary>A recorded run of normalised GAIT; others are made of it, so that all that a run has is there.</summary>
    private static RunRecord Template(string experiment = "cifar-shallow") =>
        RunRecord.Read(
            Directory
                .GetDirectories(Path.Combine(Root, "notebooks", "recorded", experiment), "ngait-s1-*")
                .Order(StringComparer.Ordinal)
                .Last()
        );

    /// <summary>Accuracy grows by a point an epoch, from 30 %, less the shift.</summary>
    private static RunRecord Run(
        RunRecord template,
        string rule,
        int seed,
        int epochs,
        Action<JsonObject>? change = null,
        double shift = 0,
        double[]? angles = null
    )
    {
        var experiment = (JsonObject)
            GaitProp.Experiments.ExperimentJson.ToJson(
                GaitProp.Experiments.Presets.Experiment(
                    (string)template.Description.Experiment["name"]!,
                    rule,
                    rule == "gait" ? "paper" : "fast"
                ) with
                {
                    Seed = seed,
                    Epochs = epochs,
                }
            );
        change?.Invoke(experiment);
        double?[] each = angles is null ? [.. template.Description.Layers.Select(_ => (double?)1)] : [.. angles];
        return new RunRecord(
            $"{rule}-{seed}-{epochs}-{Guid.NewGuid()}",
            template.Description with
            {
                Status = RunStatus.Finished,
                Experiment = experiment,
                Layers = [.. template.Description.Layers.Take(each.Length)],
                Environment = template.Description.Environment.With(threads: 1),
            },
            rule == "bp" ? [] : [new StepMetrics(1, 0, 2, each)],
            [.. Enumerable.Range(0, epochs + 1).Select(e => new EpochMetrics(e, e, 1, 0.3 + (0.01 * e), 1, 0.3 + (0.01 * e) - shift, []))],
            []
        );
    }
}
