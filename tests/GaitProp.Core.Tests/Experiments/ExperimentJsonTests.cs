using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using CsCheck;
using GaitProp.Experiments;
using GaitProp.Rules.Backpropagation;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

/// <summary>A resolved experiment and <c>run.json</c>: nothing is lost, nothing unknown is let in.</summary>
public sealed class ExperimentJsonTests
{
    private static readonly Gen<double> Rate = Gen.Double[1e-12, 10];
    private static readonly Gen<double> Decay = Gen.Double[0, 0.999999];
    private static readonly Gen<int> Count = Gen.Int[1, int.MaxValue];
    private static readonly Gen<InverseStrategy> Inverse = Gen.OneOf(
        Constant(InverseStrategy.Exact, InverseStrategy.Solve, InverseStrategy.PseudoInverse, InverseStrategy.Transpose),
        Gen.Int[1, 9].Select(InverseStrategy.Refined),
        Gen.Int[1, 999].Select(n => InverseStrategy.Within(n / 1000.0))
    );

    private static readonly Gen<(string Rule, RuleOptions Options)> Rules = Gen.OneOf<(string, RuleOptions)>(
        Constant("bp", "dfa").Select(r => (r, (RuleOptions)new NoOptions())),
        Gen.Enum<FeedbackSource>().Select(f => ("fa", (RuleOptions)new FeedbackAlignmentOptions { Feedback = f })),
        Gen.Select(Inverse, Rate).Select((i, k) => ("tp", (RuleOptions)new TargetPropagationOptions { Inverse = i, TargetStep = k })),
        Gen.Select(Rate, Decay)
            .Select((k, f) => ("dtp", (RuleOptions)new DifferenceTargetPropagationOptions { TargetStep = k, FeedbackRate = f })),
        Gen.Select(Gen.Enum<TargetForm>(), Inverse, Rate, Gen.Double[1e-9, 1])
            .Select(
                (f, i, k, g) =>
                    (
                        "gait",
                        (RuleOptions)
                            new GaitOptions
                            {
                                Form = f,
                                Inverse = i,
                                TargetStep = k,
                                Gamma = g,
                            }
                    )
            ),
        Gen.Select(Gen.Enum<TargetForm>(), Inverse, Rate, Gen.Enum<Normalisation>())
            .Select(
                (f, i, k, n) =>
                    (
                        "ngait",
                        (RuleOptions)
                            new NormalisedGaitOptions
                            {
                                Form = f,
                                Inverse = i,
                                Eta = k,
                                Normalisation = n,
                            }
                    )
            )
    );

