using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using GaitProp.Experiments;
using GaitProp.Tests.Data;

namespace GaitProp.Tests.Experiments;

/// <summary>Mistakes in experiment files: one line each, which names the file, the field, what is wrong and what would do.</summary>
public sealed class ExperimentFileTests : IDisposable
{
    private const string Beginning = """{ "extends": "cifar-shallow", """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // Typing mistakes, at every level.
    [InlineData("""{ "epoch": 3 }""", "unknown field 'epoch'. Did you mean 'epochs'? Choose from name, *.")]
    [InlineData(
        """{ "optimizer": { "lt": 1e-4 } }""",
        "optimizer: unknown field 'lt'. Did you mean 'lr'? Choose from kind, lr, beta1, beta2, epsilon, gainLr."
    )]
    [InlineData(
        """{ "optimizer": { "learningRate": 1e-4 } }""",
        "optimizer: unknown field 'learningRate'. Choose from kind, lr, beta1, beta2, epsilon, gainLr."
    )]
    [InlineData("""{ "rules": { "ngiat": {} } }""", "rules: unknown rule 'ngiat'. Did you mean 'ngait'? Choose from bp, *.")]
    [InlineData("""{ "rules": ["bp", "ngiat"] }""", "rules[1]: unknown rule 'ngiat'. Did you mean 'ngait'? Choose from bp, *.")]
    [InlineData(
        """{ "rules": { "gait": { "ruleOptions": { "eta": 1e-6 } } } }""",
        "rules.gait.ruleOptions: unknown field 'eta'. Choose from gamma, form, inverse, targetStep."
    )]
    [InlineData("""{ "ruleOptions": { "etta": 1e-6 } }""", "ruleOptions: unknown field 'etta'. Did you mean 'eta'? Choose from *.")]
    [InlineData("""{ "preset": "papr" }""", "unknown preset 'papr'. Did you mean 'paper'? Choose from paper, fast, smoke, quick, authors.")]
    [InlineData(
        """{ "data": "cifar" }""",
        "unknown data 'cifar'. Choose from cifar10, cifar100, embedded, fashion-mnist, imagenet, kmnist, mnist*."
    )]
    [InlineData(
        """{ "network": "cifar-shalow" }""",
        "network: unknown network 'cifar-shalow'. Did you mean 'cifar-shallow'? Choose from cifar-shallow, cifar-deep, imagenet, or write its layers: \"dense 512, dense 10\"."
    )]
    [InlineData(
        """{ "orthogonality": { "kind": "penality" } }""",
        "orthogonality.kind: unknown kind 'penality'. Did you mean 'penalty'? Choose from none, penalty, retraction."
    )]
    [InlineData("""{ "precision": "float65" }""", "unknown precision 'float65'. Did you mean 'float64'? Choose from float32, float64.")]
    [InlineData(
        """{ "ruleOptions": { "inverse": "exakt" } }""",
        "ruleOptions.inverse: unknown inverse 'exakt': choose exact, solve, pinv, folded(K), refined(K), within(TOLERANCE) or transpose."
    )]
    [InlineData(
        """{ "presets": { "mine": { "epoch": 3 } } }""",
        "presets.mine: unknown field 'epoch'. Did you mean 'epochs'? Choose from *."
    )]
    // Wrong types.
    [InlineData("""{ "optimizer": { "lr": "fast" } }""", "optimizer.lr must be a number, not \"fast\".")]
    [InlineData("""{ "optimizer": 1e-4 }""", "optimizer must be an object { … }, not 1e-4.")]
    [InlineData("""{ "epochs": 2.5 }""", "epochs must be a whole number, not 2.5.")]
    [InlineData("""{ "epochs": null }""", "epochs must be a whole number, not null.")]
    [InlineData("""{ "trainImages": "all" }""", "trainImages must be a whole number, not \"all\".")]
    [InlineData("""{ "name": 4 }""", "name must be text in quotes, not 4.")]
    [InlineData("""{ "title": ["a"] }""", "title must be text in quotes, not a list.")]
    [InlineData("""{ "network": 7 }""", "network must be a published network's name or a list of layers, not 7.")]
    [InlineData("""{ "rules": "bp" }""", "rules must be an object { … }, not \"bp\".")]
    [InlineData(
        """{ "seeds": "all" }""",
        "seeds must be a list of whole numbers from 0 up such as [1, 2, 3], or a range such as \"1..5\", not \"all\"."
    )]
    [InlineData(
        """{ "seeds": [1, -2] }""",
        "seeds must be a list of whole numbers from 0 up such as [1, 2, 3], or a range such as \"1..5\", each once, not [1,-2]."
    )]
    [InlineData(
        """{ "presets": { "quick": { "rules": { "fa": { "optimizer": { "lr": true } } } } } }""",
        "presets.quick.rules.fa.optimizer.lr must be a number, not true."
    )]
    [InlineData("""{ "rules": ["bp", "fa", "bp"] }""", "rules names 'bp' more than once: take one of them out.")]
    [InlineData(
        """{ "seeds": "1..3,2" }""",
        "seeds must be a list of whole numbers from 0 up such as [1, 2, 3], or a range such as \"1..5\", each once, not \"1..3,2\"."
    )]
    // Values that are not possible.
    [InlineData("""{ "optimizer": { "lr": -1e-4 } }""", "optimizer.lr -1e-4 is not possible: it must be above 0.")]
    [InlineData("""{ "optimizer": { "beta1": 1 } }""", "optimizer.beta1 1 is not possible: it must be 0 or more and below 1.")]
    [InlineData("""{ "ruleOptions": { "gamma": 1.5 } }""", "ruleOptions.gamma 1.5 is not possible: it must be above 0 and at most 1.")]
    [InlineData("""{ "optimizer": { "lr": 1e400 } }""", "optimizer.lr 1e400 is not possible: it must be above 0.")]
    [InlineData(
        """{ "rules": { "fa": { "optimizer": { "lr": -1 } } } }""",
        "rules.fa.optimizer.lr -1 is not possible: it must be above 0."
    )]
    [InlineData("""{ "presets": { "mine": { "epochs": 0 } } }""", "presets.mine.epochs 0 is not possible: it must be 1 or more.")]
    [InlineData("""{ "batchSize": 0 }""", "batchSize 0 is not possible: it must be 1 or more.")]
    [InlineData("""{ "evaluateEvery": 0 }""", "evaluateEvery 0 is not possible: it must be 1 or more.")]
    [InlineData(
        """{ "name": "a/b" }""",
        "name \"a/b\" is not possible: runs are filed under it, so it must be letters, digits, '-', '_' and '.', and begin with a letter or digit."
    )]
    [InlineData(
        """{ "network": ["dense 512", "dense 12"] }""",
        "network: the last layer is 'dense 12', but the data has 10 classes: end with 'dense 10'."
    )]
    [InlineData(
        """{ "network": ["dense 512", "dance 10"] }""",
        "network: the layer 'dance 10' cannot be read: unknown layer 'dance'. Choose from avgpool, conv, dense, maxpool, mix*. Write 'avgpool SIDE', 'conv KERNEL,STRIDE,CHANNELS', 'dense UNITS', 'maxpool SIDE', 'mix [SEED]'*, such as 'conv 3x3/2 48', and after dense or conv 'gain row' or 'gain scalar' if it shall have gains."
    )]
    public void A_mistake_is_one_line(string json, string expected) => Fails("mine.json", Beginning + json[2..], $"mine.json: {expected}");

