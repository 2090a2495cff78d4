using GaitProp.Experiments;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

public sealed class KeptWeightsTests : IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_parameter_of_a_layer_is_kept_as_the_nearest_half()
    {
        using var weights = Trained(SavedWeightsTests.Small("ngait") with { Gain = UnitGain.Row });

        var kept = KeptWeights.Keep(weights, _folder.Path, () => Data, CPU, TestContext.Current.CancellationToken);

        Assert.Equal(ScalarType.Float16, kept.Type);
        using var content = SafetensorsFile.Read(_folder["weights.safetensors"]);
        Assert.Equal(
            [
                "layers.0.bias",
                "layers.0.weight",
                "layers.1.bias",
                "layers.1.gain",
                "layers.1.weight",
                "layers.2.bias",
                "layers.2.gain",
                "layers.2.weight",
            ],
            content.Tensors.Keys.Order()
        );
        foreach (var (name, tensor) in content.Tensors)
        {
            Assert.Equal(
                weights.Tensors[name].data<float>().ToArray().Select(v => (float)(Half)v),
                tensor.to(ScalarType.Float32).data<float>().ToArray()
            );
        }
    }

    [Fact]
    public void What_they_cost_is_said_and_is_what_an_evaluation_finds()
    {
        using var weights = Trained(SavedWeightsTests.Small("bp"));

        var kept = KeptWeights.Keep(weights, _folder.Path, () => Data, CPU, TestContext.Current.CancellationToken);

        using var again = SavedWeights.Read(kept.File);
        using var before = weights.ToNetwork(Data, CPU);
        using var after = again.ToNetwork(Data, CPU);
        var (trained, rounded) = (
            Evaluator.Evaluate(before, Data, cancellation: TestContext.Current.CancellationToken).Top1,
            Evaluator.Evaluate(after, Data, cancellation: TestContext.Current.CancellationToken).Top1
        );
        Assert.InRange(100 * Math.Abs(trained - rounded), 0, 0.1);
        Assert.Contains($"kept as float16", kept.Words, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"that costs {100 * (trained - rounded):F2} points of test accuracy ({100 * rounded:F2} %, as float32 {100 * trained:F2} %, on 50 images)"
            ),
            kept.Words,
            StringComparison.Ordinal
        );
        Assert.Equal(weights.Card.Identity, again.Card.Identity);
        Assert.Equal(weights.Card.Step, again.Card.Step);
    }

    [Fact]
    public void Where_halves_change_what_the_network_says_numbers_stay_as_they_are()
    {
        // Tested on the images that it has learned by heart, so that there is something to lose.
        var known = Data.With(Data.Train, Data.Train);
        var experiment = SavedWeightsTests.Small("bp") with { Epochs = 15 };
        using var weights = Trained(
            experiment with
            {
                Optimizer = experiment.Optimizer with { LearningRate = 3e-3 },
            },
            (name, tensor) =>
            {
                // The same for every class: nothing for the network, but all of a half's digits.
                if (name is "layers.2.weight" or "layers.2.bias")
                {
                    tensor.mul_(1e-4f).add_(1f);
                }
            },
            known
        );

        var kept = KeptWeights.Keep(weights, _folder.Path, () => known, CPU, TestContext.Current.CancellationToken);

        Assert.Equal(ScalarType.Float32, kept.Type);
        Assert.Matches(
            "kept as float32, .*; float16 would change test accuracy by [0-9.]+ points, to [0-9.]+ %, and 0.1 are allowed; test accuracy [0-9.]+ % on 64 images$",
            kept.Words
        );
        using var content = SafetensorsFile.Read(kept.File);
        Assert.All(content.Tensors, t => Assert.True(t.Value.eq(weights.Tensors[t.Key]).all().item<bool>(), t.Key));
    }

    [Fact]
    public void Numbers_too_large_for_a_half_stay_as_they_are()
    {
        using var weights = Trained(
            SavedWeightsTests.Small("bp"),
            (name, tensor) =>
            {
                if (name == "layers.0.weight")
                {
                    tensor.mul_(1e6f);
                }
            }
        );

        var kept = KeptWeights.Keep(weights, _folder.Path, () => Data, CPU, TestContext.Current.CancellationToken);

        Assert.Equal(ScalarType.Float32, kept.Type);
        Assert.Contains("float16 does not hold its numbers", kept.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_images_of_the_run_nothing_is_rounded_and_the_line_says_why()
    {
        using var weights = Trained(SavedWeightsTests.Small("bp"));

        var missing = KeptWeights.Keep(
            weights,
            _folder.Path,
            () => throw new GaitPropException("they are gone."),
            CPU,
            TestContext.Current.CancellationToken
        );
        var others = KeptWeights.Keep(
            weights,
            _folder.Path,
            () => SyntheticImages.Generate(seed: 8, train: 64, test: 50),
            CPU,
            TestContext.Current.CancellationToken
        );

        Assert.All([missing, others], k => Assert.Equal(ScalarType.Float32, k.Type));
        Assert.EndsWith("what float16 costs could not be measured: they are gone.", missing.Words, StringComparison.Ordinal);
        Assert.Contains("are not those of the run", others.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_were_kept_before_are_kept_to_the_byte()
    {
        using var weights = Trained(SavedWeightsTests.Small("bp"));
        var first = KeptWeights.Keep(weights, _folder.Path, () => Data, CPU, TestContext.Current.CancellationToken);
        using var kept = SavedWeights.Read(first.File);

        var again = KeptWeights.Keep(
            kept,
            Directory.CreateDirectory(_folder["again"]).FullName,
            () => throw new GaitPropException("not asked for."),
            CPU,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(File.ReadAllBytes(first.File), File.ReadAllBytes(again.File));
        Assert.Contains("as they were kept before, float16", again.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_in_float64_is_kept_in_a_narrower_type_too()
    {
        using var weights = Trained(SavedWeightsTests.Small("bp") with { Precision = ScalarType.Float64 });

        Assert.Equal(
            ScalarType.Float16,
            KeptWeights.Keep(weights, _folder.Path, () => Data, CPU, TestContext.Current.CancellationToken).Type
        );
    }

    private SavedWeights Trained(Experiment experiment, Action<string, Tensor>? change = null, ImageDataset? data = null)
    {
        using var trainer = new Trainer(experiment, data ?? Data);
        var run = trainer.Run(_folder["runs"]);
        if (change is not null)
        {
            SavedWeightsTests.Rewrite(
                new CheckpointFolder(run.Folder).Files[0],
                _ => { },
                tensors =>
                {
                    using var nothing = no_grad();
                    foreach (var (name, tensor) in tensors)
                    {
                        change(name, tensor);
                    }
                }
            );
        }

        return SavedWeights.OfRun(run.Folder);
    }
}
