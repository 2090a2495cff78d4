using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Tests.Data;
using GaitProp.Tests.Rules;

namespace GaitProp.Tests.Experiments;

/// <summary>The published schema: it is what the code makes, lets good files through and stops the mistakes that the kit stops.</summary>
public sealed class ExperimentSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(ExperimentSchema.Create(KitRules.Names, KitSets.Names))!;

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(PublishedNumbersTests.Folder(), "*.json")
                .Select(f => Path.GetFileName(f))
                .Where(f => !f.Contains("schema", StringComparison.Ordinal)),
        ];

    [Fact]
    public void The_committed_schema_is_what_the_code_makes()
    {
        var committed = Path.Combine(PublishedNumbersTests.Folder(), "experiment.schema.json");
        var made = Path.Combine(AppContext.BaseDirectory, "experiment.schema.received.json");
        File.WriteAllText(made, ExperimentSchema.Create(KitRules.Names, KitSets.Names));
        Assert.True(
            File.Exists(committed) && File.ReadAllText(committed) == File.ReadAllText(made),
            $"The schema has changed. If that is meant: cp {made} {committed}"
        );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_committed_experiment_fits_and_names_the_schema(string file)
    {
        var json = Parse(File.ReadAllText(Path.Combine(PublishedNumbersTests.Folder(), file)));
        Assert.Null(SchemaCheck.Error(Schema, json));
        Assert.Equal("./experiment.schema.json", (string?)json!["$schema"]);
    }

    [Theory]
    [InlineData("""{ "extends": "mine/base.json", "rules": ["bp", "ngait"], "seeds": "1..5" }""")]
    [InlineData("""{ "rules": ["tp"], "ruleOptions": { "inverse": "refined(3)", "targetStep": 0.25 }, "trainImages": null, "seeds": 4 }""")]
    [InlineData("""{ "rules": ["tp"], "ruleOptions": { "inverse": "within(1e-3)" } }""")]
    [InlineData("""{ "rules": ["tp"], "ruleOptions": { "inverse": "within(0.01)" } }""")]
    [InlineData("""{ "network": ["conv 3x3/2 48", "dense 10"], "data": "embedded", "auxiliary": "implicit", "precision": "float64" }""")]
    [InlineData(
        """{ "network": { "layers": ["dense 10"] }, "presets": { "any-name": { "preset": "paper", "rules": { "gait": { "ruleOptions": { "gamma": 1 } } } } } }"""
    )]
    [InlineData(
        """{ "network": "dense 512, dense 10", "presets": { "fast": { "orthogonality": { "kind": "retraction", "every": 3 } } } }"""
    )]
    public void A_good_file_fits(string json) => Assert.Null(SchemaCheck.Error(Schema, Parse(json)));

    [Theory]
    [InlineData("""{ "epoch": 3 }""", "epoch")]
    [InlineData("""{ "optimizer": { "learningRate": 1e-4 } }""", "optimizer.learningRate")]
    [InlineData("""{ "optimizer": { "lr": "fast" } }""", "optimizer.lr")]
    [InlineData("""{ "optimizer": { "lr": -1e-4 } }""", "optimizer.lr")]
    [InlineData("""{ "optimizer": { "lr": 0 } }""", "optimizer.lr")]
    [InlineData("""{ "optimizer": { "beta1": 1 } }""", "optimizer.beta1")]
    [InlineData("""{ "orthogonality": { "lambda": -1 } }""", "orthogonality.lambda")]
    [InlineData("""{ "orthogonality": { "kind": "penality" } }""", "orthogonality.kind")]
    [InlineData("""{ "epochs": 0 }""", "epochs")]
    [InlineData("""{ "epochs": 2.5 }""", "epochs")]
    [InlineData("""{ "epochs": null }""", "epochs")]
    [InlineData("""{ "preset": 3 }""", "preset")]
    [InlineData("""{ "data": "cifar" }""", "data")]
    [InlineData("""{ "name": "a/b" }""", "name")]
    [InlineData("""{ "network": "cifar-shalow" }""", "network")]
    [InlineData("""{ "network": ["dance 10"] }""", "network")]
    [InlineData("""{ "rule": "bp" }""", "rule")]
    [InlineData("""{ "sameAs": { "dfa": "fa" } }""", "sameAs")]
    [InlineData("""{ "profiles": {} }""", "profiles")]
    [InlineData("""{ "rules": ["bq"] }""", "rules")]
    [InlineData("""{ "rules": { "gait": { "ruleOptions": { "eta": 1e-7 } } } }""", "rules")]
    [InlineData("""{ "ruleOptions": { "gamma": 2 } }""", "ruleOptions.gamma")]
    [InlineData("""{ "ruleOptions": { "feedbackRate": 2 } }""", "ruleOptions.feedbackRate")]
    [InlineData("""{ "ruleOptions": { "inverse": "refined(0)" } }""", "ruleOptions.inverse")]
    [InlineData("""{ "ruleOptions": { "inverse": "within(2)" } }""", "ruleOptions.inverse")]
    [InlineData("""{ "seeds": [-1] }""", "seeds")]
    [InlineData("""{ "presets": { "mine": { "name": "x" } } }""", "presets.mine.name")]
    [InlineData("""{ "presets": { "mine": { "epochs": 0 } } }""", "presets.mine.epochs")]
    public void A_mistake_does_not_fit(string json, string where) =>
        Assert.StartsWith($"{where}:", SchemaCheck.Error(Schema, Parse(json)), StringComparison.Ordinal);

    [Fact]
    public void Every_field_of_every_record_is_described()
    {
        var definitions = Schema["definitions"]!.AsObject();
        Assert.All(definitions.Where(d => d.Key is not "ruleName"), d => Assert.NotNull(d.Value!["description"]));
        Assert.Equal("Step size. Default: 1e-3.", (string?)definitions["optimizer"]!["properties"]!["lr"]!["description"]);
        foreach (var rule in KitRules.Names)
        {
            var options = definitions[$"{rule}Options"]!["properties"]!.AsObject();
            Assert.Equal(StrictJson.RuleOptions(rule).Keys, options.Select(o => o.Key));
            Assert.All(options, o => Assert.NotNull(o.Value!["description"]));
        }
    }

    [Fact]
    public void Without_rules_named_it_holds_all_of_the_catalogue() =>
        Assert.Superset(
            KitRules.Names.ToHashSet(),
            JsonNode.Parse(ExperimentSchema.Create())!["definitions"]!["ruleName"]!["enum"]!.AsArray().Select(r => (string)r!).ToHashSet()
        );

    [Fact]
    public void An_unknown_rule_is_refused() => Assert.Throws<GaitPropException>(() => ExperimentSchema.Create(["bq"]));

    private static JsonNode? Parse(string json) =>
        JsonNode.Parse(json, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
}
