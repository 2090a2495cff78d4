using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Figures;

namespace GaitProp.Tests.Figures;

/// <summary>Run folders as the trainer leaves them, each with one thing that makes it no run of the figure.</summary>
public sealed class FigureRunsTests : IDisposable
{
    private readonly string _store = Directory.CreateTempSubdirectory("gaitprop-figure-").FullName;

    public void Dispose() => Directory.Delete(_store, recursive: true);

    [Fact]
    public void Seeds_presets_gains_constraints_and_lengths_may_differ()
    {
        Run("a", "bp");
        Run("b", "ngait", e => e["seed"] = 2);
        Run("c", "ngait", e => e["gain"] = "row");
        Run("d", "bp", e => e["orthogonality"]!["kind"] = "retraction");
        Run("e", "ngait", e => e["epochs"] = 30, preset: "paper");

        var chosen = Chosen();

        Assert.Empty(chosen.LeftOut);
        Assert.Equal(5, chosen.Shown.Count);
    }

    [Theory]
    [InlineData("network", "\"dense 64, dense 10\"", "its network is dense 64, dense 10, the figure's cifar-shallow")]
    [InlineData("batchSize", "64", "batchSize is 64, the figure's 256")]
    [InlineData("optimizer.lr", "1e-4", "optimizer.lr is 0.0001, the figure's 1.9E-05")]
    [InlineData("ruleOptions.eta", "1e-9", "ruleOptions.eta is 1E-09, the figure's 1E-07")]
    [InlineData("data", "\"cifar100\"", "data is cifar100, the figure's cifar10")]
    [InlineData("orthogonality.kind", "\"none\"", "orthogonality.kind is none, the figure's retraction")]
    [InlineData("ruleOptions.inverse", "\"transpose\"", "ruleOptions.inverse is transpose, the figure's folded(32)")]
    [InlineData("activation", "\"linear\"", "no run of the figure has its linear activation")]
    [InlineData("optimizer.kind", "\"sgd\"", "no run of the figure has its SGD")]
    [InlineData("validationImages", "1000", "no run of the figure has its 1000 images held out")]
    [InlineData("loss", "\"mse\"", "no run of the figure has its squared error")]
    [InlineData("tf32", "true", "no run of the figure has its products in TF32")]
    [InlineData("name", "\"mine\"", "it is a run of mine, the figure shows cifar-shallow and synthetic-shallow")]
    public void A_run_of_another_setting_is_left_out_with_the_setting(string field, string value, string reason)
    {
        Run("a", "ngait");
        Run("b", "ngait", e => Set(e, field, JsonNode.Parse(value)!));

        var chosen = Chosen();

        Assert.EndsWith("/a", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.Equal($"cifar-shallow/b: {reason}", Assert.Single(chosen.LeftOut).ToString());
    }

    /// <summary>As figure 6's preset quick changes them.</summary>
    [Fact]
    public void A_figure_is_of_images_that_were_changed_alike()
    {
        static void Quick(JsonObject e) => (e["mirror"], e["shift"]) = (true, 16);
        Run("a", "bp", Quick, experiment: "imagenet", train: 4000, data: "imagenette", inputs: 3072, width: 224);
        Run("b", "ngait", Quick, experiment: "imagenet", train: 4000, data: "imagenette", inputs: 3072, width: 224);
        Run("c", "bp", experiment: "imagenet", train: 4000, data: "imagenette", inputs: 3072, width: 224);
        Run("d", "bp", e => e["mirror"] = true, experiment: "imagenet", train: 4000, data: "imagenette", inputs: 3072, width: 224);

        var chosen = Chosen("fig6");

        Assert.Equal(["a", "b"], chosen.Shown.Select(r => Path.GetFileName(r.Folder)).Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "imagenet/c: it was trained on images as they are, the figure's runs on images mirrored at random and shifted by up to 16 pixels",
                "imagenet/d: no run of the figure has its images mirrored at random",
            ],
            chosen.LeftOut.Select(r => r.ToString()).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Figure 4 is of images as they are.</summary>
    [Theory]
    [InlineData("mirror", "true", "images mirrored at random")]
    [InlineData("shift", "1", "images shifted by up to 1 pixel at random")]
    [InlineData("shift", "4", "images shifted by up to 4 pixels at random")]
    public void A_run_on_images_that_were_changed_at_random_is_left_out(string field, string value, string words)
    {
        Run("a", "ngait");
        Run("b", "ngait", e => Set(e, field, JsonNode.Parse(value)!));

        var chosen = Chosen();

        Assert.EndsWith("/a", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.Equal($"cifar-shallow/b: no run of the figure has its {words}", Assert.Single(chosen.LeftOut).ToString());
    }

    [Fact]
    public void Runs_of_the_authors_choices_are_the_figure_s_too()
    {
        Run("a", "fa");
        Run(
            "b",
            "fa",
            e =>
            {
                (e["optimizer"]!["kind"], e["shuffleBuffer"]) = ("keras-adam", 1000);
                ((JsonObject)(e["ruleOptions"] ??= new JsonObject()))["feedback"] = "next-layer";
            },
            preset: "paper"
        );

        Assert.Equal(2, Chosen().Shown.Count);
    }

    [Fact]
    public void A_figure_is_of_one_set_of_images_the_published_one_and_whole_where_it_is_there()
    {
        Run("whole", "bp", train: 50_000);
        Run("part", "bp", train: 5_120);
        Run("other", "bp", train: 60_000, data: "embedded set", standsIn: "CIFAR-10");

        var chosen = Chosen();

        Assert.EndsWith("whole", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.Equal(
            [
                "cifar-shallow/other: its data is embedded set, the figure's CIFAR-10",
                "cifar-shallow/part: it was trained on 5120 images, the figure's runs on 50000",
            ],
            chosen.LeftOut.Select(r => r.ToString()).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>The embedded set is the same whether it was asked for or stands in.</summary>
    [Fact]
    public void The_embedded_set_is_one_set_whoever_chose_it()
    {
        Run("a", "bp", experiment: "synthetic-shallow", data: "embedded set", standsIn: "CIFAR-10");
        Run("b", "ngait", experiment: "synthetic-shallow", data: "embedded set");

        Assert.Equal(2, Chosen().Shown.Count);
    }

    [Fact]
    public void Where_there_is_a_part_alone_the_figure_is_of_that()
    {
        Run("part", "bp", train: 5_120);

        Assert.Single(Chosen().Shown);
    }

    [Fact]
    public void Small_photos_leave_a_figure_of_large_ones_also_where_old_runs_do_not_say_how_large_they_are()
    {
        Run("large", "bp", experiment: "imagenet", train: 4000, data: "imagenette", inputs: 3072, width: 224);
        Run("small", "bp", experiment: "imagenet", train: 9000, data: "imagenette", inputs: 192, width: 64);
        Run("old", "bp", experiment: "imagenet", train: 9000, data: "imagenette", inputs: 192);

        var chosen = Chosen("fig6");

        Assert.EndsWith("large", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.Equal(
            [
                "imagenet/old: its images have another size: its last layer has 192 inputs, the figure's 3072",
                "imagenet/small: its images are 64 pixels wide, the figure's 224",
            ],
            chosen.LeftOut.Select(r => r.ToString()).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Damaged_runs_and_runs_without_an_epoch_are_listed_not_drawn()
    {
        Run("a", "bp");
        Run("begun", "bp", epochs: 0);
        File.WriteAllText(Path.Combine(Run("broken", "bp"), "run.json"), "{");

        var chosen = Chosen();

        Assert.Single(chosen.Shown);
        Assert.Contains(chosen.LeftOut, r => r.ToString() == "cifar-shallow/begun: no epoch of it has ended");
        Assert.Contains(
            chosen.LeftOut,
            r => r.ToString().StartsWith("cifar-shallow/broken: its files are damaged: ", StringComparison.Ordinal)
        );
    }

    /// <summary>A summary reads the ends of files; the rest is read when the run is drawn.</summary>
    [Theory]
    [InlineData("metrics.jsonl")]
    [InlineData("timing.jsonl")]
    public void Damage_that_a_summary_does_not_see_leaves_out_the_run_and_no_other(string file)
    {
        Run("a", "bp");
        var broken = Path.Combine(Run("broken", "bp"), file);
        File.WriteAllText(broken, "x\n" + (File.Exists(broken) ? File.ReadAllText(broken) : ""));

        var chosen = Chosen();

        Assert.EndsWith("/a", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.StartsWith(
            "cifar-shallow/broken: its files are damaged: ",
            Assert.Single(chosen.LeftOut).ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_rule_that_only_its_authors_notebook_knows_is_held_to_the_common_settings()
    {
        Run("a", "nobodys", e => e["ruleOptions"] = new JsonObject { ["strength"] = 3 });
        Run("b", "nobodys", e => e["batchSize"] = 7);

        var chosen = Chosen();

        Assert.EndsWith("/a", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.Equal("batchSize is 7, the figure's 256", Assert.Single(chosen.LeftOut).Reason);
    }

    /// <summary>Ten epochs from another run's weights are no ten epochs of the figure.</summary>
    [Fact]
    public void A_run_that_began_with_the_weights_of_another_is_left_out()
    {
        Run("a", "bp");
        Run("b", "ngait", origin: new RunOrigin("best.safetensors", "cifar-shallow/a", 196, new string('0', 64)));

        var chosen = Chosen();

        Assert.EndsWith("/a", Assert.Single(chosen.Shown).Folder, StringComparison.Ordinal);
        Assert.Equal(
            "cifar-shallow/b: it began with the weights of cifar-shallow/a, the figure's runs with those that their seed draws",
            Assert.Single(chosen.LeftOut).ToString()
        );
    }

    /// <summary>One of the authors' choices alone is a control, and figures show the whole preset.</summary>
    [Fact]
    public void A_run_with_one_of_the_choices_of_a_preset_is_left_out_and_the_line_says_which_belong_together()
    {
        Run("a", "fa");
        Run("b", "fa", e => e["optimizer"]!["kind"] = "keras-adam", preset: "paper");

        Assert.Equal(
            "of the choices that a preset makes together, Keras's Adam, feedback from the next layer's seed, shuffled in a buffer of 1000, it has Keras's Adam alone",
            Assert.Single(Chosen().LeftOut).Reason
        );
    }

    /// <summary>Figure 5 compares GAIT as published and in the displacement form, under a retraction.</summary>
    [Theory]
    [InlineData("fig4")]
    [InlineData("fig5")]
    [InlineData("fig6")]
    public void A_figure_shows_every_run_that_is_planned_for_it_in_every_preset(string figure)
    {
        foreach (var name in FigurePlan.ExperimentsOf(figure))
        {
            var document = ExperimentDocument.Open(name);
            foreach (var (preset, rule) in from p in document.PresetNames from r in document.Rules select (p, r))
            {
                Run(
                    $"{preset} {rule}",
                    RuleVariant.Parse(rule).Rule,
                    experiment: name,
                    planned: document.Resolve(rule, new ExperimentChoices { Preset = preset })
                );
            }
        }

        Assert.DoesNotContain(Chosen(figure).LeftOut, r => !r.Reason.StartsWith("it was trained on", StringComparison.Ordinal));
    }

    /// <summary>Neither GAIT as published nor its displacement form.</summary>
    [Fact]
    public void A_form_with_the_constraint_of_another_is_left_out()
    {
        Run("a", "gait", experiment: "cifar-deep");
        Run("b", "gait", e => e["orthogonality"]!["kind"] = "retraction", experiment: "cifar-deep");

        Assert.Equal("orthogonality.kind is retraction, the figure's penalty", Assert.Single(Chosen("fig5").LeftOut).Reason);
    }

    [Fact]
    public void Of_all_runs_those_of_other_lengths_and_experiments_are_told_apart_and_rules_come_in_the_figures_order()
    {
        Run("a", "ngait", epochs: 3);
        Run("b", "bp");
        Run("c", "bp", epochs: 3);
        Run("d", "bp", experiment: "cifar-deep", epochs: 3);

        var selection = FigureSelection.Of("fig4", new RunStore(_store).List(), (2, null));

        Assert.Equal(["bp", "ngait"], selection.Shown.Select(r => r.Rule));
        Assert.Equal("cifar-shallow/b: of another length than --epochs asks for", Assert.Single(selection.LeftOut).ToString());
        Assert.Equal("cifar-deep/d", Assert.Single(selection.OtherExperiments).QualifiedName);
    }

    private FigureRuns Chosen(string figure = "fig4") =>
        FigureRuns.Of(figure, FigurePlan.ExperimentsOf(figure).SelectMany(experiment => new RunStore(_store).ListExperiment(experiment)));

    private static void Set(JsonObject experiment, string path, JsonNode value)
    {
        var parts = path.Split('.');
        var at = experiment;
        foreach (var part in parts.SkipLast(1))
        {
            at = (JsonObject)at[part]!;
        }

        at[parts[^1]] = value;
    }

    private string Run(
        string name,
        string rule,
        Action<JsonObject>? set = null,
        string experiment = "cifar-shallow",
        string preset = "fast",
        int train = 50_000,
        string data = "CIFAR-10",
        string? standsIn = null,
        int inputs = 1024,
        int? width = null,
        int epochs = 1,
        RunOrigin? origin = null,
        Experiment? planned = null
    )
    {
        var known = rule == "nobodys" ? "bp" : rule;
        var settings = ExperimentJson.ToJson(
            planned ?? ExperimentDocument.Open(experiment).Resolve(known, new ExperimentChoices { Preset = preset })
        );
        settings["rule"] = rule;
        set?.Invoke(settings);
        var description = new RunDescription
        {
            Name = name,
            Status = RunStatus.Finished,
            Started = DateTimeOffset.UnixEpoch,
            Origin = origin,
            Experiment = settings,
            Data = new RunData(
                data,
                "somewhere",
                standsIn is not null,
                standsIn,
                train,
                1000,
                string.Create(CultureInfo.InvariantCulture, $"{data} {train} {inputs}")
            )
            {
                Width = width,
                Height = width,
            },
            Layers = [new RunLayer("layer 1", inputs, 10, 10, AuxiliaryUnits.None, 1)],
            Environment = new RunEnvironment("0.1.0", null, "t", "l", "cpu", "A processor", 2, "s"),
        };
        var folder = Directory.CreateDirectory(Path.Combine(_store, experiment, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "run.json"), JsonSerializer.Serialize(description, ExperimentJson.Options));
        File.WriteAllLines(
            Path.Combine(folder, "metrics.jsonl"),
            Enumerable
                .Range(0, epochs + 1)
                .Select(e =>
                    $$"""{"kind":"epoch","epoch":{{e}},"step":{{e}},"trainLoss":1,"trainAccuracy":0.5,"testLoss":1,"testAccuracy":0.5,"defects":[0]}"""
                )
        );
        return folder;
    }
}
