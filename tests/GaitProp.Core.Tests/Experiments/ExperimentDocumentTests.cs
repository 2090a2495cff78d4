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
    [InlineData("{ \"ngait\": \"gait\", \"gait\": \"ngait\" }", "gait -> ngait -> gait")]
    [InlineData("{ \"bp\": \"bp\" }", "bp -> bp")]
    [InlineData("{ \"bp\": \"fa\", \"fa\": \"tp\", \"tp\": \"fa\" }", "fa -> tp -> fa")]
    public void Rules_that_are_set_like_each_other_are_refused(string sameAs, string circle)
    {
        var message = Assert.Throws<GaitPropException>(() => Open($$"""{ "network": "cifar-shallow", "rules": ["bp", "ngait"], "sameAs": {{sameAs}} }""")).Message;

        Assert.Contains("sameAs goes round in a circle: ", message, StringComparison.Ordinal);
        Assert.Contains(circle, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"dense 2000000000\", \"dense 10\"", "weights, which take")]
    [InlineData("\"dense 99999999999\", \"dense 10\"", "is not possible")]
    [InlineData("\"conv 999x999/1 48\", \"dense 10\"", "a kernel of 999 pixels for images of 32")]
    [InlineData("\"conv 3x3/1 2000000000\", \"dense 10\"", "weights, which take")]
    [InlineData("\"dense 100000\", \"dense 100000\", \"dense 100000\", \"dense 100000\", \"dense 100000\", \"dense 10\"", "weights, which take")]
    public void Networks_that_no_machine_holds_are_refused_at_once(string layers, string expected)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Contains(expected, Assert.Throws<GaitPropException>(() => Open($$"""{ "network": [{{layers}}], "rules": ["bp", "ngait"] }""")).Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void A_hundred_thousand_layers_are_refused_at_once()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var layers = string.Join(", ", Enumerable.Repeat("\"dense 10\"", 100_000));

        Assert.Contains("100000 layers are not possible", Assert.Throws<GaitPropException>(() => Open($$"""{ "network": [{{layers}}], "rules": ["bp", "ngait"] }""")).Message, StringComparison.Ordinal);
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
            "\"profiles\": { \"mine\": { \"preset\": \"fast\", \"epochs\": 7 } }",
            "\"profiles\": { \"mine\": { \"preset\": \"fast\", \"epochs\": 7, \"rules\": { \"ngait\": { \"epochs\": 8 } } } }",
        ];
        File.WriteAllText(_folder["base.json"], """{ "network": "cifar-shallow", "rules": ["bp", "ngait"], "preset": "fast", "epochs": 1 }""");
        var none = new ExperimentChoices();
        var mine = new ExperimentChoices { Profile = "mine" };
        Assert.Equal(200, Presets.Meaning("ngait", "fast").Epochs);
        Assert.Equal(1, Epochs(none));
        Assert.Equal(3, Epochs(none, parts[0]));
        Assert.Equal(5, Epochs(none, parts[0], parts[1]));
        Assert.Equal(6, Epochs(none, parts[0], parts[1], parts[2]));
        Assert.Equal(7, Epochs(mine, parts[0], parts[1], parts[2], parts[3]));
        Assert.Equal(8, Epochs(mine, parts[0], parts[1], parts[2], parts[4]));
        Assert.Equal(6, Epochs(none, parts[0], parts[1], parts[2], parts[4]));
        Assert.Equal(9, Epochs(mine with { Epochs = 9 }, parts[0], parts[1], parts[2], parts[4]));
        Assert.Equal(10, Epochs(mine with { Epochs = 9, Set = ["epochs=10"] }, parts[0], parts[1], parts[2], parts[4]));
        Assert.Equal(11, Epochs(mine with { Epochs = 9, Set = ["epochs=10", "rules.ngait.epochs=11", "rules.bp.epochs=12"] }, parts[0], parts[1], parts[2], parts[4]));

        int Epochs(ExperimentChoices choices, params string[] chosen) => Open($$"""{ {{string.Join(", ", (string[])["\"extends\": \"base.json\"", .. chosen])}} }""").Resolve("ngait", choices).Epochs;
    }

    [Fact]
    public void What_a_file_says_of_all_rules_beats_what_its_base_says_of_one() => Assert.Equal(
        3e-4, Open("""{ "extends": "cifar-shallow", "optimizer": { "lr": 3e-4 } }""").Resolve("fa").Optimizer.LearningRate);

    [Fact]
    public void An_object_is_changed_field_by_field()
    {
        var fa = Open("""{ "extends": "cifar-shallow", "optimizer": { "lr": 3e-4 } }""").Resolve("fa");
        Assert.Equal((3e-4, 0.9, 0.99, 1e-4), (fa.Optimizer.LearningRate, fa.Optimizer.Beta1, fa.Optimizer.Beta2, fa.Optimizer.Epsilon));
    }

    [Fact]
    public void A_files_own_settings_beat_what_the_preset_means()
    {
        var document = Open("""{ "extends": "cifar-shallow", "orthogonality": { "kind": "none" }, "precision": "float64", "ruleOptions": { "form": "limit" } }""");
        var ngait = document.Resolve("ngait", new() { Preset = "fast" });
        Assert.Equal((OrthogonalityKind.None, ScalarType.Float64, AuxiliaryUnits.Implicit), (ngait.Orthogonality.Kind, ngait.Precision, ngait.Auxiliary));
        Assert.Equal(new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = InverseStrategy.Folded(32) }, ngait.RuleOptions);
        Assert.Equal("fast", ngait.Preset);
    }

    [Fact]
    public void The_preset_is_chosen_by_the_file_its_profile_the_choice_and_set_in_this_order()
    {
        var document = Open("""{ "extends": "cifar-shallow", "preset": "fast", "profiles": { "exact": { "preset": "paper" } } }""");
        Assert.Equal("fast", document.Resolve("bp").Preset);
        Assert.Equal("paper", document.Resolve("bp", new() { Profile = "exact" }).Preset);
        Assert.Equal(("fast", ScalarType.Float32), (document.Resolve("bp", new() { Profile = "exact", Preset = "fast" }).Preset, document.Resolve("bp", new() { Profile = "exact", Preset = "fast" }).Precision));
        var set = document.Resolve("ngait", new() { Preset = "fast", Set = ["preset=paper"] });
        Assert.Equal(("paper", ScalarType.Float64, OrthogonalityKind.Penalty), (set.Preset, set.Precision, set.Orthogonality.Kind));
        Assert.Equal("fast", Open("""{ "network": "cifar-deep", "rule": "bp" }""").Resolve("bp").Preset);
    }

    [Fact]
    public void Null_takes_a_limit_away() =>
        Assert.Null(Open("""{ "extends": "cifar-shallow", "profiles": { "smoke": { "trainImages": null } } }""").Resolve("bp", new() { Profile = "smoke" }).TrainImages);

    [Fact]
    public void Names_titles_rules_and_seeds()
    {
        var plain = Open("""{ "extends": "cifar-shallow" }""");
        Assert.Equal(("mine", "mine", "bp,fa,gait,ngait", 1), (plain.Name, plain.Title, string.Join(',', plain.Rules), plain.Seeds.Single()));
        var own = Open("""{ "extends": "cifar-shallow", "name": "n", "title": "t", "rules": { "tp": {}, "bp": {} }, "seeds": "2..4", }""");
        Assert.Equal(("n", "t", "bp,fa,gait,ngait,tp"), (own.Name, own.Title, string.Join(',', own.Rules)));
        Assert.Equal([2, 3, 4], own.Seeds);
        Assert.Equal((2, 9), (own.Resolve("bp").Seed, own.Resolve("bp", new() { Seed = 9 }).Seed));
        var listed = Open("""{ "extends": "cifar-shallow", "rules": ["fa", "bp"], "seeds": [3] }""");
        Assert.Equal(("fa,bp", 2.5e-5), (string.Join(',', listed.Rules), listed.Resolve("fa").Optimizer.LearningRate));
        Assert.Equal(["ngait"], Open("""{ "extends": "cifar-shallow", "rule": "ngait" }""").Rules);
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
        Assert.Contains("the data has 100 classes", Assert.Throws<GaitPropException>(() => experiment.Define([3, 32, 32], 100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_ones_own_trains_and_run_json_holds_all_of_it()
    {
        var experiment = Open("""{ "network": ["conv 3x3/4 8", "dense 20", "dense 10"], "data": "embedded", "rule": "ngait", "epochs": 1, "trainImages": 20, "testImages": 10, "batchSize": 10 }""").Resolve("ngait");
        using var trainer = new Trainer(experiment, SyntheticImages.Generate(train: 20, test: 10));

        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(experiment, ExperimentJson.FromJson(run.Description.Experiment));
        Assert.Equal([8, 20, 10], run.Description.Layers.Select(l => l.Keep));
        Assert.Contains("Network: conv 3x3/4 8, dense 20, dense 10; 1 epoch", TrainingFigure.Of("mine", "mine", [run]).Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_the_file_does_not_name_has_the_common_settings_or_those_of_the_rule_that_it_is_the_same_as()
    {
        var document = Open("""{ "extends": "cifar-shallow", "sameAs": { "tp": "fa" } }""");
        Assert.Equal((1.9e-5, 2.5e-5, 2.5e-5), (document.Resolve("dtp").Optimizer.LearningRate, document.Resolve("tp").Optimizer.LearningRate, document.Resolve("dfa").Optimizer.LearningRate));
    }

    [Fact]
    public void Any_field_can_be_set()
    {
        var e = ExperimentDocument.Open("cifar-shallow").Resolve("ngait", new()
        {
            Set = ["optimizer.lr=1e-4", "orthogonality.kind=none", "ruleOptions.inverse=solve", "ruleOptions.normalisation=relative", "precision=float64", "name=7", "network=dense 20, dense 10", "trainImages=null", "seed=5", "data=embedded", "auxiliary = implicit"],
            TrainImages = 8,
        });
        Assert.Equal((1e-4, OrthogonalityKind.None, "7", "dense 20, dense 10", null, 5, "embedded", AuxiliaryUnits.Implicit),
            (e.Optimizer.LearningRate, e.Orthogonality.Kind, e.Name, e.Network, e.TrainImages, e.Seed, e.Data, e.Auxiliary));
        Assert.Equal(new NormalisedGaitOptions { Form = TargetForm.Displacement, Inverse = InverseStrategy.Solve, Normalisation = Normalisation.Relative }, e.RuleOptions);
    }

    [Theory]
    [InlineData("optimizer.lr", "write it as path.to.field=value, such as optimizer.lr=1e-4.")]
    [InlineData("optimiser.lr=1", "unknown field 'optimiser'. Did you mean 'optimizer'? Choose from name, *.")]
    [InlineData("optimizer.rl=1", "optimizer: unknown field 'rl'. Did you mean 'lr'? Choose from kind, lr, beta1, beta2, epsilon, gainLr.")]
    [InlineData("optimizer.lr=fast", "optimizer.lr must be a number, not \"fast\".")]
    [InlineData("optimizer.lr=-1", "optimizer lr -1 is not possible: it must be above 0.")]
    [InlineData("optimizer=1", "optimizer must be an object { … }, not 1.")]
    [InlineData("epochs.all=1", "epochs has no fields: write epochs=value.")]
    [InlineData("optimizer.lr.x=1", "optimizer.lr has no fields: write optimizer.lr=value.")]
    [InlineData("ruleOptions.gamma=1", "ruleOptions: unknown field 'gamma'. Choose from eta, normalisation, form, inverse, targetStep.")]
    [InlineData("rules.fo.epochs=1", "rules: unknown rule 'fo'. Did you mean 'fa'? Choose from bp, *.")]
    [InlineData("rules.bp.ruleOptions.eta=1", "rules.bp.ruleOptions: unknown field 'eta': there is none here.")]
    [InlineData("epochs=", "epochs must be a whole number, not \"\".")]
    [InlineData("epochs=0", "epochs 0 is not possible: it must be 1 or more.")]
    public void A_setting_that_cannot_be_is_one_line(string setting, string expected)
    {
        var message = Assert.Throws<GaitPropException>(() => ExperimentDocument.Open("cifar-shallow").Resolve("ngait", new() { Set = ["batchSize=3", setting] })).Message;
        var pattern = string.Join(".*", expected.Split('*').Select(System.Text.RegularExpressions.Regex.Escape));
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape($"--set {setting}: ")}{pattern}$", message);
    }

    [Fact]
    public void Unknown_choices_are_suggested()
    {
        var document = ExperimentDocument.Open("cifar-shallow");
        Assert.Equal("cifar-shallow: unknown profile 'smok'. Did you mean 'smoke'? Choose from smoke, quick, paper, authors.", Error(new() { Profile = "smok" }));
        Assert.Equal("unknown preset 'fsat'. Did you mean 'fast'? Choose from paper, fast.", Error(new() { Preset = "fsat" }));
        Assert.Equal("seed -1 is not possible: it must be 0 or more.", Error(new() { Seed = -1 }));

        string Error(ExperimentChoices choices) => Assert.Throws<GaitPropException>(() => document.Resolve("bp", choices)).Message;
    }

    private ExperimentDocument Open(string json)
    {
        File.WriteAllText(_folder["mine.json"], json);
        return ExperimentDocument.Open(_folder["mine.json"]);
    }
}
