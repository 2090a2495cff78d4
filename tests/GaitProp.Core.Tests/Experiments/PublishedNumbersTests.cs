using GaitProp.Experiments;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

/// <summary>The table of the published set-ups (design notes, section 2.6), written down once more.</summary>
public sealed class PublishedNumbersTests
{
    public static TheoryData<string, string, double, double, double> Adam =>
        new()
        {
            { "cifar-shallow", "bp", 1.9e-5, 0.999, 1e-6 },
            { "cifar-shallow", "fa", 2.5e-5, 0.99, 1e-4 },
            { "cifar-shallow", "dfa", 2.5e-5, 0.99, 1e-4 },
            { "cifar-shallow", "gait", 1.9e-5, 0.999, 1e-6 },
            { "cifar-shallow", "ngait", 1.9e-5, 0.999, 1e-6 },
            { "cifar-deep", "bp", 1.9e-5, 0.999, 1e-6 },
            { "cifar-deep", "fa", 2.5e-5, 0.99, 1e-4 },
            { "cifar-deep", "gait", 1.9e-5, 0.999, 1e-6 },
            { "cifar-deep", "ngait", 1.9e-5, 0.999, 1e-6 },
            { "imagenet", "bp", 4.9e-5, 0.99, 1e-8 },
            { "imagenet", "fa", 4.3e-5, 0.99, 1e-4 },
            { "imagenet", "dfa", 4.3e-5, 0.99, 1e-4 },
            { "imagenet", "ngait", 4.9e-5, 0.99, 1e-8 },
        };

    [Theory]
    [MemberData(nameof(Adam))]
    public void Adam_epochs_batch_seed_and_intervals(string name, string rule, double rate, double beta2, double epsilon)
    {
        var e = ExperimentDocument.Open(name).Resolve(rule, new() { Preset = "paper" });
        Assert.Equal((rate, 0.9, beta2, epsilon), (e.Optimizer.LearningRate, e.Optimizer.Beta1, e.Optimizer.Beta2, e.Optimizer.Epsilon));
        Assert.Equal((200, 256, 1, 100, 1), (e.Epochs, e.BatchSize, e.Seed, e.AngleEvery, e.EvaluateEvery));
        Assert.Equal((null, null, "paper", ScalarType.Float64), (e.TrainImages, e.TestImages, e.Preset, e.Precision));
        Assert.Equal((name, name, name == "imagenet" ? "imagenet" : "cifar10"), (e.Name, e.Network, e.Data));
    }

    [Theory]
    [InlineData("cifar-shallow", 100)]
    [InlineData("cifar-deep", 100)]
    [InlineData("imagenet", 1)]
    public void Penalty_gamma_eta_and_auxiliary_units(string name, double lambda)
    {
        var document = ExperimentDocument.Open(name);
        var ngait = document.Resolve("ngait", new() { Preset = "paper" });
        Assert.Equal(
            (OrthogonalityKind.Penalty, lambda, AuxiliaryUnits.Explicit),
            (ngait.Orthogonality.Kind, ngait.Orthogonality.Lambda, ngait.Auxiliary)
        );
        Assert.Equal(
            new NormalisedGaitOptions
            {
                Eta = 1e-7,
                Normalisation = Normalisation.Absolute,
                Form = TargetForm.Literal,
                Inverse = InverseStrategy.Exact,
                TargetStep = 0.5,
            },
            ngait.RuleOptions
        );
        Assert.Equal(
            new GaitOptions
            {
                Gamma = 1e-3,
                Form = TargetForm.Literal,
                Inverse = InverseStrategy.Exact,
                TargetStep = 0.5,
            },
            document.Resolve("gait", new() { Preset = "paper" }).RuleOptions
        );
        Assert.All(
            ["bp", "fa"],
            rule =>
                Assert.Equal(
                    (OrthogonalityKind.None, AuxiliaryUnits.None),
                    (document.Resolve(rule).Orthogonality.Kind, document.Resolve(rule).Auxiliary)
                )
        );
    }

