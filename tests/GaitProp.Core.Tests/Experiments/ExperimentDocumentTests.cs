using GaitProp.Experiments;
using GaitProp.Tests.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

/// <summary>Which setting wins, and what a file may leave out or write in several ways.</summary>
public sealed class ExperimentDocumentTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        """{ "a": { "preset": "b" }, "b": { "preset": "a" } }""",
        "the preset 'b' is built on itself: a -> b -> a. Build one of them on paper or fast."
    )]
    [InlineData("""{ "a": { "preset": "a" } }""", "the preset 'a' is built on itself: a -> a. Build one of them on paper or fast.")]
    [InlineData(
        """{ "paper": { "preset": "fast" } }""",
        "presets.paper.preset is not possible: paper is built on nothing; take the field out."
    )]
    [InlineData(
        """{ "a": { "preset": "papr" } }""",
        "presets.a.preset: unknown preset 'papr'. Did you mean 'paper'? Choose from paper, fast, a."
    )]
    public void Presets_that_come_to_nothing_are_refused(string presets, string expected) =>
        Assert.EndsWith(
            $"mine.json: {expected}",
            Assert
                .Throws<GaitPropException>(() =>
                    Open($$"""{ "network": "cifar-shallow", "rules": ["bp", "ngait"], "presets": {{presets}} }""")
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_run_of_another_network_is_not_headed_by_what_the_title_says_of_the_files_own()
    {
        var document = ExperimentDocument.Open("cifar-shallow");

        Assert.Equal(document.Title, document.TitleOf(document.Resolve("bp", new ExperimentChoices { Preset = "paper" })));
        Assert.Equal(
            "cifar-shallow with the network conv 5x5/2 24, maxpool 2, dense 10",
            document.TitleOf(document.Resolve("bp", new ExperimentChoices { Set = ["network=conv 5,2,24, maxpool 2, dense 10"] }))
        );
    }

    [Fact]
    public void A_preset_is_built_on_the_one_that_it_names_or_else_on_the_files()
    {
        const string presets = """
            "presets": {
              "paper": { "batchSize": 2 }, "fast": { "batchSize": 3 },
              "long": { "preset": "paper", "epochs": 7 }, "longer": { "preset": "long", "epochs": 8, "rules": { "fa": { "epochs": 9 } } }, "plain": { "epochs": 6 }
            }
            """;
        var document = Open($$"""{ "network": "cifar-shallow", "rules": ["bp", "fa"], {{presets}} }""");
        Assert.Equal(["paper", "fast", "long", "longer", "plain"], document.PresetNames);
        Assert.Equal(("fast", 3, 200), Resolved(null));
        Assert.Equal(("paper", 2, 7), Resolved("long"));
        Assert.Equal(("paper", 2, 8), Resolved("longer"));
        Assert.Equal(9, document.Resolve("fa", new() { Preset = "longer" }).Epochs);
        Assert.Equal(("fast", 3, 6), Resolved("plain"));
        document = Open($$"""{ "network": "cifar-shallow", "rules": ["bp", "fa"], "preset": "paper", {{presets}} }""");
        Assert.Equal(("paper", 2, 6), Resolved("plain"));

        (string, int, int) Resolved(string? preset) =>
            document.Resolve("bp", new() { Preset = preset }) is var e ? (e.Preset, e.BatchSize, e.Epochs) : default;
    }

    [Theory]
    [InlineData("\"dense 2000000000\", \"dense 10\"", "weights, which take")]
    [InlineData("\"dense 99999999999\", \"dense 10\"", "is not possible")]
    [InlineData("\"conv 999x999/1 48\", \"dense 10\"", "a kernel of 999 pixels for images of 32")]
    [InlineData("\"conv 3x3/1 2000000000\", \"dense 10\"", "weights, which take")]
    [InlineData(
        "\"dense 100000\", \"dense 100000\", \"dense 100000\", \"dense 100000\", \"dense 100000\", \"dense 10\"",
        "weights, which take"
    )]
    public void Networks_that_no_machine_holds_are_refused_at_once(string layers, string expected)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Contains(
            expected,
            Assert.Throws<GaitPropException>(() => Open($$"""{ "network": [{{layers}}], "rules": ["bp", "ngait"] }""")).Message,
            StringComparison.Ordinal
        );
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void A_hundred_thousand_layers_are_refused_at_once()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var layers = string.Join(", ", Enumerable.Repeat("\"dense 10\"", 100_000));

        Assert.Contains(
            "100000 layers are not possible",
            Assert.Throws<GaitPropException>(() => Open($$"""{ "network": [{{layers}}], "rules": ["bp", "ngait"] }""")).Message,
            StringComparison.Ordinal
        );
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void Each_part_beats_those_before_it()
    {
        // Every part sets epochs to a number of its own.
        string[] parts =
        [
            "\"epochs\": 3",
            "\"presets\": { \"fast\": { \"epochs\": 4, \"rules\": { \"ngait\": { \"epochs\": 5 } } } }",
            "\"rules\": { \"ngait\": { \"epochs\": 6 } }",
            "\"presets\": { \"fast\": { \"epochs\": 4 }, \"mine\": { \"preset\": \"fast\", \"epochs\": 7 } }",
            "\"presets\": { \"mine\": { \"preset\": \"fast\", \"epochs\": 7, \"rules\": { \"ngait\": { \"epochs\": 8 } } } }",
        ];
        File.WriteAllText(
            _folder["base.json"],
            """{ "network": "cifar-shallow", "rules": ["bp", "ngait"], "preset": "fast", "epochs": 1 }"""
        );
        var none = new ExperimentChoices();
        var mine = new ExperimentChoices { Preset = "mine" };
        Assert.Equal(200, Presets.Meaning("ngait", "fast").Epochs);
        Assert.Equal(1, Epochs(none));
        Assert.Equal(3, Epochs(none, parts[0]));
        Assert.Equal(5, Epochs(none, parts[0], parts[1]));
        Assert.Equal(6, Epochs(none, parts[0], parts[1], parts[2]));
        Assert.Equal(7, Epochs(mine, parts[0], parts[2], parts[3]));
        Assert.Equal(8, Epochs(mine, parts[0], parts[2], parts[4]));
        Assert.Equal(6, Epochs(none, parts[0], parts[2], parts[4]));
        Assert.Equal(9, Epochs(mine with { Epochs = 9 }, parts[0], parts[2], parts[4]));
        Assert.Equal(10, Epochs(mine with { Epochs = 9, Set = ["epochs=10"] }, parts[0], parts[2], parts[4]));
        Assert.Equal(
            11,
            Epochs(
                mine with
                {
                    Epochs = 9,
                    Set = ["epochs=10", "rules.ngait.epochs=11", "rules.bp.epochs=12"],
                },
                parts[0],
                parts[2],
                parts[4]
            )
        );

        int Epochs(ExperimentChoices choices, params string[] chosen) =>
            Open($$"""{ {{string.Join(", ", (string[])["\"extends\": \"base.json\"", .. chosen])}} }""").Resolve("ngait", choices).Epochs;
    }

    [Fact]
    public void What_a_file_says_of_all_rules_beats_what_its_base_says_of_one() =>
        Assert.Equal(3e-4, Open("""{ "extends": "cifar-shallow", "optimizer": { "lr": 3e-4 } }""").Resolve("fa").Optimizer.LearningRate);

    [Fact]
    public void An_object_is_changed_field_by_field()
    {
        var fa = Open("""{ "extends": "cifar-shallow", "optimizer": { "lr": 3e-4 } }""").Resolve("fa");
        Assert.Equal((3e-4, 0.9, 0.99, 1e-4), (fa.Optimizer.LearningRate, fa.Optimizer.Beta1, fa.Optimizer.Beta2, fa.Optimizer.Epsilon));
    }

    [Fact]
    public void A_files_own_settings_beat_what_the_preset_means()
    {
        var document = Open(
            """{ "extends": "cifar-shallow", "orthogonality": { "kind": "none" }, "precision": "float64", "ruleOptions": { "form": "limit" } }"""
        );
        var ngait = document.Resolve("ngait", new() { Preset = "fast" });
        Assert.Equal(
            (OrthogonalityKind.None, ScalarType.Float64, AuxiliaryUnits.Implicit),
            (ngait.Orthogonality.Kind, ngait.Precision, ngait.Auxiliary)
        );
        Assert.Equal(new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = InverseStrategy.Folded(32) }, ngait.RuleOptions);
        Assert.Equal("fast", ngait.Preset);
    }

    [Fact]
    public void The_preset_is_chosen_by_the_file_the_choice_and_set_in_this_order()
    {
        var document = Open(
            """{ "extends": "cifar-shallow", "preset": "exact", "presets": { "exact": { "preset": "paper", "epochs": 3 } } }"""
        );
        Assert.Equal(("exact", "paper", 3), (document.Preset, document.Resolve("bp").Preset, document.Resolve("bp").Epochs));
        Assert.Equal(
            ("fast", ScalarType.Float32, 200),
            document.Resolve("bp", new() { Preset = "fast" }) is var e ? (e.Preset, e.Precision, e.Epochs) : default
        );
        var set = document.Resolve("ngait", new() { Preset = "fast", Set = ["preset=exact"] });
        Assert.Equal(
            ("paper", ScalarType.Float64, OrthogonalityKind.Penalty, 3),
            (set.Preset, set.Precision, set.Orthogonality.Kind, set.Epochs)
        );
        Assert.Equal("fast", Open("""{ "network": "cifar-deep", "rules": ["bp"] }""").Resolve("bp").Preset);
    }

    /// <summary>Also where that is one of the file's own; one that the file's is built on begins with the default.</summary>
    [Fact]
    public void A_preset_that_names_none_is_built_on_the_files()
    {
        var document = Open(
            """
            { "extends": "cifar-shallow", "preset": "exact", "presets": {
              "exact": { "preset": "lower", "epochs": 3 }, "lower": { "batchSize": 7 }, "short": { "trainImages": 500 } } }
            """
        );
        Experiment As(string preset) => document.Resolve("bp", new() { Preset = preset });

        Assert.Equal((500, 3, 7), (As("short").TrainImages, As("short").Epochs, As("short").BatchSize));
        Assert.Equal((null, 200, 7), (As("lower").TrainImages, As("lower").Epochs, As("lower").BatchSize));
        Assert.Equal("fast", As("lower").Preset);
    }

    [Fact]
    public void Null_takes_a_limit_away() =>
        Assert.Null(
            Open("""{ "extends": "cifar-shallow", "presets": { "smoke": { "trainImages": null } } }""")
                .Resolve("bp", new() { Preset = "smoke" })
                .TrainImages
        );

    [Fact]
    public void Names_titles_rules_and_seeds()
    {
        var plain = Open("""{ "extends": "cifar-shallow" }""");
        Assert.Equal(
            ("mine", "mine", "bp,fa,gait,ngait", 1),
            (plain.Name, plain.Title, string.Join(',', plain.Rules), plain.Seeds.Single())
        );
        var own = Open("""{ "extends": "cifar-shallow", "name": "n", "title": "t", "rules": { "tp": {}, "bp": {} }, "seeds": "2..4", }""");
        Assert.Equal(("n", "t", "bp,fa,gait,ngait,tp"), (own.Name, own.Title, string.Join(',', own.Rules)));
        Assert.Equal([2, 3, 4], own.Seeds);
        Assert.Equal((2, 9), (own.Resolve("bp").Seed, own.Resolve("bp", new() { Seed = 9 }).Seed));
        var listed = Open("""{ "extends": "cifar-shallow", "rules": ["fa", "bp"], "seeds": [3] }""");
        Assert.Equal(("fa,bp", 2.5e-5), (string.Join(',', listed.Rules), listed.Resolve("fa").Optimizer.LearningRate));
        Assert.Equal(["ngait"], Open("""{ "extends": "cifar-shallow", "rules": ["ngait"] }""").Rules);
    }

    [Theory]
    [InlineData("""["conv 3x3/2 48", "dense 10"]""")]
    [InlineData("""{ "layers": ["conv  3x3/2 48", "dense 10"] }""")]
    [InlineData("\"conv 3x3/2 48,dense 10\"")]
    public void A_network_of_ones_own(string network)
    {
        var experiment = Open($$"""{ "extends": "cifar-shallow", "network": {{network}} }""").Resolve("bp");
        Assert.Equal("conv 3x3/2 48, dense 10", experiment.Network);
        var plan = experiment.Define([3, 32, 32], 10);
        Assert.Equal(("mine", "conv 3x3/2 48, dense 10"), (plan.Name, string.Join(", ", plan.Layers)));
        Assert.Contains(
            "the data has 100 classes",
            Assert.Throws<GaitPropException>(() => experiment.Define([3, 32, 32], 100)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_network_of_ones_own_trains_and_run_json_holds_all_of_it()
    {
        var experiment = Open(
                """{ "network": ["conv 3x3/4 8", "dense 20", "dense 10"], "data": "embedded", "rules": ["ngait"], "epochs": 1, "trainImages": 20, "testImages": 10, "batchSize": 10 }"""
            )
            .Resolve("ngait");
        using var trainer = new Trainer(experiment, SyntheticImages.Generate(train: 20, test: 10));

        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(experiment, ExperimentJson.FromJson(run.Description.Experiment));
        Assert.Equal([8, 20, 10], run.Description.Layers.Select(l => l.Keep));
        Assert.Contains(
            "Network: conv 3x3/4 8, dense 20, dense 10; 1 epoch",
            TrainingFigure.Of("mine", "mine", [run]).Caption,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_rule_that_the_file_does_not_name_has_the_common_settings_or_those_of_the_preset_for_it()
    {
        var document = Open(
            """{ "extends": "cifar-shallow", "presets": { "fast": { "rules": { "tp": { "optimizer": { "lr": 1e-2 } } } } } }"""
        );
        Assert.Equal(
            (1.9e-5, 1e-2, 2.5e-5),
            (
                document.Resolve("dtp").Optimizer.LearningRate,
                document.Resolve("tp").Optimizer.LearningRate,
                document.Resolve("dfa").Optimizer.LearningRate
            )
        );
        Assert.DoesNotContain("tp", document.Rules);
    }

    [Fact]
    public void Any_field_can_be_set()
    {
        var e = ExperimentDocument
            .Open("cifar-shallow")
            .Resolve(
                "ngait",
                new()
                {
                    Set =
                    [
                        "optimizer.lr=1e-4",
                        "orthogonality.kind=none",
                        "ruleOptions.inverse=solve",
                        "ruleOptions.normalisation=relative",
                        "precision=float64",
                        "name=7",
                        "network=dense 20, dense 10",
                        "trainImages=null",
                        "epochs=3",
                        "seed=5",
                        "data=embedded",
                        "auxiliary = implicit",
                    ],
                    Epochs = 8,
                }
            );
        Assert.Equal(
            (1e-4, OrthogonalityKind.None, "7", "dense 20, dense 10", null, 3, 5, "embedded", AuxiliaryUnits.Implicit),
            (e.Optimizer.LearningRate, e.Orthogonality.Kind, e.Name, e.Network, e.TrainImages, e.Epochs, e.Seed, e.Data, e.Auxiliary)
        );
        Assert.Equal(
            new NormalisedGaitOptions
            {
                Form = TargetForm.Displacement,
                Inverse = InverseStrategy.Solve,
                Normalisation = Normalisation.Relative,
            },
            e.RuleOptions
        );
    }

    [Theory]
    [InlineData("optimizer.lr", "write a field, '=' and its value, such as --set optimizer.lr=1e-4.")]
    [InlineData("optimiser.lr=1", "unknown field 'optimiser'. Did you mean 'optimizer'? Choose from name, *.")]
    [InlineData("optimizer.rl=1", "optimizer: unknown field 'rl'. Did you mean 'lr'? Choose from kind, lr, beta1, beta2, epsilon, gainLr.")]
    [InlineData("optimizer.lr=fast", "optimizer.lr must be a number, not \"fast\".")]
    [InlineData("optimizer.lr=-1", "optimizer.lr -1 is not possible: it must be above 0.")]
    [InlineData("optimizer=1", "it has fields: write one of them, such as --set optimizer.lr=1e-4.")]
    [InlineData("ruleOptions=1", "it has fields: write one of them, such as --set ruleOptions.eta=1*-07.")]
    [InlineData("optimizer={\"lr\":1,\"lr\":2}", "the value is no JSON: *lr*.")]
    [InlineData("epochs.all=1", "epochs must be a whole number, not an object.")]
    [InlineData("optimizer.lr.x=1", "optimizer.lr must be a number, not an object.")]
    [InlineData("ruleOptions.gamma=1", "ngait has no option 'gamma'; for gait, which has it, write --set rules.gait.ruleOptions.gamma=1.")]
    [InlineData(
        "ruleOptions.feedbak=own",
        "ruleOptions: unknown field 'feedbak'. Choose from eta, normalisation, form, inverse, targetStep."
    )]
    [InlineData("rules.fo.epochs=1", "rules: unknown rule 'fo'. Did you mean 'fa'? Choose from bp, *.")]
    [InlineData("rules.bp.ruleOptions.eta=1", "rules.bp.ruleOptions: unknown field 'eta': there is none here.")]
    [InlineData("rules.fa=1", "write a field of the rule, such as --set rules.fa.optimizer.lr=1e-4.")]
    [InlineData(
        "network=cifar-shalow",
        "network: unknown network 'cifar-shalow'. Did you mean 'cifar-shallow'? Choose from cifar-shallow, cifar-deep, imagenet, or write its layers: \"dense 512, dense 10\"."
    )]
    [InlineData("preset=papr", "unknown preset 'papr'. Did you mean 'paper'? Choose from paper, fast, smoke, quick, authors.")]
    [InlineData("epochs=", "epochs must be a whole number, not \"\".")]
    [InlineData("epochs=0", "epochs 0 is not possible: it must be 1 or more.")]
    public void A_setting_that_cannot_be_is_one_line(string setting, string expected)
    {
        var message = Assert
            .Throws<GaitPropException>(() =>
                ExperimentDocument.Open("cifar-shallow").Resolve("ngait", new() { Set = ["batchSize=3", setting] })
            )
            .Message;
        var pattern = string.Join(".*", expected.Split('*').Select(System.Text.RegularExpressions.Regex.Escape));
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape($"--set {setting}: ")}{pattern}$", message);
    }

    [Fact]
    public void Unknown_choices_are_suggested()
    {
        var document = ExperimentDocument.Open("cifar-shallow");
        Assert.Equal(
            "cifar-shallow: unknown preset 'smok'. Did you mean 'smoke'? Choose from paper, fast, smoke, quick, authors.",
            Error(new() { Preset = "smok" })
        );
        Assert.Equal("seed -1 is not possible: it must be 0 or more.", Error(new() { Seed = -1 }));

        string Error(ExperimentChoices choices) => Assert.Throws<GaitPropException>(() => document.Resolve("bp", choices)).Message;
    }

    private ExperimentDocument Open(string json)
    {
        File.WriteAllText(_folder["mine.json"], json);
        return ExperimentDocument.Open(_folder["mine.json"]);
    }
}