    private static readonly Gen<string> Network = Gen.OneOf(
        Constant([.. Architectures.Names]),
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[1, 999])
            .Select((k, s, c) => $"{new ConvDefinition(k, s, c)}, {new DenseDefinition(c)}")
    );

    private static readonly Gen<Experiment> Experiments =
        from rule in Rules
        from network in Network
        from preset in Constant([.. Presets.Names])
        from data in Constant([.. DataSets.Names])
        from auxiliary in Gen.Enum<AuxiliaryUnits>()
        from precision in Constant(ScalarType.Float32, ScalarType.Float64)
        from adam in Gen.Select(Rate, Decay, Decay, Rate)
            .Select(
                (lr, b1, b2, e) =>
                    new OptimizerOptions
                    {
                        LearningRate = lr,
                        Beta1 = b1,
                        Beta2 = b2,
                        Epsilon = e,
                    }
            )
        from kind in Gen.Enum<OptimizerKind>()
        from choices in Gen.Select(Gen.Enum<HiddenActivation>(), Count.Nullable(), Gen.Int[0, int.MaxValue], Gen.Bool, Gen.Int[0, 99])
        from orthogonality in Gen.Select(Gen.Enum<OrthogonalityKind>(), Rate, Count)
            .Select(
                (k, l, e) =>
                    new OrthogonalityOptions
                    {
                        Kind = k,
                        Lambda = l,
                        Every = e,
                    }
            )
        from counts in Gen.Select(Count, Count, Count, Count, Count)
        from images in Gen.Select(Count.Nullable(), Count.Nullable())
        select new Experiment
        {
            Name = "round-trip",
            Network = network,
            Rule = rule.Rule,
            RuleOptions = rule.Options,
            Preset = preset,
            Data = data,
            Auxiliary = auxiliary,
            Precision = precision,
            Optimizer = adam with { Kind = kind },
            Orthogonality = orthogonality,
            Epochs = counts.Item1,
            BatchSize = counts.Item2,
            Seed = counts.Item3,
            AngleEvery = counts.Item4,
            EvaluateEvery = counts.Item5,
            TrainImages = images.Item1,
            TestImages = images.Item2,
            Activation = choices.Item1,
            ShuffleBuffer = choices.Item2,
            ValidationImages = choices.Item3,
            Mirror = choices.Item4,
            Shift = choices.Item5,
        };

    [Fact]
    public void What_was_written_is_read_again_to_the_bit() =>
        Experiments.Sample(e =>
            e == ExperimentJson.FromJson(ExperimentJson.ToJson(e))
            && e == ExperimentJson.FromJson(JsonNode.Parse(ExperimentJson.ToJson(e).ToJsonString())!)
        );

    /// <summary>
    /// Fields that came after runs had been made are not written where they change nothing: those runs keep their identity, and can be
    /// resumed.
    /// </summary>
    [Fact]
    public void A_choice_is_written_only_where_it_was_made()
    {
        var plain = Presets.Experiment("cifar-shallow", "fa", "fast");
        var chosen = plain with
        {
            Optimizer = plain.Optimizer with { Kind = OptimizerKind.KerasAdam },
            RuleOptions = new FeedbackAlignmentOptions { Feedback = FeedbackSource.NextLayer },
            Activation = HiddenActivation.Linear,
            ShuffleBuffer = 1000,
            ValidationImages = 10_000,
            EvaluationBatch = 200,
            Tf32 = true,
            Mirror = true,
            Shift = 4,
        };
        string[] fields =
        [
            "\"kind\":\"keras-adam\"",
            "\"feedback\":\"next-layer\"",
            "\"activation\":\"linear\"",
            "\"shuffleBuffer\":1000",
            "\"validationImages\":10000",
            "\"evaluationBatch\":200",
            "\"tf32\":true",
            "\"mirror\":true",
            "\"shift\":4",
        ];

        Assert.All(fields, field => Assert.Contains(field, ExperimentJson.ToJson(chosen).ToJsonString(), StringComparison.Ordinal));
        Assert.All(
            fields,
            field =>
                Assert.DoesNotContain(
                    field.Split(':')[0] + ":" + (field.StartsWith("\"kind", StringComparison.Ordinal) ? "\"adam" : ""),
                    ExperimentJson.ToJson(plain).ToJsonString(),
                    StringComparison.Ordinal
                )
        );
    }

    /// <summary>The runs that were recorded with the version before: what they computed has the same name still.</summary>
    [Fact]
    public void Recorded_runs_keep_their_identity()
    {
        var runs = Directory
            .GetDirectories(Path.Combine(PublishedNumbersTests.Folder(), "..", "recorded"), "*-s*-*", SearchOption.AllDirectories)
            .Select(RunRecord.Read)
            .Where(r => ((JsonObject)r.Description.Experiment).ContainsKey("gain"))
            .ToArray();

        Assert.True(runs.Length >= 4, $"{runs.Length} runs");
        Assert.All(
            runs,
            r =>
                Assert.Equal(
                    r.Description.Identity,
                    GaitProp.Runs.RunIdentity.Of(ExperimentJson.FromJson(r.Description.Experiment), r.Description.Data, null)
                )
        );
    }

    [Fact]
    public void A_rule_of_the_users_reads_its_own_options()
    {
        RuleCatalog.Register<ExperimentJsonTestsRule>();
        var e = Presets.Experiment("cifar-shallow", "bp", "fast") with
        {
            Rule = "experiment-json-tests",
            RuleOptions = new ExperimentJsonTestsRule.OwnOptions
            {
                Depths = [1, 2],
                Label = "x",
                Inner = new(true),
            },
        };
        var read = ExperimentJson.FromJson(ExperimentJson.ToJson(e));
        var options = Assert.IsType<ExperimentJsonTestsRule.OwnOptions>(read.RuleOptions);
        Assert.Equal([1, 2], options.Depths);
        Assert.Equal(("x", true), (options.Label, options.Inner.On));
        Assert.Equal("ruleOptions.inner.on must be true or false, not 1.", Error("""{ "inner": { "on": 1 } }"""));
        Assert.Equal("ruleOptions.inner: unknown field 'off'. Choose from on.", Error("""{ "inner": { "off": true } }"""));
        Assert.Equal("ruleOptions.share 2 is not possible: it must be above 0 and at most 1.", Error("""{ "share": 2 }"""));
        Assert.Equal(
            "share 2 is not possible: it must be above 0 and at most 1.",
            Assert.Throws<GaitPropException>(new ExperimentJsonTestsRule.OwnOptions { Share = 2 }.Validate).Message
        );
        Assert.Equal(
            "share NaN is not possible: it must be above 0 and at most 1.",
            Assert.Throws<GaitPropException>(new ExperimentJsonTestsRule.OwnOptions { Share = double.NaN }.Validate).Message
        );
        var schema = JsonNode.Parse(ExperimentSchema.Create(["experiment-json-tests"]))!["definitions"]!["experiment-json-testsOptions"]![
            "properties"
        ]!;
        var share = schema["share"]!;
        Assert.Equal(("How much of it.", 0, 1), ((string?)share["description"], (int)share["exclusiveMinimum"]!, (int)share["maximum"]!));
        Assert.Equal((0.1, 0.5), ((double)schema["middle"]!["minimum"]!, (double)schema["middle"]!["maximum"]!));
        Assert.StartsWith("ruleOptions.depths cannot be read: ", Error("""{ "depths": "1" }"""), StringComparison.Ordinal);

        string Error(string options)
        {
            var json = ExperimentJson.ToJson(e);
            json["ruleOptions"] = JsonNode.Parse(options);
            return Assert.Throws<GaitPropException>(() => ExperimentJson.FromJson(json)).Message;
        }
    }

    [Theory]
    [InlineData("epochz", "1", "run.json: unknown field 'epochz'. Did you mean 'epochs'?")]
    [InlineData("epochs", "\"1\"", "run.json: epochs must be a whole number, not \"1\".")]
    [InlineData(
        "rule",
        "\"bq\"",
        "run.json: it has the rule 'bq', which is not known here: run the cell that registers it first, in this kernel"
    )]
    [InlineData("ruleOptions", """{ "eta": 1 }""", "run.json: ruleOptions: unknown field 'eta': there is none here.")]
    [InlineData("ruleOptions", "null", "run.json: ruleOptions must be an object { … }, not null.")]
    [InlineData("optimizer", """{ "lr": "x" }""", "run.json: optimizer.lr must be a number, not \"x\".")]
    [InlineData(
        "network",
        "\"dance 3\"",
        "run.json: it has the layer 'dance', which is not known here: run the cell that registers it first, in this kernel"
    )]
    [InlineData("network", "\"dense 3,4\"", "run.json: network: the layer 'dense 3,4' cannot be read")]
    [InlineData("data", "\"cifar11\"", "run.json: it has the data set 'cifar11', which is not known here")]
    public void A_damaged_experiment_is_one_line(string field, string value, string expected)
    {
        var json = ExperimentJson.ToJson(Presets.Experiment("cifar-shallow", "bp", "fast"));
        json[field] = JsonNode.Parse(value);
        Assert.StartsWith(
            expected,
            Assert.Throws<GaitPropException>(() => ExperimentJson.FromJson(json, "run.json")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Name_network_rule_and_preset_must_be_there()
    {
        foreach (var field in (string[])["name", "network", "rule", "preset"])
        {
            var json = ExperimentJson.ToJson(Presets.Experiment("cifar-shallow", "bp", "fast"));
            json.Remove(field);
            Assert.Equal($"the field '{field}' is missing.", Assert.Throws<GaitPropException>(() => ExperimentJson.FromJson(json)).Message);
        }
    }

    private static Gen<T> Constant<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}

[Rule("experiment-json-tests", "a rule of these tests", typeof(OwnOptions))]
internal sealed class ExperimentJsonTestsRule(ExperimentJsonTestsRule.OwnOptions options) : LearningRule
{
    public OwnOptions Options { get; } = options;

    public override bool NeedsSquareLayers => false;

    public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
    {
        // Other tests train with every rule there is.
        using var rule = new BackpropagationRule();
        return rule.Update(network, trace, outputGradient);
    }

    internal sealed record OwnOptions : RuleOptions
    {
        public IReadOnlyList<int> Depths { get; init; } = [];

        public string Label { get; init; } = "";

        [Range(0.0, 1.0, MinimumIsExclusive = true), Description("How much of it.")]
        public double Share { get; init; } = 1;

        [Range(0.1, 0.5), Description("Neither much nor little of it.")]
        public double Middle { get; init; } = 0.25;

        public Part Inner { get; init; } = new(false);
    }

    internal sealed record Part(bool On);
}