    [Theory]
    [InlineData(
        """{ "rules": { "fa": { "trainImages": 5, "validationImages": 5 } } }""",
        "mine.json, rules.fa: validationImages 5 is not possible: *."
    )]
    [InlineData(
        """{ "trainImages": 5, "presets": { "mine": { "validationImages": 5 } } }""",
        "mine.json, presets.mine: validationImages 5 is not possible: *."
    )]
    [InlineData(
        """{ "presets": { "mine": { "rules": { "bp": { "tf32": true, "precision": "float64" } } } } }""",
        "mine.json, presets.mine, rules.bp: tf32 true is not possible with precision float64: *."
    )]
    [InlineData(
        """{ "ruleOptions": { "inverse": "refined(2)" } }""",
        "mine.json: the literal form needs an exact inverse, not refined(2): choose exact, solve or pinv, or another form."
    )]
    public void A_value_is_blamed_on_the_part_that_set_it(string json, string expected) =>
        Fails("mine.json", Beginning + json[2..], expected);

    [Theory]
    [InlineData(
        "{\n  // comment\n  \"epochs\": 3\n  \"batchSize\": 4\n}",
        "mine.json, line 4, column 3: '\"' is invalid after a value. Expected either ',', '}', or ']'."
    )]
    [InlineData(
        "{\n  \"title\": \"äöü\" x }",
        "mine.json, line 2, column 18: 'x' is invalid after a value. Expected either ',', '}', or ']'."
    )]
    [InlineData("{ \"epochs\": 3, \"epochs\": 4 }", "mine.json, line 1: the field 'epochs' stands there twice: take one of them out.")]
    [InlineData(
        "{\n  \"optimizer\": { \"lr\": 1 },\n  // lr\n  \"rules\": { \"fa\": { \"optimizer\": {\n \"lr\": 1,\n \"lr\": 1 } } }\n}",
        "mine.json, line 6: the field 'lr' stands there twice: take one of them out."
    )]
    [InlineData("", "mine.json, line 1, column 1: *.")]
    [InlineData("[]", "mine.json: the whole must be an object { … }, not a list.")]
    [InlineData(
        "{}",
        "mine.json: the field 'network' is missing: name a published one, or list its layers, or extend an experiment that does."
    )]
    [InlineData("{ \"network\": \"cifar-deep\" }", "mine.json: the field 'rules' is missing: name one or more of bp, *.")]
    public void A_file_that_is_not_such_json_says_where(string json, string expected) => Fails("mine.json", json, expected);

