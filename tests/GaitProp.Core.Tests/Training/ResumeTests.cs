using System.Text.Json;
using GaitProp.Experiments;
using GaitProp.Rules.Backpropagation;
using GaitProp.Runs;
using GaitProp.Storage;
using GaitProp.Tests.Data;
using GaitProp.Tests.Layers;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

/// <summary>A run that was stopped and taken up again writes what it would have written without the stop.</summary>
[Collection(Alone.Name)]
public sealed class ResumeTests(ResumeTests.WholeRuns wholeRuns) : IClassFixture<ResumeTests.WholeRuns>, IDisposable
{
    private static readonly ImageDataset Data = SyntheticImages.Generate(train: 64, test: 50);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Batches of 24, 24 and 16, three epochs: steps 3, 6 and 9 end an epoch.</summary>
    public static TheoryData<string, int> Stops
    {
        get
        {
            var stops = new TheoryData<string, int>();
            foreach (var step in Enumerable.Range(1, 9))
            {
                stops.Add("ngait", step);
            }

            foreach (
                var rule in (string[])
                    [
                        "bp",
                        "fa",
                        "dtp",
                        "noisy",
                        "bp+gain",
                        "ngait+gain",
                        "bp+layers",
                        "fa+layers",
                        "dfa+layers",
                        "dtp+layers",
                        "tp+layers",
                        "gait+layers",
                        "ngait+layers",
                    ]
            )
            {
                stops.Add(rule, 5);
            }

            return stops;
        }
    }

    [Theory]
    [MemberData(nameof(Stops))]
    public void A_run_that_is_interrupted_and_resumed_writes_the_same_bytes(string rule, int stop)
    {
        RuleCatalog.Register<NoisyRule>();
        LayerCatalog.Register<TwofoldDefinition>();
        LayerCatalog.Register<StretchDefinition>();
        // Measured at every step, or so that a stop falls between two measurements.
        var experiment = TrainerTests.Small(rule.Split('+')[0]) with
        {
            BatchSize = 24,
            Epochs = 3,
            AngleEvery = rule == "ngait+gain" ? 3 : 1,
            Gain = rule.EndsWith("+gain", StringComparison.Ordinal) ? UnitGain.Row : UnitGain.None,
        };
        if (rule.EndsWith("+layers", StringComparison.Ordinal))
        {
            // Layers without parameters, with two weights, and with something trained that is no weight.
            experiment = experiment with
            {
                Network = "mix, conv 3,2,8, maxpool 2, avgpool 2, dense 24, twofold, stretch, mix 5, dense 10",
            };
        }

        var whole = Train(experiment);

        var folder = Interrupted(experiment, stop);
        var resumed = Resume(experiment, folder);

        Assert.Equal(RunStatus.Finished, resumed.Description.Status);
        Assert.Equal(stop, Assert.Single(resumed.Description.Resumed).Step);
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
        AssertSameTensors(whole.Folder, folder);
    }

