using GaitProp.Tests.Data;
using GaitProp.Tests.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules;

/// <summary>What a rule of anybody's may return that does not fit the network: one clear line, wherever the rule is used.</summary>
public sealed class LearningRuleTests
{
    public static TheoryData<string, string> Misfits =>
        new()
        {
            {
                "one-short",
                "rule 'one-short' returned 2 updates for 3 layers: there must be one for each layer of the network, from the input up."
            },
            {
                "one-more",
                "rule 'one-more' returned 4 updates for 3 layers: there must be one for each layer of the network, from the input up."
            },
            { "none", "rule 'none' returned 0 updates for 3 layers: there must be one for each layer of the network, from the input up." },
            {
                "forgotten",
                "rule 'forgotten' returned 0 gradients for layer 2, which trains 2 tensors: layer.Gradient(delta, input) makes what fits."
            },
            {
                "turned",
                "rule 'turned' returned a gradient of 24 x 16 for a tensor of 16 x 24 in layer 2: layer.Gradient(delta, input) makes what fits."
            },
        };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Updates_that_do_not_fit_the_network_are_one_line_in_a_training(string rule, string line)
    {
        RuleCatalog.Register<OneShort>();
        RuleCatalog.Register<OneMore>();
        RuleCatalog.Register<Nothing>();
        RuleCatalog.Register<Forgotten>();
        RuleCatalog.Register<Turned>();
        using var folder = new ScratchFolder();
        var experiment = TrainerTests.Small("bp") with
        {
            Network = "dense 24, dense 16, dense 10",
            Rule = rule,
            RuleOptions = new NoOptions(),
            BatchSize = 8,
            Epochs = 1,
        };
        using var trainer = new Trainer(experiment, SyntheticImages.Generate(train: 16, test: 10));

        var error = Assert.Throws<GaitPropException>(() => trainer.Run(folder.Path, cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(line, error.Message);
    }

    [Fact]
    public void And_where_angles_are_measured()
    {
        RuleCatalog.Register<OneShort>();
        var study = new AngleStudy { Network = new NetworkBuilder("small", 3, 4, 4).Dense(24).Dense(16).Dense(10).Definition };

        var error = Assert.Throws<GaitPropException>(() => study.Measure(["one-short"], rand(2, 3, 4, 4), zeros(2, ScalarType.Int64)));

        Assert.StartsWith("rule 'one-short' returned 2 updates for 3 layers", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Its author wants the line of their code, and the other runs of a comparison go on.</summary>
    [Theory]
    [InlineData(false, "Broken.Update failed: ExternalException: mat1 and mat2 shapes cannot be multiplied")]
    [InlineData(true, "Broken.Prepare failed: KeyNotFoundException: The given key 'feedback' was not present in the dictionary (")]
    public void What_goes_wrong_in_a_rule_of_ones_own_is_one_line_with_its_place(bool early, string line)
    {
        RuleCatalog.Register<Broken>();
        Broken.IsEarly = early;
        using var folder = new ScratchFolder();
        var experiment = TrainerTests.Small("bp") with
        {
            Network = "dense 24, dense 16, dense 10",
            Rule = "broken",
            RuleOptions = new NoOptions(),
            BatchSize = 8,
            Epochs = 1,
        };

        var error = Assert.Throws<GaitPropException>(() =>
        {
            using var trainer = new Trainer(experiment, SyntheticImages.Generate(train: 16, test: 10));
            trainer.Run(folder.Path, cancellation: TestContext.Current.CancellationToken);
        });

        Assert.StartsWith(line, error.Message, StringComparison.Ordinal);
        Assert.Matches(@" \(LearningRuleTests\.cs, line \d+\)\.$", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Rule("broken", "broken")]
    private sealed class Broken : LearningRule
    {
        public static bool IsEarly { get; set; }

        public override bool NeedsSquareLayers => false;

        public override void Prepare(Network network, int seed) => _ = IsEarly ? new Dictionary<string, int>()["feedback"] : 0;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
        {
            _ = ones(2, 3).matmul(ones(4, 5));
            return Zeros(network);
        }
    }

    private static LayerGradient[] Zeros(Network network) =>
        [.. network.Layers.Select(l => new LayerGradient([.. l.Trained.Select(t => zeros_like(t))]))];

    private abstract class Misfit : LearningRule
    {
        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) => Of(Zeros(network));

        protected abstract LayerGradient[] Of(LayerGradient[] fitting);
    }

    [Rule("one-short", "one short")]
    private sealed class OneShort : Misfit
    {
        protected override LayerGradient[] Of(LayerGradient[] fitting) => fitting[..^1];
    }

    [Rule("one-more", "one more")]
    private sealed class OneMore : Misfit
    {
        protected override LayerGradient[] Of(LayerGradient[] fitting) => [.. fitting, fitting[0]];
    }

    [Rule("none", "none")]
    private sealed class Nothing : Misfit
    {
        protected override LayerGradient[] Of(LayerGradient[] fitting) => null!;
    }

    [Rule("forgotten", "one forgotten")]
    private sealed class Forgotten : Misfit
    {
        protected override LayerGradient[] Of(LayerGradient[] fitting) => [fitting[0], default, fitting[2]];
    }

    [Rule("turned", "one turned")]
    private sealed class Turned : Misfit
    {
        protected override LayerGradient[] Of(LayerGradient[] fitting) =>
            [fitting[0], new(fitting[1].Weight.t(), fitting[1].Bias), fitting[2]];
    }
}