    [Theory]
    [InlineData("cifar-shallow", "bp,fa,gait,ngait", "dense 1024, dense 1024, dense 1024, dense 10")]
    [InlineData(
        "cifar-deep",
        "bp,fa,gait,gait+displacement,ngait",
        "dense 1024, dense 1024, dense 1024, dense 1024, dense 1024, dense 1024, dense 10"
    )]
    [InlineData(
        "imagenet",
        "bp,fa,ngait",
        "conv 9x9/4 24, conv 3x3/2 24, conv 5x5/2 48, conv 3x3/2 48, conv 3x3/1 96, conv 3x3/2 96, conv 3x3/1 192, dense 1000"
    )]
    public void Rules_seeds_and_layers(string name, string rules, string layers)
    {
        var document = ExperimentDocument.Open(name);
        var definition = document.Resolve("bp").Define(name == "imagenet" ? [3, 224, 224] : [3, 32, 32], name == "imagenet" ? 1000 : 10);
        Assert.Equal(rules, string.Join(',', document.Rules));
        Assert.Equal([1], document.Seeds);
        Assert.Equal(
            name == "imagenet" ? ["paper", "fast", "smoke", "quick"] : ["paper", "fast", "smoke", "quick", "authors"],
            document.PresetNames
        );
        Assert.Equal(layers, string.Join(", ", definition.Layers));
    }

    /// <summary>
    /// What the authors' code does, and nothing else than that: Keras's Adam, order within a thousand images, FA's feedback from the next
    /// layer's seed.
    /// </summary>
    [Theory]
    [InlineData("cifar-shallow")]
    [InlineData("cifar-deep")]
    public void Preset_authors_is_preset_paper_with_their_three_choices(string name)
    {
        var document = ExperimentDocument.Open(name);
        foreach (var rule in document.Rules)
        {
            var paper = document.Resolve(rule, new() { Preset = "paper" });
            Assert.Equal(
                paper with
                {
                    Optimizer = paper.Optimizer with { Kind = OptimizerKind.KerasAdam },
                    ShuffleBuffer = 1000,
                    RuleOptions = rule == "fa" ? new FeedbackAlignmentOptions { Feedback = FeedbackSource.NextLayer } : paper.RuleOptions,
                },
                document.Resolve(rule, new() { Preset = "authors" })
            );
        }
    }

    [Theory]
    [InlineData("synthetic-shallow", "cifar-shallow", "dense 512, dense 512, dense 512, dense 10")]
    [InlineData("synthetic-deep", "cifar-deep", "dense 512, dense 512, dense 512, dense 512, dense 512, dense 512, dense 10")]
    public void On_the_embedded_set_layers_are_half_as_wide_and_the_fast_preset_learns_ten_times_as_fast_and_forty_times_with_random_feedback(
        string name,
        string published,
        string network
    )
    {
        var document = ExperimentDocument.Open(name);
        foreach (var (rule, rate) in new[] { ("bp", 2e-4), ("fa", 1e-3), ("gait", 2e-4), ("ngait", 2e-4) })
        {
            var e = document.Resolve(rule);
            Assert.Equal(
                (name, network, "embedded", "fast", rate, 10, 11),
                (e.Name, e.Network, e.Data, e.Preset, e.Optimizer.LearningRate, e.Epochs, e.AngleEvery)
            );
            Assert.Equal(e, document.Resolve(rule, new() { Preset = "quick" }));
            Assert.Equal(
                ExperimentDocument.Open(published).Resolve(rule, new() { Preset = "paper" }) with
                {
                    Name = name,
                    Data = "embedded",
                    Network = network,
                },
                document.Resolve(rule, new() { Preset = "paper" })
            );
        }
    }

    [Fact]
    public void Files_are_short()
    {
        var files = Directory.GetFiles(Folder(), "*.json").Where(f => !f.EndsWith("schema.json", StringComparison.Ordinal)).ToArray();
        Assert.Equal(
            ["fig4", "fig5", "fig6", "mnist-square", "mnist-tower", "synthetic-deep", "synthetic-shallow"],
            files.Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)
        );
        Assert.All(files, f => Assert.InRange(File.ReadAllLines(f).Length, 1, 39));
    }

    [Fact]
    public void A_file_is_the_built_in_experiment_of_its_name() =>
        Assert.All(
            Directory.GetFiles(Folder(), "*.json").Where(f => !f.EndsWith("schema.json", StringComparison.Ordinal)),
            f =>
            {
                var file = ExperimentDocument.Open(f);
                var builtIn = ExperimentDocument.Open(file.Name);
                Assert.Equal((builtIn.Title, string.Join(',', builtIn.Rules)), (file.Title, string.Join(',', file.Rules)));
                Assert.All(file.Rules, rule => Assert.Equal(builtIn.Resolve(rule), file.Resolve(rule)));
            }
        );

    /// <summary>The experiments of the repository.</summary>
    internal static string Folder() => Path.Combine(Repository.Folder, "notebooks", "experiments");
}
