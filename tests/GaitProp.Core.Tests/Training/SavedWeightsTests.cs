using GaitProp.Experiments;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using GaitProp.Tests.Layers;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

public sealed class SavedWeightsTests : IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bp", UnitGain.None)]
    [InlineData("ngait", UnitGain.Row)]
    [InlineData("ngait", UnitGain.Scalar)]
    public void A_run_is_evaluated_to_the_numbers_that_it_measured_itself(string rule, UnitGain gain)
    {
        var run = Train(Small(rule) with { Gain = gain });

        using var weights = SavedWeights.OfRun(run.Folder);
        using var network = weights.ToNetwork(Data, CPU);
        var (test, train) = (
            Evaluator.Evaluate(network, Data, DataPart.Test, cancellation: TestContext.Current.CancellationToken),
            Evaluator.Evaluate(network, Data, DataPart.Train, cancellation: TestContext.Current.CancellationToken)
        );

        var last = run.Epochs[^1];
        Assert.Equal((last.TestLoss, last.TestAccuracy, last.TestTop5), (test.Loss, test.Top1, test.Top5));
        Assert.Equal((last.TrainLoss, last.TrainAccuracy, last.TrainTop5), (train.Loss, train.Top1, train.Top5));
        Assert.Equal("step 6, after 2 of 2 epochs", weights.Card.Progress);
        Assert.Equal($"test/{run.Description.Name}", weights.Card.Run);
        Assert.Equal(run.Description.Identity, weights.Card.Identity);
    }

    [Fact]
    public void A_checkpoint_says_what_it_is_of_wherever_it_is_put()
    {
        var run = Train(Small("bp"));
        var moved = _folder["elsewhere.safetensors"];
        File.Copy(new CheckpointFolder(run.Folder).Files[0], moved);
        Directory.Delete(run.Folder, recursive: true);

        using var weights = SavedWeights.Read(moved);
        using var network = weights.ToNetwork(Data, CPU);

        Assert.Equal(run.Epochs[^1].TestLoss, Evaluator.Evaluate(network, Data, cancellation: TestContext.Current.CancellationToken).Loss);
    }

    /// <summary>With explicit auxiliary units the last layer has the same shape for any number of classes.</summary>
    [Fact]
    public void Weights_for_other_classes_are_refused_though_shapes_are_alike()
    {
        var run = Train(OneStep);
        using var weights = SavedWeights.OfRun(run.Folder);

        Assert.EndsWith(
            "holds the weights of another network, for 10 classes: this one is for 7.",
            Assert.Throws<GaitPropException>(() => weights.ToNetwork([3, 32, 32], 7, CPU)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A file of an earlier version does not say how many classes its weights are of: its set may.</summary>
    [Fact]
    public void Weights_that_do_not_say_their_classes_have_those_of_their_set_or_are_refused()
    {
        var run = Train(OneStep with { Data = "cifar10" });
        var file = new CheckpointFolder(run.Folder).Files[0];
        Rewrite(file, texts => texts["data"] = texts["data"].Replace(",\"classes\":10", "", StringComparison.Ordinal));
        Assert.EndsWith("for 10 classes: this one is for 7.", Copied(file), StringComparison.Ordinal);

        Rewrite(
            file,
            texts =>
                texts["experiment"] = texts["experiment"].Replace("\"data\":\"cifar10\"", "\"data\":\"imagenet\"", StringComparison.Ordinal)
        );
        Assert.Contains("does not say how many classes its network tells apart, and with explicit", Copied(file), StringComparison.Ordinal);

        static string Copied(string file)
        {
            using var weights = SavedWeights.Read(file);
            var plan = Architectures.Define("cifar-shallow", [3, 32, 32], 7);
            using var network = Network.Blank(plan, AuxiliaryUnits.Implicit, ScalarType.Float32, CPU, UnitGain.None, null);
            Assert.Null(weights.Card.Data.Classes);
            return Assert.Throws<GaitPropException>(() => weights.CopyTo(network)).Message;
        }
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_version_is_understood_by_its_run()
    {
        var run = Train(Small("bp"));
        var last = new CheckpointFolder(run.Folder).Files[0];
        Rewrite(last, texts => ((string[])["run", "experiment", "data"]).ToList().ForEach(t => texts.Remove(t)));

        using (var weights = SavedWeights.Read(last))
        {
            Assert.Equal($"test/{run.Description.Name}", weights.Card.Run);
        }

        var moved = _folder["elsewhere.safetensors"];
        File.Copy(last, moved);
        Assert.Matches(
            "elsewhere.safetensors does not say which network it is of: it is a checkpoint of an earlier version; put it back",
            Refused(moved)
        );
        var other = Path.Combine(Train(Small("bp") with { Seed = 9 }).Folder, "checkpoints", "step-6.safetensors");
        File.Copy(last, other, overwrite: true);
        Assert.Contains("is the checkpoint of a run with other settings or other data", Refused(other), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_said_and_left_where_it_is_and_the_one_before_it_used()
    {
        var run = Train(Small("bp"), TimeSpan.Zero);
        var last = new CheckpointFolder(run.Folder).Files[0];
        var bytes = File.ReadAllBytes(last);
        bytes[^1] ^= 1;
        File.WriteAllBytes(last, bytes);
        var said = new List<string>();

        using var weights = SavedWeights.OfRun(run.Folder, said.Add);

        Assert.Equal(5, weights.Card.Step);
        Assert.EndsWith(
            "its bytes do not give its checksum. The checkpoint before it is used.",
            Assert.Single(said),
            StringComparison.Ordinal
        );
        Assert.Equal(bytes, File.ReadAllBytes(last));
    }

    [Fact]
    public void What_is_no_file_of_weights_is_refused_in_one_line()
    {
        var run = Train(Small("bp"));
        var last = new CheckpointFolder(run.Folder).Files[0];
        var foreign = _folder["foreign.safetensors"];
        SafetensorsFile.Write(foreign, new Dictionary<string, Tensor> { ["w"] = zeros(3) }, new Dictionary<string, string>());
        Assert.Contains("holds no weights of this kit", Refused(foreign), StringComparison.Ordinal);

        foreach (
            var (text, value, problem) in ((string, string, string)[])
                [
                    ("experiment", "{", "its text 'experiment' cannot be read"),
                    ("experiment", "[]", "its text 'experiment' cannot be read"),
                    ("data", "{}", "its text 'data' cannot be read"),
                    ("data", "null", "its text 'data' cannot be read"),
                    ("step", "-1", "no number 'step'"),
                    ("step", "many", "no number 'step'"),
                ]
        )
        {
            var hurt = _folder[$"hurt-{text}-{value.Length}.safetensors"];
            File.Copy(last, hurt, overwrite: true);
            Rewrite(hurt, texts => texts[text] = value);
            Assert.Contains(problem, Refused(hurt), StringComparison.Ordinal);
        }

        var unknown = _folder["unknown.safetensors"];
        File.Copy(last, unknown);
        Rewrite(
            unknown,
            texts => texts["experiment"] = texts["experiment"].Replace("\"batchSize\":", "\"batchSise\":", StringComparison.Ordinal)
        );
        using var weights = SavedWeights.Read(unknown);
        Assert.Contains(
            "batchSise",
            Assert.Throws<GaitPropException>(() => weights.ToNetwork(Data, CPU)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_flipped_bit_of_a_header_and_every_lost_byte_is_one_line()
    {
        var run = Train(Small("bp") with { Network = "dense 10" });
        var whole = File.ReadAllBytes(new CheckpointFolder(run.Folder).Files[0]);
        var file = _folder["hurt.safetensors"];
        var random = new Random(5);
        foreach (var _ in Enumerable.Range(0, 200))
        {
            var bytes = whole.ToArray();
            bytes[random.Next(random.Next(2) == 0 ? 8 + BitConverter.ToInt32(whole) : bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);

            Assert.Contains("hurt.safetensors", Refused(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_weights_of_another_network_are_refused_by_the_tensor_that_differs()
    {
        using var weights = SavedWeights.OfRun(Train(Small("bp") with { Network = "dense 20, dense 10" }).Folder);

        Assert.Contains(
            "holds the weights of another network, dense 20, dense 10: it has 20 x 3072 of Float32 for layers.0.weight, where this one has 30 x 3072 of Float32.",
            To("dense 30, dense 10"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "it has 10 x 20 of Float32 for layers.1.weight, where this one has 20 x 20 of Float32.",
            To("dense 20, dense 20, dense 10"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "it has 20 x 3072 of Float32 for layers.0.weight, where this one has 10 x 3072 of Float32.",
            To("dense 10"),
            StringComparison.Ordinal
        );

        string To(string network)
        {
            using var trainer = new Trainer(Small("bp") with { Network = network }, Data);
            var message = Assert.Throws<GaitPropException>(() => trainer.StartFrom(weights.File)).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_before_any_is_taken()
    {
        var file = new CheckpointFolder(Train(Small("bp") with { Network = "dense 10" }).Folder).Files[0];
        Rewrite(
            file,
            _ => { },
            tensors =>
            {
                using (no_grad())
                {
                    tensors["layers.0.bias"].fill_(double.PositiveInfinity);
                }
            }
        );

        using var weights = SavedWeights.Read(file);
        Assert.EndsWith(
            "cannot be used: layers.0.bias has values that are not finite.",
            Assert.Throws<GaitPropException>(() => weights.ToNetwork(Data, CPU)).Message,
            StringComparison.Ordinal
        );
        using var trainer = new Trainer(Small("bp") with { Network = "dense 10", Seed = 2 }, Data);
        using var before = trainer.Network.Layers[0].Weight.clone();
        Assert.Throws<GaitPropException>(() => trainer.StartFrom(weights));
        GaitProp.Tests.Numbers.AssertEqual(before, trainer.Network.Layers[0].Weight);
    }

    /// <summary>The small network of these tests: three steps an epoch.</summary>
    /// <summary>What is drawn by a plan is in no file, and what two weights of a layer are called is.</summary>
    [Fact]
    public void A_network_of_other_layers_is_put_together_from_its_weights()
    {
        LayerCatalog.Register<TwofoldDefinition>();
        var experiment = Small("ngait") with { Network = "conv 3,2,8, maxpool 2, avgpool 2, mix 4, dense 24, twofold, dense 10" };
        using var trainer = new Trainer(experiment, Data);
        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        using var weights = SavedWeights.OfRun(run.Folder);
        using var network = weights.ToNetwork(Data, CPU);
        var x = GaitProp.Tests.Numbers.Uniform(1, 4, 3, 32, 32).to(ScalarType.Float32);
        GaitProp.Tests.Numbers.AssertEqual(trainer.Network.Predict(x), network.Predict(x));
        Assert.Equal(["layers.0", "layers.4", "layers.5", "layers.6"], weights.Tensors.Keys.Select(k => k[..8]).Distinct().Order());
        Assert.Contains("layers.5.second", weights.Tensors.Keys);
        Assert.DoesNotContain(
            weights.Tensors.Keys,
            k => k.EndsWith("matrix", StringComparison.Ordinal) || k.EndsWith("basis", StringComparison.Ordinal)
        );
    }

    internal static Experiment Small(string rule) =>
        TrainerTests.Small(rule) with
        {
            Network = "dense 24, dense 20, dense 10",
            BatchSize = 24,
            Epochs = 2,
            AngleEvery = 1,
        };

    /// <summary>A network of the paper, whose last layer has the same shape for any number of classes: one step.</summary>
    private static Experiment OneStep =>
        Small("ngait") with
        {
            Network = "cifar-shallow",
            Auxiliary = AuxiliaryUnits.Explicit,
            BatchSize = 64,
            Epochs = 1,
        };

    /// <summary>Writes a file anew, with a checksum that fits.</summary>
    internal static void Rewrite(
        string file,
        Action<Dictionary<string, string>> texts,
        Action<IReadOnlyDictionary<string, Tensor>>? tensors = null
    )
    {
        using var content = SafetensorsFile.Read(file);
        var changed = new Dictionary<string, string>(content.Metadata, StringComparer.Ordinal);
        texts(changed);
        tensors?.Invoke(content.Tensors);
        SafetensorsFile.Write(file, content.Tensors, changed);
    }

    private static string Refused(string file)
    {
        var message = Assert.Throws<GaitPropException>(() => SavedWeights.Read(file)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private RunRecord Train(Experiment experiment, TimeSpan? checkpointEvery = null)
    {
        using var trainer = new Trainer(experiment, Data) { CheckpointEvery = checkpointEvery ?? TimeSpan.FromMinutes(1) };
        return trainer.Run(_folder.Path);
    }
}
