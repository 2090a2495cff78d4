using GaitProp.Experiments;
using GaitProp.Tests.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>The loss <c>mse</c> wherever a loss is used: training by every rule, measuring, resuming, evaluating, files.</summary>
public sealed class SquaredErrorTests : IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The oracle: the loss of the first step and of epoch 0, from the definition, on the network that the run begins with.
    /// </summary>
    [Theory]
    [InlineData("bp")]
    [InlineData("fa")]
    [InlineData("dfa")]
    [InlineData("tp")]
    [InlineData("dtp")]
    [InlineData("gait")]
    [InlineData("ngait")]
    public void Every_rule_is_given_it_and_it_is_what_is_measured(string rule)
    {
        var experiment = Small(rule);
        var run = Train(experiment);

        using var scope = NewDisposeScope();
        using var network = Network.Build(experiment.Define([3, 32, 32], 10), experiment.Auxiliary, experiment.Seed, experiment.Precision);
        var (images, labels) = Data.Train.Batches(16, experiment.Seed).Select(b => (b.Images.clone(), b.Labels.clone())).First();
        Assert.Equal(ByHand(network, images, labels), run.Steps[0].Loss, 1e-5);
        var (all, classes) = Data.Test.Batches(50).Select(b => (b.Images.clone(), b.Labels.clone())).Single();
        Assert.Equal(ByHand(network, all, classes), run.Epochs[0].TestLoss, 1e-5);

        // At this rate random feedback and targets without increments do not get down in eight steps; what follows the gradient does.
        Assert.True(
            rule is not ("bp" or "gait" or "ngait") || run.Epochs[^1].TrainLoss < run.Epochs[0].TrainLoss,
            $"{rule}: {run.Epochs[0].TrainLoss} to {run.Epochs[^1].TrainLoss}"
        );
        Assert.Equal("mse", (string?)run.Description.Experiment["loss"]);
    }

    [Fact]
    public void A_run_is_resumed_to_the_same_bytes_and_evaluated_by_its_loss()
    {
        var whole = Train(Small("ngait"));
        using var stop = new CancellationTokenSource();
        using var first = new Trainer(Small("ngait"), Data);
        var folder = Assert.Throws<RunInterruptedException>(() => first.Run(_folder["stopped"], new At(5, stop), stop.Token)).Folder;
        using var second = new Trainer(Small("ngait"), Data);
        var resumed = second.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(resumed.Folder, "metrics.jsonl"))
        );
        using var network = whole.LoadNetwork();
        Assert.Equal(
            whole.Epochs[^1].TestLoss,
            Evaluator.Evaluate(network, Data, loss: LossKind.Mse, cancellation: TestContext.Current.CancellationToken).Loss
        );
        Assert.NotEqual(
            whole.Epochs[^1].TestLoss,
            Evaluator.Evaluate(network, Data, cancellation: TestContext.Current.CancellationToken).Loss
        );
        Assert.Throws<GaitPropException>(() =>
            new Trainer(Small("ngait") with { Loss = LossKind.CrossEntropy }, Data).Resume(
                folder,
                cancellation: TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public void Files_and_settings_choose_it_by_name_and_its_default_is_not_written()
    {
        var document = ExperimentDocument.Open("cifar-shallow");
        Assert.Equal(LossKind.Mse, document.Resolve("bp", new() { Set = ["loss=mse"] }).Loss);
        Assert.Equal(LossKind.CrossEntropy, document.Resolve("bp", new() { Set = ["loss=crossEntropy"] }).Loss);
        Assert.False(ExperimentJson.ToJson(document.Resolve("bp")).ContainsKey("loss"));
        Assert.Equal(
            LossKind.Mse,
            ExperimentJson.FromJson(ExperimentJson.ToJson(document.Resolve("bp", new() { Set = ["loss=mse"] }))).Loss
        );
        Cifar10Tests.AssertError(
            () => document.Resolve("bp", new() { Set = ["loss=mes"] }),
            "loss",
            "Did you mean 'mse'?",
            "crossEntropy, mse"
        );
    }

    /// <summary>
    /// The numbers of the code published with the 2020 paper, where its README gives them; sums over batches of 60 where it has means.
    /// </summary>
    [Theory]
    [InlineData("mnist-square", "bp", 1e-4, 6)]
    [InlineData("mnist-square", "gait", 1e-4, 6)]
    [InlineData("mnist-square", "tp", 1e-5, 60_000)]
    [InlineData("mnist-tower", "gait", 1e-4, 6)]
    public void The_experiments_of_the_2020_paper_have_its_numbers(string name, string rule, double rate, double lambda)
    {
        var e = ExperimentDocument.Open(name).Resolve(rule, new() { Preset = "paper" });

        Assert.Equal(("mnist", LossKind.Mse, 100, 60), (e.Data, e.Loss, e.Epochs, e.BatchSize));
        Assert.Equal((rate, 0.9, 0.99, lambda), (e.Optimizer.LearningRate, e.Optimizer.Beta1, e.Optimizer.Beta2, e.Orthogonality.Lambda));
        Assert.Equal(rule == "bp" ? OrthogonalityKind.None : OrthogonalityKind.Penalty, e.Orthogonality.Kind);
        var units = e.Define([1, 28, 28], 10).Layers.Select(l => ((DenseDefinition)l).Units);
        Assert.Equal(name == "mnist-square" ? [784, 784, 784, 784, 10] : [500, 200, 10, 10], units);
        if (e.RuleOptions is TargetOptions gait)
        {
            Assert.Equal((1.0, TargetForm.Literal), (gait.TargetStep, gait.Form));
        }
    }

    private static double ByHand(Network network, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var (output, classes) = (network.Predict(images).to(ScalarType.Float64).data<double>().ToArray(), labels.data<long>().ToArray());
        return output.Select((y, i) => Math.Pow(y - (classes[i / 10] == i % 10 ? 1 : 0), 2)).Sum() / 2 / classes.Length;
    }

    private static Experiment Small(string rule)
    {
        var e = TrainerTests.Small(rule);
        return e with
        {
            Network = "dense 64, dense 32, dense 10",
            Loss = LossKind.Mse,
            BatchSize = 16,
            Epochs = 2,
            AngleEvery = 1,
            Optimizer = e.Optimizer with { LearningRate = 1e-3 },
        };
    }

    private RunRecord Train(Experiment experiment)
    {
        using var trainer = new Trainer(experiment, Data);
        return trainer.Run(_folder["runs"], cancellation: TestContext.Current.CancellationToken);
    }

    private sealed class At(long step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
            {
                stop.Cancel();
            }
        }
    }
}
