namespace GaitProp.Kernel.Tests.Commands;

public sealed class AnglesAndModelCommandTests : IDisposable
{
    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Fact]
    public void Angles_prints_a_row_a_layer_and_saves_a_heat_map()
    {
        var finished = _gaitprop.Run("angles", "imagenet", "--batch", "2", "--rules", "bp,ngait", "--save", "angles.png");

        Assert.Equal(0, finished.ExitCode);
        Assert.Empty(finished.Error);
        Assert.Equal(8, finished.Output.Split('\n').Count(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\d +\S+ +\S+$")));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_gaitprop["angles.png"])[..4]);
    }

    [Fact]
    public void Angles_with_gains_are_those_without()
    {
        var finished = _gaitprop.Run(
            "angles",
            "imagenet",
            "--batch",
            "2",
            "--rules",
            "ngait",
            "--gain",
            "row",
            "--dtype",
            "float64",
            "--form",
            "limit",
            "--save",
            "angles.csv"
        );

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("random gains by row", finished.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^worst +(0|\d\.\de-\d+)$", finished.Output);
    }

    [Fact]
    public void Angles_takes_a_network_of_ones_own_and_sets_options_as_train_does()
    {
        File.WriteAllText(
            _gaitprop["mine.json"],
            """
            { "network": ["conv 5x5/2 4", "maxpool 2", "dense 20", "dense 10"], "data": "embedded", "rules": { "bp": {}, "ngait": { "ruleOptions": { "eta": 0.5 } } }, "epochs": 7 }
            """
        );
        const string layers = "network=conv 5,2,4, maxpool 2, dense 20, dense 10";
        string[][] ways =
        [
            ["mine.json", "--rules", "bp,ngait"],
            ["cifar-shallow", "--rules", "bp,ngait", "--set", layers, "--set", "rules.ngait.ruleOptions.eta=0.5"],
            ["cifar-shallow", "--rules", "bp,ngait", "--set", layers, "--eta", "0.5"],
            ["mine.json", "--rules", "bp,ngait", "--set", "rules.ngait.ruleOptions.eta=1e-7", "--set", "rules.ngait.ruleOptions.eta=0.5"],
            ["mine.json", "--rules", "bp,ngait", "--set", "rules.ngait.ruleOptions.eta=1e-7"],
            ["cifar-shallow", "--rules", "bp,ngait", "--set", layers],
        ];
        var tables = ways.Select(
                (words, i) =>
                {
                    var finished = _gaitprop.Run(["angles", .. words, "--batch", "4", "--data", "embedded", "--save", $"{i}.csv"]);
                    Assert.True(finished.ExitCode == 0, finished.Error);
                    Assert.Contains(
                        "conv 5x5/2 4, maxpool 2, dense 20, dense 10",
                        finished.Output.ReplaceLineEndings(" "),
                        StringComparison.Ordinal
                    );
                    Assert.Equal(
                        4,
                        finished.Output.Split('\n').Count(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\d +\S+ +\S+$"))
                    );

                    // Pooling trains nothing: it has no angle, which is no undefined one.
                    Assert.Matches("(?m)^2 +– +–$", finished.Output);
                    Assert.DoesNotContain("undefined", finished.Output, StringComparison.Ordinal);
                    return File.ReadAllText(_gaitprop[$"{i}.csv"]);
                }
            )
            .ToArray();

        Assert.All(tables[1..4], table => Assert.Equal(tables[0], table));
        Assert.Equal(tables[5], tables[4]);
        Assert.NotEqual(tables[0], tables[4]);
    }

    [Fact]
    public void Angles_computes_in_a_preset_where_one_is_set_and_in_precisions_of_rules_own()
    {
        string[] words =
        [
            "angles",
            "cifar-shallow",
            "--rules",
            "gait,ngait",
            "--set",
            "network=dense 20, dense 10",
            "--batch",
            "4",
            "--data",
            "embedded",
        ];
        var plain = _gaitprop.Run([.. words, "--set", "rules.gait.precision=float64"]);
        Assert.True(plain.ExitCode == 0, plain.Error);
        Assert.Contains("GAIT, displacement, float64", plain.Output, StringComparison.Ordinal);
        Assert.Contains("normalised GAIT, displacement, float32", plain.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        // In a sweep too.
        var sweep = _gaitprop.Run([.. words, "--set", "rules.ngait.precision=float64", "--over", "defect=0.1,0.2", "--save", "sweep.csv"]);
        Assert.True(sweep.ExitCode == 0, sweep.Error);
        var curves = File.ReadAllText(_gaitprop["sweep.csv"]);
        Assert.Contains("\"GAIT, displacement float32\"", curves, StringComparison.Ordinal);
        Assert.Contains("\"normalised GAIT, displacement float64\"", curves, StringComparison.Ordinal);

        var paper = _gaitprop.Run([.. words, "--set", "preset=paper"]);
        Assert.True(paper.ExitCode == 0, paper.Error);
        Assert.Contains("normalised GAIT, literal", paper.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("float64, explicit auxiliary units, inverse exact", paper.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bp,fa", "explicit auxiliary units. Batch")]
    [InlineData("bp,tp", "units, inverse refined(1). Batch", "--inverse", "refined(1)")]
    [InlineData("fa,gait,ngait", "units, inverse exact, gamma")]
    [InlineData("bp,gait", "units, inverse exact, gamma 1e-3. Batch", "--form", "literal")]
    [InlineData(
        "gait,ngait",
        "units, inverse of gait exact, inverse of ngait transpose, gamma",
        "--set",
        "rules.ngait.ruleOptions.inverse=transpose"
    )]
    [InlineData("tp", "units, inverse pinv, not trained. Batch", "--inverse", "pinv", "--over", "defect=0.1,0.2")]
    public void The_caption_names_the_inverses_that_were_taken(string rules, string words, params string[] options)
    {
        string[] small = ["--set", "network=dense 20, dense 20, dense 10", "--batch", "4", "--data", "embedded"];
        var finished = _gaitprop.Run(["angles", "cifar-shallow", "--rules", rules, .. small, .. options]);

        Assert.True(finished.ExitCode == 0, finished.Error);
        Assert.Contains(words, System.Text.RegularExpressions.Regex.Replace(finished.Output, @"\s+", " "), StringComparison.Ordinal);
    }

    /// <summary>What stands behind "write" goes into the place of the option that was refused, and works.</summary>
    [Theory]
    [InlineData("ruleOptions.eta=1e-6")]
    [InlineData("ruleOptions.inverse=folded(4)")]
    [InlineData("rules.ngait.gain=row")]
    [InlineData("ruleOptions.gamma=1e-2")]
    [InlineData("profile=paper")]
    [InlineData("seeds=[2]")]
    [InlineData("seeds=1..3")]
    public void Advice_of_angles_can_be_pasted(string setting)
    {
        string[] words =
        [
            "angles",
            "cifar-shallow",
            "--rules",
            "bp,gait,ngait",
            "--set",
            "network=dense 20, dense 10",
            "--batch",
            "2",
            "--data",
            "embedded",
        ];
        var error = _gaitprop.Run([.. words, "--set", setting]).OneErrorLine();
        var advice = error.Split("write ")[1].TrimEnd().TrimEnd('.');

        var finished = _gaitprop.Run([.. words, .. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(advice)]);

        Assert.StartsWith("--set ", advice, StringComparison.Ordinal);
        Assert.True(finished.ExitCode == 0, $"{advice}: {finished.Error}");
    }

    [Theory]
    [InlineData("epochs has no meaning for angles, which trains nothing: leave it out.", "--set", "epochs=3")]
    [InlineData("optimizer has no meaning for angles", "--set", "optimizer.lr=1e-3")]
    [InlineData("the batch is --batch 3.", "--set", "batchSize=3")]
    [InlineData("all rules are measured on one network: write --set auxiliary=implicit.", "--set", "rules.ngait.auxiliary=implicit")]
    [InlineData("--depth 4 has no meaning for a network that lists its layers", "--set", "network=dense 20, dense 10", "--depth", "4")]
    [InlineData(
        "--over depth=1,2 has no meaning for a network that lists its layers",
        "--set",
        "network=dense 20, dense 10",
        "--over",
        "depth=1,2"
    )]
    [InlineData("--eta 0: ruleOptions.eta 0 is not possible: it must be above 0.", "--eta", "0")]
    [InlineData("end with 'dense 10'", "--set", "network=dense 20, dense 11")]
    [InlineData("--eta and --over give the same number: leave one of them out.", "--over", "eta=1e-3..1e-5", "--eta", "1e-5")]
    [InlineData("--defect and --over give the same number", "--over", "defect=0.1,0.2", "--defect", "0.1")]
    [InlineData("eta says nothing to gait: it is a number of normalised GAIT", "--over", "eta=1e-3..1e-5", "--rules", "gait")]
    [InlineData("gamma says nothing to bp, ngait: it is a number of GAIT", "--gamma", "1e-2", "--rules", "bp,ngait")]
    [InlineData("--form says nothing to bp, fa: it is a choice of the GAIT rules,", "--rules", "bp,fa", "--form", "literal")]
    [InlineData(
        "--normalisation says nothing to gait: it is a choice of normalised GAIT,",
        "--rules",
        "gait",
        "--normalisation",
        "relative"
    )]
    [InlineData("--inverse says nothing to fa: it is a choice of rules that invert layers,", "--rules", "fa", "--inverse", "pinv")]
    [InlineData("A figure cannot be saved as", "--save", "angles.jpg")]
    public void What_angles_cannot_set_is_one_line(string expected, params string[] args) =>
        Assert.Contains(
            expected,
            _gaitprop.Run(["angles", "cifar-shallow", "--data", "embedded", "--batch", "2", .. args]).OneErrorLine(),
            StringComparison.Ordinal
        );

    [Fact]
    public void Model_show_counts_gains()
    {
        var finished = _gaitprop.Run("model", "show", "cifar-shallow", "--rule", "bp", "--gain", "row");

        // 1024, 1024 and 10 of the layers above the first.
        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("2,058", finished.Output, StringComparison.Ordinal);
        Assert.Contains("gains", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_show_takes_an_experiment_and_a_network_of_ones_own()
    {
        File.WriteAllText(
            _gaitprop["mine.json"],
            """{ "network": ["conv 5x5/2 4", "maxpool 2", "dense 20", "dense 10"], "data": "embedded", "rules": ["ngait"], "gain": "row" }"""
        );
        const string layers = "network=conv 5,2,4, maxpool 2, dense 20, dense 10";

        var file = _gaitprop.Run("model", "show", "mine.json");
        var words = _gaitprop.Run("model", "show", "cifar-shallow", "--set", layers, "--gain", "row");
        var small = _gaitprop.Run("model", "show", "mnist-square");

        Assert.True(file.ExitCode == 0, file.Error);
        Assert.Contains("maxpool 2", file.Output, StringComparison.Ordinal);
        Assert.Contains("gains", file.Output, StringComparison.Ordinal);
        Assert.Equal(file.Output, words.Output);
        Assert.True(small.ExitCode == 0, small.Error);
        Assert.Contains("1x28x28", small.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("epochs changes nothing of what 'model show' shows", "model", "show", "cifar-shallow", "--set", "epochs=3")]
    [InlineData("--depth 4 has no meaning for a network that lists its layers", "model", "show", "mnist-square", "--depth", "4")]
    [InlineData("a depth of its own", "angles", "imagenet", "--depth", "3")]
    [InlineData("unknown inverse 'foo'", "angles", "imagenet", "--inverse", "foo")]
    [InlineData("unknown device 'gpu'", "angles", "imagenet", "--device", "gpu")]
    [InlineData("build with -p:Torch=cuda", "reproduce", "fig4", "--device", "cuda")]
    [InlineData("--size 50 is not possible", "angles", "imagenet", "--size", "50")]
    [InlineData(
        "layer 8: the literal form",
        "angles",
        "imagenet",
        "--form",
        "literal",
        "--auxiliary",
        "implicit",
        "--rules",
        "ngait",
        "--batch",
        "2"
    )]
    [InlineData("layer 8 (dense 1000)", "model", "show", "imagenet", "--size", "64")]
    [InlineData("a depth of 2000000000 is not possible", "model", "show", "cifar-shallow", "--depth", "2000000000")]
    [InlineData("A figure cannot be saved as", "drift", "cifar-shallow", "--lambda", "1..1000", "--save", "curves.jpg")]
    [InlineData("--lambda says nothing to --updates task", "drift", "cifar-shallow", "--updates", "task", "--lambda", "1..1000")]
    [InlineData("optimizer lr 0 is not possible: it must be above 0.", "drift", "imagenet", "--lr", "0", "--data", "embedded")]
    [InlineData("--data has no meaning for fig2", "reproduce", "fig2", "--data", "nowhere")]
    [InlineData("--seed has no meaning for fig3", "reproduce", "fig3", "--seed", "7")]
    [InlineData("--metric has no meaning for fig1: it trains nothing.", "reproduce", "fig1", "--metric", "top5")]
    [InlineData("--preset has no meaning for fig1: it trains nothing.", "reproduce", "fig1", "--preset", "smoke")]
    [InlineData("--epochs has no meaning for fig2: it trains nothing.", "reproduce", "fig2", "--epochs", "3")]
    [InlineData("--rules has no meaning for fig3: it trains nothing.", "reproduce", "fig3", "--rules", "bp")]
    [InlineData("--device says nothing without --weights", "runs", "record", "last", "--to", "kept", "--device", "cpu")]
    [InlineData("--jobs is of the whole grid", "compare", "synthetic-shallow", "--rules", "bp", "--index", "1", "--jobs", "2")]
    public void What_cannot_be_measured_or_shown_is_one_line_and_exit_code_1(string expected, params string[] args)
    {
        var finished = _gaitprop.Run(args);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("learning rate 4.9e-5, on batches of 2 images", "task and regulariser, λ = 1\"")]
    [InlineData("learning rate 1.25e-3, on batches of 2 images", "task and regulariser, λ = 3\"", "--lr", "1.25e-3", "--lambda", "3")]
    public void Drift_takes_rate_and_strength_of_the_networks_own_experiment_or_those_that_are_given(
        string rate,
        string strength,
        params string[] options
    )
    {
        string[] words = ["drift", "imagenet", "--updates", "both", "--steps", "1", "--batch", "2", "--data", "embedded"];
        var finished = _gaitprop.Run([.. words, .. options, "--save", "drift.csv"]);

        Assert.True(finished.ExitCode == 0, finished.Error);
        var caption = System.Text.RegularExpressions.Regex.Replace(finished.Output, @"\s+", " ");
        Assert.Contains("1 step of Adam, ", caption, StringComparison.Ordinal);
        Assert.Contains(rate, caption, StringComparison.Ordinal);
        Assert.Contains(strength, File.ReadAllText(_gaitprop["drift.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_show_lists_the_published_layers()
    {
        var finished = _gaitprop.Run("model", "show", "imagenet", "--rule", "bp");

        Assert.Equal(0, finished.ExitCode);
        foreach (var words in (string[])["conv 9x9/4 24", "192x4x4", "24x243", "1000x3072", "dense 1000"])
        {
            Assert.Contains(words, finished.Output, StringComparison.Ordinal);
        }
    }
}
