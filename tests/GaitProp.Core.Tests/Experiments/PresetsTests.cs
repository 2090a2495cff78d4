using GaitProp.Experiments;
using GaitProp.Tests.Data;
using GaitProp.Tests.Rules;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

public sealed class PresetsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var rule in KitRules.Names)
            {
                foreach (var preset in Presets.Names)
                {
                    all.Add(rule, preset);
                }
            }

            return all;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Every_rule_trains_in_every_preset(string rule, string preset) => Trains(rule, preset, "dense 48, dense 48, dense 10");

    [Theory]
    [InlineData("bp", "paper")]
    [InlineData("fa", "paper")]
    [InlineData("ngait", "paper")]
    [InlineData("bp", "fast")]
    [InlineData("fa", "fast")]
    [InlineData("ngait", "fast")]
    [Trait("Size", "Exhaustive")]
    public void The_rules_of_the_paper_train_the_published_network(string rule, string preset) => Trains(rule, preset, "cifar-shallow");

    [Fact]
    public void An_unknown_preset_is_refused() =>
        Assert.Contains(
            "Did you mean 'paper'?",
            Assert.Throws<GaitPropException>(() => Presets.Experiment("cifar-shallow", "bp", "papr")).Message,
            StringComparison.Ordinal
        );

    private void Trains(string rule, string preset, string network)
    {
        var experiment = Presets.Experiment("cifar-shallow", rule, preset) with
        {
            Network = network,
            Epochs = 1,
            TrainImages = 4,
            TestImages = 2,
        };
        using var trainer = new Trainer(experiment, SyntheticImages.Generate(train: 4, test: 2));

        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Finished, run.Description.Status);
        Assert.Equal(preset == "paper" ? ScalarType.Float64 : ScalarType.Float32, experiment.Precision);
        Assert.All(run.Steps.SelectMany(s => s.Angles), angle => Assert.NotNull(angle));
    }
}