    /// <summary>What stands behind "write" can stand in the file.</summary>
    [Theory]
    [InlineData("""{ "rule": "bp" }""", """'rule' is a field of an earlier version: write "rules": ["bp"].""")]
    [InlineData("""{ "profile": "quick" }""", """'profile' is a field of an earlier version: write "preset": "quick".""")]
    [InlineData(
        """{ "preset": "fast", "profile": "quick" }""",
        """'profile' is a field of an earlier version: write "preset": "quick" in place of the other "preset"."""
    )]
    [InlineData(
        """{ "profiles": { "mine": { "epochs": 3 } } }""",
        """'profiles' is a field of an earlier version: write "presets": {"mine":{"epochs":3}}."""
    )]
    [InlineData(
        """{ "presets": { "fast": { "epochs": 4 } }, "profiles": { "mine": {}, "paper": { "preset": "paper" } } }""",
        """'profiles' is a field of an earlier version: write into "presets" what stands in it: "mine":{},"paper":{"preset":"paper"}."""
    )]
    [InlineData(
        """{ "rules": { "fa": { "epochs": 2 } }, "sameAs": { "dfa": "fa" } }""",
        """'sameAs' is a field of an earlier version: write what each rule has itself, in "rules" or a preset: "dfa": {"epochs":2} and what fa has in cifar-shallow."""
    )]
    [InlineData(
        """{ "sameAs": { "dfa": "fa", "tp": 3 } }""",
        """'sameAs' is a field of an earlier version: write what each rule has itself, in "rules" or a preset: "dfa": what fa has in cifar-shallow, "tp": what 3 has in cifar-shallow."""
    )]
    [InlineData(
        """{ "presets": { "mine": { "rules": { "fa": { "epochs": 2 } } } }, "sameAs": { "dfa": "fa" } }""",
        """'sameAs' is a field of an earlier version: write what each rule has itself, in "rules" or a preset: "dfa": what fa has in presets.mine and cifar-shallow."""
    )]
    [InlineData("""{ "profiles": 3 }""", """'profiles' is a field of an earlier version: write "presets": 3.""")]
    public void A_field_of_an_earlier_version_is_answered_with_the_new_spelling(string json, string expected) =>
        Fails("mine.json", Beginning + json[2..], $"mine.json: {expected}");

