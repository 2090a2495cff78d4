using GaitProp.Data;
using GaitProp.Data.Preparation;
using GaitProp.Experiments;
using GaitProp.Tests.Data;
using static TorchSharp.torch;

namespace GaitProp.Tests.Training;

public sealed class ShardTrainingTests : IClassFixture<ShardTrainingTests.Prepared>, IDisposable
{
    /// <summary>For photos of 16 x 16 pixels of three classes: drawing the layers of the paper takes longer than a training here.</summary>
    private const string SmallNetwork = "network=conv 9x9/4 12, conv 3x3/2 24, dense 20, dense 3";

    private readonly Prepared _prepared;
    private readonly ScratchFolder _scratch = new();

    /// <summary>The shards, in a folder of this test: some tests damage them.</summary>
    public ShardTrainingTests(Prepared prepared)
    {
        _prepared = prepared;
        Directory.CreateDirectory(_scratch["shards"]);
        foreach (var file in Directory.GetFiles(prepared.Shards))
        {
            File.Copy(file, _scratch["shards", Path.GetFileName(file)]);
        }
    }

    private ImageDataset Photos => DataSets.Of("imagenet", _scratch["shards"]).Data;

    public void Dispose() => _scratch.Dispose();

    /// <summary>Large files often lie on another disk.</summary>
    [Fact]
    public void Shards_may_be_links()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make symbolic links.");
        var files = Directory.GetFiles(_scratch["shards"], "*.npy");
        Directory.CreateDirectory(_scratch["elsewhere"]);
        foreach (var file in files)
        {
            var moved = _scratch["elsewhere", Path.GetFileName(file)];
            File.Move(file, moved);
            File.CreateSymbolicLink(file, moved);
        }

