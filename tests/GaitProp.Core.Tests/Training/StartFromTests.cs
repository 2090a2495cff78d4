using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Runs;
using GaitProp.Tests.Data;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>Runs that begin with the weights of another.</summary>
public sealed class StartFromTests(ResumeTests.WholeRuns wholeRuns) : IClassFixture<ResumeTests.WholeRuns>, IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bp")]
    [InlineData("fa")]
    public void A_run_begins_where_another_ended_and_says_so(string rule)
    {
        var first = wholeRuns.Of(SavedWeightsTests.Small("bp"));
        var file = new CheckpointFolder(first.Folder).Files[0];

        var second = Train(SavedWeightsTests.Small(rule) with { Seed = 2 }, file);

        Assert.Equal(
            (first.Epochs[^1].TestLoss, first.Epochs[^1].TrainAccuracy),
            (second.Epochs[0].TestLoss, second.Epochs[0].TrainAccuracy)
        );
        Assert.True(second.Epochs[^1].TrainLoss < first.Epochs[^1].TrainLoss || rule == "fa");
        var origin = second.Description.Origin!;
        Assert.Equal((file, $"test/{first.Description.Name}", 6L), (origin.File, origin.Run, origin.Step));
    }

    [Fact]
    public void It_is_another_run_than_one_from_the_seed_and_the_same_as_another_from_equal_weights()
    {
        var experiment = SavedWeightsTests.Small("bp");
        var plain = wholeRuns.Of(experiment);
        var file = new CheckpointFolder(plain.Folder).Files[0];
        var copy = _folder["copy.safetensors"];
        File.Copy(file, copy);

        var (first, second) = (Train(experiment, file), Train(experiment, copy));

        Assert.NotEqual(plain.Description.Identity, first.Description.Identity);
        Assert.Equal(first.Description.Identity, second.Description.Identity);
        Assert.Equal(Metrics(first), Metrics(second));
        Assert.DoesNotContain("origin", File.ReadAllText(Path.Combine(plain.Folder, "run.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_identity_of_a_run_from_the_seed_is_what_it_has_always_been()
    {
        var experiment = SavedWeightsTests.Small("bp");
        var data = RunData.Of(Data, null);
        var text = $"{JsonSerializer.Serialize(experiment, ExperimentJson.Line)}\n{Data.Checksum()}";

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32], RunIdentity.Of(experiment, data, null));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Interrupted_and_resumed_it_writes_the_same_bytes_also_when_the_other_run_is_gone(int stop)
    {
        var experiment = SavedWeightsTests.Small("ngait");
        var first = Train(SavedWeightsTests.Small("bp") with { Auxiliary = experiment.Auxiliary });
        var file = new CheckpointFolder(first.Folder).Files[0];
        var whole = Train(experiment, file);
        var folder = Interrupted(experiment, file, stop);
        Directory.Delete(first.Folder, recursive: true);

        using var trainer = new Trainer(experiment, Data);
        var resumed = trainer.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Metrics(whole), Metrics(resumed));
        Assert.Equal(whole.Description.Origin, resumed.Description.Origin);
    }

    /// <summary>The checkpoint of step 0 holds the weights of the other run: that run is not needed any more.</summary>
    [Fact]
    public void Killed_before_its_first_step_it_goes_on_when_the_other_run_is_gone()
    {
        var experiment = SavedWeightsTests.Small("bp");
        var first = Train(experiment);
        var file = new CheckpointFolder(first.Folder).Files[0];
        var whole = Train(experiment, file);
        var folder = Interrupted(experiment, file, 1);
        foreach (var later in new CheckpointFolder(folder).Files.Where(f => Path.GetFileName(f) != "step-0.safetensors"))
        {
            File.Delete(later);
        }

        Assert.Single(new CheckpointFolder(folder).Files);
        Directory.Delete(first.Folder, recursive: true);

        using var trainer = new Trainer(experiment, Data);
        Assert.Equal(Metrics(whole), Metrics(trainer.Resume(folder, cancellation: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Without_a_checkpoint_it_begins_again_with_those_weights_or_says_that_it_cannot()
    {
        var experiment = SavedWeightsTests.Small("bp");
        var first = Train(experiment);
        var file = new CheckpointFolder(first.Folder).Files[0];
        var whole = Train(experiment, file);
        var (again, gone, changed) = (WithoutCheckpoints(), WithoutCheckpoints(), WithoutCheckpoints());

        using (var trainer = new Trainer(experiment, Data))
        {
            Assert.Equal(Metrics(whole), Metrics(trainer.Resume(again, cancellation: TestContext.Current.CancellationToken)));
        }

        SavedWeightsTests.Rewrite(
            file,
            _ => { },
            tensors =>
            {
                using var nothing = no_grad();
                tensors["layers.0.bias"].add_(1);
            }
        );
        Assert.EndsWith($"{file} holds other weights than those that it began with.", Refused(changed), StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("has no checkpoint to go on from, and cannot begin again: cannot read", Refused(gone), StringComparison.Ordinal);

        string WithoutCheckpoints()
        {
            var folder = Interrupted(experiment, file, 2);
            Directory.Delete(Path.Combine(folder, "checkpoints"), recursive: true);
            return folder;
        }

        string Refused(string folder)
        {
            using var trainer = new Trainer(experiment, Data);
            var message = Assert.Throws<GaitPropException>(() => trainer.Resume(folder)).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    [Fact]
    public void A_recorded_run_names_them_without_places_and_its_command_takes_them()
    {
        var first = Train(ExperimentDocument.Open("synthetic-shallow").Resolve("bp", Choices));
        var second = Train(
            ExperimentDocument.Open("synthetic-shallow").Resolve("bp", Choices with { Seed = 2 }),
            new CheckpointFolder(first.Folder).Files[0]
        );

        var folder = Assert.Single(RunRecorder.Record([new RunStore(_folder.Path).Find(second.Folder)], _folder["recorded"]));
        var again = Assert.Single(RunRecorder.Record([new RunStore(_folder["recorded"]).Find("last")], _folder["copies"]));

        var portable =
            $"synthetic-shallow/{first.Description.Name}/checkpoints/{Path.GetFileName(new CheckpointFolder(first.Folder).Files[0])}";
        foreach (var recorded in (RunRecord[])[RunRecord.Read(folder), RunRecord.Read(again)])
        {
            Assert.Equal(portable, recorded.Description.Origin!.File);
            Assert.Contains($" --from {portable}", recorded.Description.Recorded!.Command, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_folder.Path, File.ReadAllText(Path.Combine(folder, "run.json")), StringComparison.Ordinal);
    }

    /// <summary>z = g (W x) + b with a g of 1 is z = W x + b, and one g for a layer is that of each row.</summary>
    [Theory]
    [InlineData(UnitGain.None, UnitGain.Row)]
    [InlineData(UnitGain.None, UnitGain.Scalar)]
    [InlineData(UnitGain.Scalar, UnitGain.Row)]
    public void A_network_with_more_gains_begins_with_what_the_weights_computed(UnitGain had, UnitGain has)
    {
        using var weights = SavedWeights.OfRun(wholeRuns.Of(SavedWeightsTests.Small("bp") with { Gain = had }).Folder);
        using var trainer = new Trainer(SavedWeightsTests.Small("ngait") with { Gain = has }, Data);
        using (no_grad())
        {
            trainer.Network.Layers[1].Gain!.fill_(3);
        }

        trainer.StartFrom(weights.File);

        AssertComputesTheSame(weights, trainer.Network);
        var gain = trainer.Network.Layers[1].Gain!;
        GaitProp.Tests.Numbers.AssertEqual(
            had == UnitGain.None ? ones_like(gain) : weights.Tensors["layers.1.gain"].expand(gain.shape),
            gain
        );
    }

    /// <summary>No output depends on auxiliary units: without them, and with implicit ones, the kept rows compute the same.</summary>
    [Theory]
    [InlineData("bp", AuxiliaryUnits.None, UnitGain.None)]
    [InlineData("ngait", AuxiliaryUnits.Implicit, UnitGain.None)]
    [InlineData("ngait", AuxiliaryUnits.Implicit, UnitGain.Row)]
    public void Of_explicit_auxiliary_units_a_network_that_stores_none_takes_the_kept_rows(string rule, AuxiliaryUnits units, UnitGain gain)
    {
        using var weights = SavedWeights.OfRun(
            wholeRuns.Of(SavedWeightsTests.Small("ngait") with { Auxiliary = AuxiliaryUnits.Explicit, Gain = gain }).Folder
        );
        using var trainer = new Trainer(SavedWeightsTests.Small(rule) with { Auxiliary = units, Gain = gain }, Data);

        trainer.StartFrom(weights.File);

        Assert.Equal([24, 24], weights.Tensors["layers.1.weight"].shape);
        GaitProp.Tests.Numbers.AssertEqual(weights.Tensors["layers.1.weight"].narrow(0, 0, 20), trainer.Network.Layers[1].Weight);
        AssertComputesTheSame(weights, trainer.Network);
    }

    [Theory]
    [InlineData(UnitGain.Row, "dense 24, dense 20, dense 10", " has no place for layers.1.gain, *: add --set gain=row.")]
    [InlineData(UnitGain.Scalar, "dense 24, dense 20, dense 10", " has no place for layers.1.gain, *: add --set gain=scalar.")]
    [InlineData(
        UnitGain.None,
        "dense 24, dense 20 gain row, dense 10",
        " has no place for layers.1.gain, *: add --set \"network=dense 24, dense 20 gain row, dense 10\"."
    )]
    public void Gains_that_a_run_has_no_place_for_are_refused_by_the_setting_that_makes_it(UnitGain had, string network, string expected)
    {
        using var weights = SavedWeights.OfRun(wholeRuns.Of(SavedWeightsTests.Small("bp") with { Network = network, Gain = had }).Folder);

        var parts = expected.Split('*');
        var message = Refused(SavedWeightsTests.Small("bp"), weights);
        Assert.StartsWith($"{weights.File} has gains, and this run{parts[0]}", message, StringComparison.Ordinal);
        Assert.EndsWith(parts[1], message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gains_of_rows_are_not_taken_for_one_gain_of_the_layer()
    {
        using var weights = SavedWeights.OfRun(wholeRuns.Of(SavedWeightsTests.Small("bp") with { Gain = UnitGain.Row }).Folder);

        Assert.EndsWith(
            "add --set gain=row.",
            Refused(SavedWeightsTests.Small("bp") with { Gain = UnitGain.Scalar }, weights),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("bp", AuxiliaryUnits.None)]
    [InlineData("ngait", AuxiliaryUnits.Implicit)]
    public void Explicit_auxiliary_units_that_weights_have_not_are_refused_by_the_setting(string rule, AuxiliaryUnits units)
    {
        using var weights = SavedWeights.OfRun(wholeRuns.Of(SavedWeightsTests.Small(rule) with { Auxiliary = units }).Folder);

        Assert.Equal(
            $"{weights.File} has no auxiliary units, and this run trains those of layers.1.weight: add --set auxiliary=implicit, or begin with a run that has --set auxiliary=explicit.",
            Refused(SavedWeightsTests.Small("ngait") with { Auxiliary = AuxiliaryUnits.Explicit }, weights)
        );
    }

    [Fact]
    public void What_is_another_network_in_more_than_gains_and_auxiliary_units_is_refused_as_such()
    {
        using var weights = SavedWeights.OfRun(wholeRuns.Of(SavedWeightsTests.Small("bp") with { Gain = UnitGain.Row }).Folder);

        Assert.Contains(
            "holds the weights of another network, dense 24, dense 20, dense 10: it has 10 x 20 of Float32 for layers.2.weight, where this one has 12 x 20",
            Refused(SavedWeightsTests.Small("bp") with { Network = "dense 24, dense 20, dense 12, dense 10" }, weights),
            StringComparison.Ordinal
        );
    }

    private static string Refused(Experiment experiment, SavedWeights weights)
    {
        using var trainer = new Trainer(experiment, Data);
        var message = Assert.Throws<GaitPropException>(() => trainer.StartFrom(weights.File)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>Whether a network gives the outputs of that which the weights are of; sums may come in another order.</summary>
    private static void AssertComputesTheSame(SavedWeights weights, Network network)
    {
        using var own = weights.ToNetwork(Data, CPU);
        var x = GaitProp.Tests.Numbers.Uniform(1, 4, 3, 32, 32).to(ScalarType.Float32);
        GaitProp.Tests.Numbers.AssertClose(own.Predict(x), network.Predict(x), 1e-5, "outputs");
    }

    private static ExperimentChoices Choices =>
        new()
        {
            Preset = "fast",
            Epochs = 1,
            Seed = 1,
            Set = ["batchSize=32", "network=dense 12, dense 10"],
        };

    private RunRecord Train(Experiment experiment, string? from = null)
    {
        using var trainer = new Trainer(experiment, Data);
        if (from is not null)
        {
            trainer.StartFrom(from);
        }

        return trainer.Run(_folder.Path);
    }

    private string Interrupted(Experiment experiment, string from, int step)
    {
        using var cancellation = new CancellationTokenSource();
        using var trainer = new Trainer(experiment, Data);
        trainer.StartFrom(from);
        return Assert
            .Throws<RunInterruptedException>(() => trainer.Run(_folder.Path, new Stop(cancellation, step), cancellation.Token))
            .Folder;
    }

    private static byte[] Metrics(RunRecord run) => File.ReadAllBytes(Path.Combine(run.Folder, "metrics.jsonl"));

    private sealed class Stop(CancellationTokenSource cancellation, int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
            {
                cancellation.Cancel();
            }
        }
    }
}