    [Theory]
    [InlineData("""["fa", "dfa"]""", "nothing, as fa has nothing of its own")]
    [InlineData("""{ "fa": { "epochs": 2 } }""", """{"epochs":2}""")]
    public void A_rule_like_another_has_what_the_file_says_where_it_extends_none(string rules, string expected) =>
        Fails(
            "mine.json",
            $$"""{ "network": "cifar-shallow", "rules": {{rules}}, "sameAs": { "dfa": "fa" } }""",
            $"""mine.json: 'sameAs' is a field of an earlier version: write what each rule has itself, in "rules" or a preset: "dfa": {expected}."""
        );

    [Theory]
    [InlineData("1", new[] { 1 })]
    [InlineData("1..3,10", new[] { 1, 2, 3, 10 })]
    public void Seeds_are_written_as_on_the_command_line(string seeds, int[] expected)
    {
        File.WriteAllText(_folder["mine.json"], $$"""{ "extends": "cifar-shallow", "seeds": "{{seeds}}" }""");
        Assert.Equal(expected, ExperimentDocument.Open(_folder["mine.json"]).Seeds);
    }

    [Theory]
    [InlineData("title=x", "title cannot be set: it is the file's.")]
    [InlineData("seeds=1..3", "compare and sweep take --seeds 1..3; for one run write --set seed=1.")]
    [InlineData("seeds=[4, 2]", "compare and sweep take --seeds 4,2; for one run write --set seed=4.")]
    [InlineData("seeds=[7]", "write --set seed=7.")]
    [InlineData("seeds=many", "seeds are numbers from 0 up: for one run write --set seed=1.")]
    [InlineData("profile=long", "it is called preset now: write --set preset=long.")]
    [InlineData("rules=[\"bp\"]", "a verb has an option for it: train takes --rule bp; compare, sweep and angles take --rules bp,fa.")]
    public void A_setting_that_is_said_otherwise_names_the_way(string setting, string expected) =>
        Assert.Equal(
            $"--set {setting}: {expected}",
            Assert
                .Throws<GaitPropException>(() => ExperimentDocument.Open("cifar-shallow").Resolve("bp", new() { Set = [setting] }))
                .Message
        );

