using GaitProp.Data;
using GaitProp.Experiments;
using static TorchSharp.torch;

namespace GaitProp.Tests.Data;

/// <summary>What every data set tells of itself, and one that a user registers.</summary>
public sealed class DataSetsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_set_has_a_name_a_title_and_a_licence()
    {
        // Other tests register sets of their own meanwhile.
        var names = DataSets.Names;
        Assert.Superset(
            new HashSet<string> { "cifar10", "cifar100", "embedded", "fashion-mnist", "imagenet", "kmnist", "mnist" },
            names.ToHashSet()
        );
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.All(
            DataSets.All,
            set =>
            {
                Assert.Same(set, DataSets.Find(set.Name));
                Assert.NotEmpty(set.Title);
                Assert.NotEmpty(set.Licence);
                Assert.Equal(set.ClassNames is null, set.Shape is null);
            }
        );
        Assert.Contains(
            "Did you mean 'mnist'?",
            Assert.Throws<GaitPropException>(() => DataSets.Find("minst")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_what_is_published_addresses_sizes_and_sums_are_whole()
    {
        var releases = DataSets.All.OfType<FolderDataSet>().Select(s => s.Release).OfType<DataRelease>().ToArray();
        Assert.NotEmpty(releases);
        foreach (var release in releases)
        {
            Assert.NotEmpty(release.Downloads);
            Assert.NotEmpty(release.Files);
            Assert.All(release.Downloads, d => Assert.Matches("^[0-9a-f]{32}$", d.Md5));
            Assert.All(release.Downloads, d => Assert.InRange(d.Length, 1000, 200_000_000));
            Assert.Equal(release.Files.Count, release.Files.Select(f => f.Name).Distinct().Count());
            Assert.All(release.Files, f => Assert.True(f.Md5 is null || f.Md5.Length == 32));
        }
    }

    /// <summary>
    /// A researcher's own set, in one class: experiments know it, it is found, trained on with its normalisation, and recognised.
    /// </summary>
    [Fact]
    public void A_set_of_the_user_is_trained_on_like_the_others()
    {
        DataSets.Register<Noise>();
        File.WriteAllBytes(Path.Combine(_scratch.Make("noise"), "noise.bin"), [7]);
        var experiment = ExperimentDocument
            .Open("synthetic-shallow")
            .Resolve("bp", new() { Epochs = 1, Set = ["data=noise", "network=dense 5, dense 3", "batchSize=4"] });

        var (data, standsInFor) = DataSets.Of(experiment.Data, _scratch.Path);
        using var trainer = new Trainer(experiment, data, standsInFor);
        var run = trainer.Run(_scratch["runs"], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(("noise of mine", "noise"), (run.Description.Data.Name, (string)run.Description.Experiment["data"]!));
        Assert.Equal("noise of mine", DataSets.In(_scratch["noise"]).Name);
        Assert.All(
            (ImageDataset[])[data, DataSets.In(_scratch["noise"]), DataSets.Find("noise").Open(_scratch.Path).Data],
            read => Assert.Equal(("mean 0.5 0.1, deviation 0.25 0.5", "mean 0.3, deviation 0.6"), Normalisations(read))
        );
        Assert.Contains(
            "the last layer is 'dense 4', but the data has 3 classes",
            Assert
                .Throws<GaitPropException>(() =>
                    ExperimentDocument.Open("synthetic-shallow").Resolve("bp", new() { Set = ["data=noise", "network=dense 5, dense 4"] })
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no noise of mine was found: name the folder that holds it with --data DIR",
            Assert.Throws<GaitPropException>(() => DataSets.Of("noise", null)).Message,
            StringComparison.Ordinal
        );
        using var scope = NewDisposeScope();
        using var images = TrainingImages.Of(data.Train, ScalarType.Float64, CPU);
        var first = images.Range(0, 1).Images.data<double>().ToArray();
        Assert.Equal((data.Train.Image(0)[0] / 255.0 - 0.5) / 0.25, first[0], 1e-15);
        Assert.Equal((data.Train.Image(0)[4] / 255.0 - 0.1) / 0.5, first[4], 1e-15);

        static (string Train, string Test) Normalisations(ImageDataset read) =>
            (read.Train.Normalisation.ToString(), read.Test.Normalisation.ToString());
    }

    /// <summary>Else libtorch says so in the middle of a training, and of what else it divides by nothing.</summary>
    [Theory]
    [InlineData(
        new byte[] { 0, 1, 2 },
        1,
        4,
        "the data set read has 2 classes, and training image 2 the label 2: labels count from 0 to 1."
    )]
    [InlineData(new byte[] { }, 1, 4, "the data set read has no training images: it must have one at least.")]
    [InlineData(new byte[] { 0 }, 0, 4, "the data set read has no test images: it must have one at least.")]
    [InlineData(
        new byte[] { 0 },
        1,
        2,
        "the data set read has training images of 1 x 2 x 2, and its Shape says 1 x 4 x 4: make them alike."
    )]
    public void What_was_read_must_be_what_the_set_says_of_itself(byte[] labels, int test, int side, string expected)
    {
        var set = new ReadSet(
            new ImageSplit(new byte[labels.Length * side * side], labels, 1, side, side),
            new ImageSplit(new byte[test * side * side], new byte[test], 1, side, side)
        );

        Cifar10Tests.AssertError(() => set.Normalised(set.Open(null).Data), expected);
    }

    private sealed class ReadSet(ImageSplit train, ImageSplit test) : DataSet
    {
        public override string Name => "read";

        public override string Title => "what was read";

        public override string Licence => "none";

        public override IReadOnlyList<string> ClassNames { get; } = ["a", "b"];

        public override IReadOnlyList<long> Shape { get; } = [1, 4, 4];

        public override (ImageDataset Data, string? StandsInFor) Open(string? named) =>
            (new ImageDataset(Title, "here", ClassNames, train, test, isEmbedded: false), null);
    }

    [Fact]
    public void A_normalisation_that_cannot_be_is_refused()
    {
        Cifar10Tests.AssertError(() => _ = new PixelNormalisation([0.5], [0.1, 0.2]), "1 means came with 2 deviations");
        Cifar10Tests.AssertError(() => _ = new PixelNormalisation([0.5], [0.0]), "a deviation above 0");
    }

    /// <summary>Else libtorch says so in the middle of a training. One mean is that of all channels.</summary>
    [Fact]
    public void A_normalisation_of_other_channels_is_refused_when_the_set_is_registered_or_read()
    {
        var three = new PixelNormalisation([0.1, 0.2, 0.3], [1, 1, 1]);
        Cifar10Tests.AssertError(
            DataSets.Register<Coloured>,
            "the data set coloured is not possible: its Normalisation has 3 means, and its Shape 1 channel: give one for each channel, or one for all."
        );
        Assert.DoesNotContain("coloured", DataSets.Names);
        Cifar10Tests.AssertError(
            () => Read(three),
            "the data set read has training images of 1 channel and a normalisation of 3 means: give one for each channel, or one for all."
        );
        Assert.Equal(0.5, Read(new([0.5], [0.25])).Train.Normalisation.Mean[0]);
        using var scope = NewDisposeScope();
        var split = new ImageSplit([0, 51, 255], [0], 3, 1, 1) { Normalisation = new([0.2], [0.5]) };
        Assert.Equal([-0.4, 0, 1.6], split.ToTensor(ScalarType.Float64).Images.data<double>().ToArray().Select(v => Math.Round(v, 12)));

        static ImageDataset Read(PixelNormalisation normalisation)
        {
            var part = new ImageSplit(new byte[16], new byte[1], 1, 4, 4) { Normalisation = normalisation };
            var set = new ReadSet(part, part);
            return set.Normalised(set.Open(null).Data);
        }
    }

    /// <summary>Grey images with the numbers of coloured ones.</summary>
    private sealed class Coloured : FolderDataSet
    {
        public override string Name => "coloured";

        public override string Title => "coloured";

        public override string Licence => "mine";

        public override IReadOnlyList<string> Marks { get; } = ["m"];

        public override IReadOnlyList<string> ClassNames { get; } = ["a"];

        public override IReadOnlyList<long> Shape { get; } = [1, 2, 2];

        public override PixelNormalisation Normalisation { get; } = new([0.1, 0.2, 0.3], [1, 1, 1]);

        public override ImageDataset Read(string folder) => throw new NotSupportedException();
    }

    [Theory]
    [InlineData("a,b", new long[] { 1, 2, 2 }, "m", "Told cannot be a data set of the name 'a,b': a name is letters, digits")]
    [InlineData("told", new long[] { 2, 2 }, "m", "the data set told is not possible: its Shape must be channels, height and width")]
    [InlineData("told", new long[] { 1, 0, 2 }, "m", "each 1 or more, not 1 x 0 x 2.")]
    [InlineData("told", new long[] { 1, 2, 2 }, null, "the data set told is not possible: its Marks must name a file at least")]
    public void A_set_that_says_what_cannot_be_is_refused_when_it_is_registered(string name, long[] shape, string? mark, string expected)
    {
        (Told.ItsName, Told.ItsShape) = (name, shape);
        Told.ItsMarks = mark is null ? [] : [mark];

        Cifar10Tests.AssertError(DataSets.Register<Told>, expected);
        Assert.DoesNotContain(name, DataSets.Names);
    }

    /// <summary>A set that says of itself what a test wants.</summary>
    private sealed class Told : FolderDataSet
    {
        public static string ItsName { get; set; } = "";

        public static long[] ItsShape { get; set; } = [];

        public static string[] ItsMarks { get; set; } = [];

        public override string Name => ItsName;

        public override string Title => "told";

        public override string Licence => "mine";

        public override IReadOnlyList<string> Marks => ItsMarks;

        public override IReadOnlyList<string> ClassNames { get; } = ["a"];

        public override IReadOnlyList<long> Shape => ItsShape;

        public override ImageDataset Read(string folder) => throw new NotSupportedException();
    }

    public sealed class Noise : FolderDataSet
    {
        public override string Name => "noise";

        public override string Title => "noise of mine";

        public override string Licence => "mine";

        public override IReadOnlyList<string> Marks { get; } = ["noise.bin"];

        public override IReadOnlyList<string> ClassNames { get; } = ["a", "b", "c"];

        public override IReadOnlyList<long> Shape { get; } = [2, 2, 2];

        public override PixelNormalisation Normalisation { get; } = new([0.5, 0.1], [0.25, 0.5]);

        public override ImageDataset Read(string folder)
        {
            var random = new Random(File.ReadAllBytes(Path.Combine(Require(folder), "noise.bin"))[0]);
            return new ImageDataset(
                Title,
                folder,
                ClassNames,
                Split(12, PixelNormalisation.None),
                Split(6, new([0.3], [0.6])),
                isEmbedded: false
            );

            // The set's normalisation is for the part that has none of its own.
            ImageSplit Split(int count, PixelNormalisation own)
            {
                var pixels = new byte[count * 8];
                random.NextBytes(pixels);
                return new ImageSplit(pixels, [.. Enumerable.Range(0, count).Select(i => (byte)(i % 3))], 2, 2, 2) { Normalisation = own };
            }
        }
    }
}