    /// <summary>
    /// The choices of the authors' code, and random changes of the images: their state is in the checkpoint too, or follows from what is.
    /// </summary>
    [Theory]
    [InlineData("bp", OptimizerKind.KerasAdam, 2)]
    [InlineData("fa", OptimizerKind.KerasAdam, 5)]
    [InlineData("ngait", OptimizerKind.Sgd, 4)]
    public void A_run_with_the_authors_choices_is_resumed_to_the_same_bytes(string rule, OptimizerKind optimizer, int stop)
    {
        var small = TrainerTests.Small(rule);
        var experiment = small with
        {
            BatchSize = 24,
            Epochs = 3,
            AngleEvery = 1,
            Optimizer = small.Optimizer with { Kind = optimizer },
            RuleOptions = rule == "fa" ? new FeedbackAlignmentOptions { Feedback = FeedbackSource.NextLayer } : small.RuleOptions,
            Activation = rule == "ngait" ? HiddenActivation.Linear : HiddenActivation.LeakyRelu,
            ShuffleBuffer = 10,
            ValidationImages = 8,
            Mirror = rule == "bp",
            Shift = rule == "fa" ? 2 : 0,
        };
        var whole = Train(experiment);

        var folder = Interrupted(experiment, stop);
        Resume(experiment, folder);

        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
        Assert.Contains("\"validationAccuracy\":", File.ReadAllText(Path.Combine(folder, "metrics.jsonl")), StringComparison.Ordinal);
        AssertSameTensors(whole.Folder, folder);
        using var state = SafetensorsFile.Read(new CheckpointFolder(folder).Files[0]);
        Assert.Equal(optimizer != OptimizerKind.Sgd, state.Tensors.Keys.Any(k => k.StartsWith("adam.", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_run_that_was_killed_goes_back_to_its_last_checkpoint()
    {
        var experiment = TrainerTests.Small("ngait") with { BatchSize = 24, Epochs = 3, AngleEvery = 1 };
        var whole = Train(experiment);
        var folder = Interrupted(experiment, 4);

        // What a killed process leaves: lines after the checkpoint, half a line, a half-written checkpoint, a status of "running".
        File.AppendAllText(
            Path.Combine(folder, "metrics.jsonl"),
            "{\"kind\":\"step\",\"epoch\":2,\"step\":4,\"loss\":9,\"angles\":[]}\n{\"kind\":\"st"
        );
        File.AppendAllText(Path.Combine(folder, "timing.jsonl"), "{\"kind\":\"ep");
        File.WriteAllText(Path.Combine(folder, "checkpoints", ".step-5.safetensors.x"), "half");
        var description = File.ReadAllText(Path.Combine(folder, "run.json"));
        File.WriteAllText(
            Path.Combine(folder, "run.json"),
            description.Replace("\"interrupted\"", "\"running\"", StringComparison.Ordinal)
        );

        Resume(experiment, folder);

        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
        Assert.Equal(2, Directory.GetFileSystemEntries(Path.Combine(folder, "checkpoints")).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void A_damaged_checkpoint_is_reported_and_the_one_before_it_used(int place)
    {
        var experiment = TrainerTests.Small("ngait") with { BatchSize = 24, Epochs = 3, AngleEvery = 1 };
        var whole = Train(experiment);
        var folder = Interrupted(experiment, 7, checkpointEvery: TimeSpan.Zero);
        var files = new CheckpointFolder(folder).Files;
        Assert.Equal(["step-7.safetensors", "step-6.safetensors"], files.Select(Path.GetFileName));
        var bytes = File.ReadAllBytes(files[0]);
        bytes[place < 0 ? bytes.Length + place : place] ^= 0x10;
        File.WriteAllBytes(files[0], bytes);
        var reports = new List<string>();

        var resumed = Resume(experiment, folder, reports.Add);

        var report = Assert.Single(reports);
        Assert.Contains(files[0], report, StringComparison.Ordinal);
        Assert.Contains("is damaged", report, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', report);
        Assert.Equal(6, Assert.Single(resumed.Description.Resumed).Step);
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
    }

    [Fact]
    public void When_no_checkpoint_is_whole_the_run_says_so_and_starts_from_its_beginning()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var whole = Train(experiment);
        var reports = new List<string>();
        var folder = Interrupted(experiment, 4);
        foreach (var file in new CheckpointFolder(folder).Files)
        {
            File.WriteAllText(file, "nothing");
        }

        Resume(experiment, folder, reports.Add);

        Assert.Equal(2, reports.Count);
        Assert.EndsWith(
            "It was set aside; there is none before it, so the run starts from its beginning.",
            reports[1],
            StringComparison.Ordinal
        );
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
    }

    /// <summary>A file that is locked, a network's disk that is away and too many open files say nothing of what was written.</summary>
    [Fact]
    public void A_checkpoint_that_cannot_be_read_now_is_not_damaged_and_the_run_stays_as_it_was()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 4);
        var checkpoints = new CheckpointFolder(folder);
        var (files, metrics) = (checkpoints.Files, File.ReadAllBytes(Path.Combine(folder, "metrics.jsonl")));

        using (new FileStream(files[0], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.StartsWith($"cannot read {files[0]}: ", Refused(experiment, folder), StringComparison.Ordinal);
        }

        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(checkpoints.Path).Order(StringComparer.Ordinal));
        Assert.Equal(metrics, File.ReadAllBytes(Path.Combine(folder, "metrics.jsonl")));
        Assert.Equal(4, Assert.Single(Resume(experiment, folder).Description.Resumed).Step);
    }

    /// <summary>Else it would begin with the weights of a checkpoint that was set aside.</summary>
    [Theory]
    [InlineData("adamSteps")]
    [InlineData("epoch")]
    public void A_run_whose_only_checkpoint_lacks_a_number_begins_again_with_the_weights_of_its_seed(string number)
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var whole = Train(experiment);
        var folder = Interrupted(experiment, 4);
        var files = new CheckpointFolder(folder).Files;
        foreach (var earlier in files.Skip(1))
        {
            File.Delete(earlier);
        }

        using (var content = SafetensorsFile.Read(files[0]))
        {
            SafetensorsFile.Write(files[0], content.Tensors, content.Metadata.Where(m => m.Key != number).ToDictionary());
        }

        var reports = new List<string>();
        Resume(experiment, folder, reports.Add);

        var report = Assert.Single(reports);
        Assert.StartsWith($"{files[0]} is damaged: its metadata have no number '{number}'.", report, StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_by_the_tensor_that_differs()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 4);
        var other = Train(experiment with { Network = "dense 40, dense 10", Epochs = 1 });
        var last = new CheckpointFolder(folder).Files[0];
        File.Copy(new CheckpointFolder(other.Folder).Files[0], last, overwrite: true);

        var message = Refused(experiment, folder);

        Assert.Matches(
            "^.*step-4.safetensors is the checkpoint of another network: it has 40 x 3072 of Float32 for layers.0.weight, where this one has 12 x 243 of Float32.$",
            message
        );
        Assert.True(File.Exists(last));
    }

    [Fact]
    public void A_checkpoint_of_other_settings_is_refused()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 4);
        var other = Train(experiment with { Seed = 2 });
        File.Copy(new CheckpointFolder(other.Folder).Files[0], new CheckpointFolder(folder).Files[0], overwrite: true);

        Assert.Contains("other settings or other data", Refused(experiment, folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("dtype")]
    [InlineData("layers.0")]
    [InlineData("data_offsets")]
    [InlineData("metadata")]
    public void A_flipped_bit_in_a_header_costs_one_checkpoint_and_not_the_run(string text)
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var whole = Interrupted(experiment, 4, TimeSpan.Zero);
        var last = new CheckpointFolder(whole).Files[0];
        var at = File.ReadAllBytes(last).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text));
        foreach (var bit in (int[])[0, 7])
        {
            var folder = Path.Combine(_folder.Path, $"{text}-{bit}", "run");
            foreach (var file in Directory.EnumerateFiles(whole, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(whole, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            var (hurt, reports) = (new CheckpointFolder(folder).Files[0], new List<string>());
            var bytes = File.ReadAllBytes(hurt);
            bytes[at + 2] ^= (byte)(1 << bit);
            File.WriteAllBytes(hurt, bytes);

            var resumed = Resume(experiment, folder, reports.Add);

            var report = Assert.Single(reports);
            Assert.StartsWith($"{hurt} is damaged: ", report, StringComparison.Ordinal);
            Assert.EndsWith("the checkpoint before it is used.", report, StringComparison.Ordinal);
            Assert.Equal(bytes, File.ReadAllBytes(hurt + ".damaged"));
            Assert.Equal(Train(experiment).Epochs.Select(e => e.TestLoss), resumed.Epochs.Select(e => e.TestLoss));
        }
    }

    [Fact]
    public void A_run_is_resumed_with_its_own_settings_and_images_alone()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 4);

        Assert.Contains("other settings", Refused(experiment with { Seed = 3 }, folder), StringComparison.Ordinal);
        using var trainer = new Trainer(experiment, SyntheticImages.Generate(seed: 2, train: 64, test: 50));
        Assert.Contains(
            "with these images",
            Assert.Throws<GaitPropException>(() => trainer.Resume(folder, cancellation: TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Earlier versions did not write down what the code of one's own computes.</summary>
    [Fact]
    public void A_run_that_does_not_say_with_what_code_it_began_goes_on_with_that_of_now_and_says_so()
    {
        RuleCatalog.Register<NoisyRule>();
        var experiment = TrainerTests.Small("noisy") with { BatchSize = 24, Epochs = 2, AngleEvery = 1 };
        var whole = Train(experiment);
        var folder = Interrupted(experiment, 4);
        ForgetCode(experiment, folder);
        var reports = new List<string>();

        var resumed = Resume(experiment, folder, reports.Add);

        Assert.Equal(
            $"run {Path.GetFileName(folder)} does not say with what code of rule noisy it began, as runs of earlier versions do not: it goes on with the code of now.",
            Assert.Single(reports)
        );
        Assert.Equal(4, Assert.Single(resumed.Description.Resumed).Step);
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
    }

    [Fact]
    public void A_run_whose_code_has_changed_is_not_resumed()
    {
        RuleCatalog.Register<NoisyRule>();
        var experiment = TrainerTests.Small("noisy") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 4);
        var description = RunRecord.ReadDescription(folder);
        var code = new string('0', 64);
        Describe(folder, description with { Code = code, Identity = RunIdentity.Of(experiment, description.Data, code) });

        Assert.Contains("the code of rule noisy is not that which it began with", Refused(experiment, folder), StringComparison.Ordinal);
    }

    /// <summary>A run of the kit's rule says nothing of code either, and that is no reason to go on with other code.</summary>
    [Fact]
    public void A_run_of_the_kits_rule_does_not_go_on_with_one_of_ones_own_in_its_place()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 4);
        RuleCatalog.Register<OwnBackpropagation>();
        try
        {
            Assert.Contains("the code of rule bp is not that which it began with", Refused(experiment, folder), StringComparison.Ordinal);
        }
        finally
        {
            RuleCatalog.Register<BackpropagationRule>();
        }
    }

    [Fact]
    public void A_finished_run_has_nothing_to_resume()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 1 };
        Assert.Contains(
            "has finished: there is nothing to resume",
            Refused(experiment, Train(experiment).Folder),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_run_that_diverged_keeps_a_checkpoint_of_finite_weights()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 3 };
        using var trainer = new Trainer(experiment with { Optimizer = experiment.Optimizer with { LearningRate = 1e20 } }, Data)
        {
            CheckpointEvery = TimeSpan.Zero,
        };

        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Diverged, run.Description.Status);
        foreach (var file in new CheckpointFolder(run.Folder).Files)
        {
            using var content = SafetensorsFile.Read(file);
            Assert.All(content.Tensors, t => Assert.True(t.Value.to(ScalarType.Float64).isfinite().all().item<bool>(), t.Key));
        }