    [Fact]
    public void A_circle_of_extends_is_named()
    {
        File.WriteAllText(_folder["a.json"], """{ "extends": "b.json" }""");
        File.WriteAllText(_folder["b.json"], """{ "extends": "./c.json" }""");
        Fails(
            "c.json",
            """{ "extends": "b.json" }""",
            "b.json: extends goes round in a circle: c.json -> b.json -> c.json. Take one of them out."
        );
        Assert.EndsWith(
            $"circle: {_folder["b.json"]} -> {_folder["c.json"]} -> {_folder["b.json"]}. Take one of them out.",
            Error(_folder["a.json"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_extends_itself_is_a_circle() =>
        Fails("a.json", """{ "extends": "a.json" }""", "a.json: extends goes round in a circle: a.json -> a.json. Take one of them out.");

    [Theory]
    [InlineData(
        "base.json",
        "mine.json: extends: there is no file base.json: check the path, or choose from cifar-shallow, cifar-deep, imagenet, synthetic-shallow, synthetic-deep, mnist-square, mnist-tower."
    )]
    [InlineData(
        "cifar-shalow",
        "mine.json: extends: unknown experiment 'cifar-shalow'. Did you mean 'cifar-shallow'? Choose from cifar-shallow, cifar-deep, imagenet, synthetic-shallow, synthetic-deep, mnist-square, mnist-tower, or give the path of a .json file."
    )]
    public void What_is_extended_must_exist(string extended, string expected) =>
        Fails("mine.json", $$"""{ "extends": "{{extended}}" }""", expected);

    [Fact]
    public void A_mistake_in_the_base_names_the_base()
    {
        File.WriteAllText(_folder["base.json"], """{ "extends": "cifar-deep", "optimizer": { "lr": -1 } }""");
        Fails(
            "mine.json",
            """{ "extends": "base.json", "epochs": 3 }""",
            "base.json: optimizer.lr -1 is not possible: it must be above 0."
        );
    }

    [Fact]
    public void An_experiment_that_is_not_there_is_suggested()
    {
        Assert.Equal(
            "unknown experiment 'cifar-deap'. Did you mean 'cifar-deep'? Choose from cifar-shallow, cifar-deep, imagenet, synthetic-shallow, synthetic-deep, mnist-square, mnist-tower, or give the path of a .json file.",
            Error("cifar-deap")
        );
        Assert.StartsWith("there is no file nowhere/x.json: check the path", Error("nowhere/x.json"), StringComparison.Ordinal);
        Assert.Contains("is a folder", Error(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_stands_in_a_field_the_answer_is_an_experiment_or_one_line() => StandsInFields(400);

    /// <summary>Each of the values in each of the fields, once.</summary>
    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Whatever_stands_in_many_fields_too() => StandsInFields(null);

    /// <summary>Puts values into fields: so many times, drawn, or each into each.</summary>
    private void StandsInFields(int? times)
    {
        var text = File.ReadAllText(Path.Combine(PublishedNumbersTests.Folder(), "fig4.json"));
        var paths = Paths(Parsed(text), []).ToArray();
        string[] values =
        [
            "null",
            "true",
            "0",
            "-1",
            "1e400",
            "0.5",
            "99999999999",
            "\"\"",
            "\"x\"",
            "\"1..2..3\"",
            "\"a\\nb\"",
            "[]",
            "[null]",
            "[[]]",
            "{}",
            "{ \"\": null }",
            "{ \"bp\": null }",
            "{ \"fast\": [] }",
            "{ \"layers\": [null] }",
        ];
        if (times is { } drawn)
        {
            Gen.Select(Gen.Int[0, paths.Length - 1], Gen.Int[0, values.Length - 1]).Sample(IsAnswered, iter: drawn);
            return;
        }

        for (var p = 0; p < paths.Length; p++)
        {
            for (var v = 0; v < values.Length; v++)
            {
                Assert.True(IsAnswered(p, v), $"{string.Join('.', paths[p])}: {values[v]}");
            }
        }

        bool IsAnswered(int p, int v)
        {
            var json = Parsed(text);
            var parent = json;
            foreach (var key in paths[p][..^1])
            {
                parent = parent is JsonArray ? parent[int.Parse(key, CultureInfo.InvariantCulture)]! : parent[key]!;
            }

            var value = JsonNode.Parse(values[v]);
            if (parent is JsonArray list)
            {
                list[int.Parse(paths[p][^1], CultureInfo.InvariantCulture)] = value;
            }
            else
            {
                parent[paths[p][^1]] = value;
            }

            var file = _folder[$"{p}-{v}.json"];
            File.WriteAllText(file, json.ToJsonString());
            try
            {
                ExperimentDocument.Open(file);
                return true;
            }
            catch (GaitPropException e)
            {
                return e.Message.StartsWith(file, StringComparison.Ordinal) && !e.Message.Contains('\n', StringComparison.Ordinal);
            }
        }

        static JsonNode Parsed(string text) => JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip })!;

        static IEnumerable<string[]> Paths(JsonNode? node, string[] above)
        {
            var below = node switch
            {
                JsonObject o => o.Select(p => (p.Key, p.Value)),
                JsonArray a => a.Select((v, i) => (i.ToString(CultureInfo.InvariantCulture), v)),
                _ => [],
            };
            return below.SelectMany(p =>
                (IEnumerable<string[]>)
                    [
                        [.. above, p.Item1],
                        .. Paths(p.Item2, [.. above, p.Item1]),
                    ]
            );
        }
    }

    private static string Error(string file)
    {
        var message = Assert.Throws<GaitPropException>(() => ExperimentDocument.Open(file)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>A star stands for anything.</summary>
    private void Fails(string name, string json, string expected)
    {
        File.WriteAllText(_folder[name], json);
        var message = Error(_folder[name]).Replace(_folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var pattern = string.Join(".*", expected.Split('*').Select(System.Text.RegularExpressions.Regex.Escape));
        Assert.Matches($"^{pattern}$", message);
    }
}
