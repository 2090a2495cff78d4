using GaitProp.Experiments;
using GaitProp.Tests.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>A record gives its network back, without its images.</summary>
public sealed class RunNetworkTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static ImageDataset Data { get; } = SyntheticImages.Generate(train: 60, test: 40);

    [Theory]
    [InlineData("bp", "dense 24, dense 10", UnitGain.None)]
    [InlineData("ngait", "conv 3x3/4 6, conv 3x3/2 12, dense 10", UnitGain.Row)]
    public void The_network_says_what_it_said_at_the_end_of_the_run(string rule, string network, UnitGain gain)
    {
        var run = Train(TrainerTests.Small(rule) with { Network = network, Gain = gain });

        using var loaded = run.LoadNetwork();

        Assert.Equal([3L, 32, 32], loaded.Layers[0].InputShape);
        Assert.Equal((CPU.type, ScalarType.Float32), (loaded.Device.type, loaded.DataType));
        Assert.Equal(
            run.Epochs[^1].TestAccuracy,
            Evaluator.Evaluate(loaded, Data, cancellation: TestContext.Current.CancellationToken).Top1
        );
        Assert.Equal(run.Epochs[^1].TestLoss, Evaluator.Evaluate(loaded, Data, cancellation: TestContext.Current.CancellationToken).Loss);
    }

    [Fact]
    public void Grey_images_of_a_registered_set_are_known_by_the_run_alone()
    {
        MnistFamilyTests.WriteTo(_folder["mnist"], compressed: true, train: 40, test: 10);
        var experiment = ExperimentDocument.Open("mnist-tower").Resolve("bp", new() { Epochs = 1 });
        using var trainer = new Trainer(experiment, DataSets.Of("mnist", _folder.Path).Data);
        var run = trainer.Run(_folder["runs"], cancellation: TestContext.Current.CancellationToken);
        Directory.Delete(_folder["mnist"], recursive: true);

        using var loaded = RunRecord.Read(run.Folder).LoadNetwork();

        Assert.Equal([1L, 28, 28], loaded.Layers[0].InputShape);
        Assert.Equal([500, 200, 10, 10], loaded.Layers.Select(l => l.Keep));
    }

    [Fact]
    public void A_run_of_an_older_version_tells_the_channels_by_its_layers()
    {
        var run = Train(TrainerTests.Small("bp") with { Network = "conv 3x3/4 6, dense 10" });
        Assert.Equal(3, run.Description.Data.Channels);
        var old = run.With(run.Description with { Data = run.Description.Data with { Channels = null } });

        using var loaded = old.LoadNetwork();

        Assert.Equal([3L, 32, 32], loaded.Layers[0].InputShape);
    }

    [Fact]
    public void A_run_without_weights_is_told()
    {
        var run = Train(TrainerTests.Small("bp") with { Network = "dense 10" });
        Directory.Delete(Path.Combine(run.Folder, "checkpoints"), recursive: true);

        Cifar10Tests.AssertError(() => run.LoadNetwork(), "has no checkpoint yet");
    }

    private RunRecord Train(Experiment experiment)
    {
        using var trainer = new Trainer(experiment with { BatchSize = 24, Epochs = 2, AngleEvery = 2 }, Data);
        return trainer.Run(_folder["runs"], cancellation: TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();
}