        Assert.NotEmpty(files);
        Assert.Equal(DataSets.Of("imagenet", _prepared.Shards).Data.Checksum(), Photos.Checksum());
    }

    [Fact]
    public void An_epoch_takes_every_image_once_and_reads_shards_in_turn()
    {
        using var generator = new Generator(7, CPU);
        int[] shards = [100, 0, 50, 100, 73];

        var order = ShuffleBuffer.Order(shards, 300, generator, capacity: 20);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), order.Order());
        Assert.NotEqual(order, order.Order());

        // What goes out at a place has come in at most as many places before as the buffer holds: no more than three shards are open at a
        // time.
        for (var place = 0; place + 20 <= order.Length; place += 20)
        {
            Assert.InRange(
                order[place..(place + 20)]
                    .Select(i =>
                        i < 100 ? 0
                        : i < 150 ? 2
                        : i < 250 ? 3
                        : 4
                    )
                    .Distinct()
                    .Count(),
                1,
                3
            );
        }
    }

    [Fact]
    public void Epochs_have_different_orders_that_the_seed_fixes()
    {
        using var images = TrainingImages.Of(Photos.Train, ScalarType.Float32, CPU);
        using var one = images.Ordered(1);
        using var again = images.Ordered(1);

        long[] Of(EpochOrder order, int epoch) => order.Batch(epoch, 0, 21).data<long>().ToArray();
        var (first, second) = (Of(one, 1), Of(one, 2));
        Assert.NotEqual(first, second);
        Assert.Equal(second, Of(again, 2));
    }

    [Fact]
    public void Batches_are_the_images_of_the_order_normalised()
    {
        var split = Photos.Train;
        using var images = TrainingImages.Of(split, ScalarType.Float64, CPU);
        using var order = images.Ordered(1);

        // In turn, then back to the beginning, then into the middle of another epoch.
        foreach (var (epoch, start, length) in new[] { (1, 0, 8), (1, 8, 8), (1, 16, 5), (2, 0, 8), (1, 0, 8), (3, 8, 8), (3, 16, 5) })
        {
            using var scope = NewDisposeScope();
            var (batch, labels) = images.Batch(order, epoch, start, length);
            var numbers = order.Batch(epoch, start, length).data<long>().ToArray();
            Assert.Equal(numbers.Select(i => (long)split.Label((int)i)), labels.data<long>().ToArray());
            for (var i = 0; i < length; i++)
            {
                var bytes = split.Image((int)numbers[i]);
                double[] mean = [0.485, 0.456, 0.406],
                    deviation = [0.229, 0.224, 0.225];
                for (var channel = 0; channel < 3; channel++)
                {
                    Assert.Equal(
                        ((bytes[(channel * 256) + 17] / 255.0) - mean[channel]) / deviation[channel],
                        batch[i, channel, 1, 1].item<double>(),
                        1e-12
                    );
                }
            }
        }
    }

    [Theory]
    [InlineData("bp")]
    [InlineData("fa")]
    [InlineData("ngait")]
    public void Training_on_shards_resumes_to_the_byte(string rule) =>
        ResumesToTheByte(rule, "fast", batchSize: 5, first: 3, second: 7, more: [SmallNetwork]);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void So_does_training_with_the_papers_settings() => ResumesToTheByte("ngait", "paper", batchSize: 10, first: 2, second: 5);

    /// <param name="rule">The rule.</param>
    /// <param name="preset">The preset.</param>
    /// <param name="batchSize">Of the 21 images, so that one is left for the last batch.</param>
    /// <param name="first">The step that it is stopped after, in the middle of the first epoch.</param>
    /// <param name="second">And in the middle of the second.</param>
    /// <param name="more">What else is set.</param>
    private void ResumesToTheByte(string rule, string preset, int batchSize, int first, int second, params string[] more)
    {
        var experiment = ExperimentDocument
            .Open("imagenet")
            .Resolve(
                rule,
                new ExperimentChoices
                {
                    Preset = preset,
                    Epochs = 2,
                    Set = [$"batchSize={batchSize}", "angleEvery=1", .. more],
                }
            );
        using var whole = new Trainer(experiment, Photos);
        var uninterrupted = whole.Run(_scratch["whole"], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(RunStatus.Finished, uninterrupted.Description.Status);
        Assert.All(uninterrupted.Epochs, e => Assert.InRange(e.TestTop5!.Value, e.TestAccuracy, 1));

        using var stop = new CancellationTokenSource();
        using var one = new Trainer(experiment, Photos);
        var folder = Assert.Throws<RunInterruptedException>(() => one.Run(_scratch["stopped"], new StopAt(first, stop), stop.Token)).Folder;
        using var stopAgain = new CancellationTokenSource();
        using var two = new Trainer(experiment, Photos);
        Assert.Throws<RunInterruptedException>(() => two.Resume(folder, new StopAt(second, stopAgain), cancellation: stopAgain.Token));
        using var three = new Trainer(experiment, Photos);
        three.Resume(folder, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(
            File.ReadAllText(Path.Combine(uninterrupted.Folder, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(folder, "metrics.jsonl"))
        );
    }

    [Fact]
    public void The_fast_preset_follows_backpropagation_in_all_eight_layers()
    {
        var experiment = ExperimentDocument
            .Open("imagenet")
            .Resolve(
                "ngait",
                new ExperimentChoices
                {
                    Preset = "fast",
                    Epochs = 2,
                    Set = ["batchSize=7", "angleEvery=1"],
                }
            );
        using var trainer = new Trainer(experiment, Photos);

        var run = trainer.Run(_scratch["runs"], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(6, run.Steps.Count);
        Assert.All(
            run.Steps,
            s =>
            {
                Assert.Equal(8, s.Angles.Count);
                Assert.All(s.Angles, a => Assert.InRange(a!.Value, 0, 1));
            }
        );
    }

    [Fact]
    public void Other_shards_are_another_run()
    {
        var before = Photos.Checksum();
        var set = SourceSet.Open(_prepared.Source, 1);
        new ImagePreparation(set, _scratch["other"])
        {
            Size = 16,
            ShardImages = 4,
            Seed = 2,
        }.Run(TestContext.Current.CancellationToken);

        Assert.Equal(before, Photos.Checksum());
        Assert.NotEqual(before, DataSets.Of("imagenet", _scratch["other"]).Data.Checksum());
        Assert.NotEqual(before, Photos.Cut(5, null).Checksum());
    }

    [Theory]
    [InlineData("train-00001.npy", 200, "is not what was prepared")]
    [InlineData("val-00000.npy", 130, "is not what was prepared")]
    [InlineData("train-00000.labels.npy", 128, "is not what was prepared")]
    [InlineData("train-00000.npy", 22, "has another header")]
    [InlineData("train-00002.labels.npy", 24, "has another header")]
    public void A_byte_that_changed_on_the_disk_stops_a_run_before_its_first_step(string file, int place, string expected)
    {
        var path = _scratch["shards", file];
        var bytes = File.ReadAllBytes(path);

        // A label stays one of the three.
        bytes[place] =
            file.Contains("labels", StringComparison.Ordinal) && place >= 128 ? (byte)((bytes[place] + 1) % 3) : (byte)(bytes[place] ^ 1);
        File.WriteAllBytes(path, bytes);
        var experiment = ExperimentDocument
            .Open("imagenet")
            .Resolve("bp", new ExperimentChoices { Epochs = 1, Set = ["batchSize=7", SmallNetwork] });

        var error = Assert.Throws<GaitPropException>(() =>
        {
            using var trainer = new Trainer(experiment, Photos);
            trainer.Run(_scratch["runs"], cancellation: TestContext.Current.CancellationToken);
        });

        Assert.StartsWith($"{path} {expected}", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch["runs"]));
    }

    [Fact]
    public void What_was_compared_once_is_not_read_again_until_it_changes()
    {
        var read = new List<double>();
        Check();
        var pixels = _scratch["shards", "train-00000.npy"];
        var (bytes, written) = (File.ReadAllBytes(pixels), File.GetLastWriteTimeUtc(pixels));

        // Other bytes under the same size, time and inode: what nobody can see without reading. So they were not read.
        bytes[^1] ^= 1;
        using (var same = new FileStream(pixels, FileMode.Open, FileAccess.Write))
        {
            same.Write(bytes);
        }

        File.SetLastWriteTimeUtc(pixels, written);
        Check();
        File.SetLastWriteTimeUtc(pixels, written.AddSeconds(1));
        Assert.Contains(
            "train-00000.npy is not what was prepared",
            Assert.Throws<GaitPropException>(Check).Message,
            StringComparison.Ordinal
        );

        // The same time on another file of the same length.
        File.Copy(pixels, pixels + ".copy");
        File.Move(pixels + ".copy", pixels, overwrite: true);
        File.SetLastWriteTimeUtc(pixels, written);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems are not asked for inodes.");
        Assert.Throws<GaitPropException>(Check);

        void Check()
        {
            using var check = ContentCheck.Begin(Photos, _scratch["cache"])!;
            check.Wait(read.Add, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void A_run_that_uses_a_part_of_the_photos_reads_no_more_than_that()
    {
        var last = _scratch["shards", "train-00005.npy"];
        var bytes = File.ReadAllBytes(last);
        bytes[^1] ^= 1;
        File.WriteAllBytes(last, bytes);

        using (var check = ContentCheck.Begin(Photos.Cut(20, null), _scratch["cache"])!)
        {
            check.Wait(_ => { }, TestContext.Current.CancellationToken);
        }

        using var whole = ContentCheck.Begin(Photos, _scratch["cache"])!;
        Assert.Throws<GaitPropException>(() => whole.Wait(_ => { }, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("\"size\": 16", "\"size\": -16")]
    [InlineData("\"size\": 16", "\"size\": null")]
    [InlineData("\"size\": 16", "\"size\": 16, \"size\": 16")]
    [InlineData("\"train-00001\"", "\"../train-00001\"")]
    [InlineData("\"train-00001\"", "null")]
    [InlineData("\"train-00001\"", "\"train-00000\"")]
    [InlineData("\"images\": 4", "\"images\": -4")]
    [InlineData("\"images\": 4", "\"images\": 4000000000")]
    [InlineData("\"n00000001\"", "null")]
    [InlineData("\"unreadable\": []", "\"unreadable\": [null]")]
    public void A_manifest_that_is_not_one_is_an_error_in_one_line(string from, string to)
    {
        var file = _scratch["shards", "manifest.json"];
        var text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));

        var error = Assert.Throws<GaitPropException>(() => Photos);

        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Photos_that_are_not_prepared_are_an_error_with_the_command() =>
        Assert.Contains(
            "gaitprop data prepare imagenet",
            Assert.Throws<GaitPropException>(() => DataSets.Of("imagenet", _prepared.Source)).Message,
            StringComparison.Ordinal
        );

    /// <summary>Photos of three classes, and their shards: made once, and left as they are.</summary>
    public sealed class Prepared : IDisposable
    {
        private readonly ScratchFolder _folder = new();

        public Prepared()
        {
            LibTorch.Load();
            new ImagePreparation(SourceSet.Open(PhotoFolder.Classes(Source, classes: 3, train: 7, validation: 2), 1), Shards)
            {
                Size = 16,
                ShardImages = 4,
            }.Run();
        }

        public string Source => _folder["in"];

        public string Shards => _folder["shards"];

        public void Dispose() => _folder.Dispose();
    }

    private sealed class StopAt(long step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step >= step)
            {
                stop.Cancel();
            }
        }
    }
}