        Assert.EndsWith(
            $"Its last good checkpoint is {Path.GetFileName(new CheckpointFolder(run.Folder).Files[0])}.",
            run.Description.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Gradients_too_large_for_the_moments_of_Adam_end_a_run_by_the_layer()
    {
        // The square of the penalty's gradient is beyond float32: a moment becomes infinite, and what is divided by it zero, without a
        // word.
        var experiment = TrainerTests.Small("ngait") with
        {
            BatchSize = 24,
            Epochs = 2,
            Orthogonality = new OrthogonalityOptions { Kind = OrthogonalityKind.Penalty, Lambda = 1e26 },
        };
        using var trainer = new Trainer(experiment, Data);

        var run = trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Diverged, run.Description.Status);
        Assert.Matches(
            "^ngait: Adam's moments are no longer finite after step 6 of epoch 2 \\(layer 2 is the first\\).*step-0.safetensors.$",
            run.Description.Error
        );
    }

    [Fact]
    public void The_steps_before_a_stop_are_in_the_timing_of_their_epoch()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 1 };

        var resumed = Resume(experiment, Interrupted(experiment, 3));

        Assert.Equal([(1, 3)], resumed.Timings.Select(t => (t.Epoch, t.Steps)));
        Assert.NotNull(resumed.SecondsPerStep);
    }

    [Fact]
    public void A_trainer_makes_one_run()
    {
        using var trainer = new Trainer(TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 1 }, Data);
        trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken);

        Assert.Throws<InvalidOperationException>(() => trainer.Run(_folder.Path, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_run_that_is_being_written_cannot_be_resumed_by_another()
    {
        var experiment = TrainerTests.Small("bp") with { BatchSize = 24, Epochs = 2 };
        var folder = Interrupted(experiment, 2);
        using var writer = RunWriter.Open(folder);

        Assert.Contains("is being written by process", Refused(experiment, folder), StringComparison.Ordinal);
    }

    private static void AssertSameTensors(string expected, string actual)
    {
        using var first = SafetensorsFile.Read(new CheckpointFolder(expected).Files[0]);
        using var second = SafetensorsFile.Read(new CheckpointFolder(actual).Files[0]);
        Assert.Equal(first.Tensors.Keys.Order(), second.Tensors.Keys.Order());
        Assert.All(first.Tensors, t => Assert.True(t.Value.eq(second.Tensors[t.Key]).all().item<bool>(), t.Key));
    }

    private static string Refused(Experiment experiment, string folder)
    {
        using var trainer = new Trainer(experiment, Data);
        var message = Assert.Throws<GaitPropException>(() => trainer.Resume(folder)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>A run of the experiment that nothing happened to: made once, and left as it is.</summary>
    private RunRecord Train(Experiment experiment) => wholeRuns.Of(experiment);

    private string Interrupted(Experiment experiment, int step, TimeSpan? checkpointEvery = null)
    {
        using var cancellation = new CancellationTokenSource();
        using var trainer = new Trainer(experiment, Data) { CheckpointEvery = checkpointEvery ?? TimeSpan.FromMinutes(1) };
        var stop = new Told(p =>
        {
            if (p.Step == step)
            {
                cancellation.Cancel();
            }
        });
        return Assert.Throws<RunInterruptedException>(() => trainer.Run(_folder.Path, stop, cancellation.Token)).Folder;
    }

    /// <summary>Makes a run of one's own rule what an earlier version would have written.</summary>
    private static void ForgetCode(Experiment experiment, string folder)
    {
        var description = RunRecord.ReadDescription(folder);
        var identity = RunIdentity.Of(experiment, description.Data, code: null);
        Assert.NotEqual(identity, description.Identity);
        Describe(folder, description with { Code = null, Identity = identity });
        foreach (var file in new CheckpointFolder(folder).Files)
        {
            using var content = SafetensorsFile.Read(file);
            SafetensorsFile.Write(file, content.Tensors, new Dictionary<string, string>(content.Metadata) { ["identity"] = identity });
        }
    }

    private static void Describe(string folder, RunDescription description) =>
        File.WriteAllText(Path.Combine(folder, "run.json"), JsonSerializer.Serialize(description, ExperimentJson.Options));

    private static RunRecord Resume(Experiment experiment, string folder, Action<string>? report = null)
    {
        using var trainer = new Trainer(experiment, Data);
        return trainer.Resume(folder, report: report);
    }

    public sealed class WholeRuns : IDisposable
    {
        private readonly ScratchFolder _folder = new();
        private readonly Dictionary<Experiment, RunRecord> _runs = [];

        public RunRecord Of(Experiment experiment)
        {
            if (!_runs.TryGetValue(experiment, out var run))
            {
                using var trainer = new Trainer(experiment, Data);
                _runs[experiment] = run = trainer.Run(_folder.Path);
            }

            return run;
        }

        public void Dispose() => _folder.Dispose();
    }

    private sealed class Told(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }

    /// <summary>Draws from torch's own generator at every update, and keeps a state of its own.</summary>
    [Rule("noisy", "noisy", typeof(NoOptions))]
    private sealed class NoisyRule(NoOptions options) : LearningRule
    {
        private readonly Tensor _mean = zeros(10).DetachFromDisposeScope();

        public NoOptions Options { get; } = options;

        public override bool NeedsSquareLayers => false;

        public override IReadOnlyList<Tensor> State => [_mean];

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient)
        {
            _mean.mul_(0.5).add_(outputGradient.mean([0]));
            return [.. network.Layers.Select(l => new LayerGradient(randn_like(l.Weight) * _mean.norm(), zeros_like(l.Bias)))];
        }

        protected override void Dispose(bool disposing)
        {
            _mean.Dispose();
            base.Dispose(disposing);
        }
    }

    [Rule("bp", "of one's own")]
    private sealed class OwnBackpropagation : LearningRule
    {
        public override bool NeedsSquareLayers => false;

        public override LayerGradient[] Update(Network network, ForwardTrace trace, Tensor outputGradient) =>
            throw new NotSupportedException();
    }
}
